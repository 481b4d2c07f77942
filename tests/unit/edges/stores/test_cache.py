from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from modelops_git.edges.stores.base import StoreMismatchError, StoreMissingError
from modelops_git.edges.stores.cache import Cache, cache_folder
from modelops_git.edges.stores.file import FileStore
from versions import expected, overwrite, put

DATA = b"weights" * 1000


@pytest.fixture
def store(tmp_path):
    made = FileStore(tmp_path / "store", "file:store")
    put(made, "m/a", DATA)
    return made


@pytest.fixture
def cache(tmp_path):
    made = Cache(tmp_path / "cache")
    made.prepare()
    return made


def entry(cache):
    sha256 = expected(DATA).sha256
    return cache.root / "sha256" / sha256[:2] / sha256[2:]


def test_an_entry_lies_under_the_digest_of_its_content(store, cache):
    cache.fill(expected(DATA), partial(store.open, "m/a"))
    assert entry(cache).read_bytes() == DATA


def test_a_sound_entry_needs_no_store(store, cache):
    cache.fill(expected(DATA), partial(store.open, "m/a"))
    (store.root / "m/a").unlink()
    cache.fill(expected(DATA), partial(store.open, "m/a"))


@pytest.mark.parametrize("poison", [b"", DATA[:-1], DATA + b"x", DATA[:-1] + b"X"])
def test_a_poisoned_entry_is_replaced(store, cache, poison):
    cache.fill(expected(DATA), partial(store.open, "m/a"))
    entry(cache).chmod(0o644)
    entry(cache).write_bytes(poison)
    cache.fill(expected(DATA), partial(store.open, "m/a"))
    assert entry(cache).read_bytes() == DATA


def test_a_link_in_the_place_of_an_entry_is_replaced_and_its_target_left_alone(store, cache, tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes(DATA)
    entry(cache).parent.mkdir(parents=True)
    entry(cache).symlink_to(outside)
    cache.fill(expected(DATA), partial(store.open, "m/a"))
    assert not entry(cache).is_symlink()
    assert outside.read_bytes() == DATA


def test_bytes_that_are_not_the_expected_ones_do_not_enter(store, cache):
    overwrite(store, "m/a", DATA[:-1] + b"X")
    with pytest.raises(StoreMismatchError):
        cache.fill(expected(DATA), partial(store.open, "m/a"))
    assert not entry(cache).exists()
    with pytest.raises(StoreMissingError), cache.open(expected(DATA)):
        pass


def _fill(cache, store):
    cache.fill(expected(DATA), partial(store.open, "m/a"))


def test_many_processes_fill_the_same_entry_at_once(store, cache):
    with ProcessPoolExecutor(8, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_fill, [cache] * 32, [store] * 32))
    assert entry(cache).read_bytes() == DATA
    assert list((cache.root / ".incoming").iterdir()) == []


def test_the_cache_is_where_xdg_says(tmp_path):
    assert cache_folder({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "modelops"
    assert cache_folder({"XDG_CACHE_HOME": "relative"}) == Path("~/.cache/modelops").expanduser()
    assert cache_folder({}) == Path("~/.cache/modelops").expanduser()
