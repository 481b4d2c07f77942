"""Where versions are live."""
