"""Which program this is: for what is kept between runs and must not outlive the code that found it out."""

from __future__ import annotations

import hashlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path

import modelops_git

NEIGHBOURS = "pydantic"
"""A package beside which the others that this one needs are installed."""


def program() -> str:
    """A digest of this package's files and of the versions of all packages beside it; empty if unknown.

    Files are told by size and time of change, so that a checkout that is worked on counts as another program
    after every change. Costs some milliseconds.
    """
    try:
        own = _stamps(os.path.dirname(modelops_git.__file__))  # noqa: PTH120 - pathlib's import is not needed
        others = sorted(name for name in os.listdir(_beside()) if name.endswith(".dist-info"))  # noqa: PTH208
    except OSError:
        return ""
    parts = [modelops_git.__version__, sys.version, *own, *others]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _stamps(folder: str) -> list[str]:
    found: list[str] = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.is_dir():
                found += _stamps(entry.path) if entry.name != "__pycache__" else []
            elif entry.name.endswith(".py"):
                about = entry.stat()
                found.append(f"{entry.path} {about.st_size} {about.st_mtime_ns}")
    return found


def _beside() -> Path:
    spec = find_spec(NEIGHBOURS)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(NEIGHBOURS)
    return Path(spec.origin).parent.parent
