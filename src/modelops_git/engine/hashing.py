"""Digests of local files, several at once, in constant memory."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError
from modelops_git.edges.stores import streams
from modelops_git.edges.stores.base import StoreChangedError
from modelops_git.edges.stores.failures import translated
from modelops_git.edges.stores.reading import stable_reader
from modelops_git.engine.reading import blake3_installed, new_blake3

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from modelops_git.edges.stores.base import Expected
    from modelops_git.edges.stores.streams import Progress


def digest_file(path: Path, progress: Progress = streams.ignore) -> Expected:
    """SHA-256 and size of a regular file (a link to one is followed); BLAKE3 where its library is installed.

    Raises:
        StoreError: It cannot be read or is no regular file.
        StoreChangedError: It changed while it was read.
    """
    with stable_reader(_opened(path), str(path)) as stream:
        size = os.fstat(stream.fileno()).st_size
        blake3 = new_blake3() if blake3_installed() else None
        take = blake3.update if blake3 else _nothing
        found = streams.copy(stream, take, limit=size, progress=progress)
        if found.size > size:  # it grows, maybe for ever
            raise StoreChangedError(f"{printable(str(path))} grew while it was read", hint="Try again later.")
    return replace(found, blake3=blake3.hexdigest() if blake3 else "")


def digest_files(
    paths: Sequence[Path], executor: Executor | None = None, progress: Progress = streams.ignore
) -> tuple[Expected, ...]:
    """The same of many files, in their order; at once in `executor`, where one is given.

    Raises:
        StoreError: For the first file of which it is true, as `digest_file` does.
    """
    run = map if executor is None else executor.map
    return tuple(run(digest_file, paths, [progress] * len(paths)))


def _nothing(_piece: memoryview) -> None:
    """No other digest is computed."""


def _opened(path: Path) -> int:
    with translated(str(path)):
        # O_NONBLOCK: opening a named pipe that nobody writes would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise StoreError(f"{printable(str(path))} is no regular file", hint="Name a file.")
    return descriptor
