from __future__ import annotations

import os

import pytest

from modelops_git.edges.stores import beneath, tree
from modelops_git.edges.stores.base import StoreMissingError, StoreUnsafeError
from modelops_git.edges.stores.beneath import open_beneath

READ = os.O_RDONLY | os.O_CLOEXEC


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "root"
    (folder / "a/b").mkdir(parents=True)
    (folder / "a/b/file").write_bytes(b"bytes")
    (tmp_path / "outside").write_bytes(b"secret")
    (folder / "link").symlink_to("a/b/file")
    (folder / "folder-link").symlink_to("a")
    (folder / "out").symlink_to(tmp_path / "outside")
    descriptor = os.open(folder, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def read(descriptor):
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


@pytest.fixture
def supported(root):
    descriptor = open_beneath(root, "a/b/file", READ)
    if descriptor is None:
        pytest.skip("this kernel has no openat2")
    return read(descriptor)


def test_a_file_below_is_opened(supported):
    assert supported == b"bytes"


@pytest.mark.parametrize(
    "path", ["link", "out", "folder-link/b/file", "../outside", "a/../../outside", "/etc/passwd", "none"]
)
def test_no_link_is_followed_and_nothing_outside_is_opened(root, path):
    assert open_beneath(root, path, READ) is None


def test_an_inner_dotdot_stays_inside(root, supported):
    assert read(open_beneath(root, "a/../a/b/file", READ)) == supported


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("has_it", [True, False])
def test_the_tree_opens_the_same_files_with_and_without_it(tmp_path, monkeypatch, has_it):
    if not has_it:
        monkeypatch.setattr(beneath, "_call", lambda: None)
    top = tmp_path / "root"
    assert read(tree.open_file(top, ("a", "b", "file"))) == b"bytes"
    for parts in (("link",), ("folder-link", "b", "file"), ("out",)):
        with pytest.raises(StoreUnsafeError):
            tree.open_file(top, parts)
    for parts in (("none",), ("a", "none"), ("a", "b", "file", "x"), ("a",)):
        with pytest.raises(StoreMissingError):
            tree.open_file(top, parts)
    os.mkfifo(top / "pipe")
    with pytest.raises(StoreUnsafeError, match="no regular file"):
        tree.open_file(top, ("pipe",))
