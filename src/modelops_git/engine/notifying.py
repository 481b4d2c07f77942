"""Whoever follows what happens is told of it, and the journal remembers that.

It fails nothing: what cannot be told is announced, and stays owed. The journal says what is owed to whom, so
a process that dies in between loses nothing; what it had sent already is sent again, under the same id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelops_git.core.errors import JournalError, LostRaceError, ModelopsError, UsageError
from modelops_git.core.journal.entry import Notified
from modelops_git.core.journal.listeners import owed_to
from modelops_git.core.notifying.following import changes, followers
from modelops_git.core.notifying.turns import Moment, given_up, turns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from modelops_git.core.journal.chain import Link, Writer
    from modelops_git.core.journal.state import EnvironmentState
    from modelops_git.core.manifests.notification import Notification
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.notifying.turns import Turn
    from modelops_git.edges.git.journal import Tip
    from modelops_git.edges.notifying.outlets import Outlet
    from modelops_git.edges.notifying.web import Delivery, Parcel

    Wanted = dict[str, tuple[Notification, ...]]
    Post = Callable[[Sequence[Parcel], int], list[Delivery]]
    Announce = Callable[[str], None]

TRIES = 10
"""How often others may be faster at the journal."""
_FAILURES = (ModelopsError, OSError, ValueError, OverflowError, RuntimeError)
"""Of the world; of a journal whose numbers or times nobody can have meant; of a system without threads."""


class Desk(Protocol):
    """The environment, as far as notifications need it: a `Ground` is one."""

    @property
    def name(self) -> str:
        """The environment's name."""

    @property
    def registry(self) -> Registry:
        """Its registry."""

    @property
    def lease(self) -> timedelta:
        """How long news are left to who wrote them."""

    @property
    def now(self) -> Callable[[], datetime]:
        """Asked for the time."""

    @property
    def written(self) -> set[int]:
        """The numbers of entries that this process wrote and has not told of yet."""

    @property
    def journal(self) -> Journal:
        """The environment's journal."""

    def writer(self) -> Writer:
        """Who writes, and when."""


class Journal(Protocol):
    """What is read and written of a journal."""

    def refresh(self) -> Tip:
        """The newest tip, of the remote."""

    def tip(self) -> Tip:
        """The newest tip that this clone knows."""

    def append(self, tip: Tip, links: Sequence[Link]) -> Tip:
        """Put entries behind `tip`."""


class _Sent(NamedTuple):
    """What became of what one listener was owed."""

    turn: Turn
    delivery: Delivery


def subscribe(desk: Desk, tip: Tip, announce: Announce) -> None:
    """Let the journal know who is told from here on, where modelops.yaml says another thing than before.

    Nothing is raised: where it cannot be written, the next round tries again.
    """
    if not desk.registry.notifications and not tip.environment.listeners:
        return
    wanted = followers(desk.registry, desk.name)
    try:
        _append(desk, tip, lambda known: changes(known.listeners, wanted))
    except _FAILURES as error:
        announce(f"{desk.name}: who is to be told what happens is not journaled yet: {_said(error)}")


def notify(desk: Desk, announce: Announce, post: Post | None = None) -> Tip | None:
    """Tell what is due now; nothing is raised.

    Args:
        desk: The environment.
        announce: Told in words what did not work.
        post: Sends messages; by default for real.

    Returns:
        The journal's tip, where something was noted in it.
    """
    try:
        return _notify(desk, announce, post) if desk.registry.notifications else None
    except _FAILURES as error:
        announce(f"{desk.name}: whom was told what is not journaled, so it may be told again: {_said(error)}")
        return None
    finally:
        desk.written.clear()  # whatever came of it: from now on what is owed must be claimed


def _said(error: Exception) -> str:
    return error.message if isinstance(error, ModelopsError) else str(error)


def _notify(desk: Desk, announce: Announce, post: Post | None) -> Tip | None:
    tip = desk.journal.tip()
    if not tip.environment.news:
        return None
    wanted = followers(desk.registry, desk.name)
    due = _due(desk, tip.environment)
    outlets = _outlets(wanted, [turn.key for turn in due], announce)
    tip, due = _claimed(desk, tip, [turn for turn in due if turn.key in outlets], outlets)
    if not due:
        return None
    sent = _post(desk, due, outlets, wanted, post)
    for one in sent:
        _report(desk, one, tip.environment, announce)
    return _append(desk, tip, lambda known: _results(desk, sent, known)) or tip


