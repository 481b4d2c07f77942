"""The cases of the checks, read from the folders in `checks/`.

`registry/` is a registry without a finding. A case is a folder `cases/<code>/good*` or `bad*` that says what
is different:

- `base/` lies over the registry, and together they are what is merged;
- `head/` lies over that, and together they are what is checked;
- `tip/` lies over the base, and together they are the newest state of the default branch;
- a file `x.deleted` takes `x` away; a symbolic link is a symbolic link;
- `facts.json` says what a target or a journal knows, for the checks of plans;
- `store/` holds the stored files of version 1.2.0 of iris, for the checks of bytes, and `bundle.json` is the
  bundle of its signature.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from modelops_git.core.snapshot import Change, DictSnapshot

HERE = Path(__file__).parent / "checks"
NOW = datetime(2026, 6, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    code: str
    folder: Path

    @property
    def name(self):
        return f"{self.code}-{self.folder.name}"

    @property
    def is_bad(self):
        return self.folder.name.startswith("bad")

    @property
    def facts(self):
        file = self.folder / "facts.json"
        return json.loads(file.read_text()) if file.exists() else {}

    @property
    def store(self):
        return self.folder / "store"

    @property
    def bundle(self):
        return self.folder / "bundle.json"

    def base(self):
        return snapshot(HERE / "registry", self.folder / "base")

    def head(self):
        return snapshot(HERE / "registry", self.folder / "base", self.folder / "head")

    def tip(self):
        return snapshot(HERE / "registry", self.folder / "base", self.folder / "tip")

    def change(self):
        return Change.between(self.base(), self.head())


def all_cases():
    """Every case there is."""
    folders = sorted(path for path in (HERE / "cases").glob("*/*") if path.is_dir())
    return [Case(folder.parent.name, folder) for folder in folders]


def registry():
    """The files of the registry without a finding."""
    return snapshot(HERE / "registry")


def snapshot(*layers):
    """The files of folders, each over the one before."""
    files, modes = {}, {}
    for layer in layers:
        for file in sorted(layer.rglob("*")):
            path = file.relative_to(layer).as_posix()
            if file.is_symlink():
                files[path], modes[path] = str(file.readlink()), "120000"
            elif path.endswith(".deleted"):
                del files[path.removesuffix(".deleted")]
            elif file.is_file():
                files[path] = file.read_bytes()
    return DictSnapshot(files, modes=modes)
