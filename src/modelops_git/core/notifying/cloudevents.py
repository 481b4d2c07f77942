"""News for programs: a CloudEvent in structured mode, in JSON.

Source: CloudEvents 1.0.2, and its JSON Event Format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.digests import canonical_json

if TYPE_CHECKING:
    from modelops_git.core.journal.listeners import News
    from modelops_git.core.routes import Route

TYPE_PREFIX = "io.modelops."
_NAMED = (
    "model",
    "run",
    "action",
    "result",
    "version",
    "digest",
    "reason",
    "refused",
    "drift",
    "ticket",
    "until",
    "pull_request",
)


def cloud_event(news: News, event: str, registry: str, environment: str) -> bytes:
    """The event, as canonical JSON.

    Args:
        news: What happened.
        event: Its name in modelops.yaml, such as `run-ended`.
        registry: The registry's name.
        environment: The environment's name.
    """
    facts = news.as_json()
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": news.id,
        "source": f"modelops://{registry}/{environment}",
        "type": f"{TYPE_PREFIX}{event}",
        "time": facts["at"],
        "datacontenttype": "application/json",
        "data": _data(news, facts) | {"registry": registry, "environment": environment, "event": event},
    }
    return canonical_json(envelope | ({"subject": news.model} if news.model else {}))


def _data(news: News, facts: dict[str, Any]) -> dict[str, Any]:
    data = {name: facts[name] for name in _NAMED if name in facts}
    former = {"former_version": news.former} if news.former else {}
    return {
        **data,
        **former,
        "by": news.by,
        "entry": news.entry,
        "routes": [_route(one) for one in news.routes],
        "approvals": list(news.approvals),
    }


def _route(route: Route) -> dict[str, Any]:
    return {"role": route.role, "version": route.version, "digest": route.digest, "weight": route.weight}
