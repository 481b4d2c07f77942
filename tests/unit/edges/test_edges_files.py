"""A file is replaced whole or not at all."""

from __future__ import annotations

import stat

import pytest

from modelops_git.edges.files import write_atomic


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_content_is_written_and_folders_are_made(tmp_path):
    path = tmp_path / "a" / "b" / "c.yaml"
    write_atomic(path, b"one\r\n")
    assert path.read_bytes() == b"one\r\n"
    assert mode(path) == 0o644
    assert [entry.name for entry in path.parent.iterdir()] == ["c.yaml"]


def test_content_is_replaced_and_permissions_kept(tmp_path):
    path = tmp_path / "run.sh"
    path.write_bytes(b"old, and longer")
    path.chmod(0o755)
    write_atomic(path, b"new")
    assert (path.read_bytes(), mode(path)) == (b"new", 0o755)


def test_a_link_is_replaced_and_what_it_leads_to_left_alone(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"untouched")
    path = tmp_path / "link"
    path.symlink_to(secret)
    write_atomic(path, b"new")
    assert not path.is_symlink()
    assert (path.read_bytes(), secret.read_bytes()) == (b"new", b"untouched")


def test_a_reader_that_has_the_file_open_keeps_the_old_content(tmp_path):
    path = tmp_path / "routes.json"
    path.write_bytes(b"old")
    with path.open("rb") as reader:
        write_atomic(path, b"new")
        assert reader.read() == b"old"


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path):
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(OSError, match="folder"):
        write_atomic(path, b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


def test_a_long_name_leaves_room_for_that_of_the_temporary_file(tmp_path):
    path = tmp_path / ("n" * 250)
    write_atomic(path, b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
