"""For the tests of those who write loaders: a version that is no version yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.formats.inspect import inspect
from modelops_git.edges.loaders.base import File, Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def unverified(folder: Path, interface: Mapping[str, Any], kind: str = "") -> Source:
    """A source of the files in `folder`, of which nobody has verified anything.

    Args:
        folder: Holds the files of the model, and no others.
        interface: `{"input", "output"}`, as in a manifest.
        kind: The format of files whose content does not tell it.

    Raises:
        OSError: They cannot be read.
    """
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    paths = {path.relative_to(folder).as_posix(): path for path in found}
    return Source(
        model="unverified",
        version="0.0.0",
        folder=folder,
        files=tuple(File(name, "model", kind or _told(path)) for name, path in paths.items()),
        interface={"protocol": "json", **interface},
        algorithm="",
        allowed=frozenset(),
        threads=1,
        read=lambda path: (folder / path).read_bytes(),
    )


def _told(path: Path) -> str:
    with path.open("rb") as stream:
        return inspect(path.name, stream, path.stat().st_size).format
