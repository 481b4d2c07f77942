from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

import pytest

from modelops_git.core.errors import RefusedError, StoreError
from modelops_git.edges.stores import sharing
from modelops_git.edges.stores.cache import Cache
from modelops_git.edges.stores.sharing import Way
from modelops_git.engine.pull import Destination
from versions import POINTER, codes, document, overwrite, pull, stored, ways

FILES = {"model.onnx": b"weights" * 1000, "config/labels.json": b"{}", "empty": b""}


@pytest.fixture
def version(tmp_path):
    return stored(tmp_path / "store", FILES)


@pytest.fixture
def destination(tmp_path):
    return Destination(tmp_path / "out", Cache(tmp_path / "cache"))


def files_in(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_pulled_folder_holds_the_files_of_the_version_and_nothing_else(version, destination):
    with ThreadPoolExecutor(2) as pool:
        assert pull(*version, destination, executor=pool) == ()
    assert files_in(destination.folder) == FILES


def test_pulling_again_is_fine_and_leaves_other_files_alone(version, destination):
    pull(*version, destination)
    (destination.folder / "notes.txt").write_bytes(b"mine")
    before = (destination.folder / "model.onnx").stat()
    assert pull(*version, destination) == ()
    assert (destination.folder / "model.onnx").stat().st_ino == before.st_ino
    assert files_in(destination.folder) == {**FILES, "notes.txt": b"mine"}


def test_files_with_other_bytes_are_refused_all_at_once_and_nothing_is_written(version, destination):
    destination.folder.mkdir()
    (destination.folder / "model.onnx").write_bytes(b"mine")
    (destination.folder / "empty").write_bytes(b"mine too")
    with pytest.raises(RefusedError, match=r"model\.onnx, empty"):
        pull(*version, destination)
    assert files_in(destination.folder) == {"model.onnx": b"mine", "empty": b"mine too"}


def test_they_are_replaced_when_the_caller_says_so(version, destination):
    destination.folder.mkdir()
    (destination.folder / "model.onnx").write_bytes(b"mine")
    assert pull(*version, replace(destination, overwrite=True)) == ()
    assert files_in(destination.folder) == FILES


def test_a_link_is_not_written_through(version, destination, tmp_path):
    destination.folder.mkdir()
    outside = tmp_path / "outside"
    outside.write_bytes(FILES["model.onnx"])
    (destination.folder / "model.onnx").symlink_to(outside)
    with pytest.raises(RefusedError):
        pull(*version, destination)
    assert pull(*version, replace(destination, overwrite=True)) == ()
    assert not (destination.folder / "model.onnx").is_symlink()
    assert outside.read_bytes() == FILES["model.onnx"]


def test_a_folder_that_is_a_link_is_not_written_through(version, destination, tmp_path):
    destination.folder.mkdir()
    outside = tmp_path / "outside"
    outside.mkdir()
    (destination.folder / "config").symlink_to(outside)
    with pytest.raises(StoreError, match="symbolic link"):
        pull(*version, replace(destination, overwrite=True))
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"W" + FILES["model.onnx"][1:], "MOG403"), (b"short", "MOG402"), (POINTER, "MOG407")],
)
def test_if_one_file_is_not_as_reviewed_none_is_placed(version, destination, data, code):
    made, store = version
    overwrite(store, made.key("model.onnx"), data)
    assert codes(pull(made, store, destination)) == [code]
    assert not destination.folder.exists()


def test_an_empty_version_and_an_unsafe_path_are_not_pulled(version, destination):
    assert codes(pull(document({}), version[1], destination)) == ["MOG405"]
    assert codes(pull(document({"../x": b"x"}), version[1], destination)) == ["MOG406"]
    assert not destination.folder.exists()


def test_a_poisoned_cache_is_noticed_and_mended(version, destination):
    pull(*version, destination)
    entry = next(
        path for path in destination.cache.root.rglob("*") if path.is_file() and path.stat().st_size > 100
    )
    entry.chmod(0o644)
    entry.write_bytes(b"poison")
    again = replace(destination, folder=destination.folder.parent / "second")
    assert pull(*version, again) == ()
    assert files_in(again.folder) == FILES


def test_editing_a_copy_leaves_the_cache_alone(version, destination):
    destination = replace(destination, copies=True)
    assert ways(*version, destination) == {Way.COPY: len(FILES)}
    with (destination.folder / "model.onnx").open("r+b") as file:
        file.write(b"edited")
    again = replace(destination, folder=destination.folder.parent / "second")
    (version[1].root / version[0].key("model.onnx")).rename(destination.folder.parent / "elsewhere")
    assert pull(*version, again) == ()
    assert files_in(again.folder) == FILES


def test_pulled_files_are_the_files_of_the_cache_and_read_only(version, destination):
    made = ways(*version, destination)
    assert sum(made.values()) == len(FILES)
    assert set(made) <= {Way.HARDLINK, Way.REFLINK}
    status = (destination.folder / "model.onnx").stat()
    entries = {path.stat().st_ino for path in destination.cache.root.rglob("*")}
    assert (status.st_ino in entries) is (Way.HARDLINK in made)
    assert Way.REFLINK in made or not status.st_mode & 0o222
    assert ways(*version, destination) == {}
    assert files_in(destination.folder) == FILES


def test_a_link_that_was_edited_by_force_poisons_no_later_pull(version, destination):
    pull(*version, destination)
    file = destination.folder / "model.onnx"
    file.chmod(0o644)
    file.write_bytes(b"edited")
    again = replace(destination, folder=destination.folder.parent / "second")
    assert pull(*version, again) == ()
    assert files_in(again.folder) == FILES


@pytest.mark.parametrize("step", ["ioctl", "link"])
def test_files_are_copied_where_the_disk_cannot_share_them(version, destination, step):
    def cannot(*_arguments, **_names):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    with (
        patch.object(fcntl, "ioctl", cannot),
        patch.object(sharing.os, "link", cannot if step == "link" else os.link),
    ):
        made = ways(*version, replace(destination, overwrite=True))
    assert made == {Way.COPY if step == "link" else Way.HARDLINK: len(FILES)}
    assert files_in(destination.folder) == FILES


def test_an_entry_that_is_pruned_between_is_brought_again(version, destination):
    opened = Cache.open
    calls = []

    @contextmanager
    def losing(cache, expected):
        calls.append(expected)
        if len(calls) == 1 + len(FILES):  # the first that is placed
            for entry in cache.entries():
                cache.remove(entry)
        with opened(cache, expected) as stream:
            yield stream

    with patch.object(Cache, "open", losing):
        assert pull(*version, destination) == ()
    assert len(calls) > 2 * len(FILES)
    assert files_in(destination.folder) == FILES


def test_many_processes_pull_into_one_folder(version, destination):
    with ProcessPoolExecutor(8, mp_context=multiprocessing.get_context("spawn")) as pool:
        futures = [pool.submit(pull, *version, destination) for _ in range(16)]
        assert [future.result() for future in futures] == [()] * 16
    assert files_in(destination.folder) == FILES


def test_copies_can_be_edited_by_their_owner(version, destination):
    pull(*version, replace(destination, copies=True))
    assert (destination.folder / "model.onnx").stat().st_mode & 0o200
    assert os.access(destination.folder, os.W_OK)


def test_progress_adds_up_to_all_bytes(version, destination):
    seen = []
    pull(*version, destination, progress=seen.append)
    assert sum(seen) == sum(len(data) for data in FILES.values())
