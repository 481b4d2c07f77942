from __future__ import annotations

import os

import pytest

from modelops_git.core.errors import GitError
from modelops_git.core.snapshot import FileEntry, blob_id
from modelops_git.edges.git.objects import FILE_LIMIT
from modelops_git.edges.git.reading import (
    change,
    commit_snapshot,
    index_snapshot,
    worktree_snapshot,
)
from modelops_git.edges.git.repository import find_registry
from modelops_git.edges.git.stored import StoredSnapshot

FILES = (
    "analyses/errors.yaml",
    "modelops.yaml",
    "models/iris/model.yaml",
    "models/iris/versions/1.0.0.yaml",
)
ALL = {
    "commit": lambda repo: commit_snapshot(repo, "HEAD"),
    "index": index_snapshot,
    "worktree": worktree_snapshot,
}


@pytest.fixture(params=ALL)
def take(request):
    """Takes a snapshot of one of the three kinds, of files that are committed."""
    return ALL[request.param]


def test_only_what_belongs_to_the_registry_is_listed(clone, take):
    snapshot = take(find_registry(clone.path))
    assert snapshot.paths() == FILES
    assert snapshot.paths("models/iris") == FILES[2:]
    assert snapshot.paths("models/ir") == snapshot.paths("models/iris/model.yaml") == ()
    assert snapshot.entry("README.md") is None


def test_entries_are_those_of_git(clone, take):
    entry = take(find_registry(clone.path)).entry("models/iris/model.yaml")
    assert entry == FileEntry("models/iris/model.yaml", "100644", blob_id(b"kind: Model\n"))


def test_content_is_read_alone_and_after_preloading(clone, take):
    snapshot = take(find_registry(clone.path))
    assert snapshot.read("models/iris/model.yaml") == b"kind: Model\n"
    snapshot.preload([*FILES, "models/none.yaml"])
    assert [snapshot.read(path) for path in FILES] == [(clone.path / path).read_bytes() for path in FILES]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "models",
        "models/",
        "models/none",
        "models//iris/model.yaml",
        "README.md",
        "models/a\0",
        "models/\ud800",
    ],
)
def test_what_is_not_there_is_none_and_a_key_error(clone, take, path):
    snapshot = take(find_registry(clone.path))
    assert snapshot.entry(path) is None
    with pytest.raises(KeyError):
        snapshot.read(path)


def test_any_name_that_a_file_can_have_works(clone, take, odd_names):
    contents = {f"models/iris/{name}": f"{number}\n".encode() for number, name in enumerate(odd_names)}
    clone.commit(contents)
    snapshot = take(find_registry(clone.path))
    snapshot.preload(contents)
    assert set(snapshot.paths("models/iris")) == {*contents, *FILES[2:]}
    assert {path: snapshot.read(path) for path in contents} == contents
    assert {path: snapshot.entry(path).blob_id for path in contents} == {
        path: blob_id(content) for path, content in contents.items()
    }


