from __future__ import annotations

import pytest

from modelops_git.core.errors import RefusedError
from modelops_git.edges.git.authoring import WorkingCopy
from modelops_git.edges.git.identity import committer
from modelops_git.edges.git.plumbing import Git
from modelops_git.edges.git.repository import find_registry
from modelops_git.edges.git.undoing import all_or_nothing

OLD = "models/iris/model.yaml"
NEW = "models/iris/rollouts/staging.yaml"


def change(clone, repo, path, after=lambda: None):
    copy = WorkingCopy(repo)
    with all_or_nothing(repo, path):
        copy.start_branch("promote/x")
        clone.write(path, "new\n")
        copy.commit([path], "work")
        after()


def interrupt():
    raise KeyboardInterrupt


def refused(clone, path):
    """A change on a new branch, which a hook refuses."""
    repo = find_registry(clone.path)
    clone.hook("pre-commit", "raise SystemExit('no')")
    with pytest.raises(RefusedError, match="refused by a hook"):
        change(clone, repo, path)


@pytest.mark.parametrize("path", [OLD, NEW])
def test_what_a_hook_refused_leaves_no_trace(clone, path):
    clone.write("notes.txt", "of the user\n")
    before = (clone.git("status", "--porcelain", "--branch"), clone.git("for-each-ref"), clone.head())
    refused(clone, path)
    assert before == (clone.git("status", "--porcelain", "--branch"), clone.git("for-each-ref"), clone.head())
    assert not (clone.path / NEW).parent.exists()


def test_a_detached_head_is_detached_again(clone):
    clone.git("switch", "--quiet", "--detach")
    refused(clone, OLD)
    assert clone.git("branch", "--show-current") == ""
    assert clone.git("status", "--porcelain") == ""


def test_a_branch_before_its_first_commit_is_so_again(empty_clone):
    clone = empty_clone("new")
    clone.write("modelops.yaml")
    refused(clone, NEW)
    assert clone.git("symbolic-ref", "HEAD") == "refs/heads/main"
    assert not (clone.path / NEW).exists()


def test_what_was_committed_stays(clone):
    repo = find_registry(clone.path)
    with pytest.raises(KeyboardInterrupt):
        change(clone, repo, NEW, interrupt)
    assert clone.git("log", "-1", "--format=%s", "promote/x") == "work"


def test_who_acts_is_told_by_the_environment_then_by_the_configuration(clone):
    assert committer(Git(clone.path)) == ("Ana Example", "ana@example.com")
    nobody = Git(clone.path, env={})
    assert committer(nobody) == ("", "")
    clone.git("config", "user.name", "Bo")
    clone.git("config", "committer.email", "bo@example.com")
    assert committer(nobody) == ("Bo", "bo@example.com")
