"""Checking many files: what is known to be clean is left out, and the rest is shared by all cores."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from itertools import chain
from typing import TYPE_CHECKING

from modelops_git.core.catalog import PLACES, Catalog
from modelops_git.core.checks.run import Result, folder_of, run_each, together
from modelops_git.core.places import REGISTRY_FILE, Home, home_of
from modelops_git.edges import processes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelops_git.core.checks.context import Facts
    from modelops_git.core.snapshot import Change, Snapshot
    from modelops_git.edges.remembered import Remembered

    Group = tuple[str, ...]

LEAST = 250
"""How many files are worth a process of their own."""


def check(change: Change, paths: Iterable[str], facts: Facts, known: Remembered | None = None) -> Result:
    """Run the checks on `paths`, as `core.checks.run` does.

    Args:
        change: The registry, and what it is compared with.
        paths: The files to check.
        facts: What the files do not say.
        known: What was clean before; it learns what is clean now.

    Raises:
        GitError: A file cannot be read.
    """
    groups = together(paths)
    keys = {group: key_of(group, change, facts) for group in groups} if known is not None else {}
    clean = [group for group in groups if known is not None and keys[group] in known]
    rest = sorted(set(groups).difference(clean))

    def work(part: Sequence[Group]) -> list[Result]:
        return list(run_each(Catalog(change.head), change, part, facts))

    results = list(chain.from_iterable(processes.each_in_a_process(work, _parts(rest))))
    for group, result in zip(rest, results, strict=True):
        if known is not None and result.is_clean:
            known.learn(keys[group])
    return Result.merged([*results, Result(files=tuple(filter(home_of, chain.from_iterable(clean))))])


def key_of(group: Group, change: Change, facts: Facts) -> str:
    """A digest of all that the checks of a group depend on, but for the program.

    It changes with the day, since some checks ask for the time. Policies can look at all that a change
    brings, and are asked only for files that are part of it.
    """
    day = facts.now.date().isoformat() if facts.now else ""
    states = [change.head, change.base, *([facts.tip] if facts.tip else [])]
    beside = change.changed if _is_changed(group, change) else ()
    parts = [day, *group, *(_identity(state, folder_of(group[0])) for state in states), *beside]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _is_changed(group: Group, change: Change) -> bool:
    """Whether the change brings something in the folder of a group; `changed` is sorted."""
    folder = f"{folder_of(group[0])}/"
    at = bisect_left(change.changed, folder)
    return at < len(change.changed) and change.changed[at].startswith(folder)


def _identity(state: Snapshot, folder: str) -> str:
    """What a state of the registry holds as far as it matters to the checks of a folder's files."""
    home = Home("Model", folder.removeprefix("models/"))
    if not folder.startswith("models/"):
        return "\1".join(map(state.identity, PLACES))
    names = home.model.split("/")
    around = [Home("Model", "/".join(names[:count])).path for count in range(1, len(names))]
    return "\1".join(map(state.identity, [REGISTRY_FILE, "analyses", folder, *around]))


def _parts(groups: list[Group]) -> list[list[Group]]:
    """The groups in parts of about as many files each, one for every process that is worth it."""
    total = sum(map(len, groups))
    count = max(1, min(total // LEAST, processes.available()))
    parts: list[list[Group]] = [[] for _ in range(count)]
    before = 0
    for group in groups:
        parts[min(before * count // max(total, 1), count - 1)].append(group)
        before += len(group)
    return [part for part in parts if part]
