"""What served, and what made a prediction, as people and programs read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.reviews import BY_MESSAGE
from modelops_git.core.routes import ALL
from modelops_git.faces.reporting.deployments import time_json, time_text

if TYPE_CHECKING:
    from datetime import datetime

    from modelops_git.core.journal.answering import Met
    from modelops_git.core.journal.timeline import Episode, Period
    from modelops_git.core.routes import Assign, Route
    from modelops_git.core.serving.prediction_ids import PredictionId
    from modelops_git.engine.attribution import Answer, Maker
    from modelops_git.faces.reporting.lines import Line

_ROLES = {
    "stable": "which answered all that nothing else was chosen for",
    "candidate": "which was a candidate",
    "mirror": "which was shown requests as a mirror, and answered nobody",
    "preview": "which answered those who asked for a preview",
}


def episode_json(episode: Episode | None) -> dict[str, Any]:
    """What brought something, and who is behind it, for programs."""
    return {
        "action": episode.action if episode else None,
        "run": episode.run if episode else None,
        "by": episode.by if episode else None,
        "commit": (episode.commit or None) if episode else None,
        "pull_request": (episode.pull_request or None) if episode else None,
        "approvals": [approval.as_json() for approval in episode.approvals] if episode else [],
    }


def served_json(period: Period | None, routes: tuple[Route, ...]) -> dict[str, Any]:
    """What served in a period, and since when, for programs."""
    return {
        "served": [_route_json(route, period) for route in routes],
        "certain": period.is_certain if period else True,
        "since": time_json(period.since) if period else None,
        "until": time_json(period.until) if period else None,
        **episode_json(period.episode if period else None),
    }


def _route_json(route: Route, period: Period | None) -> dict[str, Any]:
    return {**route.as_json(), "came_by": episode_json(_came_by(route, period) if period else None)}


def _came_by(route: Route, period: Period) -> Episode | None:
    known = zip(period.routes, period.came_by, strict=True)
    return next((episode for one, episode in known if one == route), None)


def served_lines(period: Period | None, where: str) -> list[Line]:
    """What served, and who brought it."""
    if period is None or not period.routes:
        return [f"Nothing served {where}."]
    either = "" if period.is_certain else "either: "
    lines: list[Line] = [f"{either}{_share(route)} {where}" for route in period.routes]
    return [*lines, *_period_lines(period, period.routes)]


def met_lines(period: Period | None, met: Met | None, key: str, where: str) -> list[Line]:
    """Which version a caller met, and who brought it."""
    if period is None or met is None or not met.routes:
        return [f"Nothing served {where}."]
    if len(met.routes) == 1:
        (route,) = met.routes
        others = "" if met.assign is None else f", as {_decider(met.assign)} decided"
        head: list[Line] = [f"The caller {key} met {route.version} of {where}{others}"]
    elif met.is_chance:
        head = [f"No key decided of {where}: each request met one of these by chance"]
        head += [f"  {route.version}, {route.weight} % of the requests" for route in met.routes]
    else:
        versions = " or ".join(route.version for route in met.routes)
        head = [f"The caller {key} met either {versions} of {where}: routes were being changed"]
    return [*head, *_period_lines(period, met.routes)]


def _decider(assign: Assign) -> str:
    return f"the header {assign.header}" if assign.header else f"the cookie {assign.cookie}"


def assign_json(assign: Assign | None) -> dict[str, Any] | None:
    """What of a request decided, for programs."""
    return assign.as_json() if assign else None


def _period_lines(period: Period, routes: tuple[Route, ...]) -> list[Line]:
    lines: list[Line] = []
    for route in routes:
        lines.append(f"  manifest of {route.version} {route.digest}")
        came_by = _came_by(route, period)
        if came_by != period.episode:
            lines += [f"  {line.strip()}, which brought {route.version}" for line in _by(came_by)[:1]]
            lines += _by(came_by)[1:]
    return [*lines, _span(period), *_by(period.episode)]


def _span(period: Period) -> str:
    return f"  from {time_text(period.since)} until {time_text(period.until) if period.until else 'now'}"


def _by(episode: Episode | None) -> list[str]:
    """Who is behind what happened; the review where the journal holds one."""
    if episode is None:
        return []
    commit = f", commit {episode.commit}" if episode.commit else ""
    return [f"  by {episode.action} of {episode.by}{commit}", *_review(episode)]


def _review(episode: Episode) -> list[str]:
    people = ", ".join(dict.fromkeys(approval.by for approval in episode.approvals))
    parts = [f"pull request {episode.pull_request}"] if episode.pull_request else []
    parts += [f"approved by {people}"] if people else []
    said = ", as the commit says" if all(one.source == BY_MESSAGE for one in episode.approvals) else ""
    return [f"  {', '.join(parts)}{said}"] if parts else []


def _share(route: Route) -> str:
    """What a version did for requests: the end of that sentence is where and when."""
    if route.role == "mirror":
        return f"{route.version} was shown {route.weight} % and answered nothing of"
    if route.role == "previous":
        return f"{route.version} stood by, and served nothing of"
    if route.role == "preview":
        return f"{route.version} served those who asked for a preview of"
    if route.weight == ALL:
        return f"{route.version} served"
    return f"{route.version} served {route.weight} % of"


def made_json(said: PredictionId, answer: Answer) -> dict[str, Any]:
    """Who made a prediction, for programs."""
    return {
        "prediction": said.text,
        "at": time_json(said.at),
        "made_by": [_maker_json(maker) for maker in answer.makers],
        "unread": list(answer.unread),
    }


def _maker_json(maker: Maker) -> dict[str, Any]:
    made = maker.made
    return {
        "environment": maker.environment,
        "model": maker.model,
        **made.route.as_json(),
        "found": made.how,
        "since": time_json(made.period.since),
        "until": time_json(made.period.until),
        **episode_json(made.came_by),
    }


def made_lines(said: PredictionId, answer: Answer) -> list[Line]:
    """Who made a prediction, and who brought that version."""
    lines: list[Line] = [f"Prediction {said.text} of {time_text(said.at)} was made"]
    if len(answer.makers) > 1:
        lines = [f"{lines[0]} in one of several environments; say --env where you know it"]
    for maker in answer.makers:
        lines += _maker_lines(maker, said.at)
    return [
        *lines,
        *(f"  the journal of {name} could not be read, and was not asked" for name in answer.unread),
    ]


def _maker_lines(maker: Maker, at: datetime) -> list[Line]:
    made = maker.made
    who = f"by {made.route.version} of {maker.model} in {maker.environment}, {_ROLES[made.route.role]}"
    lines: list[Line] = [who, f"  manifest of {made.route.version} {made.route.digest}", _span(made.period)]
    if made.how == "replaced" and made.period.until:
        late = round((at - made.period.until).total_seconds())
        lines.append(f"  by the journal {late} s before it; gateways go on until the next version is loaded")
    if made.how == "early":
        soon = round((made.period.since - at).total_seconds())
        lines.append(f"  by the journal {soon} s after it; clocks differ")
    if made.came_by is None:
        return [*lines, "  it was adopted: who brought it, the journal does not know"]
    run = f"  run {made.came_by.run}"
    return [
        *lines,
        *_by(made.came_by)[:1],
        run,
        *(_review(made.came_by) or ["  no pull request or approval is recorded"]),
    ]
