from __future__ import annotations

import pytest

from modelops_git.core.errors import GitError, UsageError
from modelops_git.edges.git.comparing import (
    comparison,
    default_tip,
    is_on_default,
    merged_heads,
)
from modelops_git.edges.git.repository import find_registry

MODEL = "models/iris/model.yaml"


@pytest.fixture
def team(clone, clone_of):
    """A clone whose `origin` moves on without it."""
    made = clone_of(clone, "team")
    made.origin = clone
    return made


def compare(clone, head="index", base=None, branch="main"):
    return comparison(find_registry(clone.path), branch, head=head, base=base)


def test_a_branch_is_compared_with_where_it_left_the_remote_default_branch(team):
    start = team.head()
    team.git("switch", "--quiet", "--create", "work")
    team.commit({MODEL: "mine\n"})
    tip = team.origin.commit({"models/theirs/model.yaml": "theirs\n"})
    team.git("fetch", "--quiet")
    for head in ("index", "worktree", "HEAD", "work"):
        found = compare(team, head)
        assert (found.base, found.change.changed, found.on_default) == (start, (MODEL,), False)
        assert found.tip.read("models/theirs/model.yaml") == b"theirs\n"
        assert found.tip.label == f"commit {tip[:7]}"


def test_the_remote_tracking_branch_counts_before_the_local_one(team):
    remote = team.head()
    team.commit({MODEL: "not pushed\n"})
    repo = find_registry(team.path)
    assert default_tip(repo, "main") == remote
    team.git("switch", "--quiet", "--create", "work")
    assert compare(team).base == remote
    team.git("remote", "remove", "origin")
    assert default_tip(repo, "main") == team.head("main")


def test_on_the_default_branch_a_hook_compares_with_the_upstream(team):
    upstream = team.head()
    team.commit({MODEL: "one\n"})
    found = compare(team)
    assert (found.base, found.change.changed, found.on_default) == (upstream, (MODEL,), True)


def test_on_a_default_branch_that_is_behind_what_others_pushed_is_not_taken_for_deleted(team):
    here = team.head()
    team.origin.commit({"models/theirs/model.yaml": "theirs\n"})
    team.git("fetch", "--quiet")
    found = compare(team)
    assert (found.base, found.change.changed) == (here, ())


def test_on_the_default_branch_without_upstream_a_hook_compares_with_head(clone):
    clone.write(MODEL, "new\n")
    found = compare(clone, "worktree")
    assert (found.base, found.change.changed, found.on_default) == (clone.head(), (MODEL,), True)


def test_on_the_default_branch_in_ci_a_push_is_compared_with_what_was_there_before(team):
    before = team.head()
    team.commit({MODEL: "one\n"})
    after = team.commit({"models/two/model.yaml": "two\n"})
    team.git("push", "--quiet", "origin", "HEAD:refs/heads/other")
    team.git("update-ref", "refs/remotes/origin/main", after)
    team.git("switch", "--quiet", "--detach")
    found = compare(team, "HEAD", before)
    assert (found.base, found.on_default) == (before, True)
    assert found.change.changed == (MODEL, "models/two/model.yaml")
    assert compare(team, "HEAD").base == team.head("HEAD^")
    assert compare(team, "HEAD", "0" * 40).base == team.head("HEAD^")


def test_a_merge_commit_on_the_default_branch_is_compared_with_its_first_parent(clone):
    clone.git("switch", "--quiet", "--create", "side")
    clone.commit({"models/side/model.yaml": "side\n"})
    clone.git("switch", "--quiet", "main")
    before = clone.commit({MODEL: "main\n"})
    clone.git("merge", "--quiet", "--no-ff", "--no-edit", "side")
    found = compare(clone, "HEAD")
    assert (found.base, found.change.changed) == (before, ("models/side/model.yaml",))


def test_a_rewound_default_branch_shows_what_it_lost(clone):
    clone.commit({"models/lost/model.yaml": "lost\n"})
    before = clone.head()
    clone.git("reset", "--quiet", "--hard", "HEAD^")
    clone.commit({MODEL: "forced\n"})
    found = compare(clone, "HEAD", before)
    assert found.base == before
    assert found.change.changed == (MODEL, "models/lost/model.yaml")


def test_a_base_that_moved_on_since_the_branch_left_it_hides_nothing_and_invents_nothing(clone):
    start = clone.head()
    clone.git("switch", "--quiet", "--create", "work")
    clone.commit({MODEL: "mine\n"})
    clone.git("switch", "--quiet", "main")
    base = clone.commit({"models/theirs/model.yaml": "theirs\n"})
    clone.git("switch", "--quiet", "work")
    for head in ("index", "HEAD"):
        found = compare(clone, head, base)
        assert (found.base, found.change.changed) == (start, (MODEL,))


def test_the_root_commit_of_the_default_branch_is_compared_with_the_empty_tree(clone):
    found = compare(clone, "HEAD")
    assert found.base is None
    assert len(found.change.changed) == 4
    assert found.change.base.paths() == ()


