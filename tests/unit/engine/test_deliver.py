from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from modelops_git.edges.stores.file import FileStore
from versions import POINTER, codes, deliver, document, overwrite, put, stored, verify_version

FILES = {"model.onnx": b"weights" * 1000, "config/labels.json": b"{}"}


@pytest.fixture
def version(tmp_path):
    return stored(tmp_path / "source", FILES)


@pytest.fixture
def target(tmp_path):
    return FileStore(tmp_path / "target", "file:target")


def test_what_was_delivered_verifies_at_the_destination(version, target):
    with ThreadPoolExecutor(2) as pool:
        assert deliver(*version, target, executor=pool) == ()
    assert verify_version(version[0], target) == ()


def test_delivering_again_is_fine(version, target):
    assert deliver(*version, target) == ()
    assert deliver(*version, target) == ()


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"W" + FILES["model.onnx"][1:], "MOG403"), (b"short", "MOG402"), (POINTER, "MOG407")],
)
def test_a_file_that_is_not_as_reviewed_is_not_published(version, target, data, code):
    made, store = version
    overwrite(store, made.key("model.onnx"), data)
    assert codes(deliver(made, store, target)) == [code]
    assert target.stat(made.key("model.onnx")) is None


def test_a_file_that_changes_after_it_was_verified_is_not_published(version, target):
    made, store = version
    assert verify_version(made, store) == ()
    overwrite(store, made.key("model.onnx"), b"W" + FILES["model.onnx"][1:])
    assert codes(deliver(made, store, target)) == ["MOG403"]
    assert target.stat(made.key("model.onnx")) is None


def test_a_missing_file_is_found(version, target):
    made, store = version
    (store.root / made.key("model.onnx")).unlink()
    assert codes(deliver(made, store, target)) == ["MOG401"]


def test_a_version_with_extra_files_is_not_begun(version, target):
    made, store = version
    put(store, made.key("evil.py"), b"x")
    assert codes(deliver(made, store, target)) == ["MOG404"]
    assert not target.root.exists()


def test_an_empty_version_is_not_delivered(version, target):
    assert codes(deliver(document({}), version[1], target)) == ["MOG405"]


def test_presence_at_the_destination_is_not_trusted(version, target):
    made, store = version
    assert deliver(made, store, target) == ()
    overwrite(target, made.key("model.onnx"), b"W" + FILES["model.onnx"][1:])
    (finding,) = deliver(made, store, target)
    assert finding.code == "MOG403"
    assert "file:target" in finding.message


def test_an_extra_file_at_the_destination_is_found(version, target):
    made, store = version
    put(target, made.key("evil.py"), b"x")
    assert codes(deliver(made, store, target)) == ["MOG404"]


def test_a_destination_that_refuses_could_not_be_verified(version, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    found = deliver(*version, FileStore(tmp_path / "file", "file:file"))
    assert set(codes(found)) == {"MOG413"}


def test_progress_adds_up_to_what_was_copied(version, target):
    seen = []
    deliver(*version, target, progress=seen.append)
    assert sum(seen) == sum(len(data) for data in FILES.values())
