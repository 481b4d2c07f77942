"""Audit: whether the record of an environment is whole, and the record itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import AnchorError
from modelops_git.core.journal import chain
from modelops_git.core.journal.anchor import compare, held
from modelops_git.core.journal.chain import Problem
from modelops_git.edges.git.journal_place import JournalDeletedError, JournalRewrittenError
from modelops_git.engine.anchoring import notes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.journal.anchor import Held
    from modelops_git.core.journal.chain import Stored
    from modelops_git.edges.git.journal import Past
    from modelops_git.engine.anchoring import Notes
    from modelops_git.engine.ground import Ground


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an audit of one journal found.

    Attributes:
        environment: Whose journal.
        entries: How many entries it has.
        tip: Its newest commit: note it, and the next audit can be anchored at it; empty where it is gone.
        anchor: The commit that it was anchored at; empty where it was not.
        problems: What is wrong; nothing where it is whole.
        upto: The number of the newest entry that is what the registry's anchor says; None where none is.
        notes: What that anchor holds; None where it was not asked.
    """

    environment: str
    entries: int
    tip: str
    anchor: str
    problems: tuple[Problem, ...]
    upto: int | None = None
    notes: Notes | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def is_anchored(self) -> bool:
        """Whether it was compared with something that was noted before."""
        return bool(self.anchor) or self.upto is not None


def verify(ground: Ground, anchor: str = "", *, must_be_anchored: bool = False) -> Verdict:
    """Fold the journal of an environment from its first entry, and compare.

    Args:
        ground: The environment.
        anchor: A tip noted before; where there is none, the anchor of the registry is asked, if it has one.
        must_be_anchored: Whether an anchor that cannot say anything is an error.

    Raises:
        JournalError: It is absent or unreachable.
        AnchorError: The anchor cannot be read, or holds nothing that counts where it must.
        UsageError: There is no anchor where there must be one.
    """
    # The notes come first: whatever is in them was in the journal before that is read.
    asks = must_be_anchored or ground.registry.journal.anchor is not None
    notes = notes_of(ground) if asks and not anchor else None
    if must_be_anchored and notes is not None and not notes.kept:
        raise _nothing_kept(ground, notes)
    try:
        tip = ground.journal.newest()
    except JournalRewrittenError as error:
        return Verdict(ground.name, 0, error.tip, error.known, (Problem(None, "", error.message),))
    except JournalDeletedError as error:
        return Verdict(ground.name, 0, "", error.known, (Problem(None, "", error.message),))
    record = _Seen(ground.journal.record(tip))
    problems = [*chain.check(record), *_against_tip(ground, anchor, tip)]
    record.drain()  # the check ends where an entry cannot be read
    if notes is None:
        return Verdict(ground.name, len(record.held), tip, anchor, tuple(problems))
    problems += compare([*notes.kept, *notes.loose], record.held).problems
    upto = compare(notes.kept, record.held).upto
    return Verdict(ground.name, len(record.held), tip, "", tuple(problems), upto, notes)


def _nothing_kept(ground: Ground, notes: Notes) -> AnchorError:
    if not notes.loose:
        return AnchorError(
            f"the anchor {printable(notes.uri)} holds no note of the journal of {ground.name}",
            hint="If that is new, `modelops audit anchor` begins; else find out who took the notes away.",
        )
    return AnchorError(
        f"the anchor {printable(notes.uri)} keeps no note of the journal of {ground.name} from being removed",
        hint="Turn on Object Lock with a retention; to see it, one must be allowed to s3:GetObjectRetention.",
    )


def _against_tip(ground: Ground, anchor: str, tip: str) -> Iterator[Problem]:
    if anchor and not ground.journal.holds(anchor, tip):
        yield Problem(None, "", f"the anchor {anchor[:12]} is not in its history: it was written anew")


class _Seen:
    """A record, and what entries it turned out to hold."""

    def __init__(self, record: Iterator[Stored]) -> None:
        self._record = record
        self.held: list[Held] = []

    def __iter__(self) -> Iterator[Stored]:
        for stored in self._record:
            self.held.append(held(stored))
            yield stored

    def drain(self) -> None:
        """Go through what nobody has looked at yet."""
        for _ in self:
            pass


def log(ground: Ground, model: str = "") -> Iterator[Past]:
    """The entries, oldest first; of one model where one is named.

    Raises:
        JournalError: The journal is absent, unreachable or cannot be read.
    """
    return ground.journal.history(ground.journal.refresh(), model)