def _due(desk: Desk, known: EnvironmentState) -> list[Turn]:
    return turns(known, desk.written, Moment(desk.now(), desk.lease))


def _outlets(wanted: Wanted, keys: Sequence[str], announce: Announce) -> dict[str, Outlet]:
    """Where the messages go of which this machine knows that."""
    from modelops_git.edges.notifying.outlets import outlet_of

    found = {}
    for key in keys:
        try:
            if key in wanted:
                found[key] = outlet_of(wanted[key])
        except UsageError as error:
            announce(f"not told from here, but by whoever can: {error.message}")
    return found


def _claimed(desk: Desk, tip: Tip, due: list[Turn], outlets: dict[str, Outlet]) -> tuple[Tip, list[Turn]]:
    """What is ours to tell: what we wrote, and what we were the first to claim."""
    for _ in range(TRIES):
        claims = [Notified(key=turn.key, act="tries") for turn in due if turn.claims]
        if not claims:
            return tip, due
        try:
            return _put(desk, tip, claims), due
        except LostRaceError:
            tip = desk.journal.refresh()
            due = [turn for turn in _due(desk, tip.environment) if turn.key in outlets]
    return tip, [turn for turn in due if not turn.claims]


def _post(
    desk: Desk, due: list[Turn], outlets: dict[str, Outlet], wanted: Wanted, post: Post | None
) -> list[_Sent]:
    from modelops_git.core.notifying.messages import Place, compose
    from modelops_git.edges.notifying.web import MOST_AT_ONCE, Parcel, deliver

    place = Place(desk.registry.name, desk.name)
    bounded = [turn._replace(news=turn.news[:MOST_AT_ONCE]) for turn in due]
    parcels = [
        Parcel(outlets[turn.key], [compose(news, wanted[turn.key], place) for news in turn.news])
        for turn in bounded
    ]
    deliveries = (post or deliver)(parcels, int(desk.now().timestamp()))
    return [_Sent(turn, delivery) for turn, delivery in zip(bounded, deliveries, strict=True)]


def _report(desk: Desk, one: _Sent, known: EnvironmentState, announce: Announce) -> None:
    name = one.turn.key.partition(":")[2]
    left = len(one.turn.news) - len(one.delivery.sent)
    if left:
        announce(f"{desk.name}: {_count(left)} to {name} not sent, and tried again: {one.delivery.problem}")
    lost = next((each.lost for each in known.listeners or () if each.key == one.turn.key), 0)
    if lost:
        announce(f"{desk.name}: {_count(lost)} to {name} will never be sent: too many were waiting")


def _count(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"


def _results(desk: Desk, sent: list[_Sent], known: EnvironmentState) -> list[Notified]:
    """What is to be journaled of what is still owed at that tip."""
    said: list[Notified] = []
    for turn, delivery in sent:
        owed = {one.entry for one in owed_to(turn.key, known.news)}
        told = tuple(entry for entry in delivery.sent if entry in owed)
        if told:
            said.append(Notified(key=turn.key, act="sent", entries=told))
        failed = tuple(one for one in turn.news if one.entry not in delivery.sent)
        old = tuple(one.entry for one in given_up(failed, desk.now()) if one.entry in owed)
        if old:
            said.append(Notified(key=turn.key, act="gave-up", entries=old, reason=delivery.problem))
    return said


def _append(desk: Desk, tip: Tip, say: Callable[[EnvironmentState], list[Notified]]) -> Tip | None:
    """Append what there is to say at the newest tip; that tip, or None where there was nothing to say."""
    for _ in range(TRIES):
        said = say(tip.environment)
        if not said:
            return None
        try:
            return _put(desk, tip, said)
        except LostRaceError:
            tip = desk.journal.refresh()
    raise JournalError(f"{TRIES} writers were faster at the journal of {desk.name}")


def _put(desk: Desk, tip: Tip, said: list[Notified]) -> Tip:
    from modelops_git.core.journal.chain import extend

    return desk.journal.append(tip, extend(tip.environment, {}, said, desk.writer()))
