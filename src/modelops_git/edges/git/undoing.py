"""All or nothing for a change of the working copy: after a failure it is as it was."""

from __future__ import annotations

import contextlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError
from modelops_git.edges.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.edges.git.repository import Repository


@contextmanager
def all_or_nothing(repo: Repository, path: str) -> Iterator[None]:
    """Where the block fails or is interrupted, HEAD, the file at `path` and its place in the index go back.

    A branch that the block began and that holds no commit of its own goes away.

    Args:
        repo: The user's clone.
        path: The one file that the block writes, relative to the registry's root.
    """
    branch, commit = _head(repo)
    file = repo.path_of(path)
    before = file.read_bytes() if file.is_file() else None
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            _put_back(repo, path, before)
        with contextlib.suppress(GitError):
            _go_back(repo, branch, commit)
            repo.git.run("reset", "--quiet", "--", repo.prefix + path)
        raise


def _head(repo: Repository) -> tuple[str, str]:
    """The current branch's full name, empty where there is none; its commit, empty before the first."""
    answers = []
    for words in (
        ("symbolic-ref", "--quiet", "HEAD"),
        ("rev-parse", "--verify", "--quiet", "HEAD^{commit}"),
    ):
        code, out, _ = repo.git.outcome(*words)
        answers.append("" if code else out.decode("utf-8", "surrogateescape").strip())
    return answers[0], answers[1]


def _put_back(repo: Repository, path: str, before: bytes | None) -> None:
    file = repo.path_of(path)
    if before is not None:
        write_atomic(file, before)
        return
    file.unlink(missing_ok=True)
    for folder in file.parents:
        if folder == repo.root or any(folder.iterdir()):
            return
        folder.rmdir()


def _go_back(repo: Repository, branch: str, commit: str) -> None:
    """HEAD at `branch`, or detached at `commit`; only where no commit was made in between."""
    now, reached = _head(repo)
    if reached != commit:
        return
    if now and now != branch:
        back = ("symbolic-ref", "HEAD", branch) if branch else ("checkout", "--quiet", "--detach", commit)
        repo.git.run(*back)
        repo.git.run("update-ref", "-d", now, *([commit] if commit else []))