def test_links_are_not_followed(clone, take, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (clone.path / "models/iris/link.yaml").symlink_to(tmp_path / "secret")
    (clone.path / "models/folder").symlink_to(tmp_path)
    clone.commit()
    snapshot = take(find_registry(clone.path))
    target = os.fsencode(tmp_path / "secret")
    assert snapshot.entry("models/iris/link.yaml") == FileEntry(
        "models/iris/link.yaml", "120000", blob_id(target)
    )
    assert snapshot.read("models/iris/link.yaml") == target
    assert snapshot.paths("models/folder") == ()
    assert not snapshot.entry("models/folder").is_regular


def test_the_executable_bit_is_part_of_the_mode(clone, take):
    clone.write("models/iris/run.yaml").chmod(0o755)
    clone.commit()
    entry = take(find_registry(clone.path)).entry("models/iris/run.yaml")
    assert (entry.mode, entry.is_regular) == ("100755", True)


def test_a_submodule_is_no_file(clone, take, empty_clone):
    other = empty_clone("other")
    other.commit({"x": "x"})
    clone.git("submodule", "--quiet", "add", str(other.path), "models/other")
    clone.commit()
    snapshot = take(find_registry(clone.path))
    assert snapshot.entry("models/other") == FileEntry("models/other", "160000", other.head())
    snapshot.preload(["models/other"])
    with pytest.raises(GitError, match="submodule"):
        snapshot.read("models/other")


def test_a_prefix_is_stripped_and_the_rest_of_a_monorepo_unseen(clone, take):
    clone.commit(
        {"team/a/modelops.yaml": "a\n", "team/a/models/m/model.yaml": "m\n", "team/models/x.yaml": "x\n"}
    )
    repo = find_registry(clone.path / "team/a")
    assert take(repo).paths() == ("modelops.yaml", "models/m/model.yaml")
    assert take(repo).read("models/m/model.yaml") == b"m\n"


def test_the_three_snapshots_tell_committed_staged_and_written_apart(clone):
    clone.write("modelops.yaml", "staged\n")
    clone.git("add", "modelops.yaml")
    clone.write("modelops.yaml", "written\n")
    repo = find_registry(clone.path)
    read = [take(repo).read("modelops.yaml") for take in ALL.values()]
    assert read == [b"kind: Registry\n", b"staged\n", b"written\n"]
    ids = [take(repo).entry("modelops.yaml").blob_id for take in ALL.values()]
    assert ids == [blob_id(content) for content in read]


def test_a_huge_file_is_cut_alike_everywhere(clone, take):
    clone.commit({"models/huge.yaml": b"0" * (FILE_LIMIT + 10)})
    assert len(take(find_registry(clone.path)).read("models/huge.yaml")) == FILE_LIMIT


def test_files_outside_a_sparse_checkout_are_as_committed(clone, take):
    clone.commit({"models/other/model.yaml": "other\n"})
    clone.git("sparse-checkout", "set", "--cone", "models/iris")
    assert not (clone.path / "models/other").exists()
    repo = find_registry(clone.path)
    assert take(repo).read("models/other/model.yaml") == b"other\n"
    assert change(repo, commit_snapshot(repo, "HEAD"), take(repo)).changed == ()


def test_a_missing_object_in_the_way_of_a_listing_is_an_error(clone):
    tree = clone.head("HEAD:models/iris")
    (clone.path / ".git/objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(GitError, match="missing"):
        commit_snapshot(find_registry(clone.path), "HEAD").paths()


def test_what_is_staged_lies_over_the_last_commit(clone):
    clone.write("models/iris/new.yaml", "new\n")
    clone.write("modelops.yaml", "kind: Registry  # changed\n")
    clone.git("add", "--all")
    clone.git("rm", "--quiet", "--cached", "models/iris/model.yaml")
    repo = find_registry(clone.path)
    snapshot = index_snapshot(repo)
    tree = clone.git("write-tree")
    written = StoredSnapshot(repo, tree, "written")
    assert snapshot.paths() == written.paths()
    assert snapshot.paths("models") == written.paths("models")
    for path in (*written.paths(), "models/iris/model.yaml", "models", "nowhere"):
        assert snapshot.entry(path) == written.entry(path)
    assert [snapshot.read(path) for path in snapshot.paths()] == [
        written.read(path) for path in written.paths()
    ]
    assert snapshot.identity("modelops.yaml") != commit_snapshot(repo, "HEAD").identity("modelops.yaml")
    assert snapshot.identity("analyses") == commit_snapshot(repo, "HEAD").identity("analyses")


def test_an_index_without_a_commit_below_it(empty_clone):
    made = empty_clone()
    made.write("modelops.yaml", "kind: Registry\n")
    made.git("add", "--all")
    snapshot = index_snapshot(find_registry(made.path))
    assert snapshot.paths() == ("modelops.yaml",)
    assert snapshot.read("modelops.yaml") == b"kind: Registry\n"
