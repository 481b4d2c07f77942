"""A bare git repository as a forge keeps it: commits by plumbing, and the ways in which forges merge."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
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
    _known: dict = field(default_factory=dict)

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
    def make(cls, path):
        """A new one with one commit on `main`."""
        shutil.copytree(_template(), path)
        return cls(Path(path))

    def tips(self):
        """Branch -> commit; read without git, since that is asked for at each request."""
        packed, loose = self.path / "packed-refs", self.path / "refs/heads"
        lines = packed.read_text().splitlines() if packed.exists() else []
        found = dict(_packed(line) for line in lines if " refs/heads/" in line)
        for file in (one for one in loose.rglob("*") if one.is_file() and one.suffix != ".lock"):
            with suppress(FileNotFoundError):  # deleted at this moment, by a push
                found[file.relative_to(loose).as_posix()] = file.read_text().strip()
        return found

    def tip(self, branch):
        """The commit of a branch."""
        return self.tips()[branch]

    def update(self, branch, sha):
        """Point a branch at a commit; delete it where `sha` is empty."""
        self.update_ref(f"refs/heads/{branch}", sha)

    def update_ref(self, ref, sha):
        """Point a ref at a commit; delete it where `sha` is empty."""
        self.git("update-ref", *([ref, sha] if sha else ["-d", ref]))

    def commit(self, files, message, author, *, committer=None, parents=()):
        """A new commit: the first parent's files, with these written (or removed, where None)."""
        seconds = int(datetime.fromisoformat(self.now).timestamp())
        lines = ["commit refs/forging/new"]
        for kind, one in (("author", author), ("committer", committer or author)):
            lines.append(f"{kind} {one.name} <{one.email}> {seconds} +0000")
        lines.append(_data(message))
        lines += [f"{kind} {sha}" for kind, sha in zip(("from", *["merge"] * 9), parents, strict=False)]
        for path, content in files.items():
            lines.append(f"D {path}" if content is None else f"M 100644 inline {path}\n{_data(content)}")
        text = "\n".join([*lines, "done", ""])
        self.git("fast-import", "--quiet", "--force", "--done", text=text)
        return (self.path / "refs/forging/new").read_text().strip()

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
        if revisions not in self._known:
            self._known[revisions] = self._log(*revisions)
        return self._known[revisions]

    def _log(self, *revisions):
        text = self.git("log", "--reverse", "--topo-order", f"--format={_FORMAT}", *revisions)
        return tuple(_commit(one.lstrip("\n")) for one in text.split("\0\0\n") if one.strip("\n\0"))

    def read(self, sha):
        """One commit; None where there is none."""
        if not self.git("rev-parse", "--verify", "--quiet", f"{sha}^{{commit}}", check=False):
            return None
        return self.log("-1", sha)[0]

    def merge_base(self, one, other):
        """Where two commits meet."""
        if (one, other) not in self._known:
            self._known[one, other] = self.git("merge-base", one, other)
        return self._known[one, other]

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


def _packed(line):
    sha, _, ref = line.partition(" ")
    return ref.removeprefix("refs/heads/"), sha


def _data(text):
    """A text as `git fast-import` takes it."""
    return f"data {len(text.encode())}\n{text}"


@cache
def _template():
    """A repository that others are copies of: copying is faster than making."""
    folder = tempfile.mkdtemp(prefix="forging-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "template.git"
    subprocess.run(
        ["git", "init", "--quiet", "--bare", "--template=", "--initial-branch=main", path], check=True
    )
    bare = Bare(path)
    bare.update(
        "main", bare.commit({"README.md": "A registry.\n"}, "Begin", Signature("Setup", "setup@example.com"))
    )
    return path
