"""Folders that git would never write itself, but takes when it fetches."""

from __future__ import annotations

import hashlib

import pytest

from modelops_git.core.errors import GitError
from modelops_git.edges.git import trees
from modelops_git.edges.git.plumbing import Git
from modelops_git.edges.git.reading import change, commit_snapshot, empty_snapshot
from modelops_git.edges.git.repository import Repository


@pytest.fixture
def plant(clone):
    """Writes trees as raw bytes and commits the last one."""

    def write(*items):
        raw = b"".join(mode + b" " + name + b"\0" + bytes.fromhex(one) for mode, name, one in items)
        git = Git(clone.path)
        return git.text("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=raw)

    def commit(tree):
        made = clone.git("commit-tree", tree, "-m", "planted")
        return commit_snapshot(Repository.open(clone.path), made)

    return write, commit


def _blob(clone):
    return clone.head("HEAD:modelops.yaml")


@pytest.mark.parametrize(
    "names",
    [
        [b"a/b"],
        [b".."],
        [b"."],
        [b"same", b"same"],
        [b""],
    ],
)
def test_a_folder_with_names_that_no_file_can_have_is_refused(clone, plant, names):
    write, commit = plant
    models = write(*((b"100644", name, _blob(clone)) for name in names))
    snapshot = commit(write((b"40000", b"models", models)))
    with pytest.raises(GitError, match="malformed"):
        snapshot.paths()


def test_a_folder_that_ends_in_rubbish_is_refused():
    item = b"100644 a\0" + bytes(20)
    assert trees.parse(item, "0" * 40)
    for raw in (item + b"x", item[:-1], b"x" + item, item + b"100644 b"):
        with pytest.raises(GitError, match="malformed"):
            trees.parse(raw, "0" * 40)


def test_an_id_may_hold_any_bytes():
    raw = b"".join(
        b"100644 %d\0" % number + hashlib.sha256(b"%d" % number).digest() for number in range(2000)
    )
    assert len(trees.parse(raw, "0" * 64)) == 2000
    tricky = b"\n\0 100644 x\0" + bytes(9)
    assert trees.parse(b"100644 a\0" + tricky[:20], "0" * 40) == {b"a": (b"100644", tricky[:20])}


def test_few_folders_that_spell_very_many_paths_are_refused(clone, plant, monkeypatch):
    monkeypatch.setattr(trees, "MAX_PATHS", 5000)
    write, commit = plant
    inner = write(*((b"100644", b"%d" % number, _blob(clone)) for number in range(10)))
    for _ in range(9):
        inner = write(*((b"40000", b"%d" % number, inner) for number in range(10)))
    snapshot = commit(write((b"40000", b"models", inner)))
    repo = Repository.open(clone.path)
    with pytest.raises(GitError, match="more than 5,000 files"):
        snapshot.paths()
    with pytest.raises(GitError, match="more than 5,000 files"):
        change(repo, empty_snapshot(repo), snapshot)


def test_a_path_that_goes_on_and_on_is_refused(clone, plant):
    write, commit = plant
    inner = write((b"100644", b"file", _blob(clone)))
    for _ in range(50):
        inner = write((b"40000", b"x" * 100, inner))
    snapshot = commit(write((b"40000", b"models", inner)))
    with pytest.raises(GitError, match="longer than 4096 bytes"):
        snapshot.paths()


def test_modes_are_shown_as_git_shows_them(clone, plant):
    write, commit = plant
    modes = [b"100644", b"100664", b"100755", b"120000", b"160000"]
    models = write(*((mode, mode, _blob(clone)) for mode in modes))
    snapshot = commit(write((b"40000", b"models", models)))
    found = [snapshot.entry(f"models/{mode.decode()}").mode for mode in modes]
    assert found == ["100644", "100644", "100755", "120000", "160000"]


def test_what_is_a_file_here_and_a_folder_there_is_both_deleted_and_added(clone, plant):
    write, commit = plant
    folder = write((b"100644", b"inner", _blob(clone)))
    before = commit(write((b"40000", b"models", write((b"40000", b"x", folder)))))
    after = commit(write((b"40000", b"models", write((b"100644", b"x", _blob(clone))))))
    repo = Repository.open(clone.path)
    assert change(repo, before, after).changed == ("models/x", "models/x/inner")
    assert change(repo, after, before).changed == ("models/x", "models/x/inner")


@pytest.mark.parametrize("mode", [b"100644", b"120000", b"160000"])
def test_models_that_is_no_folder_is_listed_so_that_a_check_can_say_so(clone, plant, mode):
    write, commit = plant
    snapshot = commit(write((mode, b"models", _blob(clone))))
    assert snapshot.paths() == ("models",)
    assert snapshot.entry("models").mode == mode.decode()


def test_modelops_yaml_that_is_a_folder_is_no_file(clone, plant):
    write, commit = plant
    inner = write((b"100644", b"x", _blob(clone)))
    snapshot = commit(write((b"40000", b"modelops.yaml", inner)))
    assert snapshot.entry("modelops.yaml") is None
    assert snapshot.paths() == ("modelops.yaml/x",)
