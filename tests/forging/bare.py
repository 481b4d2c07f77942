"""A bare git repository as a forge keeps it: commits by plumbing, and the ways in which forges merge."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ZERO = "0" * 40
_FORMAT = "%H%x00%P%x00%T%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x00%x00"


class Signature(NamedTuple):
    """Who wrote or applied a commit, as it says itself."""

    name: str
    email: str


class Commit(NamedTuple):
    """A commit as git has it."""

    sha: str
    parents: tuple
    tree: str
    author: Signature
    authored: str
    committer: Signature
    committed: str
    message: str


@dataclass
class Bare:
    """A bare repository.

    Attributes:
        path: Where it is.
        now: The time of the commits that are made here, in ISO 8601; the state sets it.
    """

    path: Path
    now: str = "2026-11-02T10:00:00+00:00"

    def git(self, *arguments, text="", check=True, **environment):
        """What git prints, without the newline at its end."""
        known = {
            "PATH": os.environ["PATH"],
            "HOME": os.fspath(self.path),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        done = subprocess.run(
            ["git", "--git-dir", self.path, *arguments],
            input=text,
            env={**known, **environment},
            check=check,
            capture_output=True,
            text=True,
        )
        return done.stdout.removesuffix("\n")

    @classmethod
    def make(cls, path, branch="main"):
        """A new one with one commit."""
        command = ["git", "init", "--quiet", "--bare", "--template=", f"--initial-branch={branch}", path]
        subprocess.run(command, check=True)
        bare = cls(Path(path))
        somebody = Signature("Setup", "setup@example.com")
        bare.update(branch, bare.commit({"README.md": "A registry.\n"}, "Begin", somebody))
        return bare

    def tips(self):
        """Branch -> commit."""
        lines = self.git(
            "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads"
        ).splitlines()
        return dict(line.split(" ") for line in lines)

    def tip(self, branch):
        """The commit of a branch."""
        return self.git("rev-parse", "--verify", f"refs/heads/{branch}^{{commit}}")

    def update(self, branch, sha):
        """Point a branch at a commit; delete it where `sha` is empty."""
        self.update_ref(f"refs/heads/{branch}", sha)

    def update_ref(self, ref, sha):
        """Point a ref at a commit; delete it where `sha` is empty."""
        self.git("update-ref", *([ref, sha] if sha else ["-d", ref]))

    def commit(self, files, message, author, *, committer=None, parents=()):
        """A new commit: the first parent's files, with these written (or removed, where None)."""
        index = os.fspath(self.path / "forging-index")
        Path(index).unlink(missing_ok=True)
        if parents:
            self.git("read-tree", parents[0], GIT_INDEX_FILE=index)
        for path, content in files.items():
            if content is None:
                self.git("rm", "--cached", "--quiet", "--", path, GIT_INDEX_FILE=index, GIT_WORK_TREE=index)
                continue
            blob = self.git("hash-object", "-w", "--stdin", text=content)
            self.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", GIT_INDEX_FILE=index)
        tree = self.git("write-tree", GIT_INDEX_FILE=index)
        return self.commit_tree(tree, message, author, committer=committer, parents=parents)

    def commit_tree(self, tree, message, author, *, committer=None, parents=()):
        """A new commit of a tree."""
        committer = committer or author
        names = {
            "GIT_AUTHOR_NAME": author.name,
            "GIT_AUTHOR_EMAIL": author.email,
            "GIT_AUTHOR_DATE": self.now,
            "GIT_COMMITTER_NAME": committer.name,
            "GIT_COMMITTER_EMAIL": committer.email,
            "GIT_COMMITTER_DATE": self.now,
        }
        of = [word for parent in parents for word in ("-p", parent)]
        return self.git("commit-tree", tree, *of, text=message, **names)

    def log(self, *revisions):
        """Commits, the oldest first."""
        text = self.git("log", "--reverse", "--topo-order", f"--format={_FORMAT}", *revisions)
        return tuple(_commit(one.lstrip("\n")) for one in text.split("\0\0\n") if one.strip("\n\0"))

    def read(self, sha):
        """One commit; None where there is none."""
        if not self.git("rev-parse", "--verify", "--quiet", f"{sha}^{{commit}}", check=False):
            return None
        return self.log("-1", sha)[0]

    def merge_base(self, one, other):
        """Where two commits meet."""
        return self.git("merge-base", one, other)

    def is_ancestor(self, one, other):
        """Whether a commit is in the history of another."""
        return self.merge_base(one, other) == one

    def merged_tree(self, base, ours, theirs):
        """The tree of a merge without conflicts."""
        somebody = Signature("Setup", "setup@example.com")
        sides = [
            self.commit_tree(f"{one}^{{tree}}", "side", somebody, parents=(base,)) for one in (ours, theirs)
        ]
        return self.git("merge-tree", "--write-tree", *sides).splitlines()[0]

    def changed(self, one, other):
        """The paths in which two commits differ."""
        return tuple(filter(None, self.git("diff", "--name-only", "-z", one, other).split("\0")))


def _commit(text):
    sha, parents, tree, name, email, at, other, address, when, message = text.split("\0")[:10]
    committer = Signature(other, address)
    return Commit(
        sha, tuple(parents.split()), tree, Signature(name, email), at, committer, when, message.rstrip("\n")
    )
