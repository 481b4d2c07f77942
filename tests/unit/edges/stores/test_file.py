from __future__ import annotations

import fcntl
import io
import os
import resource
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelops_git.core.errors import StoreError
from modelops_git.edges.stores import open_store, publishing
from modelops_git.edges.stores.base import StoreChangedError, StoreMissingError, StoreUnsafeError
from modelops_git.edges.stores.file import INCOMING, FileStore
from modelops_git.edges.stores.reading import SMALL
from versions import expected, put


@dataclass(frozen=True)
class Config:
    uri: str


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "store", "file:store")


def read(store, key):
    with store.open(key) as stream:
        return stream.read()


@pytest.mark.parametrize(
    ("uri", "folder"),
    [
        ("file:store", "/registry/store"),
        ("file:.modelops/store", "/registry/.modelops/store"),
        ("file:/abs/store", "/abs/store"),
        ("file:///abs/store", "/abs/store"),
        ("file://localhost/abs", "/abs"),
        ("file:with%20space", "/registry/with space"),
        ("file:with space", "/registry/with space"),
        ("file:50%25", "/registry/50%"),
        ("file:mod%C3%A8le", "/registry/modèle"),
    ],
)
def test_a_uri_names_a_folder(uri, folder):
    assert open_store("primary", Config(uri), Path("/registry")).root == Path(folder)


@pytest.mark.parametrize(
    "uri",
    [
        "file:",
        "file://host/x",
        "file://",
        "file:a%zz",
        "file:a%",
        "file:a?b",
        "file:a#b",
        "file:a%00",
        "file:%ff",
    ],
)
def test_a_uri_that_names_no_folder_is_refused(uri):
    with pytest.raises(StoreError, match="store primary"):
        open_store("primary", Config(uri), Path("/registry"))


@pytest.mark.parametrize("uri", ["ftp://x", "store", "", "FILE:x", "https"])
def test_a_scheme_without_a_backend_is_refused_and_the_supported_ones_are_named(uri):
    with pytest.raises(StoreError, match=r"this build reads abfs:, .*file:, .*s3: stores"):
        open_store("primary", Config(uri), Path("/registry"))


def test_a_stored_file_is_read_only(store):
    put(store, "m/a", b"x")
    assert stat.S_IMODE((store.root / "m/a").stat().st_mode) & 0o222 == 0


def test_no_temporary_file_stays_behind(store):
    put(store, "m/a", b"x")
    with pytest.raises(StoreError):
        store.put("m/b", io.BytesIO(b"x"), expected(b"y"))
    assert list((store.root / INCOMING).iterdir()) == []


def test_old_temporary_files_are_swept_and_young_ones_and_others_are_not(store):
    put(store, "m/a", b"x")
    incoming = store.root / INCOMING
    old, young, foreign = (
        incoming / name for name in (f".modelops-{'0' * 16}.part", f".modelops-{'1' * 16}.part", "notes.txt")
    )
    for file in (old, young, foreign):
        file.write_bytes(b"half")
    long_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(old, (long_ago, long_ago))
    os.utime(foreign, (long_ago, long_ago))
    put(store, "m/b", b"x")
    assert sorted(incoming.iterdir()) == sorted([young, foreign])
    assert list(store.keys("")) == ["m/a", "m/b"]


@pytest.mark.parametrize("key", [".incoming/x", ".INCOMING/x", ".incoming"])
def test_the_folder_of_unfinished_files_is_no_place_for_objects(store, key):
    with pytest.raises(StoreUnsafeError, match="unfinished"):
        put(store, key, b"x")


def test_a_store_that_is_not_there_is_an_error_and_not_an_empty_store(store):
    for use in (lambda: store.stat("m/a"), lambda: list(store.keys("")), lambda: read(store, "m/a")):
        with pytest.raises(StoreError, match="does not exist") as caught:
            use()
        assert not isinstance(caught.value, StoreMissingError)


def test_a_link_in_the_place_of_a_file_is_not_followed(store, tmp_path):
    put(store, "m/a", b"x")
    (tmp_path / "secret").write_bytes(b"secret")
    (store.root / "m/link").symlink_to(tmp_path / "secret")
    for use in (store.stat, lambda key: read(store, key), lambda key: put(store, key, b"secret")):
        with pytest.raises(StoreUnsafeError, match="symbolic link"):
            use("m/link")