@pytest.mark.parametrize("branch", ["main", "work"])
def test_before_the_first_commit_the_base_and_the_tip_are_empty(empty_clone, branch):
    clone = empty_clone()
    clone.git("switch", "--quiet", "--create", branch)
    clone.write("modelops.yaml", "x\n")
    clone.git("add", "--all")
    found = compare(clone)
    assert (found.base, found.change.changed, found.tip.paths()) == (None, ("modelops.yaml",), ())


def test_a_detached_head_is_compared_with_the_default_branch(clone):
    clone.git("switch", "--quiet", "--detach")
    clone.write(MODEL, "detached\n")
    clone.git("add", "--all")
    found = compare(clone)
    assert (found.base, found.change.changed, found.on_default) == (clone.head("main"), (MODEL,), False)
    assert not is_on_default(find_registry(clone.path), "main")


def test_a_branch_without_shared_history_is_compared_with_the_empty_tree(clone):
    clone.git("switch", "--quiet", "--orphan", "apart")
    clone.commit({"modelops.yaml": "apart\n"})
    found = compare(clone, "HEAD")
    assert (found.base, found.change.changed) == (None, ("modelops.yaml",))
    assert found.tip.read(MODEL) == b"kind: Model\n"


@pytest.mark.parametrize("head", ["index", "HEAD"])
def test_a_default_branch_that_is_not_here_is_an_error_with_the_way_to_get_it(clone, head):
    with pytest.raises(GitError, match="'trunk' is not here") as caught:
        compare(clone, head, branch="trunk")
    assert "git fetch origin trunk" in caught.value.hint


@pytest.mark.parametrize(
    "name", ["", "-x", "a b", "a..b", "main^{/x}", "main@{1}", "a:b", "*", "x.lock", "a\n", "/a", "a/"]
)
def test_a_name_that_no_branch_can_have_is_refused(clone, name):
    with pytest.raises(UsageError):
        compare(clone, branch=name)


def test_a_base_that_is_not_in_the_clone_is_an_error(clone):
    with pytest.raises(GitError, match="names no commit"):
        compare(clone, "HEAD", "1" * 40)


@pytest.fixture
def shallow(clone, clone_of):
    """A clone of depth 1 of a branch that left main two commits ago."""
    clone.git("switch", "--quiet", "--create", "work")
    clone.commit({MODEL: "one\n"})
    clone.commit({MODEL: "two\n"})
    made = clone_of(clone, "shallow", "--depth=1", "--no-single-branch")
    made.origin = clone
    return made


@pytest.mark.parametrize("head", ["index", "worktree", "HEAD"])
def test_a_shallow_clone_that_hides_the_merge_base_is_an_error_that_says_how_to_mend_it(shallow, head):
    with pytest.raises(GitError, match="too shallow") as caught:
        compare(shallow, head)
    assert "git fetch --unshallow" in caught.value.hint
    assert "fetch-depth: 0" in caught.value.hint
    shallow.git("fetch", "--quiet", "--unshallow")
    assert compare(shallow, head).base == shallow.origin.head("main")


def test_a_shallow_clone_of_the_default_branch_needs_what_was_before(clone, clone_of):
    before = clone.head()
    clone.commit({MODEL: "new\n"})
    shallow = clone_of(clone, "shallow", "--depth=1")
    assert compare(shallow, "index").base == clone.head()
    with pytest.raises(GitError, match="too shallow"):
        compare(shallow, "HEAD")
    with pytest.raises(GitError, match="names no commit") as caught:
        compare(shallow, "HEAD", before)
    assert "--unshallow" in caught.value.hint
    shallow.git("fetch", "--quiet", "--depth=2")
    assert compare(shallow, "HEAD").base == before
    assert compare(shallow, "HEAD", before).base == before


def test_a_shallow_clone_does_not_take_a_worse_ancestor_for_the_merge_base(clone):
    """Both sides merge a line from X with one from the root, and only the latter is to be seen."""
    root = clone.head()
    shared = clone.commit(message="X")
    cuts = []
    for branch in ("main", "work"):
        clone.git("switch", "--quiet", "--force-create", branch, shared)
        cuts.append(clone.commit(message=f"{branch}: from X"))
        clone.git("switch", "--quiet", "--detach", root)
        beside = clone.commit(message=f"{branch}: from the root")
        clone.git("switch", "--quiet", branch)
        clone.git("merge", "--quiet", "--no-edit", beside)
    assert compare(clone).base == shared
    clone.write(".git/shallow", "\n".join(cuts) + "\n")
    assert clone.git("merge-base", "main", "work") == root
    with pytest.raises(GitError, match="too shallow"):
        compare(clone)


def test_what_is_being_merged_is_known_until_it_is_committed(clone):
    clone.git("switch", "--quiet", "--create", "side")
    side = clone.commit({"models/side/model.yaml": "side\n"})
    clone.git("switch", "--quiet", "main")
    clone.commit({MODEL: "main\n"})
    repo = find_registry(clone.path)
    assert merged_heads(repo) == ()
    clone.git("merge", "--quiet", "--no-commit", "side")
    assert merged_heads(repo) == (side,)
    clone.git("commit", "--quiet", "--no-edit")
    assert merged_heads(repo) == ()
