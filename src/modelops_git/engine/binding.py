"""What a change does, as approvals are bound to it: from git alone, the same wherever it is computed.

- *change*: every changed path of the registry with the SHA-256 of its content before and after.
- *intent*: every (environment, model) whose wanted generation the change alters, with the generations.
- *tree*: git's tree of the registry, without the folder of signed approvals.

All are between the merge base with where the change goes and its head, so that an update of the base which
touches nothing of it alters neither of the first two.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from modelops_git.core.authorizing.facts import Binding
from modelops_git.core.digests import of_json
from modelops_git.core.errors import ModelopsError
from modelops_git.core.places import REGISTRY_FILE, home_of
from modelops_git.engine.intent import desired_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.places import Home
    from modelops_git.core.snapshot import Change, Snapshot
    from modelops_git.engine.intent import Intent

APPROVALS = "approvals"
"""The folder of signed approvals, which are no part of what they approve."""
_WANTING = ("Rollout", "Experiment")


def binding_of(change: Change, before: Intent | None, after: Intent | None) -> Binding:
    """What a change does.

    Args:
        change: From the merge base to the head.
        before: What the merge base wants; None where its `modelops.yaml` is absent or not valid.
        after: What the head wants, likewise.
    """
    paths = [path for path in change.changed if not is_approval(path)]
    rows = [[path, _content(change.base, path), _content(change.head, path)] for path in paths]
    return Binding(tree_of(change.head), of_json(rows), of_json(intent_rows(change, before, after)))


def is_approval(path: str) -> bool:
    """Whether a path of the registry is a signed approval."""
    return path.startswith(f"{APPROVALS}/")


def tree_of(snapshot: Snapshot) -> str:
    """A digest of every path, mode and content of a registry, approvals aside."""
    entries = (snapshot.entry(path) for path in snapshot.paths() if not is_approval(path))
    return of_json([[one.path, one.mode, one.blob_id] for one in entries if one])


def intent_rows(change: Change, before: Intent | None, after: Intent | None) -> list[list[str]]:
    """(environment, model, generation before, generation after) of all that differs, sorted.

    A generation is empty where nothing is wanted, or where a manifest is not valid: checks refuse that.
    """
    homes = sorted({(home.name, home.model) for home in _looked_at(change) if home.kind in _WANTING})
    rows = ([*home, _generation(before, *home), _generation(after, *home)] for home in homes)
    return [row for row in rows if row[-2] != row[-1]]


def _looked_at(change: Change) -> Iterator[Home]:
    """What could be wanted otherwise: what was changed; all there is where modelops.yaml was."""
    paths = set(change.changed)
    if REGISTRY_FILE in paths:
        paths.update(change.base.paths("models"), change.head.paths("models"))
    return (home for home in map(home_of, paths) if home)


def _generation(intent: Intent | None, environment: str, model: str) -> str:
    """What is wanted of a model in an environment; with an experiment, both digests."""
    if intent is None:
        return ""
    try:
        desired = desired_of(intent, environment, model)
    except ModelopsError:
        return ""
    return desired.generation + desired.trial if desired.routes else ""


def _content(snapshot: Snapshot, path: str) -> str:
    """The mode and the SHA-256 of what is at a path; empty where nothing is."""
    entry = snapshot.entry(path)
    if entry is None:
        return ""
    data = entry.blob_id.encode() if entry.is_submodule else snapshot.read(path)
    return f"{entry.mode} {hashlib.sha256(data).hexdigest()}"
