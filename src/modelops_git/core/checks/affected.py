"""Which files can have a new finding when others changed: the checks' references, read backwards.

- `modelops.yaml`: everything.
- A `model.yaml`: all below its folder, models nested in it included.
- A version: its model, its notices, its descendants, all rollouts and experiments of the model.
- A notice: all rollouts and experiments of the model.
- A rollout or an experiment: the experiment or the rollout in the same environment.
- An analysis that comes or goes: `modelops.yaml`, all rollouts and experiments.

A version that was added can have descendants too: one that named a parent which did not exist. Texts are
searched for the number first, so that as a rule nothing needs to be parsed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelops_git.core.checks.context import version_of
from modelops_git.core.places import REGISTRY_FILE, Home, home_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.catalog import Catalog
    from modelops_git.core.snapshot import Change

_FEW = 8
_NUMBER = rb"[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*"


def affected(change: Change, catalog: Catalog) -> tuple[str, ...]:
    """What to check, so that nothing is missed that a check of everything would newly find.

    Args:
        change: What changed; its head is the snapshot of `catalog`.
        catalog: The registry after the change.

    Returns:
        The changed paths, deleted ones included, and the files that refer to them; sorted.
    """
    found = set(change.changed)
    if REGISTRY_FILE in found:
        found.update(catalog.everything())
        return tuple(sorted(found))
    versions: dict[str, set[str]] = {}
    for path in change.changed:
        home = home_of(path)
        if home is not None:
            found.update(other for other in _referring(home, change, catalog) if catalog.holds(other))
        if home is not None and home.kind == "ModelVersion":
            versions.setdefault(home.model, set()).add(home.name)
    for model, numbers in versions.items():
        found.update(_descendants(model, numbers, catalog))
    return tuple(sorted(found))


def _referring(home: Home, change: Change, catalog: Catalog) -> Iterator[str]:
    """The files that have a check which reads the file at `home`."""
    if home.kind == "Model":
        yield from catalog.paths(f"models/{home.model}")
    elif home.kind == "ModelVersion":
        yield Home("Model", home.model).path
        yield from catalog.notice_paths(home.model, home.name)
        yield from _live(home.model, catalog)
    elif home.kind == "Notice":
        yield from _live(home.model, catalog)
    elif home.kind in ("Rollout", "Experiment"):
        yield Home("Rollout", home.model, home.name).path
        yield Home("Experiment", home.model, home.name).path
    elif home.kind == "Analysis" and not (change.base.entry(home.path) and change.head.entry(home.path)):
        yield REGISTRY_FILE
        yield from _live("", catalog)


def _live(model: str, catalog: Catalog) -> tuple[str, ...]:
    """The rollouts and experiments of one model, or of all."""
    return (*catalog.rollout_paths(model), *catalog.experiment_paths(model))


def _descendants(model: str, numbers: set[str], catalog: Catalog) -> Iterator[str]:
    """The other versions of a model that have one of `numbers` for a parent, directly or through others.

    For all that changed in a model at once: each of the others is read one time, however many changed.
    """
    others = [Home("ModelVersion", model, one).path for one in catalog.versions(model) if one not in numbers]
    catalog.snapshot.preload(others)
    if not any(_may_name(path, numbers, catalog) for path in others):
        return
    children: dict[str, list[str]] = {}
    for document in catalog.documents(others):
        children.setdefault(version_of(document).parent or "", []).append(document.home.name)
    todo, seen = list(numbers), set(numbers)
    while todo:
        for child in children.get(todo.pop(), ()):
            if child not in seen:
                seen.add(child)
                todo.append(child)
                yield Home("ModelVersion", model, child).path


def _may_name(path: str, numbers: set[str], catalog: Catalog) -> bool:
    """Whether the text could hold one of `numbers`: as it is, or escaped in double quotes."""
    data = catalog.snapshot.read(path)
    if len(numbers) <= _FEW:
        return b"\\" in data or any(number.encode() in data for number in numbers)
    words = {word.decode() for word in re.findall(_NUMBER, data)}
    return b"\\" in data or not words.isdisjoint(numbers)
