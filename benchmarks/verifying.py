"""Verifying stored bytes, from disk: one large file, several, and thousands of small ones.

Beside `openssl dgst -sha256`, and for BLAKE3 beside `b3sum`, on the same files, which are in memory after the
round that does not count: this measures the hash and how little stands around it, not the disk.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import bytefiles
from bytefiles import Stored, store_files
from modelops_git.edges.stores.file import FileStore
from modelops_git.engine.reading import Digest
from modelops_git.engine.stores import Only
from modelops_git.engine.verify import How, verify_version
from tables import Amount, Beside, Section, megabytes_per_second
from timing import Times, time_calls

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bytefiles import Shape

AIM = 0.95
AIM_BLAKE3 = 0.80
MOST_WORDS = 1_000
"""How many files one call of a program takes, so that no system refuses the length of its words."""


def measure(folder: Path, shapes: Sequence[Shape], *, runs: int) -> list[Section]:
    """Time the verification of each shape on one core and on all, and by BLAKE3."""
    cores = len(os.sched_getaffinity(0))
    sections: list[Section] = []
    for shape in shapes:
        root = folder / shape.name
        stored = store_files(root, shape, FileStore(root / "store", (root / "store").as_uri()))
        ways = sorted({1, cores} if shape.count > 1 else {1})
        sections += [_by_sha256(stored, runs=runs, at_once=at_once) for at_once in ways]
        sections.append(_by_blake3(stored, runs=runs, at_once=cores))
        shutil.rmtree(root)
    return sections


def verify(stored: Stored, at_once: int, digest: Digest = Digest.SHA256) -> None:
    """Verify all bytes of a version; `at_once` files at a time."""
    holders = Only(stored.store)
    document = stored.with_blake3 if digest is Digest.BLAKE3 else stored.document
    if at_once == 1:
        findings = verify_version(document, holders, How(digest=digest))
    else:
        with ThreadPoolExecutor(at_once) as executor:
            findings = verify_version(document, holders, How(executor, digest=digest, processes=at_once))
    assert not findings, findings


def openssl(paths: Sequence[Path], at_once: int) -> None:
    """Hash the files by SHA-256, `at_once` processes at a time."""
    _in_turns(["openssl", "dgst", "-sha256"], paths, at_once)


def _by_sha256(stored: Stored, *, runs: int, at_once: int) -> Section:
    what = f"{stored.shape.words} from disk, {_cores(at_once)}"
    calls: dict[str, Callable[[], None]] = {
        "modelops, verify_version": lambda: verify(stored, at_once),
        "openssl dgst -sha256": lambda: openssl(stored.paths, at_once),
    }
    ours, peer = times = time_calls(calls, runs=runs)
    return _section(f"Verifying {what}", stored, times, [Beside(what, ours, peer, AIM)])


def _by_blake3(stored: Stored, *, runs: int, at_once: int) -> Section:
    what = f"{stored.shape.words} from disk by BLAKE3, {_cores(at_once)}"
    calls: dict[str, Callable[[], None]] = {
        "modelops, verify_version": lambda: verify(stored, at_once, Digest.BLAKE3)
    }
    if shutil.which("b3sum") is None:
        times = time_calls(calls, runs=runs)
        beside = Beside(what, times[0], "b3sum is not installed", AIM_BLAKE3)
        return _section(f"Verifying {what}", stored, times, [beside])
    calls["b3sum"] = lambda: _in_turns(["b3sum"], stored.paths, 1)
    ours, peer = times = time_calls(calls, runs=runs)
    return _section(f"Verifying {what}", stored, times, [Beside(what, ours, peer, AIM_BLAKE3)])


def _section(title: str, stored: Stored, times: Sequence[Times], beside: Sequence[Beside]) -> Section:
    amount = Amount(megabytes_per_second(stored.shape.total), is_speed=True)
    notes = [f"{stored.shape.total / 1e6:,.0f} MB in all; speeds by CPU time are those of one core."]
    return Section(title, amount, times, beside, notes)


def _cores(at_once: int) -> str:
    return "on one core" if at_once == 1 else f"on {at_once} cores"


def _in_turns(command: list[str], paths: Sequence[Path], at_once: int) -> None:
    share = min(MOST_WORDS, max(1, -(-len(paths) // at_once)))
    parts = [paths[at : at + share] for at in range(0, len(paths), share)]
    with ThreadPoolExecutor(at_once) as executor:
        for _ in executor.map(lambda part: _run([*command, *part]), parts):
            pass


def _run(command: Sequence[str | Path]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


SHAPES = (
    bytefiles.Shape("one", 1, 2 << 30, "one file of 2 GiB"),
    bytefiles.Shape("large", 64, 64 << 20, "64 files of 64 MiB"),
    bytefiles.Shape("small", 10_000, 20 << 10, "10,000 files of 20 KiB"),
)
QUICK_SHAPES = (
    bytefiles.Shape("one", 1, 1 << 27, "one file of 128 MiB"),
    bytefiles.Shape("large", 8, 16 << 20, "8 files of 16 MiB"),
    bytefiles.Shape("small", 1_000, 20 << 10, "1,000 files of 20 KiB"),
)
