"""GitHub's REST API, as far as the adapter asks it, in the words of GitHub's own description of it."""
