"""Policies: conditions in CEL over what a change brings. Loaded only where `modelops.yaml` has some."""
