"""What happened, in one sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.clock import format_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelops_git.core.journal.listeners import News

_ENDS = {
    "aborted": "was aborted",
    "rolled_back": "was rolled back",
    "failed": "failed",
    "superseded": "was superseded",
}


def headline(news: News, event: str, environment: str) -> str:
    """What happened; not escaped for any place where it may be shown."""
    say = _SAYINGS.get(event)
    return say(news, environment) if say else f"{environment}: {event} {_named(news)}"


def _named(news: News) -> str:
    return f"{news.model} {news.version}" if news.version else news.model or "everything"


def _started(news: News, environment: str) -> str:
    if news.action == "retire":
        return f"{environment}: {news.model} is being retired"
    former = f", where {news.former} serves" if news.former else ""
    what = "rollback to" if news.action == "rollback" else "rollout of"
    return f"{environment}: the {what} {_named(news)} began{former}"


def _ended(news: News, environment: str) -> str:
    if news.result == "succeeded":
        if news.action == "retire":
            return f"{environment}: {news.model} was retired"
        former = f", after {news.former}" if news.former else ""
        return f"{environment}: {_named(news)} is live{former}"
    serves = f"; {news.former} serves" if news.former else ""
    return f"{environment}: the rollout of {_named(news)} {_ENDS.get(news.result or '', 'ended')}{serves}"


def _deferred(news: News, environment: str) -> str:
    if news.refused:
        return f"{environment}: what is wanted of {news.model} is refused"
    until = f" until {format_time(news.until.replace(microsecond=0))}" if news.until else ""
    return f"{environment}: what is wanted of {news.model} waits{until}"


def _paused(news: News, environment: str) -> str:
    until = f" until {format_time(news.until.replace(microsecond=0))}" if news.until else ""
    return f"{environment}: the rollout of {_named(news)} was paused{until}"


_SAYINGS: dict[str, Callable[[News, str], str]] = {
    "adopted": lambda news, where: f"{where}: {_named(news)} was adopted as it is served",
    "run-started": _started,
    "paused": _paused,
    "resumed": lambda news, where: f"{where}: the rollout of {_named(news)} goes on",
    "deferred": _deferred,
    "run-ended": _ended,
    "hold-set": lambda news, where: f"{where}: {news.model} is held at {news.version or 'nothing'}",
    "hold-cleared": lambda news, where: f"{where}: the hold on {news.model} was lifted",
    "retry-granted": lambda news, where: f"{where}: what is wanted of {news.model} may be tried again",
    "drift-observed": lambda news, where: f"{where}: the target of {news.model} has drifted ({news.drift})",
    "drift-healed": lambda news, where: f"{where}: the target of {_named(news)} is as it should be again",
    "retired": lambda news, where: f"{where}: {news.model} is no longer live",
    "break-glass": lambda news, where: f"{where}: somebody went round the rules for {_named(news)}",
}
