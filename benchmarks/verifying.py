"""Verifying stored bytes beside `openssl dgst -sha256`: one file on one core, several files on all cores.

Both read the same files, which are in memory after the round that does not count: this measures the hash and
how little stands around it, not the disk.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import registry
from modelops_git.core.artifacts import artifact_prefix, artifacts_digest
from modelops_git.core.manifests.parse import Document, parse_document
from modelops_git.core.manifests.write import dump
from modelops_git.edges.stores.base import Expected
from modelops_git.edges.stores.file import FileStore
from modelops_git.engine.stores import Only
from modelops_git.engine.verify import How, verify_version
from tables import Amount, Beside, Section, megabytes_per_second
from timing import time_calls

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1 << 30
AIM = 0.95
MODEL, NUMBER = "team-0/model-000", "1.0.0"
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """A version whose files are in a store.

    Attributes:
        document: Its manifest.
        store: The store.
        paths: Where the files are on disk.
        size: Bytes in all.
    """

    document: Document
    store: FileStore
    paths: tuple[Path, ...]
    size: int


def measure(folder: Path, *, size: int = GIB, files: int = 4, runs: int = 5) -> list[Section]:
    """Time a file of `size` bytes on one core, then as many bytes in `files` files on all cores."""
    cores = len(os.sched_getaffinity(0))
    one = _stored(folder / "one", [size])
    many = _stored(folder / "many", [size // files] * files)
    return [
        _section("one file on one core", one, runs=runs, at_once=1),
        _section(f"{files} files on {cores} cores", many, runs=runs, at_once=cores),
    ]


def _section(what: str, stored: Stored, *, runs: int, at_once: int) -> Section:
    calls = {
        "modelops, verify_version": lambda: _verify(stored, at_once),
        "openssl dgst -sha256": lambda: _openssl(stored.paths, at_once),
    }
    ours, peer = times = time_calls(calls, runs=runs)
    amount = Amount(megabytes_per_second(stored.size), is_speed=True)
    notes = [f"{stored.size / 1e6:,.0f} MB in all; speeds by CPU time are those of one core."]
    return Section(f"Verifying {what}", amount, times, [Beside(what, ours, peer, AIM)], notes)


def _verify(stored: Stored, at_once: int) -> None:
    if at_once == 1:
        findings = verify_version(stored.document, Only(stored.store))
    else:
        with ThreadPoolExecutor(at_once) as executor:
            findings = verify_version(stored.document, Only(stored.store), How(executor))
    assert not findings, findings


def _openssl(paths: tuple[Path, ...], at_once: int) -> None:
    """Hash the files, `at_once` at a time, with a process for each."""
    with ThreadPoolExecutor(at_once) as executor:
        for _ in executor.map(_digest, paths):
            pass


def _digest(path: Path) -> None:
    subprocess.run(["openssl", "dgst", "-sha256", path], check=True, stdout=subprocess.DEVNULL)


def _stored(root: Path, sizes: list[int]) -> Stored:
    """Files of `sizes` bytes in a store below `root`, and the manifest that lists them."""
    root.mkdir(parents=True)
    sources = [_written(root / f"part-{index}.onnx", size) for index, size in enumerate(sizes)]
    specs = [Expected(_sha256(source), source.stat().st_size) for source in sources]
    document = _document([source.name for source in sources], specs)
    store = FileStore(root / "store", (root / "store").as_uri())
    paths: list[Path] = []
    for source, spec in zip(sources, specs, strict=True):
        key = artifact_prefix(MODEL, NUMBER, artifacts_digest(document.written)) + source.name
        with source.open("rb") as stream:
            store.put(key, stream, spec)
        source.unlink()
        paths.append(store.root / key)
    return Stored(document, store, tuple(paths), sum(sizes))


def _written(path: Path, size: int) -> Path:
    """A file of `size` bytes by chance."""
    with path.open("wb") as stream:
        for start in range(0, size, BLOCK):
            stream.write(os.urandom(min(BLOCK, size - start)))
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _document(names: list[str], specs: list[Expected]) -> Document:
    path = registry.version_path(MODEL, 0)
    written = dict(_parsed(path, registry.version_text(MODEL, 0)).written)
    written["artifacts"] = [
        {"path": name, "role": "model", "format": "onnx", "sha256": spec.sha256, "size": spec.size}
        for name, spec in zip(names, specs, strict=True)
    ]
    return _parsed(path, dump(written))


def _parsed(path: str, text: str) -> Document:
    parsed = parse_document(path, text.encode())
    assert parsed.document, parsed.findings
    return parsed.document
