from __future__ import annotations

import os

import pytest

from modelops_git.core.errors import GitError, RefusedError, UsageError
from modelops_git.edges.git.authoring import Identity, WorkingCopy
from modelops_git.edges.git.repository import Repository, find_registry

MODEL = "models/iris/model.yaml"


@pytest.fixture
def copy(clone):
    return WorkingCopy(find_registry(clone.path))


def test_the_current_branch_is_known_before_its_first_commit_and_none_when_detached(clone, copy, empty_clone):
    assert copy.branch() == "main"
    assert WorkingCopy(Repository.open(empty_clone("new").path)).branch() == "main"
    clone.git("switch", "--quiet", "--detach")
    assert copy.branch() is None


def test_a_branch_is_started_with_the_changes_that_are_there(clone, copy):
    clone.write(MODEL, "changed\n")
    copy.start_branch("promote/iris-1.0.0")
    assert clone.git("branch", "--show-current") == "promote/iris-1.0.0"
    assert clone.git("status", "--porcelain") == f"M {MODEL}"


def test_a_branch_that_exists_is_refused_with_what_to_do(clone, copy):
    clone.git("branch", "taken")
    with pytest.raises(RefusedError, match="exists already") as caught:
        copy.start_branch("taken")
    assert "git switch taken" in caught.value.hint
    assert clone.git("branch", "--show-current") == "main"


@pytest.mark.parametrize("name", ["a b", "a..b", "x.lock", "@{-1}/", "a\nb"])
def test_a_name_that_no_branch_can_have_is_an_error(copy, name):
    with pytest.raises(GitError, match="no name for a branch"):
        copy.start_branch(name)


def test_exactly_the_given_paths_are_committed(clone, copy):
    clone.write("modelops.yaml", "staged for later\n")
    clone.git("add", "--all")
    clone.write("README.md", "written, not staged\n")
    clone.write(MODEL, "changed\n")
    clone.write("models/new/-odd name[1]*.yaml", "new\n")
    (clone.path / "analyses/errors.yaml").unlink()
    made = copy.commit(
        [MODEL, "models/new/-odd name[1]*.yaml", "analyses/errors.yaml"], "Register", "Why:\n\n# because\n"
    )
    assert made.id == clone.head()
    assert clone.git("show", "--no-renames", "--name-status", "--format=", "HEAD").splitlines() == [
        "D\tanalyses/errors.yaml",
        f"M\t{MODEL}",
        "A\tmodels/new/-odd name[1]*.yaml",
    ]
    assert clone.git("log", "-1", "--format=%B") == "Register\n\nWhy:\n\n# because"
    assert clone.git("status", "--porcelain").splitlines() == ["M README.md", "M  modelops.yaml"]


def test_paths_are_those_of_the_registry_in_a_monorepo(clone):
    clone.commit({"team/modelops.yaml": "x\n"})
    clone.write("team/models/m/model.yaml", "m\n")
    clone.write("models/m/model.yaml", "not this one\n")
    WorkingCopy(find_registry(clone.path / "team")).commit(["models/m/model.yaml"], "Register")
    assert clone.git("show", "--name-only", "--format=", "HEAD") == "team/models/m/model.yaml"


def test_hooks_run_and_what_they_say_is_passed_on(clone, copy):
    clone.hook("pre-commit", "print('all is well')")
    clone.write(MODEL, "changed\n")
    assert "all is well" in copy.commit([MODEL], "Change").output


def test_a_hook_that_refuses_stops_the_commit_and_its_words_are_kept(clone, copy):
    before = clone.head()
    clone.hook("pre-commit", "raise SystemExit('MOG301 version-changed')")
    clone.write("models/new.yaml", "new\n")
    with pytest.raises(RefusedError, match="refused by a hook") as caught:
        copy.commit(["models/new.yaml"], "Change")
    assert "MOG301 version-changed" in caught.value.hint
    assert clone.head() == before
    assert clone.git("status", "--porcelain") == "A  models/new.yaml"


def test_nothing_changed_is_refused(clone, copy):
    before = clone.head()
    with pytest.raises(RefusedError, match="nothing to commit"):
        copy.commit([MODEL], "Nothing")
    assert clone.head() == before


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "models/../../x"])
def test_a_path_outside_the_registry_is_refused(copy, path):
    with pytest.raises(UsageError, match="not a path inside"):
        copy.commit([path], "x")


def test_no_paths_are_refused_rather_than_all_committed(clone, copy):
    clone.write(MODEL, "changed\n")
    with pytest.raises(UsageError):
        copy.commit([], "x")
    assert clone.git("status", "--porcelain") == f"M {MODEL}"


def test_an_ignored_or_absent_file_is_an_error(clone, copy):
    clone.commit({".gitignore": "*.tmp\n"})
    clone.write("models/x.tmp")
    with pytest.raises(GitError, match="git add"):
        copy.commit(["models/x.tmp"], "x")
    with pytest.raises(GitError, match="did not match"):
        copy.commit(["models/none.yaml"], "x")


def test_a_merge_in_progress_is_an_error_with_what_to_do(clone, copy):
    clone.git("switch", "--quiet", "--create", "side")
    clone.commit({"models/side.yaml": "side\n"})
    clone.git("switch", "--quiet", "main")
    clone.commit({"models/main.yaml": "main\n"})
    clone.git("merge", "--quiet", "--no-commit", "side")
    clone.write(MODEL, "changed\n")
    with pytest.raises(GitError, match="during a merge") as caught:
        copy.commit([MODEL], "x")
    assert "finish the merge" in caught.value.hint


def test_the_first_commit_can_be_made(empty_clone):
    clone = empty_clone()
    clone.write("modelops.yaml", "x\n")
    made = WorkingCopy(find_registry(clone.path)).commit(["modelops.yaml"], "First")
    assert made.id == clone.head()


def test_the_identity_is_the_one_git_would_commit_with(copy, monkeypatch):
    assert copy.identity() == Identity("Ana Example", "ana@example.com")
    for name in list(os.environ):
        if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER")):
            monkeypatch.delenv(name)
    with pytest.raises(GitError) as caught:
        copy.identity()
    assert "git config user.name" in caught.value.hint
