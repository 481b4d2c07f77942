"""A branch with one commit, made beside the work tree: neither files nor the index are touched."""

from __future__ import annotations

import itertools
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from modelops_git.core.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelops_git.edges.git.repository import Repository


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a branch shall hold.

    Attributes:
        branch: Its name.
        base: The commit that it starts from.
        files: The content of paths of the registry that differ from the base; None where one is to go.
    """

    branch: str
    base: str
    files: Mapping[str, bytes | None]


def alike(repo: Repository, branch: str) -> tuple[str, ...]:
    """Those of `branch`, `branch-2`, `branch-3`, … that this clone has."""
    patterns = (f"refs/heads/{branch}", f"refs/heads/{branch}-*")
    names = repo.git.text("for-each-ref", "--format=%(refname:lstrip=2)", *patterns).split("\n")
    mine = re.compile(re.escape(branch) + r"(-[0-9]{1,6})?", re.ASCII)
    return tuple(sorted(filter(mine.fullmatch, names), key=lambda name: (len(name), name)))


def free_name(repo: Repository, branch: str, besides: Iterable[str] = ()) -> str:
    """`branch`, or the first of `branch-2`, `branch-3`, … that no branch has here, nor one of `besides`."""
    here = repo.git.text("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/").split("\n")
    taken = {*here, *besides}
    names = (branch if number == 1 else f"{branch}-{number}" for number in itertools.count(1))
    return next(name for name in names if name not in taken)


def propose(repo: Repository, proposal: Proposal, message: str) -> str:
    """Make the branch; the id of its commit.

    Raises:
        RefusedError: There is such a branch already.
        GitError: git failed, or does not know who commits.
    """
    ref = f"refs/heads/{proposal.branch}"
    if repo.git.text("for-each-ref", "--format=%(objectname)", ref):
        raise RefusedError(f"the branch {proposal.branch!r} exists already")
    with tempfile.TemporaryDirectory() as folder:
        aside = repo.git.having({"GIT_INDEX_FILE": str(Path(folder) / "index")})
        aside.run("read-tree", proposal.base)
        for path, data in proposal.files.items():
            if data is None:
                aside.run("update-index", "--force-remove", "--", f"{repo.prefix}{path}")
                continue
            blob = aside.text("hash-object", "-w", "--stdin", stdin=data)
            aside.run("update-index", "--add", "--cacheinfo", f"100644,{blob},{repo.prefix}{path}")
        tree = aside.text("write-tree")
    commit = repo.git.text("commit-tree", tree, "-p", proposal.base, stdin=message.encode())
    repo.git.run("update-ref", ref, commit, "0" * len(commit))
    return commit
