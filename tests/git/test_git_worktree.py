from __future__ import annotations

import os

import pytest

from modelops_git.core.errors import GitError
from modelops_git.core.snapshot import FileEntry, blob_id
from modelops_git.edges.git.reading import (
    change,
    commit_snapshot,
    index_snapshot,
    worktree_snapshot,
)
from modelops_git.edges.git.repository import find_registry


def test_new_files_of_any_name_are_seen_in_the_work_tree(clone, odd_names):
    contents = {f"models/new/{name}": f"{number}\n".encode() for number, name in enumerate(odd_names)}
    for path, content in contents.items():
        clone.write(path, content)
    snapshot = worktree_snapshot(find_registry(clone.path))
    assert set(snapshot.paths("models/new")) == set(contents)
    assert {path: snapshot.read(path) for path in contents} == contents
    assert [snapshot.entry(path).blob_id for path in contents] == list(map(blob_id, contents.values()))


def test_a_new_link_and_a_folder_replaced_by_a_link_are_links_in_the_work_tree(clone, tmp_path):
    (clone.path / "models/iris").rename(tmp_path / "iris")
    (clone.path / "models/iris").symlink_to(tmp_path / "iris")
    snapshot = worktree_snapshot(find_registry(clone.path))
    assert snapshot.paths("models") == ("models/iris",)
    assert snapshot.entry("models/iris").mode == "120000"
    assert snapshot.entry("models/iris").blob_id == blob_id(os.fsencode(tmp_path / "iris"))
    assert snapshot.entry("models/iris/model.yaml") is None


def test_an_executable_bit_that_was_just_set_shows_in_the_work_tree_only(clone):
    (clone.path / "modelops.yaml").chmod(0o755)
    clone.write("models/new.yaml").chmod(0o755)
    repo = find_registry(clone.path)
    snapshot = worktree_snapshot(repo)
    assert snapshot.entry("modelops.yaml") == FileEntry(
        "modelops.yaml", "100755", blob_id(b"kind: Registry\n")
    )
    assert snapshot.entry("models/new.yaml").mode == "100755"
    assert index_snapshot(repo).entry("modelops.yaml").mode == "100644"


@pytest.mark.parametrize("with_commit", [True, False])
def test_a_repository_put_into_the_work_tree_counts_as_a_submodule(clone, empty_clone, with_commit):
    inner = empty_clone("clone/models/inner")
    if with_commit:
        inner.commit({"x": "x"})
    else:
        inner.write("x", "x")
    entry = worktree_snapshot(find_registry(clone.path)).entry("models/inner")
    if with_commit:
        assert entry == FileEntry("models/inner", "160000", inner.head())
    else:
        assert entry is None or entry.blob_id == "0" * 40


def test_a_moved_submodule_has_its_new_commit_in_the_work_tree(clone, empty_clone):
    other = empty_clone("other")
    other.commit({"x": "x"})
    clone.git("submodule", "--quiet", "add", str(other.path), "models/other")
    clone.commit()
    inner = type(clone)(clone.path / "models/other")
    new = inner.commit({"y": "y"})
    repo = find_registry(clone.path)
    assert worktree_snapshot(repo).entry("models/other").blob_id == new
    assert change(repo, commit_snapshot(repo, "HEAD"), worktree_snapshot(repo)).changed == ("models/other",)


def test_deleted_files_are_gone_from_the_work_tree_first(clone):
    (clone.path / "models/iris/model.yaml").unlink()
    repo = find_registry(clone.path)
    assert worktree_snapshot(repo).entry("models/iris/model.yaml") is None
    assert "models/iris/model.yaml" not in worktree_snapshot(repo).paths()
    assert index_snapshot(repo).entry("models/iris/model.yaml")
    clone.git("add", "--all")
    assert index_snapshot(repo).entry("models/iris/model.yaml") is None


def test_ignored_files_are_not_there(clone):
    clone.write(".gitignore", "*.tmp\n")
    clone.write("models/iris/a.tmp")
    clone.write("models/iris/b.yaml")
    assert worktree_snapshot(find_registry(clone.path)).paths("models") == (
        "models/iris/b.yaml",
        "models/iris/model.yaml",
        "models/iris/versions/1.0.0.yaml",
    )


def test_settings_of_the_user_do_not_hide_new_files(clone):
    clone.git("config", "status.showUntrackedFiles", "no")
    clone.git("config", "core.quotePath", "true")
    clone.git("config", "status.relativePaths", "true")
    clone.git("config", "diff.ignoreSubmodules", "all")
    clone.write("models/ü/model.yaml")
    assert worktree_snapshot(find_registry(clone.path / "models")).entry("models/ü/model.yaml")


