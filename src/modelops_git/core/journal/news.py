"""The fold of what people are to be told: pure, and without listeners nothing at all.

- A listener is owed news of what happens from the entry on by which it began to follow.
- What is owed stays until an entry says that it was told or given up, or the listener has left.
- News that nobody is owed are forgotten; so are the oldest beyond `MOST`, and that is counted.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.journal.entry import Notified
from modelops_git.core.journal.facts import news_of
from modelops_git.core.journal.listeners import Listener, News, Review
from modelops_git.core.journal.runs import RunStarted
from modelops_git.core.journal.transitions import events_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from modelops_git.core.journal.entry import Entry
    from modelops_git.core.journal.listeners import Wants
    from modelops_git.core.journal.state import EnvironmentState, ModelState

MOST = 100
"""How many news are remembered, and how many reviews of runs under way."""
MOST_APPROVALS, LONGEST_NAME = 20, 200


class Known(NamedTuple):
    """What was known of an entry's model before it, and is known since."""

    before: ModelState | None = None
    after: ModelState | None = None


def fold_news(state: EnvironmentState, entry: Entry, known: Known) -> dict[str, Any]:
    """The change of what is owed to whom; nothing where nobody listens, as in journals without listeners."""
    if isinstance(entry.payload, Notified):
        act = _ACTS.get(entry.payload.act or "")
        return act(state, entry, entry.payload) if act else {}
    if not state.listeners:
        return {}
    events = events_of(entry, known.before, known.after)
    owed = tuple(one.key for one in state.listeners if _is_wanted(one, events, entry.model))
    reviews = (*(state.reviews or ()), *_review(entry))
    left = tuple(one for one in reviews if not _has_ended(one.run, known.after))
    changes: dict[str, Any] = {"reviews": left[-MOST:] or None}
    if not owed:
        return changes
    news = news_of(entry, events, known.before, known.after).model_copy(update={"owed": owed})
    return changes | _with_news(state, _reviewed(news, reviews))


def _is_wanted(listener: Listener, events: tuple[str, ...], model: str) -> bool:
    return any(is_about(one, events, model) for one in listener.wants)


def is_about(wants: Wants, events: Iterable[str], model: str) -> bool:
    """Whether somebody who wants that is told of such events of `model`."""
    if not any(event in wants.on for event in events):
        return False
    return not model or any(fnmatchcase(model, pattern) for pattern in wants.models)


def _with_news(state: EnvironmentState, news: News) -> dict[str, Any]:
    known = (*(state.news or ()), news)
    dropped, kept = known[:-MOST], known[-MOST:]
    if not dropped:
        return {"news": kept}
    lost = [key for one in dropped for key in one.owed]
    counted = (
        one.model_copy(update={"lost": one.lost + lost.count(one.key)}) for one in state.listeners or ()
    )
    return {"news": kept, "listeners": tuple(counted)}


def _review(entry: Entry) -> tuple[Review, ...]:
    """How the change was reviewed whose run begins with `entry`; nothing where none begins or nobody did."""
    payload = entry.payload
    if not isinstance(payload, RunStarted) or not (payload.pull_request or payload.approvals):
        return ()
    by = tuple(one.by[:LONGEST_NAME] for one in payload.approvals[:MOST_APPROVALS])
    where = payload.pull_request and payload.pull_request[:LONGEST_NAME]
    return (Review(run=payload.run, pull_request=where, approvals=by),)


def _reviewed(news: News, reviews: tuple[Review, ...]) -> News:
    found = next((one for one in reviews if one.run == news.run), None)
    if found is None:
        return news
    return news.model_copy(update={"pull_request": found.pull_request, "approvals": found.approvals})


def _has_ended(run: str, state: ModelState | None) -> bool:
    known = state.run_named(run) if state else None
    return known is not None and known.ended_at is not None


def _follows(state: EnvironmentState, entry: Entry, said: Notified) -> dict[str, Any]:
    del entry
    known = {one.key: one for one in state.listeners or ()}
    fresh = Listener(key=said.key, wants=())
    known[said.key] = known.get(said.key, fresh).model_copy(update={"wants": said.wants or ()})
    return {"listeners": tuple(known[key] for key in sorted(known))}


def _left(state: EnvironmentState, entry: Entry, said: Notified) -> dict[str, Any]:
    del entry
    others = tuple(one for one in state.listeners or () if one.key != said.key)
    left = {"listeners": others or None, "news": _settled(state, said.key, None)}
    return left if others else left | {"reviews": None}


def _tries(state: EnvironmentState, entry: Entry, said: Notified) -> dict[str, Any]:
    return _listener(state, said.key, lambda one: {"tried": entry.at, "tries": one.tries + 1})


def _sent(state: EnvironmentState, entry: Entry, said: Notified) -> dict[str, Any]:
    del entry
    well = _listener(state, said.key, lambda _: {"tried": None, "tries": 0, "lost": 0})
    return well | {"news": _settled(state, said.key, said.entries)}


def _gave_up(state: EnvironmentState, entry: Entry, said: Notified) -> dict[str, Any]:
    del entry
    counted = _listener(state, said.key, lambda _: {"lost": 0})
    return counted | {"news": _settled(state, said.key, said.entries)}


def _listener(
    state: EnvironmentState, key: str, change: Callable[[Listener], dict[str, Any]]
) -> dict[str, Any]:
    known = state.listeners or ()
    changed = (one.model_copy(update=change(one)) if one.key == key else one for one in known)
    return {"listeners": tuple(changed) or None}


def _settled(state: EnvironmentState, key: str, entries: tuple[int, ...] | None) -> tuple[News, ...] | None:
    """The news without what is owed no longer: those of `entries`, or all."""
    left: list[News] = []
    for one in state.news or ():
        is_settled = entries is None or one.entry in entries
        owed = tuple(other for other in one.owed if other != key) if is_settled else one.owed
        if owed:
            left.append(one.model_copy(update={"owed": owed}))
    return tuple(left) or None


_ACTS: dict[str, Callable[[EnvironmentState, Entry, Notified], dict[str, Any]]] = {
    "follows": _follows,
    "left": _left,
    "tries": _tries,
    "sent": _sent,
    "gave-up": _gave_up,
}
