"""The folder that the demo makes, and the environment that its commands see."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MARKER = ".made-by-the-modelops-demo"
PROGRAMS = ("train.py", "train_legacy.py", "predict.py", "caller.py")
GIVEN = ("tamper.py", "compare.py", "careful.yaml", "answers.yaml")


class OccupiedError(Exception):
    """The folder holds something that the demo did not make, and will not delete."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything is.

    Attributes:
        folder: All that the demo makes.
    """

    folder: Path

    @property
    def registry(self) -> Path:
        """The working clone of the registry."""
        return self.folder / "registry"

    @property
    def training(self) -> Path:
        """The repository of the training code."""
        return self.folder / "training"

    def gateway(self, environment: str) -> Path:
        """What is live in an environment."""
        return self.registry / ".modelops" / "live" / environment


def make_place(folder: Path, programs: Path) -> Place:
    """A fresh folder with the programs and files in it that the story uses.

    Raises:
        OccupiedError: There is something that is not the demo's.
    """
    _clear(folder)
    place = Place(folder.resolve())
    place.training.mkdir(parents=True)
    (place.folder / MARKER).write_text("`make demo` deletes this folder, and makes it anew.\n")
    for name in PROGRAMS:
        shutil.copyfile(programs / name, place.training / name)
    (place.training / ".gitignore").write_text("out/\n")
    for name in GIVEN:
        shutil.copyfile(programs / name, place.folder / name)
    return place


def _clear(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise OccupiedError(f"{folder} is not a folder")
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / MARKER).is_file():
            raise OccupiedError(f"{folder} was not made by the demo, and stays as it is")
        shutil.rmtree(folder)


def environment(place: Place, inherited: Mapping[str, str]) -> dict[str, str]:
    """What the commands see: this Python's programs first, and no repository but the one they run in."""
    foreign = {
        *_local_variables(),
        *(name for name in inherited if name.startswith(("GIT_AUTHOR_", "GIT_COMMITTER_"))),
    }
    kept = {name: value for name, value in inherited.items() if name not in foreign}
    programs = os.fspath(Path(sys.executable).parent)
    return kept | {
        "PATH": programs + os.pathsep + inherited.get("PATH", os.defpath),
        "PRE_COMMIT_HOME": os.fspath(place.folder / "pre-commit"),
        "PYTHONUNBUFFERED": "1",
    }


def _local_variables() -> list[str]:
    """The variables that tie git to one repository: a hook sets them, and the demo may be run by one."""
    command = ["git", "rev-parse", "--local-env-vars"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - git, by name
    return done.stdout.split()
