"""Reading manifests: our restricted YAML with positions, and whole documents, beside PyYAML's safe loaders.

The peers give values and forget where they stood, and take what we refuse. A whole document also has its
schema checked; it is read as `modelops` does, which knows a text again that it has read, so every run gets
manifests that no run before has had. All in this process, after one round that does not count, and with the
garbage collector as `modelops` sets it, for all alike.
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
    batches = [_manifests(manifests * turn, manifests) for turn in range(runs + 2)]
    data = batches.pop()
    gc.set_threshold(NEW_OBJECTS)
    times = [one.over(manifests) for one in time_calls(_readers(data, batches), runs=runs)]
    found = {one.name: one for one in times}
    beside = [
        Beside("text to tree beside CSafeLoader", found[OURS], found[FAST], 1.0),
        Beside("whole document beside CSafeLoader", found[WHOLE], found[FAST]),
        Beside("whole document beside SafeLoader", found[WHOLE], found[SLOW]),
    ]
    lines = next(iter(data.values())).count(b"\n")
    notes = [f"Per manifest of {lines} lines; each run reads {manifests} different ones."]
    return Section("Loading YAML", Amount(microseconds), times, beside, notes)


def _manifests(first: int, count: int) -> dict[str, bytes]:
    """`count` version manifests by path, from number `first` on."""
    numbers = range(first, first + count)
    return {registry.version_path(MODEL, one): registry.version_text(MODEL, one).encode() for one in numbers}


def _readers(data: dict[str, bytes], batches: list[dict[str, bytes]]) -> dict[str, Callable[[], object]]:
    assert all(parse_document(path, text).document for path, text in data.items()), (
        "the generator is out of date"
    )
    fresh = iter(batches)
    return {
        OURS: lambda: [read(text, path).root for path, text in data.items()],
        WHOLE: lambda: [parse_document(path, text).document for path, text in next(fresh).items()],
        FAST: lambda: [yaml.load(text, yaml.CSafeLoader) for text in data.values()],
        SLOW: lambda: [yaml.load(text, yaml.SafeLoader) for text in data.values()],
    }
