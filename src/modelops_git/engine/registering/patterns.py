"""Patterns among the paths that are registered: `'out/*.onnx'`, `'out/**/*.json'`.

The shell expands those that stand without quotes; these here are for scripts, and for `**`, which few shells
know. `*`, `?` and `[…]` stand for characters within a name, `**` for any number of folders. As in a shell, a
name that begins with a dot is matched only by a part that does. No link is followed.
"""

from __future__ import annotations

import fnmatch
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.edges.stores.failures import translated

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = re.compile(r"[*?\[]")
_ANY = "**"


class Match(NamedTuple):
    """Something that a pattern matches.

    Attributes:
        path: A file or a folder, or a link in the place of one.
        path_within: Its path from the folder that stands before the pattern's first wildcard, with `/`.
    """

    path: Path
    path_within: str


def is_pattern(path: Path) -> bool:
    """Whether a path is a pattern: it holds a wildcard, and nothing is there that is called so."""
    return _MAGIC.search(str(path)) is not None and not os.path.lexists(path)


def fixed_part(path: Path) -> Path:
    """The folder before the first wildcard; the path itself where it is no pattern."""
    if not is_pattern(path):
        return path
    parts = path.parts
    first = next(at for at, part in enumerate(parts) if _MAGIC.search(part))
    return Path(*parts[:first])


def matches(pattern: Path) -> list[Match]:
    """What a pattern matches, by name; nothing twice.

    Raises:
        StoreError: A folder cannot be read.
    """
    base = fixed_part(pattern)
    parts = pattern.parts[len(base.parts) :]
    parts = tuple(
        part for part, before in zip(parts, ("", *parts), strict=False) if not part == before == _ANY
    )
    found = {path: path.relative_to(base).as_posix() for path in _below(base, parts) if path != base}
    return [Match(path, found[path]) for path in sorted(found, key=str)]


def _below(folder: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    """All that `parts` match below `folder`; a link where they lead through one."""
    if not parts:
        yield folder
    elif parts[0] == _ANY:
        yield from _anywhere(folder, parts)
    elif not _MAGIC.search(parts[0]):
        inner = folder / parts[0]
        if os.path.lexists(inner):
            yield from _through(inner, parts[1:])
    else:
        for entry in _listed(folder):
            if fnmatch.fnmatchcase(entry.name, parts[0]) and _shows(entry.name, parts[0]):
                yield from _through(Path(entry.path), parts[1:])


def _anywhere(folder: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    """The same where `parts` begin with `**`: here, and in each folder below."""
    rest = parts[1:] or ("*",)
    yield from _below(folder, rest)
    for entry in _listed(folder):
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _anywhere(Path(entry.path), parts)
        elif entry.is_symlink() and entry.is_dir():
            yield Path(entry.path)


def _through(path: Path, rest: tuple[str, ...]) -> Iterator[Path]:
    """`path` at the end of a pattern, or what the rest matches in it; a link to a folder is the end."""
    if not rest or (path.is_symlink() and path.is_dir()):
        yield path
    elif path.is_dir():
        yield from _below(path, rest)


def _shows(name: str, part: str) -> bool:
    return not name.startswith(".") or part.startswith(".")


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    if not folder.is_dir():
        return []
    with translated(str(folder)), os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)
