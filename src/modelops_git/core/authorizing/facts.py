"""What is known of who made a change and who approved it, wherever that comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

Part = Literal["opened", "pushed", "wrote", "co-wrote", "asked"]
"""What somebody did for a change; `asked`: a bot acted for them."""


class Participant(NamedTuple):
    """Somebody who had a part in a change, and whose approval of it therefore never counts.

    Attributes:
        identity: Who, such as `github:ana`; `email:ana@example.com` where only an address is known.
        part: What they did.
        is_certain: Whether the source vouches for it; what a commit says of itself anybody may write.
    """

    identity: str
    part: Part
    is_certain: bool = True


class Binding(NamedTuple):
    """What a change does, whichever commit it is in: approvals are bound to it.

    Attributes:
        tree: git's id of the registry's tree, approvals aside.
        change: The digest of every changed path with its content before and after, since the merge base.
        intent: The digest of (environment, model, generation before, generation after) of all that shall
            serve otherwise.
    """

    tree: str
    change: str
    intent: str

    def holds_for(self, other: Binding) -> bool:
        """Whether an approval of this is one of `other`: an update of the base alone changes neither."""
        return self.tree == other.tree or (self.change, self.intent) == (other.change, other.intent)


class Approval(NamedTuple):
    """One person's word on a change.

    Attributes:
        by: Who, such as `github:ana` or `ssh:ana@example.com`.
        source: Where it is from, for the record: `github`, `gitlab`, `ssh`, `file`.
        at: When; None where that is not known.
        binding: What was approved; None where that cannot be found out, and it counts for nothing then.
    """

    by: str
    source: str
    at: datetime | None = None
    binding: Binding | None = None


class Known(NamedTuple):
    """All that is known of the people in a change.

    Attributes:
        participants: Who had a part in it.
        approvals: The latest word of each person, where it is an approval.
        author: Who asks for it, in whose name `authors` of a rule are judged; empty where nobody vouches for
            who that is.
        teams: The members of the forge's teams that rules name: `github-team:acme/leads` -> identities.
        pull_request: As people write it, such as `#12`; empty where there is none.
    """

    participants: tuple[Participant, ...] = ()
    approvals: tuple[Approval, ...] = ()
    author: str = ""
    teams: dict[str, frozenset[str]] = {}  # noqa: RUF012 - a tuple's default, never changed
    pull_request: str = ""
