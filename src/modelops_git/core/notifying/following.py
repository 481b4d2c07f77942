"""Who follows what happens in an environment: as modelops.yaml says, and as the journal knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.journal.entry import Notified
from modelops_git.core.journal.listeners import Wants

if TYPE_CHECKING:
    from modelops_git.core.journal.listeners import Listener
    from modelops_git.core.manifests.notification import Notification
    from modelops_git.core.manifests.registry import Registry


def key_of(manifest: Notification) -> str:
    """What a journal calls it: by the variable that holds its address, so that its filters may change."""
    return f"{manifest.type}:{manifest.url_env}"


def followers(registry: Registry, environment: str) -> dict[str, tuple[Notification, ...]]:
    """The notifications about an environment, by key; what goes to one address is one of them."""
    found: dict[str, tuple[Notification, ...]] = {}
    for one in registry.notifications:
        if one.environments is None or environment in one.environments:
            found[key_of(one)] = (*found.get(key_of(one), ()), one)
    return found


def wants_of(manifests: tuple[Notification, ...]) -> tuple[Wants, ...]:
    """What one address is told of."""
    return tuple(Wants(on=one.on, models=one.models) for one in manifests)


def changes(
    known: tuple[Listener, ...] | None, wanted: dict[str, tuple[Notification, ...]]
) -> list[Notified]:
    """What is to be journaled so that the journal knows who follows; nothing where it does already."""
    before = {one.key: one.wants for one in known or ()}
    after = {key: wants_of(manifests) for key, manifests in wanted.items()}
    fresh = [key for key, wants in after.items() if before.get(key) != wants]
    left = [key for key in before if key not in after]
    return [
        *(Notified(key=key, act="follows", wants=after[key]) for key in sorted(fresh)),
        *(Notified(key=key, act="left") for key in sorted(left)),
    ]
