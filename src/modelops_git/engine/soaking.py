"""What a version must still wait for in the environments that it is promoted from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.clock import parse_duration
from modelops_git.core.journal.serving import soaked
from modelops_git.core.rollouts.desired import Soak
from modelops_git.core.routes import whole
from modelops_git.engine.ground import stand

if TYPE_CHECKING:
    from datetime import timedelta

    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.routes import Route
    from modelops_git.edges.git.journal import JournalBranch, Tip
    from modelops_git.engine.ground import Ground


class Upstream:
    """The journals of the environments that one is promoted from; read when they are first asked for.

    Args:
        ground: The environment.
        offline: Whether no remote is asked.
    """

    def __init__(self, ground: Ground, *, offline: bool = False) -> None:
        self._ground, self._offline = ground, offline
        self._journals: dict[str, tuple[JournalBranch, Tip]] = {}

    def soak(self, model: str, wanted: Route | None, state: ModelState | None) -> Soak | None:
        """What `wanted` still waits for; None where it need not, as where it serves here already.

        Raises:
            JournalError: The journal of such an environment cannot be read.
        """
        span = self._ground.environment.soak
        live = whole(state.routes) if state else None
        if wanted is None or span is None or (live and live.digest == wanted.digest):
            return None
        needed = parse_duration(span)
        soaks = [
            self._soak(name, model, wanted.digest, needed) for name in self._ground.environment.promote_from
        ]
        left = [one for one in soaks if one is not None]
        stuck = [one for one in left if one.until is None]
        return stuck[0] if stuck else max(left, key=lambda one: str(one.until), default=None)

    def _soak(self, name: str, model: str, digest: str, needed: timedelta) -> Soak | None:
        journal, tip = self._journal(name)
        state = journal.state(tip, model)
        if state is None:
            return Soak(name, None)
        if soaked(state, digest, self._ground.now()) >= needed:
            return None
        live = whole(state.routes)
        is_there = live is not None and live.digest == digest and state.whole_since is not None
        return Soak(name, state.whole_since + needed if is_there and state.whole_since else None)

    def _journal(self, name: str) -> tuple[JournalBranch, Tip]:
        """The journal of an environment, and its tip, which is asked for once."""
        if name not in self._journals:
            journal = stand(self._ground.repository, self._ground.registry, name).journal
            self._journals[name] = journal, journal.tip() if self._offline else journal.refresh()
        return self._journals[name]
