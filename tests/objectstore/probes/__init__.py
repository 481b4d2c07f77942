"""What is asked of a server of S3: one probe for each feature that a store relies on.

A probe is a function that takes a server (`client()`, `new_bucket()`) and fails where the server does not
have the feature. Its docstring is the feature's name in docs/reference/s3-servers.md.
"""

from __future__ import annotations

from importlib import import_module

GROUPS = {
    "Writing once": "writing",
    "Damage on the way": "damage",
    "Checksums that are kept": "kept",
    "Reading": "reading",
    "Versions": "versions",
    "Object Lock": "locks",
    "Copies inside the store": "copies",
    "Uploads in parts": "parts",
    "Listing": "lists",
    "Who asks": "asking",
}


def probes():
    """All probes, by the name of their feature, in the order of the document."""
    return {name: probe for group in GROUPS for name, probe in of_group(group).items()}


def of_group(group):
    module = import_module(f"objectstore.probes.{GROUPS[group]}")
    found = [value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__]
    return {probe.__doc__: probe for probe in found if probe.__doc__ and not probe.__name__.startswith("_")}
