"""Measurements to a verdict: pure, the same for the same points."""
