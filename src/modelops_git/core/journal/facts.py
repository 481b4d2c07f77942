"""What there is to tell of an entry: the version that it is about, what serves, why, and whose doing it was.

What is written here goes into the state of the environment, which audits compare with the fold of the
entries: for entries that exist it may not change any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.journal import entry as entries
from modelops_git.core.journal import runs
from modelops_git.core.journal.listeners import News
from modelops_git.core.routes import stable

if TYPE_CHECKING:
    from modelops_git.core.journal.entry import Entry
    from modelops_git.core.journal.state import ModelState, Run
    from modelops_git.core.routes import Route

LONGEST_TEXT, LONGEST_NAME = 500, 200
_TRIED = ("candidate", "mirror")


def news_of(
    entry: Entry, events: tuple[str, ...], before: ModelState | None, after: ModelState | None
) -> News:
    """What there is to tell of an entry, owed to nobody yet."""
    payload = entry.payload
    run = _run(entry, events, before, after)
    about = _of_run(run) if run else _of_hold(payload, before) or _of_target(before, after)
    news = News(
        entry=entry.sequence,
        id=entry.digest.removeprefix("sha256:"),
        at=entry.at,
        events=events,
        model=entry.model or None,
        by=_by(entry)[:LONGEST_NAME],
        owed=(),
        routes=after.routes if after else (),
        reason=_reason(payload),
        until=getattr(payload, "until", None),
        refused=getattr(payload, "refused", None),
        drift=getattr(payload, "drift", None),
        ticket=_cut(getattr(payload, "ticket", None)),
    )
    return news.model_copy(update=about)


def _run(
    entry: Entry, events: tuple[str, ...], before: ModelState | None, after: ModelState | None
) -> Run | None:
    """The run that an entry is about, as it is known afterwards."""
    name = getattr(entry.payload, "run", None)
    if isinstance(entry.payload, entries.HoldSet) and before and "run-ended" in events:
        ended = before.running if before.running and not (after and after.running) else before.trying
        name = ended and ended.run
    return after.run_named(name) if after and name else None


def _of_run(run: Run) -> dict[str, Any]:
    tried = [route for route in run.after if route.role in _TRIED]
    led = tried[0] if tried else stable(run.after)
    facts = {"run": run.run, "action": run.action, "result": run.result, "reason": _cut(run.reason)}
    present = {name: value for name, value in facts.items() if value is not None}
    return present | _version(led, stable(run.before))


def _of_hold(payload: entries.Payload, before: ModelState | None) -> dict[str, Any] | None:
    if not isinstance(payload, entries.HoldSet):
        return None
    return _version(payload.hold.serve, stable(before.routes) if before else None)


def _of_target(before: ModelState | None, after: ModelState | None) -> dict[str, Any]:
    was, serves = (stable(one.routes) if one else None for one in (before, after))
    is_same = was is not None and serves is not None and was.digest == serves.digest
    return _version(serves, None if is_same else was)


def _version(route: Route | None, former: Route | None) -> dict[str, Any]:
    named = {"version": route.version, "digest": route.digest} if route else {}
    return named | ({"former": former.version} if former else {})


def _by(entry: Entry) -> str:
    payload = entry.payload
    if isinstance(payload, entries.HoldSet):
        return payload.hold.by
    if isinstance(payload, runs.RunStarted):
        return payload.author
    return entry.on_behalf_of or entry.actor.name


def _reason(payload: entries.Payload) -> str | None:
    if isinstance(payload, entries.HoldSet):
        return _cut(payload.hold.reason)
    return _cut(getattr(payload, "detail", None) or getattr(payload, "reason", None))


def _cut(text: str | None) -> str | None:
    return text[:LONGEST_TEXT] if text else None
