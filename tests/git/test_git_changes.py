from __future__ import annotations

import pytest

from modelops_git.core.errors import GitError
from modelops_git.core.snapshot import EMPTY, Change
from modelops_git.edges.git.plumbing import fields
from modelops_git.edges.git.reading import (
    change,
    commit_snapshot,
    empty_snapshot,
    index_snapshot,
    worktree_snapshot,
)
from modelops_git.edges.git.repository import Repository, find_registry

ALL = {
    "commit": lambda repo: commit_snapshot(repo, "HEAD"),
    "index": index_snapshot,
    "worktree": worktree_snapshot,
}


def test_before_the_first_commit_all_is_new(empty_clone):
    clone = empty_clone()
    clone.write("modelops.yaml", "x\n")
    repo = find_registry(clone.path)
    assert index_snapshot(repo).paths() == empty_snapshot(repo).paths() == ()
    assert worktree_snapshot(repo).paths() == ("modelops.yaml",)
    clone.git("add", "--all")
    assert change(repo, empty_snapshot(repo), index_snapshot(repo)).changed == ("modelops.yaml",)
    with pytest.raises(GitError, match="no commit yet"):
        commit_snapshot(repo, "HEAD")


def test_a_change_is_what_git_says_it_is(clone):
    base = clone.commit({f"models/m{number}/model.yaml": f"{number}\n" for number in range(30)})
    clone.git("mv", "models/m1", "models/renamed")
    clone.git("mv", "models/m2/model.yaml", "models/m2.yaml")
    (clone.path / "models/m3/model.yaml").unlink()
    (clone.path / "models/m3").rmdir()
    clone.write("models/m3", "a file where a folder was\n")
    (clone.path / "models/m4/model.yaml").chmod(0o755)
    head = clone.commit(
        {"README.md": "out of scope\n", "analyses/errors.yaml": "new\n", "modelops.yaml": None}
    )
    repo = Repository.open(clone.path)
    found = change(repo, commit_snapshot(repo, base), commit_snapshot(repo, head)).changed
    said = fields(repo.git.run("diff-tree", "-r", "-z", "--no-renames", "--name-only", base, head))
    assert list(found) == sorted(set(said) - {"README.md"})
    assert len(found) == 9


def test_every_pair_of_snapshots_gives_the_change_that_comparing_all_entries_gives(clone):
    base = clone.commit(
        {"models/a.yaml": "a\n", "models/b.yaml": "b\n", "models/c.yaml": "c\n", "models/d": "d\n"}
    )
    clone.commit({"models/a.yaml": "a2\n", "models/e/f.yaml": "f\n"})
    clone.write("models/b.yaml", "staged\n")
    clone.git("rm", "--quiet", "models/c.yaml")
    clone.git("add", "--all")
    clone.write("models/a.yaml", "a\n")  # back to the base, on disk only
    clone.write("models/c.yaml", "c\n")
    clone.write("models/new.yaml", "new\n")
    (clone.path / "models/d").unlink()
    repo = find_registry(clone.path)
    snapshots = [
        commit_snapshot(repo, base),
        *(take(repo) for take in ALL.values()),
        empty_snapshot(repo),
        EMPTY,
    ]
    for one in snapshots:
        for other in snapshots:
            assert change(repo, one, other).changed == Change.between(one, other).changed, (
                one.label,
                other.label,
            )
