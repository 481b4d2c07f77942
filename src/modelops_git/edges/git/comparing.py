"""What a state of the registry is compared with.

Merged versions must not change, and merged means: in the history that the state shares with the default
branch. So the base is the merge base with the default branch's remote-tracking ref (its local ref where there
is none), and a version that is not merged yet can still be edited.

- What is about to be committed (the index or the work tree) has HEAD as its parent and, while a merge is
  being made, the merged commits too. `git merge-base A HEAD MERGED` answers for exactly that coming commit.
  With HEAD alone, a version that a merge of main brings in and its resolution alters would count as added.
- On the default branch itself that base would be the state being left: so it is the branch's upstream (what
  others have), as far as it is in our history, else HEAD.
- A commit that the default branch already has is compared with what was there before it: with the `base` that
  was given (CI knows what was pushed over; it is taken literally, so that a rewound branch shows what it
  lost), else with its first parent.
- Any other commit is compared with its merge base with `base`, or with the default branch.
- Before the first commit the base is the empty tree.

Where a shallow clone hides the answer, or where the default branch is not there, it is an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import GitError, UsageError
from modelops_git.edges.git import environment
from modelops_git.edges.git.commits import commit_of, find_commit
from modelops_git.edges.git.history import first_parent, merge_base
from modelops_git.edges.git.plumbing import decode
from modelops_git.edges.git.reading import (
    change,
    commit_snapshot,
    empty_snapshot,
    index_snapshot,
    worktree_snapshot,
)

if TYPE_CHECKING:
    from modelops_git.core.snapshot import Change, Snapshot
    from modelops_git.edges.git.repository import Repository

INDEX, WORKTREE = "index", "worktree"
_ILLEGAL = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[-/]|[/.]$|\.lock$|^$")
_ID = re.compile(r"[0-9a-f]{40,64}", re.ASCII)
_NO_COMMIT = re.compile(r"0{40,64}", re.ASCII)


class Comparison(NamedTuple):
    """A state of the registry beside what it is compared with.

    Attributes:
        change: From the base to the state.
        base: The base's commit; None for the empty tree.
        tip: The registry at the tip of the default branch; empty where that is not there yet.
        on_default: Whether the state is the default branch's own (or the next on it).
    """

    change: Change
    base: str | None
    tip: Snapshot
    on_default: bool


def comparison(
    repo: Repository, default_branch: str, *, head: str, base: str | None = None, remote: str = "origin"
) -> Comparison:
    """Put a state of the registry beside its base, by the rules of this module.

    Args:
        repo: The registry.
        default_branch: Its name in modelops.yaml.
        head: `index`, `worktree` or a commit's name.
        base: What to compare with instead of the default branch. Zeros, as forges send for a branch that
            is new, count as None.
        remote: The remote that has the default branch.

    Raises:
        UsageError: `default_branch` cannot be a branch's name.
        GitError: The base cannot be known here; the hint says how to mend that.
    """
    default = _Default(default_branch, remote, default_tip(repo, default_branch, remote))
    given = None if base is None or _NO_COMMIT.fullmatch(base) else commit_of(repo, base).id
    if head in (INDEX, WORKTREE):
        found, on_default = _base_of_next(repo, default, given)
        state: Snapshot = index_snapshot(repo) if head == INDEX else worktree_snapshot(repo)
    else:
        commit = commit_of(repo, head).id
        found, on_default = _base_of_commit(repo, default, given, commit)
        state = commit_snapshot(repo, commit)
    tip = _snapshot(repo, default.tip)
    return Comparison(change(repo, _snapshot(repo, found), state), found, tip, on_default)


def default_tip(repo: Repository, default_branch: str, remote: str = "origin") -> str | None:
    """The commit at the tip of the default branch as far as this clone knows; None where it is not there.

    Raises:
        UsageError: It cannot be a branch's name.
    """
    for name in (default_branch, remote):
        if _ILLEGAL.search(name):
            raise UsageError(f"{name!r} cannot be the name of a branch or remote")
    for ref in (f"refs/remotes/{remote}/{default_branch}", f"refs/heads/{default_branch}"):
        if found := find_commit(repo, ref):
            return found.id
    return None


def is_on_default(repo: Repository, default_branch: str) -> bool:
    """Whether the next commit will be one of the local default branch."""
    return current_branch(repo) == default_branch


def current_branch(repo: Repository) -> str | None:
    """The branch that the next commit will be on, which may have no commit yet; None for a detached HEAD."""
    code, out, _ = repo.git.outcome("symbolic-ref", "--quiet", "HEAD")
    return None if code else decode(out).strip().removeprefix("refs/heads/")


def merged_heads(repo: Repository) -> tuple[str, ...]:
    """What is being merged into HEAD now.

    From MERGE_HEAD while a person resolves conflicts; in the pre-merge-commit hook, which runs before that
    file is written, from the names that `git merge` puts into the environment.
    """
    try:
        lines = (repo.git_dir / "MERGE_HEAD").read_text("ascii").split()
    except FileNotFoundError:
        lines = []
    named = (name.removeprefix(environment.MERGED_HEAD) for name in repo.git.env)
    ids = [*lines, *(name for name in named if _ID.fullmatch(name))]
    return tuple(one for one in dict.fromkeys(ids) if find_commit(repo, one))


class _Default(NamedTuple):
    branch: str
    remote: str
    tip: str | None

    @property
    def known_tip(self) -> str:
        if self.tip is None:
            raise GitError(
                f"the default branch {self.branch!r} is not here, nor is {self.remote}/{self.branch}",
                hint=f"git fetch {self.remote} {self.branch}:refs/remotes/{self.remote}/{self.branch}, "
                "or mend default_branch in modelops.yaml",
            )
        return self.tip


def _base_of_next(repo: Repository, default: _Default, given: str | None) -> tuple[str | None, bool]:
    """The base of a commit that is about to be made, and whether it will be the default branch's."""
    head = find_commit(repo, "HEAD")
    if head is None:
        return given, is_on_default(repo, default.branch)
    on_default, upstream = _local(repo, default.branch)
    parents = (head.id, *merged_heads(repo))
    if given or not on_default:
        return merge_base(repo, given or default.known_tip, *parents), on_default
    return (merge_base(repo, upstream, *parents) if upstream else head.id), on_default


def _local(repo: Repository, branch: str) -> tuple[bool, str | None]:
    """Whether a branch is the current one, and the commit at its upstream as far as this clone knows."""
    line = repo.git.run("for-each-ref", "--format=%(HEAD)%(upstream)", f"refs/heads/{branch}")
    mark, ref = decode(line[:1]), decode(line[1:]).strip()
    found = find_commit(repo, ref) if ref else None
    return mark == "*", None if found is None else found.id


def _base_of_commit(
    repo: Repository, default: _Default, given: str | None, commit: str
) -> tuple[str | None, bool]:
    """The base of a commit that was made, and whether the default branch has it."""
    tip = default.known_tip
    shared = commit if tip == commit else merge_base(repo, tip, commit)
    if shared == commit:
        return given or first_parent(repo, commit), True
    return (merge_base(repo, given, commit) if given else shared), False


def _snapshot(repo: Repository, commit: str | None) -> Snapshot:
    return empty_snapshot(repo) if commit is None else commit_snapshot(repo, commit)
