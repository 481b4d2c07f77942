"""The catalog: the manifests of a snapshot by name, each read when it is asked for and parsed once.

Only folders that are asked about are listed, so that a question about one model costs the same in a registry
of a hundred versions as in one of fifty thousand.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from modelops_git.core.places import REGISTRY_FILE, Home, home_of
from modelops_git.core.snapshot import is_under
from modelops_git.core.versions import is_version, sort_versions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.manifests.parse import Document, Parsed
    from modelops_git.core.snapshot import FileEntry, Snapshot

PLACES = (REGISTRY_FILE, "analyses", "models")
"""What of a repository is the registry's: a file and two folders, relative to the registry's root."""


class Catalog:
    """The manifests of `snapshot`.

    A method that gives a `Document` gives None both where there is no file and where the file does not parse;
    `holds` and `document` tell the two apart. Methods that give several leave out those that do not parse.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._parsed: dict[str, Parsed | None] = {}
        self._entries: dict[str, FileEntry | None] = {}
        self._folders: dict[str, tuple[str, ...]] = {}
        self._all: tuple[str, ...] | None = None
        self._homes: dict[str, tuple[Home, ...]] = {}
        self._versions: dict[str, tuple[str, ...]] = {}

    # One file

    def holds(self, path: str) -> bool:
        """Whether there is anything at `path`."""
        return self.entry(path) is not None

    def entry(self, path: str) -> FileEntry | None:
        """What is at `path`; asked of the snapshot once."""
        if path not in self._entries:
            self._entries[path] = self.snapshot.entry(path)
        return self._entries[path]

    def document(self, path: str) -> Parsed | None:
        """What is at `path`, parsed; None where no plain file is."""
        if path not in self._parsed:
            self._parsed[path] = self._parse(path)
        return self._parsed[path]

    def documents(self, paths: Iterable[str]) -> tuple[Document, ...]:
        """Those of `paths` that parse, in their order."""
        wanted = tuple(paths)
        self.snapshot.preload(path for path in wanted if path not in self._parsed)
        found = (self._read(path) for path in wanted)
        return tuple(document for document in found if document)

    def _parse(self, path: str) -> Parsed | None:
        from modelops_git.core.manifests.parse import parse_document

        entry = self.entry(path)
        if entry is None or not entry.is_regular:
            return None
        return parse_document(path, self.snapshot.read(path))

    def _read(self, path: str) -> Document | None:
        parsed = self.document(path)
        return parsed.document if parsed else None

    # By name

    @property
    def registry(self) -> Document | None:
        """`modelops.yaml`."""
        return self._read(REGISTRY_FILE)

    def models(self) -> tuple[str, ...]:
        """The names of all folders that hold a `model.yaml`, sorted."""
        homes = (home_of(path) for path in self.paths("models") if path.endswith("/model.yaml"))
        return tuple(sorted(home.model for home in homes if home and home.kind == "Model"))

    def model(self, name: str) -> Document | None:
        """The manifest of a model."""
        return self._read(Home("Model", name).path)

    def versions(self, model: str) -> tuple[str, ...]:
        """The numbers of a model's versions, oldest first, as their files are named."""
        if model not in self._versions:
            names = (home.name for home in self._in_folder(model, "versions"))
            self._versions[model] = sort_versions(name for name in names if is_version(name))
        return self._versions[model]

    def version(self, model: str, number: str) -> Document | None:
        """The manifest of one version."""
        return self._read(Home("ModelVersion", model, number).path)

    def rollout(self, model: str, environment: str) -> Document | None:
        """What should be live of a model in an environment."""
        return self._read(Home("Rollout", model, environment).path)

    def rollouts(self, model: str = "") -> tuple[Document, ...]:
        """Every rollout that parses, of one model or of all, sorted by path."""
        return self.documents(self.rollout_paths(model))

    def rollout_paths(self, model: str = "") -> tuple[str, ...]:
        """The files of the rollouts, of one model or of all, whether they parse or not."""
        return self._paths_of_kind("Rollout", model)

    def experiment(self, model: str, environment: str) -> Document | None:
        """The experiment with a model in an environment."""
        return self._read(Home("Experiment", model, environment).path)

    def experiment_paths(self, model: str = "") -> tuple[str, ...]:
        """The files of the experiments, of one model or of all, whether they parse or not."""
        return self._paths_of_kind("Experiment", model)

    def notices(self, model: str, version: str) -> tuple[Document, ...]:
        """What became known about a version, in the order of the files' names."""
        return self.documents(self.notice_paths(model, version))

    def notice_paths(self, model: str, version: str) -> tuple[str, ...]:
        """The files of a version's notices, whether they parse or not."""
        homes = self._in_folder(model, "notices")
        return tuple(home.path for home in homes if home.name.rpartition("-")[0] == version)

    def analysis(self, name: str) -> Document | None:
        """The analysis of that name."""
        return self._read(Home("Analysis", name=name).path)

    def analyses(self) -> tuple[str, ...]:
        """The names of all analyses, as their files are named."""
        homes = (home_of(path) for path in self.paths("analyses"))
        return tuple(home.name for home in homes if home)

    # Many

    def paths(self, folder: str) -> tuple[str, ...]:
        """All paths below `folder`, sorted; listed once."""
        if folder not in self._folders:
            self._folders[folder] = self._list(folder)
        return self._folders[folder]

    def everything(self) -> tuple[str, ...]:
        """Every path that a manifest could be at: `modelops.yaml` and all below `models` and `analyses`."""
        if self._all is None:
            self._all = self.snapshot.paths()
        return tuple(path for path in self._all if path.partition("/")[0] in PLACES)

    def forget(self, folder: str) -> None:
        """Let go of what was parsed below `folder`, so that a walk over a large registry stays small."""
        self._parsed = {path: one for path, one in self._parsed.items() if not is_under(path, folder)}
        self._entries = {path: one for path, one in self._entries.items() if not is_under(path, folder)}

    def _list(self, folder: str) -> tuple[str, ...]:
        if self._all is None:
            return self.snapshot.paths(folder)
        start = bisect_left(self._all, folder + "/")
        return self._all[start : bisect_left(self._all, folder + "0", lo=start)]  # 0 comes after /

    def _in_folder(self, model: str, folder: str) -> tuple[Home, ...]:
        """The homes directly in a folder of a model."""
        where = f"models/{model}/{folder}"
        if where not in self._homes:
            homes = (home_of(path) for path in self.paths(where) if path.count("/") == where.count("/") + 1)
            self._homes[where] = tuple(home for home in homes if home and home.model == model)
        return self._homes[where]

    def _paths_of_kind(self, kind: str, model: str) -> tuple[str, ...]:
        if model:
            folder = {"Rollout": "rollouts", "Experiment": "experiments"}[kind]
            return tuple(home.path for home in self._in_folder(model, folder))
        homes = (home_of(path) for path in self.paths("models"))
        return tuple(home.path for home in homes if home and home.kind == kind)
