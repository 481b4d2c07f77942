"""The embedded gateway: a server that answers with the versions that the route tables name."""
