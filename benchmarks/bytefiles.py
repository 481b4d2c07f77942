"""Versions of many bytes, in a store: what the verifications are measured on."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from blake3 import blake3

import registry
from modelops_git.core.artifacts import artifact_prefix, artifacts_digest
from modelops_git.core.manifests.parse import Document, parse_document
from modelops_git.core.manifests.write import dump
from modelops_git.edges.stores.base import Expected

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from modelops_git.edges.stores.base import Store

MODEL, NUMBER = "team-0/model-000", "1.0.0"
BLOCK = 1 << 20
FIELDS = ("path", "role", "sha256", "size", "blake3")


@dataclass(frozen=True, slots=True)
class Shape:
    """How many files of which size.

    Attributes:
        name: For folders.
        count: How many.
        size: Bytes of each.
        words: For people.
    """

    name: str
    count: int
    size: int
    words: str

    @property
    def total(self) -> int:
        """Bytes in all."""
        return self.count * self.size


@dataclass(frozen=True, slots=True)
class Stored:
    """A version whose files are in a store.

    Attributes:
        shape: How many files of which size.
        document: Its manifest, with SHA-256 alone.
        with_blake3: The same with BLAKE3 as well.
        store: The store.
        prefix: The start of its keys.
        paths: Where the files are on disk; those that were stored, where the store is no folder.
    """

    shape: Shape
    document: Document
    with_blake3: Document
    store: Store
    prefix: str
    paths: tuple[Path, ...]


def store_files(root: Path, shape: Shape, store: Store) -> Stored:
    """Make files by chance below `root`, and store them; the files themselves are left there."""
    source = root / "source"
    files = [_written(source / f"part-{at % 100:02}" / f"{at}.bin", shape.size) for at in range(shape.count)]
    names = [file.relative_to(source).as_posix() for file in files]
    with ThreadPoolExecutor() as executor:
        rows = list(executor.map(_row, names, files))
        document, with_blake3 = _document(rows, ("path", "role", "sha256", "size")), _document(rows)
        prefix = artifact_prefix(MODEL, NUMBER, artifacts_digest(document.written))
        specs = [Expected(str(row["sha256"]), int(row["size"])) for row in rows]
        keys = [prefix + name for name in names]
        list(executor.map(partial(_put, store), keys, files, specs))
    return Stored(shape, document, with_blake3, store, prefix, tuple(files))


def _put(store: Store, key: str, file: Path, spec: Expected) -> None:
    with file.open("rb") as stream:
        store.put(key, stream, spec)


def _written(path: Path, size: int) -> Path:
    """A file of `size` bytes by chance."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        for start in range(0, size, BLOCK):
            stream.write(os.urandom(min(BLOCK, size - start)))
    return path


def _row(name: str, path: Path) -> dict[str, str | int]:
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        other = blake3()
        while piece := stream.read(BLOCK):
            other.update(piece)
    return {
        "path": name,
        "role": "other",
        "sha256": sha256,
        "size": path.stat().st_size,
        "blake3": other.hexdigest(),
    }


def _document(rows: list[dict[str, str | int]], fields: Sequence[str] = FIELDS) -> Document:
    rows = [{name: row[name] for name in fields} for row in rows]
    path = registry.version_path(MODEL, 0)
    written = dict(_parsed(path, registry.version_text(MODEL, 0)).written)
    return _parsed(path, dump({**written, "artifacts": rows}))


def _parsed(path: str, text: str) -> Document:
    parsed = parse_document(path, text.encode())
    assert parsed.document, parsed.findings
    return parsed.document
