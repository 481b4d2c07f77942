"""Whether a model's new interface still serves the callers of the old one."""
