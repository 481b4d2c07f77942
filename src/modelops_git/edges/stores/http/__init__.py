"""Stores behind a web server, which are only read."""
