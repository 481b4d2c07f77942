"""New files in the work tree: whole or not at all, and never over what is there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from modelops_git.core.errors import RefusedError


def create_file(path: Path, text: str) -> bool:
    """Write `text` to a new file, with the folders above it; False where something is there already.

    Raises:
        OSError: It could not be written; then there is no file.
    """
    if os.path.lexists(path):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".modelops-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)  # temporary files are their owner's; a manifest is for everyone
        return _given_name(temporary, path)
    finally:
        temporary.unlink()


def _given_name(temporary: Path, path: Path) -> bool:
    """Give the file its name, unless another process has just taken it."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return False
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def inside(root: Path, path: str) -> Path:
    """Where `path` of a registry is on disk.

    Raises:
        RefusedError: A link on the way leads out of the registry.
    """
    found = root / path
    if not found.parent.resolve().is_relative_to(root.resolve()):
        raise RefusedError(f"{path} would be written outside the registry: a folder above it is a link")
    return found
