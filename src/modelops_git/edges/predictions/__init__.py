"""Prediction logs on disk: what was asked, what was answered and what turned out to be true, a line each."""
