"""Where a rollback goes to, when nobody says: the last version that was good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import RefusedError
from modelops_git.core.references import find_model, find_version
from modelops_git.core.rollouts.retreat import retreat_seen, whole_again
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

    Where no version is named, and two stand side by side, it is the one that served before. Otherwise it is
    the last that completed before the one that is live. Those that were rolled back from and those that are
    revoked are left out; where the journal is not known, it is what the target remembers.

    Raises:
        RefusedError: There is none, or the named one is revoked.
        UsageError: There is no such model or version.
    """
    if version:
        return _named(intent, state, model, version)
    for route in _candidates(state, observed):
        if not is_revoked(intent.catalog, model, route.version):
            return route
    if not observed.routes:
        find_model(intent.catalog, model)
    running = state.running if state else None
    takes_off = running is not None and stable(running.before) is None
    raise RefusedError(
        f"there is no earlier good version of {model} to go back to",
        hint="Name one with --to" + ("; `modelops abort` takes off the first one." if takes_off else "."),
    )


def _candidates(state: ModelState | None, observed: Observed) -> Iterator[Route]:
    back = retreat_seen(state, observed)
    before = stable(back.routes) if back else None
    if before is not None:
        yield before
    completed = state.completed if state else ()
    left = {route.digest for route in observed.routes if route.role != "mirror"}
    left |= {one.route.digest for one in completed if one.rolled_back}
    yield from (one.route for one in reversed(completed) if one.route.digest not in left)
    remembered = stable(observed.previous)
    if remembered is not None and remembered.digest not in left:
        yield whole_again(remembered)


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
