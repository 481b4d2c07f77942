"""Audit: whether the record of an environment is whole, and the record itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.journal import chain
from modelops_git.core.journal.chain import Problem
from modelops_git.edges.git.journal_copy import JournalDeletedError, JournalRewrittenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelops_git.core.journal.chain import Stored
    from modelops_git.edges.git.journal import Past
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
    """

    environment: str
    entries: int
    tip: str
    anchor: str
    problems: tuple[Problem, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(ground: Ground, anchor: str = "") -> Verdict:
    """Fold the journal of an environment from its first entry and compare; `anchor` is a tip noted before.

    Raises:
        JournalError: It is absent or unreachable.
    """
    try:
        tip = ground.journal.newest()
    except JournalRewrittenError as error:
        return Verdict(ground.name, 0, error.tip, error.known, (Problem(None, "", error.message),))
    except JournalDeletedError as error:
        return Verdict(ground.name, 0, "", error.known, (Problem(None, "", error.message),))
    record = _Counted(ground.journal.record(tip))
    problems = list(chain.check(record))
    if anchor and not ground.journal.holds(anchor, tip):
        anew = f"the anchor {anchor[:12]} is not in its history: it was written anew"
        problems.append(Problem(None, "", anew))
    return Verdict(ground.name, record.count, tip, anchor, tuple(problems))


class _Counted:
    """An iterable that knows how many it has given."""

    def __init__(self, record: Iterable[Stored]) -> None:
        self._record = record
        self.count = 0

    def __iter__(self) -> Iterator[Stored]:
        for stored in self._record:
            self.count += 1
            yield stored


def log(ground: Ground, model: str = "") -> Iterator[Past]:
    """The entries, oldest first; of one model where one is named.

    Raises:
        JournalError: The journal is absent, unreachable or cannot be read.
    """
    return ground.journal.history(ground.journal.refresh(), model)
