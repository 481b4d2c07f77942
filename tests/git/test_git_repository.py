from __future__ import annotations

import pytest

from modelops_git.core.errors import GitError, UsageError
from modelops_git.edges.git.reading import index_snapshot
from modelops_git.edges.git.repository import Repository, find_registry


def test_a_registry_is_found_from_any_folder_in_it(clone):
    for folder in ("", "models", "models/iris/versions"):
        repo = find_registry(clone.path / folder)
        assert (repo.root, repo.prefix) == (clone.path, "")
        assert repo.git_dir == repo.common_dir == clone.path / ".git"


def test_the_nearest_registry_upwards_counts_in_a_monorepo(clone):
    clone.commit({"teams/a b/registry/modelops.yaml": "x\n", "teams/a b/registry/models/m/model.yaml": "x\n"})
    repo = find_registry(clone.path / "teams/a b/registry/models/m")
    assert repo.prefix == "teams/a b/registry/"
    assert repo.root == clone.path / "teams/a b/registry"
    assert find_registry(clone.path / "teams/a b").prefix == ""


def test_a_registry_whose_file_was_just_deleted_is_still_found(clone):
    (clone.path / "modelops.yaml").unlink()
    assert find_registry(clone.path / "models").prefix == ""
    clone.git("rm", "--quiet", "--cached", "modelops.yaml")
    assert find_registry(clone.path).prefix == ""


def test_a_repository_knows_its_remotes(empty_clone):
    alone = empty_clone("alone")
    assert Repository.open(alone.path).remotes.names == ()
    for name in ("origin", "forge"):
        alone.git("remote", "add", name, "/nowhere")
    assert Repository.open(alone.path).remotes.names == ("forge", "origin")


def test_no_registry_is_a_usage_error_with_the_command_that_makes_one(empty_clone):
    other = empty_clone("other")
    (other.path.parent / "modelops.yaml").write_text("above the repository\n")
    with pytest.raises(UsageError) as caught:
        find_registry(other.path)
    assert "modelops init" in caught.value.hint


def test_no_folder_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="is not a folder"):
        find_registry(tmp_path / "nowhere")


def test_no_repository_is_a_git_error(tmp_path):
    with pytest.raises(GitError, match="not a git repository"):
        find_registry(tmp_path)


@pytest.mark.parametrize("inside", ["", "objects"])
def test_a_bare_repository_is_an_error_that_says_so(empty_clone, inside):
    bare = empty_clone("bare.git", "--bare")
    with pytest.raises(GitError) as caught:
        find_registry(bare.path / inside)
    assert "this is bare" in caught.value.hint


def test_a_folder_with_a_line_break_in_its_name_is_refused_in_plain_words(empty_clone):
    with pytest.raises(GitError, match="line break"):
        Repository.open(empty_clone("a\nb").path)


def test_a_repository_with_sha256_ids_is_read(empty_clone):
    clone = empty_clone("sha256", "--object-format=sha256")
    clone.commit({"modelops.yaml": "x\n", "models/m/model.yaml": "y\n"})
    snapshot = index_snapshot(find_registry(clone.path))
    assert snapshot.paths() == ("modelops.yaml", "models/m/model.yaml")
    assert len(snapshot.entry("modelops.yaml").blob_id) == 64
    assert snapshot.read("models/m/model.yaml") == b"y\n"


def test_a_linked_work_tree_has_its_own_index(clone):
    clone.git("worktree", "add", "--quiet", "../linked", "-b", "side")
    linked = type(clone)(clone.path.parent / "linked")
    linked.write("models/new/model.yaml", "new\n")
    linked.git("add", "--all")
    repo = find_registry(linked.path / "models")
    assert repo.common_dir == clone.path / ".git"
    assert repo.git_dir == clone.path / ".git/worktrees/linked"
    assert index_snapshot(repo).entry("models/new/model.yaml")
    assert not index_snapshot(find_registry(clone.path)).entry("models/new/model.yaml")


def test_a_submodule_is_a_repository_of_its_own(clone, empty_clone):
    outer = empty_clone("outer")
    outer.git("submodule", "--quiet", "add", str(clone.path), "registry")
    repo = find_registry(outer.path / "registry/models")
    assert (repo.top, repo.prefix) == (outer.path / "registry", "")
    assert index_snapshot(repo).read("modelops.yaml") == b"kind: Registry\n"


def test_a_git_dir_that_a_hook_has_set_does_not_make_a_subfolder_the_top(clone, monkeypatch):
    clone.commit({"sub/modelops.yaml": "x\n"})
    monkeypatch.chdir(clone.path)
    monkeypatch.setenv("GIT_DIR", ".git")
    repo = find_registry(clone.path / "sub")
    assert (repo.top, repo.prefix) == (clone.path, "sub/")


def test_another_repository_is_not_read_through_the_index_of_the_hook(clone, empty_clone, monkeypatch):
    other = empty_clone("other")
    other.commit({"modelops.yaml": "other\n"})
    monkeypatch.chdir(clone.path)
    monkeypatch.setenv("GIT_INDEX_FILE", str(clone.path / ".git/index"))
    assert index_snapshot(find_registry(other.path)).paths() == ("modelops.yaml",)
    assert "GIT_INDEX_FILE" not in find_registry(other.path).git.env
    assert "GIT_INDEX_FILE" in find_registry(clone.path / "models").git.env


def test_a_repository_that_only_git_dir_names_is_kept(clone, tmp_path, monkeypatch):
    (clone.path / ".git").rename(tmp_path / "elsewhere")
    monkeypatch.chdir(clone.path)
    monkeypatch.setenv("GIT_DIR", "../elsewhere")
    monkeypatch.setenv("GIT_WORK_TREE", ".")
    repo = find_registry(clone.path / "models")
    assert (repo.root, repo.git_dir) == (clone.path, tmp_path / "elsewhere")
    assert repo.git.text("status", "--porcelain") == ""


def test_a_link_to_a_registry_leads_to_the_registry(clone, tmp_path):
    (tmp_path / "link").symlink_to(clone.path / "models")
    assert find_registry(tmp_path / "link").root == clone.path
