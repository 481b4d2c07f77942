from __future__ import annotations

import pytest

from modelops_git.core.errors import GitError
from modelops_git.edges.git.history import LastChange, last_change
from modelops_git.edges.git.remotes import code_state, without_credentials
from modelops_git.edges.git.repository import find_registry

MODEL = "models/iris/model.yaml"


def test_who_changed_a_path_last_is_known_at_any_commit(clone):
    first = clone.head()
    clone.write(MODEL, "new\n")
    clone.git("add", "--all")
    who = {"GIT_AUTHOR_NAME": "Bo Ünal", "GIT_AUTHOR_EMAIL": "bo@example.com"}
    clone.git(
        "commit",
        "--quiet",
        "--message=Promote it\n\nbody",
        **who,
        GIT_COMMITTER_DATE="2026-06-02T17:30:00+0200",
    )
    promoted = clone.head()
    clone.commit({"README.md": "other\n"})
    repo = find_registry(clone.path)
    assert last_change(repo, MODEL) == LastChange(
        promoted, "Bo Ünal", "bo@example.com", "2026-06-02T15:30:00Z", "Promote it"
    )
    assert last_change(repo, MODEL, first).commit == first
    assert last_change(repo, "models/none.yaml") is None


def test_who_deleted_a_path_is_known_too(clone):
    deleted = clone.commit({MODEL: None})
    assert last_change(find_registry(clone.path), MODEL).commit == deleted


def test_a_shallow_clone_does_not_blame_the_commit_where_it_is_cut(clone, clone_of):
    clone.commit({"README.md": "other\n"})
    shallow = clone_of(clone, "shallow", "--depth=1")
    with pytest.raises(GitError, match="too shallow"):
        last_change(find_registry(shallow.path), MODEL)


def test_a_revision_of_nothing_is_an_error(clone):
    with pytest.raises(GitError, match="names no commit"):
        last_change(find_registry(clone.path), MODEL, "--all")


def test_the_state_of_training_code_is_its_commit_its_origin_and_whether_it_was_changed(clone, clone_of):
    team = clone_of(clone, "team")
    found = code_state(team.path / "models")
    assert (found.commit, found.repository_url, found.dirty) == (clone.head(), f"file://{clone.path}", False)
    team.write("output.onnx")
    assert not code_state(team.path).dirty
    team.write("README.md", "changed\n")
    assert code_state(team.path).dirty


def test_code_in_no_repository_or_without_a_commit_has_no_state(tmp_path, empty_clone, clone):
    assert code_state(tmp_path) is None
    assert code_state(empty_clone("new").path) is None
    assert code_state(clone.path).repository_url == ""


def test_the_state_of_code_is_not_read_through_the_hook_we_run_in(clone, empty_clone, monkeypatch):
    other = empty_clone("other")
    commit = other.commit({"train.py": "x\n"})
    monkeypatch.setenv("GIT_DIR", str(clone.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(clone.path / ".git/index"))
    assert code_state(other.path).commit == commit
    assert not code_state(other.path).dirty


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://user:token@git.example/a/b", "https://git.example/a/b"),
        ("https://token@git.example/a/b.git", "https://git.example/a/b.git"),
        ("https://git.example/a@b", "https://git.example/a@b"),
        ("ssh://git@git.example/a", "ssh://git@git.example/a"),
        ("ssh://git:secret@git.example/a", "ssh://git@git.example/a"),
        ("git@git.example:a/b", "git@git.example:a/b"),
        ("/srv/git/a", "/srv/git/a"),
    ],
)
def test_credentials_never_leave_an_address(url, kept):
    assert without_credentials(url) == kept