def test_an_unreadable_file_is_an_error(clone):
    if os.geteuid() == 0:
        clone.git("update-index", "--skip-worktree", "modelops.yaml")
        (clone.path / "modelops.yaml").unlink()
        (clone.path / "modelops.yaml").mkdir()
    else:
        (clone.path / "modelops.yaml").chmod(0)
    with pytest.raises(GitError, match=r"modelops\.yaml cannot be read"):
        worktree_snapshot(find_registry(clone.path)).read("modelops.yaml")


def test_a_fifo_in_place_of_a_file_does_not_stop_the_reader(clone):
    (clone.path / "modelops.yaml").unlink()
    os.mkfifo(clone.path / "modelops.yaml")
    snapshot = worktree_snapshot(find_registry(clone.path))
    with pytest.raises((GitError, KeyError)):
        snapshot.read("modelops.yaml")


@pytest.mark.parametrize("setting", ["core.autocrlf", "attributes"])
def test_line_ends_that_git_converts_leave_the_id_alone_and_show_as_they_are_on_disk(clone, setting):
    clone.commit({"models/a.yaml": "a: 1\n"})
    if setting == "attributes":
        clone.commit({".gitattributes": "*.yaml text eol=crlf\n"})
    else:
        clone.git("config", "core.autocrlf", "true")
    (clone.path / "models/a.yaml").unlink()
    clone.git("checkout", "--", "models/a.yaml")
    clone.write("models/b.yaml", "b: 1\r\n")
    repo = find_registry(clone.path)
    snapshot = worktree_snapshot(repo)
    assert snapshot.read("models/a.yaml") == b"a: 1\r\n"
    assert snapshot.entry("models/a.yaml").blob_id == blob_id(b"a: 1\n")
    assert snapshot.entry("models/b.yaml").blob_id == blob_id(b"b: 1\n")
    assert change(repo, commit_snapshot(repo, "HEAD"), snapshot).changed == ("models/b.yaml",)


def test_files_that_are_only_announced_are_on_disk_but_not_staged(clone):
    clone.write("models/new.yaml", "new\n")
    clone.git("add", "--intent-to-add", "models/new.yaml")
    repo = find_registry(clone.path)
    assert index_snapshot(repo).entry("models/new.yaml") is None
    assert worktree_snapshot(repo).entry("models/new.yaml").blob_id == blob_id(b"new\n")


def _conflict(clone):
    clone.git("switch", "--quiet", "--create", "side")
    clone.commit({"modelops.yaml": "side\n", "models/side.yaml": "side\n"})
    clone.git("switch", "--quiet", "main")
    clone.commit({"modelops.yaml": "main\n"})
    clone.git("merge", "--quiet", "side", check=False)


def test_an_unmerged_index_is_an_error_that_names_the_paths(clone):
    _conflict(clone)
    with pytest.raises(GitError, match=r"unmerged paths: modelops\.yaml") as caught:
        index_snapshot(find_registry(clone.path))
    assert "git add" in caught.value.hint


def test_the_work_tree_can_be_read_while_a_conflict_is_resolved(clone):
    _conflict(clone)
    before = (clone.path / ".git/index").read_bytes()
    clone.write("modelops.yaml", "both\n")
    snapshot = worktree_snapshot(find_registry(clone.path))
    assert snapshot.read("modelops.yaml") == b"both\n"
    assert snapshot.entry("modelops.yaml") == FileEntry("modelops.yaml", "100644", blob_id(b"both\n"))
    assert snapshot.entry("models/side.yaml")
    assert (clone.path / ".git/index").read_bytes() == before


def test_a_look_takes_no_lock_and_works_while_another_git_holds_it(clone):
    clone.write("models/new.yaml", "new\n")
    clone.git("add", "--all")
    clone.write(".git/index.lock", "")
    repo = find_registry(clone.path)
    assert index_snapshot(repo).entry("models/new.yaml")
    assert worktree_snapshot(repo).entry("models/new.yaml")


@pytest.mark.parametrize("settings", [["core.splitIndex", "true"], ["feature.manyFiles", "true"]])
def test_indexes_of_other_forms_are_read(clone, settings):
    clone.git("config", *settings)
    clone.git("update-index", "--force-write-index")
    clone.write("models/new.yaml", "new\n")
    clone.git("add", "--all")
    assert index_snapshot(find_registry(clone.path)).entry("models/new.yaml")
