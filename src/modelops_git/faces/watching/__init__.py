"""The controller as a process: its signals, what it logs, and the metrics that it serves."""
