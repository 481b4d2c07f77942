"""Executors of `concurrent.futures`, by a word: threads of this process, processes, or a dask cluster."""

from __future__ import annotations

import re
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

THREADS = 16
"""By default: many more than cores, since most of them wait for a store."""
MOST = 1024
_WRITTEN = re.compile(r"(?a)(threads|processes|dask)://(.*)", re.DOTALL)


@contextmanager
def executor_for(uri: str = "") -> Iterator[Executor]:
    """An executor, which ends when it is left; what has not begun by then is given up.

    Args:
        uri: `threads://8`, `processes://4`, `dask://host:port` (the scheduler's address), or empty.

    Raises:
        UsageError: It is none of these, or the library is not installed.
        StoreError: The cluster cannot be reached.
    """
    kind, where = _parsed(uri)
    if kind == "dask":
        from modelops_git.edges.cluster import connected

        with connected(where) as executor:
            yield executor
        return
    pool = ThreadPoolExecutor(int(where)) if kind == "threads" else _processes(int(where))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _processes(count: int) -> Executor:
    """Processes that are started anew: a fork of one with threads may find their locks held for ever."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"))


def _parsed(uri: str) -> tuple[str, str]:
    found = _WRITTEN.fullmatch(uri or f"threads://{THREADS}")
    kind, where = found.groups() if found else ("", "")
    is_count = where.isdecimal() and where.isascii() and 1 <= int(where[:5]) <= MOST
    if (kind == "dask" and where) or (kind in {"threads", "processes"} and is_count):
        return kind, where
    raise UsageError(
        f"{printable(uri)!r} is no executor",
        hint="Write dask://HOST:PORT, threads://N or processes://N with N from 1 to 1024.",
    )
