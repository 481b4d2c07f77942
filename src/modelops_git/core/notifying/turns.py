"""Whose turn it is to tell: the one who wrote the entry, and later whoever comes by.

- Who wrote an entry tells of it at once. Nobody else does while the journal's lease lasts.
- What is still owed then is told by whoever claims it first, by an entry: of several engines one wins.
- Each claim that comes to nothing makes the next one wait twice as long, up to an hour.
- After a day, and a try that failed, news are given up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.journal.listeners import News, owed_to

if TYPE_CHECKING:
    from collections.abc import Collection

    from modelops_git.core.journal.listeners import Listener
    from modelops_git.core.journal.state import EnvironmentState

LONGEST_WAIT = timedelta(hours=1)
OLDEST = timedelta(hours=24)
"""The age at which news are given up."""
_DOUBLINGS = 20


class Moment(NamedTuple):
    """When it is asked whose turn it is, and how long news are left to who wrote them."""

    now: datetime
    lease: timedelta


class Turn(NamedTuple):
    """What one listener is to be told now.

    Attributes:
        key: The listener's key.
        news: Of what, oldest first.
        claims: Whether others may be about to tell the same, so that it must be claimed first.
    """

    key: str
    news: tuple[News, ...]
    claims: bool


def turns(state: EnvironmentState, own: Collection[int], at: Moment) -> list[Turn]:
    """What is to be told now, and by us.

    Args:
        state: What is known of the environment.
        own: The numbers of the entries that we have just written.
        at: When.
    """
    found = (_turn(one, owed_to(one.key, state.news), own, at) for one in state.listeners or ())
    return [turn for turn in found if turn.news]


def _turn(listener: Listener, owed: tuple[News, ...], own: Collection[int], at: Moment) -> Turn:
    if not _may_try(listener, at):
        return Turn(listener.key, (), claims=False)
    others = [one for one in owed if one.entry not in own]
    if any(one.at + at.lease <= at.now for one in others):
        return Turn(listener.key, owed, claims=True)
    return Turn(listener.key, tuple(one for one in owed if one.entry in own), claims=False)


def _may_try(listener: Listener, at: Moment) -> bool:
    return listener.tried is None or listener.tried + wait_after(listener.tries, at.lease) <= at.now


def wait_after(tries: int, lease: timedelta) -> timedelta:
    """How long nobody else tries after so many tries that came to nothing."""
    longest = max(LONGEST_WAIT, lease)
    doublings = min(max(tries - 1, 0), _DOUBLINGS)
    return min(longest, lease * (1 << doublings))


def given_up(news: tuple[News, ...], now: datetime) -> tuple[News, ...]:
    """Those of news that could not be told which are too old to be tried again."""
    return tuple(one for one in news if one.at + OLDEST <= now)
