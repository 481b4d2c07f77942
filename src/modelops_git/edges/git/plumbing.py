"""The one place that runs git: a list of arguments, never a shell, and errors in our words."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError
from modelops_git.edges.git import environment
from modelops_git.edges.git.failures import failure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NO_GIT = "install git, or put it on the PATH"


class Git:
    """git in one folder and one environment.

    Attributes:
        folder: Where git runs.
        env: Its environment, complete.
    """

    __slots__ = ("env", "folder")

    def __init__(self, folder: Path, *, env: Mapping[str, str] | None = None) -> None:
        """Keep what a hook has set; use `isolated` for a repository other than the one we were started in."""
        self.folder = folder
        self.env = environment.settled(os.environ if env is None else env)

    @classmethod
    def isolated(cls, folder: Path, *, env: Mapping[str, str] | None = None) -> Git:
        """Git for a repository that has nothing to do with the hook we may be running in."""
        return cls(folder, env=environment.isolated(os.environ if env is None else env))

    def having(self, more: Mapping[str, str]) -> Git:
        """The same with more in the environment."""
        return Git(self.folder, env={**self.env, **more})

    def run(self, *args: str, stdin: bytes = b"", timeout: float | None = None) -> bytes:
        """What git prints.

        Args:
            *args: The verb and its arguments.
            stdin: What git reads.
            timeout: Seconds to wait; for what uses the network.

        Raises:
            GitError: git failed, took too long or is not there.
        """
        code, out, err = self.outcome(*args, stdin=stdin, timeout=timeout)
        if code:
            raise failure(verb_of(args), code, err)
        return out

    def text(self, *args: str, stdin: bytes = b"", timeout: float | None = None) -> str:
        """What git prints, as text without white space around it; bytes that are no UTF-8 survive.

        Raises:
            GitError: As for `run`.
        """
        return decode(self.run(*args, stdin=stdin, timeout=timeout)).strip()

    def succeeds(self, *args: str, stdin: bytes = b"") -> bool:
        """Whether git says yes (0) or no (1).

        Raises:
            GitError: It said neither.
        """
        code, _, err = self.outcome(*args, stdin=stdin)
        if code not in (0, 1):
            raise failure(verb_of(args), code, err)
        return code == 0

    def outcome(
        self, *args: str, stdin: bytes = b"", timeout: float | None = None
    ) -> tuple[int, bytes, bytes]:
        """Git's exit code, what it printed, and what it said on stderr.

        Raises:
            GitError: It could not be run at all, or took too long.
        """
        process = self.start(*args, own_group=timeout is not None)
        with process:
            try:
                out, err = process.communicate(stdin, timeout)
            except subprocess.TimeoutExpired as error:
                _end(process)
                raise GitError(
                    f"git {verb_of(args)}: no answer after {timeout:g} s",
                    hint="check the network and the remote, then try again",
                ) from error
            except BaseException:
                _end(process)
                raise
        return process.returncode, out, err

    def start(
        self, *args: str, own_group: bool = False, stderr: int = subprocess.PIPE
    ) -> subprocess.Popen[bytes]:
        """A running git with pipes; `own_group` makes it possible to end it with all that it started.

        Raises:
            GitError: git is not installed, or the arguments cannot be passed to a program.
        """
        try:
            return subprocess.Popen(
                ["git", "-C", os.fspath(self.folder), *args],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=self.env,
                process_group=0 if own_group else None,
            )
        except FileNotFoundError as error:
            raise GitError("git was not found", hint=_NO_GIT) from error
        except (OSError, ValueError) as error:
            raise GitError(f"git {verb_of(args)} could not be run: {error}") from error


def decode(data: bytes) -> str:
    """What git printed as text; names that are no UTF-8 keep their bytes as surrogates."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes of a name that `decode` made.

    Raises:
        GitError: No file can have this name (`can_be_name`).
    """
    data = _encoded(text)
    if data is None:
        raise GitError(f"{text!r} is not a name that git can have")
    return data


def can_be_name(text: str) -> bool:
    """Whether `text` could be the name of anything: no NUL, and no surrogate that stands for no byte."""
    return _encoded(text) is not None


def _encoded(text: str) -> bytes | None:
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return None
    return None if b"\0" in data else data


def fields(data: bytes) -> list[str]:
    """The fields that git printed with a NUL behind each."""
    return [decode(field) for field in data.split(b"\0")[:-1]]


def verb_of(args: tuple[str, ...]) -> str:
    """Which git command these arguments are, for messages."""
    rest = iter(args)
    for arg in rest:
        if arg == "-c":
            next(rest, None)
        elif not arg.startswith("-"):
            return arg
    return ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git; where it has its own group, also the ssh or https helper that keeps our pipes open."""
    if process.returncode is not None:
        return
    if os.getpgid(process.pid) == process.pid:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
