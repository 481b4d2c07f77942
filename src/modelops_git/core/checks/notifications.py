"""Notifications that contradict each other, or themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from modelops_git.core.checks.base import Defect, check, pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.context import Context
    from modelops_git.core.manifests.notification import Notification, Webhook
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.registry import Registry


@check("MOG222", "notification-conflict", kinds=("Registry",))
def notification_conflict(document: Document, _context: Context) -> Iterator[Defect]:
    """Notifications use one environment variable for two things.

    A variable holds an address or a secret. What goes to one address is of one type and is signed with one
    secret: whoever listens there expects nothing else.

    Wrong:
    ```yaml
    notifications:
      - {type: webhook, url_env: HOOK_URL, secret_env: HOOK_SECRET, on: [run-ended]}
      - {type: slack, url_env: HOOK_URL, on: [hold-set]}
    ```
    Right:
    ```yaml
    notifications:
      - {type: webhook, url_env: HOOK_URL, secret_env: HOOK_SECRET, on: [run-ended]}
      - {type: slack, url_env: SLACK_URL, on: [hold-set]}
    ```
    """
    addresses: dict[str, Notification] = {}
    secrets = {secret for one in _webhooks(document) if (secret := one.secret_env)}
    for index, one in enumerate(cast("Registry", document.manifest).notifications):
        problem = _problem(one, addresses.setdefault(one.url_env, one), secrets)
        if problem:
            yield Defect(
                problem,
                document.place(pointer("notifications", index, "url_env")),
                "Give each address and each secret an environment variable of its own.",
            )


def _webhooks(document: Document) -> list[Webhook]:
    return [one for one in cast("Registry", document.manifest).notifications if one.type == "webhook"]


def _problem(one: Notification, first: Notification, secrets: set[str]) -> str:
    name = one.url_env
    if name in secrets:
        return f"{name} is said to hold an address and a secret."
    if one.type != first.type:
        return f"The address in {name} is said to take {first.type} and {one.type} messages."
    if one.type == "webhook" and first.type == "webhook" and one.secret_env != first.secret_env:
        said = [f"signed with {by}" if by else "not signed" for by in (first.secret_env, one.secret_env)]
        return f"Messages to the address in {name} are said to be {said[0]}, and {said[1]}."
    return ""


CHECKS = (notification_conflict,)
