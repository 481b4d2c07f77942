"""Where a rollback goes to, when nobody says: the last version that was good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import RefusedError
from modelops_git.core.references import find_model, find_version
from modelops_git.core.routes import stable
from modelops_git.engine.intent import route_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.catalog import Catalog
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.routes import Observed, Route
    from modelops_git.engine.intent import Intent


def fall_back_to(
    intent: Intent, state: ModelState | None, observed: Observed, model: str, version: str
) -> Route:
    """The route to go back to.

    Where no version is named, it is the last that completed before the one that is live, leaving out those
    that were rolled back from and those that are revoked; where the journal is not known, what the target
    remembers.

    Raises:
        RefusedError: There is none, or the named one is revoked.
        UsageError: There is no such model or version.
    """
    live = stable(observed.routes)
    if version:
        return _named(intent, state, model, version)
    for route in _candidates(state, observed):
        if (live is None or route.digest != live.digest) and not is_revoked(
            intent.catalog, model, route.version
        ):
            return route
    if live is None:
        find_model(intent.catalog, model)
    raise RefusedError(
        f"there is no earlier good version of {model} to go back to",
        hint="Name one with --to.",
    )


def _candidates(state: ModelState | None, observed: Observed) -> Iterator[Route]:
    if state is not None:
        yield from (one.route for one in reversed(state.completed) if not one.rolled_back)
    remembered = stable(observed.previous)
    if remembered is not None:
        yield remembered


def _named(intent: Intent, state: ModelState | None, model: str, version: str) -> Route:
    if is_revoked(intent.catalog, model, version):
        raise RefusedError(f"{model} {version} is revoked", hint=f"See `modelops show {model}@{version}`.")
    known = [one.route for one in (state.completed if state else ()) if one.route.version == version]
    if known:
        return known[-1]
    return route_to(find_version(intent.catalog, model, version))


def is_revoked(catalog: Catalog, model: str, version: str) -> bool:
    """Whether a notice revokes the version."""
    return any(notice.manifest.type == "revoked" for notice in catalog.notices(model, version))
