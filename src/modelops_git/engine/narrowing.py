"""What a plan need not look at: models that an earlier plan found as they are wanted, and that are the same.

A model is the same while its folder is, its state in the journal, and what is common to all models of an
environment: `modelops.yaml`, the analyses, the program. Folders and states are compared by their ids in
git, so the work of a plan is in proportion to what has changed. What was found is kept in the clone, in a
file that may be deleted at any time; models of which there was anything to say are never kept.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.journal.state import state_file
from modelops_git.core.places import REGISTRY_FILE
from modelops_git.edges.git.commits import find_commit
from modelops_git.edges.git.plumbing import decode
from modelops_git.edges.git.reading import commit_snapshot
from modelops_git.edges.git.trees import folder_id
from modelops_git.edges.installed import program
from modelops_git.edges.remembered import Remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from modelops_git.edges.git.stored import StoredSnapshot
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent

MODELS = "models"
MANIFEST = b"model.yaml"
LIVE, OFF = "live", "off"
MOST_GROUPS = 100_000
"""How many folders of models are walked through; no registry has so many."""


class Found(NamedTuple):
    """A model folder.

    Attributes:
        model: The model's name.
        folder: The folder's id.
        is_base: Whether it is the same in the commit that was applied last.
        state: The path of its state in the journal.
    """

    model: str
    folder: str
    is_base: bool
    state: str


NOT_CLEAR = Found("", "", is_base=False, state="")
"""Stands for models within models, or for too many groups."""


class Look(NamedTuple):
    """What a plan has to look at.

    Attributes:
        models: Models with a folder that are not known to be as they are wanted.
        states: The paths of the states in the journal that go with them, or with no folder at all.
        quiet: How many models that are wanted here are left out.
    """

    models: tuple[str, ...]
    states: tuple[str, ...]
    quiet: int


class Narrowing:
    """What is known of the models in one environment, for one plan.

    Args:
        ground: The environment.
        intent: What is wanted.
        applied: The commit that was applied last.
        listed: The states in the journal: the ids of their blobs by path.
    """

    def __init__(
        self, ground: Ground, intent: Intent, applied: str | None, listed: Mapping[str, str]
    ) -> None:
        self._intent, self._listed = intent, listed
        self._trees = ground.repository.trees
        self._head = commit_snapshot(ground.repository, intent.commit)
        self._base = _base_of(ground, applied)
        path = ground.repository.common_dir / "modelops" / "planned" / ground.name
        self._known = Remembered(path, _common(ground.name, self._head, self._base))
        self._folders: dict[str, Found] = {}

    def look(self) -> Look:
        """What is to be looked at, by all that is known."""
        self._folders = self._found()
        if not self._folders:
            return Look(self._intent.catalog.models(), tuple(self._listed), 0)
        kept = {model: word for model, found in self._folders.items() if (word := self._kept(found))}
        quiet = {self._folders[model].state for model in kept}
        states = tuple(path for path in self._listed if path not in quiet)
        models = tuple(sorted(self._folders.keys() - kept.keys()))
        return Look(models, states, sum(word == LIVE for word in kept.values()))

    def learn(self, live: Iterable[str], off: Iterable[str]) -> None:
        """Keep what was found.

        Args:
            live: Models that are live as they are wanted, with nothing to be said of them.
            off: Models that are not wanted here, and of which nothing is live.
        """
        for models, word in ((live, LIVE), (off, OFF)):
            for found in filter(None, map(self._folders.get, models)):
                if found.is_base:
                    self._known.learn(found.model, f"{self._same(found)} {word}")
        self._known.save()

    def _kept(self, found: Found) -> str:
        """What a model was found to be, `LIVE` or `OFF`, if it is the same now; else nothing."""
        same, _, word = (self._known.get(found.model) or "").rpartition(" ")
        return word if found.is_base and same == self._same(found) else ""

    def _same(self, found: Found) -> str:
        """What a model is known to be the same by."""
        return f"{found.folder} {self._listed.get(found.state, '-')}"

    def _found(self) -> dict[str, Found]:
        """The model folders; none where they cannot be told apart, or there is nothing to compare with."""
        if self._base is None:
            return {}
        if not self._known:
            self._intent.catalog.models()  # which reads all folders together
        heads = [self._trees.subfolder(one.tree_id, MODELS) for one in (self._head, self._base)]
        found = {one.model: one for one in self._walk(*heads)}
        return {} if "" in found else found

    def _walk(self, head: str, base: str) -> Iterator[Found]:
        """Every model folder; `NOT_CLEAR` where models lie within models."""
        left, count = [("", head, base)], 0
        while left:
            under, *both = left.pop()
            inside, before = map(self._trees.folder, both)
            for name, item in inside.items():
                folder, model = folder_id(item), under + decode(name)
                if not folder:
                    continue
                found = Found(model, folder, before.get(name) == item, state_file(model))
                if (self._known.get(model) or "").startswith(folder):
                    yield found
                elif MANIFEST in self._trees.folder(folder):
                    yield found if self._is_simple(folder) else NOT_CLEAR
                else:
                    left.append((f"{model}/", folder, folder_id(before.get(name))))
                    count += 1
            if count > MOST_GROUPS:
                yield NOT_CLEAR
                return

    def _is_simple(self, folder: str) -> bool:
        """Whether no other model lies within a model's folder."""
        return sum(path.rpartition("/")[2] == "model.yaml" for path in self._trees.walk(folder)) == 1


def _base_of(ground: Ground, applied: str | None) -> StoredSnapshot | None:
    if applied is None or find_commit(ground.repository, applied) is None:
        return None
    return commit_snapshot(ground.repository, applied)


def _common(environment: str, head: StoredSnapshot, base: StoredSnapshot | None) -> str:
    """A digest of all that is common to the models of an environment; empty where it cannot be known."""
    this = program()
    if not this or base is None:
        return ""
    common = [one.identity(path) for one in (head, base) for path in (REGISTRY_FILE, "analyses")]
    return hashlib.sha256("\0".join([this, environment, *common]).encode()).hexdigest()
