"""The references that a push moves, as git tells its pre-receive hook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import UsageError
from modelops_git.edges.git.plumbing import decode

if TYPE_CHECKING:
    from modelops_git.edges.git.repository import Repository

MOST_BYTES = 8 << 20
HEADS = "refs/heads/"
_LINE = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (refs/[^\x00-\x20\x7f]+)")


class Update(NamedTuple):
    """One reference that is to move.

    Attributes:
        old: The commit, or tag, that it is at; empty for none.
        new: The one that it is to be at; empty where it is to go away.
        ref: Its full name.
    """

    old: str
    new: str
    ref: str

    @property
    def branch(self) -> str:
        """The branch's name; empty where it is no branch."""
        return self.ref.removeprefix(HEADS) if self.ref.startswith(HEADS) else ""


def read_updates(data: bytes) -> tuple[Update, ...]:
    """What git writes to the standard input of a pre-receive hook.

    Raises:
        UsageError: It is not that.
    """
    if len(data) > MOST_BYTES:
        raise UsageError("the push moves too many references at once", hint="Push fewer at a time.")
    lines = decode(data).removesuffix("\n").split("\n")
    found = [_LINE.fullmatch(line) for line in lines]
    if not all(found):
        raise UsageError(
            "there is no push to look at: lines of `OLD NEW REF` are expected on the standard input",
            hint="git calls this as a hook: put `exec modelops pre-receive` into hooks/pre-receive.",
        )
    return tuple(Update(_known(one[1]), _known(one[2]), one[3]) for one in found if one)


def resolved(repository: Repository, updates: tuple[Update, ...]) -> tuple[Update, ...]:
    """The same with the branches that symbolic references stand for: a push to one moves the other.

    Raises:
        GitError: git failed.
    """
    listed = repository.git.run("for-each-ref", "--format=%(refname)%00%(symref)", HEADS)
    rows = (line.split("\0") for line in decode(listed).split("\n")[:-1])
    aliases = {name: target for name, target in rows if target}
    return tuple(one._replace(ref=aliases.get(one.ref, one.ref)) for one in updates)


def _known(object_id: str) -> str:
    """An id; empty for the zeros that stand for none."""
    return object_id if object_id.strip("0") else ""
