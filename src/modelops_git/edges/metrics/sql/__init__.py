"""Measurements by SQL over prediction logs: DuckDB where they are files, else the database that has them."""
