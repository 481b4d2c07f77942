"""Stores through the file systems of fsspec."""
