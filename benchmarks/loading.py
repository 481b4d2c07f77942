"""Reading manifests: our restricted YAML with positions, and whole documents, beside PyYAML's safe loaders.

The peers give values and forget where they stood, and take what we refuse. A whole document also has its
schema checked. All in this process, after one round that does not count, and with the garbage collector as
`modelops` sets it, for all alike.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import yaml

import registry
from modelops_git.__main__ import NEW_OBJECTS
from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.manifests.yamltext import read
from tables import Amount, Beside, Section, microseconds
from timing import time_calls

if TYPE_CHECKING:
    from collections.abc import Callable

OURS, WHOLE = "ours: text to tree with positions", "ours: whole document, typed and checked"
FAST, SLOW = "PyYAML CSafeLoader", "PyYAML SafeLoader"
MODEL = "team-0/model-000"


def measure(*, manifests: int = 100, runs: int = 15) -> Section:
    """Time each reader on the same `manifests` distinct version manifests."""
    files = {registry.version_path(MODEL, one): registry.version_text(MODEL, one) for one in range(manifests)}
    data = {path: text.encode() for path, text in files.items()}
    gc.set_threshold(NEW_OBJECTS)
    times = [one.over(manifests) for one in time_calls(_readers(data), runs=runs)]
    found = {one.name: one for one in times}
    beside = [
        Beside("text to tree beside CSafeLoader", found[OURS], found[FAST], 1.0),
        Beside("whole document beside CSafeLoader", found[WHOLE], found[FAST]),
        Beside("whole document beside SafeLoader", found[WHOLE], found[SLOW]),
    ]
    lines = next(iter(files.values())).count("\n")
    notes = [f"Per manifest of {lines} lines; each run reads {manifests} different ones."]
    return Section("Loading YAML", Amount(microseconds), times, beside, notes)


def _readers(data: dict[str, bytes]) -> dict[str, Callable[[], object]]:
    assert all(parse_document(path, text).document for path, text in data.items()), (
        "the generator is out of date"
    )
    return {
        OURS: lambda: [read(text, path).root for path, text in data.items()],
        WHOLE: lambda: [parse_document(path, text).document for path, text in data.items()],
        FAST: lambda: [yaml.load(text, yaml.CSafeLoader) for text in data.values()],
        SLOW: lambda: [yaml.load(text, yaml.SafeLoader) for text in data.values()],
    }