def test_a_link_in_the_place_of_a_folder_is_not_followed(store, tmp_path):
    put(store, "m/a", b"x")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "f").write_bytes(b"secret")
    (store.root / "n").symlink_to(outside)
    for use in (
        store.stat,
        lambda key: read(store, key),
        lambda key: put(store, key, b"x"),
        lambda key: list(store.keys(key)),
    ):
        with pytest.raises(StoreUnsafeError, match="symbolic link"):
            use("n/f")
    assert sorted(outside.iterdir()) == [outside / "f"]


def test_links_are_listed_so_that_they_are_seen(store, tmp_path):
    put(store, "m/a", b"x")
    (store.root / "m/dangling").symlink_to(tmp_path / "nothing")
    (store.root / "m/folder").symlink_to(tmp_path)
    assert list(store.keys("m/")) == ["m/a", "m/dangling", "m/folder"]


def test_a_named_pipe_is_refused_and_does_not_hang(store):
    put(store, "m/a", b"x")
    os.mkfifo(store.root / "m/pipe")
    with pytest.raises(StoreUnsafeError, match="no regular file"):
        read(store, "m/pipe")


def test_a_file_in_the_place_of_a_folder_is_an_error_with_path_and_hint(store):
    put(store, "m", b"x")
    with pytest.raises(StoreError, match="m/a") as caught:
        put(store, "m/a", b"x")
    assert "A file lies where a folder is needed" in caught.value.hint
    assert list((store.root / INCOMING).iterdir()) == []


def test_a_file_in_the_place_of_the_root_is_an_error(tmp_path):
    (tmp_path / "store").write_bytes(b"")
    with pytest.raises(StoreError, match="Not a directory"):
        put(FileStore(tmp_path / "store", "file:store"), "m/a", b"x")


def test_a_name_that_the_file_system_cannot_hold_is_an_error_with_a_hint(store):
    with pytest.raises(StoreError) as caught:
        put(store, "x" * 300, b"x")
    assert "Shorten" in caught.value.hint


FULL = """
import io, sys
from pathlib import Path
from versions import expected
from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.file import FileStore
data = b"x" * 2_000_000
try:
    FileStore(Path(sys.argv[1]), "file:store").put("m/a", io.BytesIO(data), expected(data))
except StoreError as error:
    print(error.message, error.hint)
"""


def test_a_file_that_the_disk_does_not_take_is_an_error_and_leaves_nothing(store):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    done = subprocess.run(
        [sys.executable, "-c", FULL, str(store.root)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "m/a: File too large" in done.stdout
    assert "ulimit -f" in done.stdout
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def _read_while(store, change):
    with store.open("m/a") as stream:
        stream.read(10)
        change()


@pytest.mark.parametrize("size", [SMALL + 1, 3 * SMALL])
def test_a_file_that_changes_while_it_is_read_is_noticed(store, size):
    put(store, "m/a", b"x" * size)
    path = store.root / "m/a"
    path.chmod(0o644)
    with pytest.raises(StoreChangedError, match="m/a changed"):
        _read_while(store, lambda: path.write_bytes(b"x" * (size + 1)))


def test_an_error_of_the_reader_is_not_hidden_by_a_change(store):
    put(store, "m/a", b"x")
    path = store.root / "m/a"
    path.chmod(0o644)

    def change_and_fail():
        path.write_bytes(b"other")
        raise KeyError

    with pytest.raises(KeyError):
        _read_while(store, change_and_fail)


@contextmanager
def _locked(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sizes(folder):
    """The sizes of the files in a folder whose files come and go."""
    sizes = set()
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            sizes.add(path.stat().st_size)
    return sizes


def test_without_hard_links_nothing_is_published_while_another_holds_the_lock(tmp_path):
    store = FileStore(tmp_path / "store", "file:store", publishing.create_by_rename)
    put(store, "m/a", b"x")
    with ThreadPoolExecutor(1) as pool:
        with _locked(store.root / INCOMING):  # let go first, whatever fails: the pool waits for its thread
            waiting = pool.submit(put, store, "m/b", b"bytes")
            while not waiting.done() and 5 not in _sizes(store.root / INCOMING):
                time.sleep(0.01)
            assert not waiting.done()
            assert store.stat("m/b") is None
        waiting.result()
    assert read(store, "m/b") == b"bytes"
