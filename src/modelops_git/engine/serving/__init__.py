"""Versions that answer requests."""
