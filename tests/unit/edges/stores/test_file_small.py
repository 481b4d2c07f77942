"""Small files, which are read at once when they are opened."""

import errno
import os

import pytest

from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.base import StoreChangedError
from modelops_git.edges.stores.file import FileStore
from modelops_git.edges.stores.reading import SMALL
from versions import put


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "store", "file:store")


def _read(store):
    with store.open("m/a") as stream:
        return stream.read()


@pytest.mark.parametrize("size", [0, 1, 100, SMALL])
@pytest.mark.parametrize("change", [-1, 1])
def test_a_small_file_that_changes_while_it_is_read_is_noticed(store, monkeypatch, size, change):
    put(store, "m/a", b"x" * size)
    path = store.root / "m/a"
    path.chmod(0o644)
    read = os.read

    def read_and_change(descriptor, count):
        content = read(descriptor, count)
        path.write_bytes(b"x" * max(size + change, 2))
        return content

    monkeypatch.setattr(os, "read", read_and_change)
    with pytest.raises(StoreChangedError, match="m/a changed"):
        _read(store)


def test_a_small_file_that_comes_in_pieces_is_read_whole(store, monkeypatch):
    put(store, "m/a", bytes(range(100)))
    read = os.read
    monkeypatch.setattr(os, "read", lambda descriptor, count: read(descriptor, min(count, 7)))
    with store.open("m/a") as stream:
        assert stream.read() == bytes(range(100))


def test_a_small_file_that_cannot_be_read_is_an_error_of_the_store(store, monkeypatch):
    put(store, "m/a", b"x")
    closed = []
    close = os.close

    def broken(*_):
        raise OSError(errno.EIO, "Input/output error")

    def noted(descriptor):
        closed.append(descriptor)
        close(descriptor)

    monkeypatch.setattr(os, "read", broken)
    monkeypatch.setattr(os, "close", noted)
    with pytest.raises(StoreError, match="m/a: Input/output error"):
        _read(store)
    monkeypatch.undo()
    assert len(closed) == 2  # the root and the file
