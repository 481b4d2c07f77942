from __future__ import annotations

import io
import os
from functools import partial

from modelops_git.edges.stores.cache import Cache, Entry
from modelops_git.edges.stores.file import FileStore
from modelops_git.engine.pruning import Limits, goes, prune
from versions import expected, put

ENTRIES = [Entry("a" * 64, 100, 1.0), Entry("b" * 64, 10, 2.0), Entry("c" * 64, 1, 3.0)]


def test_what_was_unused_for_long_goes():
    assert goes(ENTRIES, Limits(before=2.5)) == ENTRIES[:2]
    assert goes(ENTRIES, Limits(before=1.0)) == []


def test_the_longest_unused_go_until_the_size_is_kept():
    assert goes(ENTRIES, Limits(size=111)) == []
    assert goes(ENTRIES, Limits(size=110)) == ENTRIES[:1]
    assert goes(ENTRIES, Limits(size=11)) == ENTRIES[:1]
    assert goes(ENTRIES, Limits(size=10)) == ENTRIES[:2]
    assert goes(ENTRIES, Limits(size=0)) == ENTRIES


def test_without_limits_nothing_goes():
    assert goes(ENTRIES, Limits()) == []


def filled(tmp_path, *contents):
    cache, store = Cache(tmp_path / "cache"), FileStore(tmp_path / "store", "file:store")
    cache.prepare()
    for number, data in enumerate(contents):
        put(store, f"m/{number}", data)
        cache.fill(expected(data), partial(store.open, f"m/{number}"))
    return cache


def test_pruned_files_are_gone_and_the_others_stay(tmp_path):
    cache = filled(tmp_path, b"old", b"new")
    old = cache.root / "sha256" / expected(b"old").sha256[:2] / expected(b"old").sha256[2:]
    os.utime(old, (1_000_000, old.stat().st_mtime))
    removed, left = prune(cache, Limits(before=2_000_000))
    assert [entry.sha256 for entry in removed] == [expected(b"old").sha256]
    assert [entry.sha256 for entry in left] == [expected(b"new").sha256]
    assert [entry.sha256 for entry in cache.entries()] == [expected(b"new").sha256]
    with cache.open(expected(b"new")) as stream:
        assert stream.read() == b"new"


def test_use_makes_an_entry_young(tmp_path):
    cache = filled(tmp_path, b"first", b"second")
    for entry in cache.entries():
        path = cache.root / "sha256" / entry.sha256[:2] / entry.sha256[2:]
        os.utime(path, (1_000_000, path.stat().st_mtime))
    with cache.open(expected(b"first")):
        pass
    assert [entry.sha256 for entry in cache.entries()] == [
        expected(b"second").sha256,
        expected(b"first").sha256,
    ]


def test_what_is_no_entry_is_left_alone(tmp_path):
    cache = filled(tmp_path, b"x")
    for name in ("sha256/notes.txt", "sha256/ab/short", "readme"):
        path = cache.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    assert len(cache.entries()) == 1
    prune(cache, Limits(size=0))
    assert cache.entries() == []
    assert (cache.root / "sha256/notes.txt").read_text() == "mine"


def test_an_empty_cache_has_nothing_to_prune(tmp_path):
    assert prune(Cache(tmp_path / "none"), Limits(size=0)) == ((), ())


def test_an_entry_that_is_read_while_it_goes_is_read_to_its_end(tmp_path):
    data = os.urandom(3_000_000)
    cache = filled(tmp_path, data)
    with cache.open(expected(data)) as stream:
        begun = stream.read(10)
        prune(cache, Limits(size=0))
        assert begun + stream.read() == data
    cache.fill(expected(data), lambda: _given(data))
    assert len(cache.entries()) == 1


def _given(data):
    return io.BytesIO(data)
