"""Forges for tests: the same state, as GitHub and as GitLab show it."""
