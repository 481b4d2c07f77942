"""The controller: round after round, for as long as it is let.

- Each tick fetches the default branch and the journals, and runs one round in each environment, in the order
  of promotion. What has not changed since the last one is not read again.
- A model that fails is left out of the rounds for a while, the longer the more often it has failed in a row,
  so that it neither stops the others nor slows them down. So is an environment whose journal fails, and the
  whole where the default branch cannot be fetched. What is merged meanwhile wakes the models at once.
- Nobody's step is waited for in a tick: the next one comes when its lease is over.
- It may run beside others, and beside CI: the journal is the lock.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import ModelopsError, UsageError
from modelops_git.engine.ground import utc_now
from modelops_git.engine.intent import in_order
from modelops_git.engine.recalling import Recalled
from modelops_git.engine.reconcile import Manner, Round, failed_round, run_round
from modelops_git.engine.retrying import Retries, spread
from modelops_git.engine.settling import Pace

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.starting import Tools

SHORTEST = timedelta(seconds=1)
"""Between two ticks, however much is due."""
_EVERYWHERE = ""


class Watch(NamedTuple):
    """What to watch.

    Attributes:
        environments: Their names; all where none is given.
        every: The time between two ticks where nothing is due earlier.
        heals: Whether drift is mended.
    """

    environments: tuple[str, ...]
    every: timedelta
    heals: bool = False


class Clock(NamedTuple):
    """What the controller asks of the world around it.

    Attributes:
        stops: Whether it is to come to an end.
        sleep: Waits some seconds, less where it is to come to an end.
        now: The time.
    """

    stops: Callable[[], bool]
    sleep: Callable[[float], object]
    now: Callable[[], datetime] = utc_now


@dataclass(slots=True)
class Beat:
    """One tick.

    Attributes:
        rounds: What was done, by environment; nothing of those that are left alone for now.
        problem: Why there could be no round at all; None where there could.
        at: When it ended.
        lasted: How many seconds it took.
        pause: How long it is until the next.
    """

    rounds: list[Round] = field(default_factory=list)
    problem: ModelopsError | None = None
    at: datetime | None = None
    lasted: float = 0.0
    pause: timedelta = SHORTEST

    @property
    def failures(self) -> int:
        """How many things failed."""
        return sum(len(one.failures) for one in self.rounds) + (self.problem is not None)


class Controller:
    """Brings on what is due, again and again."""

    def __init__(self, repository: Repository, watch: Watch, tools: Tools, clock: Clock) -> None:
        self._watch, self._tools, self._clock = watch, tools, clock
        self._known = Recalled(repository, clock.now)
        self._retries = Retries()
        self._commit = ""

    def run(self, tell: Callable[[Beat], None]) -> None:
        """Tick until it is to come to an end; `tell` is given each tick.

        Raises:
            UsageError: There is no environment of a name that was given.
        """
        while not self._clock.stops():
            beat = self.tick()
            tell(beat)
            if not self._clock.stops():
                self._clock.sleep(beat.pause.total_seconds())

    def tick(self) -> Beat:
        """One tick.

        Raises:
            UsageError: As for `run`, before the first round.
        """
        began, beat = time.monotonic(), Beat()
        try:
            self._rounds(beat)
            self._retries.worked(_EVERYWHERE)
        except (ModelopsError, OSError) as error:
            if isinstance(error, UsageError) and not self._commit:
                raise
            beat.problem = as_ours(error)
            self._retries.failed(_EVERYWHERE, self._clock.now())
        beat.at, beat.lasted = self._clock.now(), time.monotonic() - began
        beat.pause = self._pause(beat)
        return beat

    def _rounds(self, beat: Beat) -> None:
        intent = self._known.intent()
        names = in_order(intent.registry, self._watch.environments)
        if intent.commit != self._commit:
            self._wake(names)
            self._commit = intent.commit
        for name in names:
            if self._clock.stops():
                return
            if self._retries.until(name, self._clock.now()) is None:
                beat.rounds.append(self._round(intent, name))

    def _wake(self, names: tuple[str, ...]) -> None:
        """Try again at once what failed, but for environments that cannot be reached."""
        resting = {name: self._retries.until(name, self._clock.now()) for name in names}
        self._retries.forget(lambda what: resting.get(str(what)) is None)

    def _round(self, intent: Intent, name: str) -> Round:
        now = self._clock.now()
        manner = Manner(
            heals=self._watch.heals,
            pace=Pace(waits=False, stops=self._clock.stops),
            resting=lambda model: self._retries.until((name, model), now) is not None,
            remarks=self._known.remarks,
        )
        try:
            done = run_round(self._known.ground(intent, name), intent, self._tools, manner)
        except (ModelopsError, OSError) as error:
            self._retries.failed(name, now)
            return failed_round(intent, name, as_ours(error))
        self._retries.worked(name)
        self._note(name, done)
        return done

    def _note(self, name: str, done: Round) -> None:
        now, failed = self._clock.now(), {failure.model for failure in done.failures}
        for model in failed:
            self._retries.failed((name, model), now)
        for model in done.judged - failed:
            self._retries.worked((name, model))

    def _pause(self, beat: Beat) -> timedelta:
        """Until the next tick: when something is due, or the usual time."""
        now = self._clock.now()
        due = [one.again for one in beat.rounds if one.again]
        retry = self._retries.next(now)
        if beat.problem is not None:
            return max(SHORTEST, retry - now) if retry else SHORTEST
        times = [*due, *([retry] if retry else [])]
        return max(SHORTEST, min([spread(self._watch.every), *(one - now for one in times)]))


def as_ours(error: ModelopsError | OSError) -> ModelopsError:
    """An error of the system, such as a full disk, as one of ours."""
    return error if isinstance(error, ModelopsError) else ModelopsError(f"the system refused: {error}")
