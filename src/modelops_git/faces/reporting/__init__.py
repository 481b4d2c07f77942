"""Findings and results, in the formats that people and programs read."""
