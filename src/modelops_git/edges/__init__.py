"""The world outside: each part a small protocol, one file a backend, one explicit table."""
