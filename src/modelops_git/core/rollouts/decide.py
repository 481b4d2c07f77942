"""The one function that says what comes next for a model in an environment.

Pure and total: the same on a merge, on a schedule, by hand and in a controller's loop. In this order:

- A hold that the target bears and the journal does not know is journaled first: a lost outbox loses nothing.
- An intent that nobody observed is a lease. While it lasts, wait; then adopt it: what the target shows is
  recorded, or the same absolute call is made again; a step whose version cannot serve ends at its deadline.
- A rollout under way is brought to its end before another begins; what else is wanted meanwhile is queued,
  refused, or takes its place, as the environment says. A way back always takes its place at once.
- Time alone raises a weight only where no analysis is due. Only a failed analysis or the deadline aborts: an
  error or an inconclusive verdict keeps the weight as it is. No rollback is ever aborted by the machine.
- An experiment stands beside what is live, and ends without changing it.
- What is held is left alone while the default branch still wants what the hold is against.
- A run is due when the wanted generation is not that of the last run that ended, when that run only made room
  for another wish, or when a retry was granted.
  Freezes, windows and soaking only put it off, and never a rollback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.clock import format_time
from modelops_git.core.journal.state import ModelState
from modelops_git.core.rollouts.advancing import advance, is_overdue
from modelops_git.core.rollouts.calendar import closed_at
from modelops_git.core.rollouts.decisions import (
    DRIFTED,
    Defer,
    End,
    Honour,
    Mend,
    Proceed,
    Record,
    Reissue,
    Settled,
    Start,
    Stay,
    Wait,
)
from modelops_git.core.rollouts.desired import action_towards
from modelops_git.core.rollouts.experimenting import begin_experiment, experiment_goes_on, without
from modelops_git.core.rollouts.situation import Moment, Situation
from modelops_git.core.rollouts.steps import course_towards

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from modelops_git.core.assessing.verdicts import Assessment
    from modelops_git.core.journal.runs import Action
    from modelops_git.core.journal.state import Intent
    from modelops_git.core.rollouts.decisions import Decision
    from modelops_git.core.rollouts.desired import Desired
    from modelops_git.core.routes import Observed


ABORTABLE = ("create", "promote")
"""What the machine may abort where the target cannot be brought to it."""


def decide(
    desired: Desired,
    state: ModelState | None,
    observed: Observed,
    measured: Mapping[str, Assessment],
    moment: Moment,
) -> Decision:
    """What comes next; at most one thing."""
    known = state or ModelState(model=desired.model)
    at = Situation(desired, known, observed, measured, moment)
    if observed.hold and observed.hold.id not in known.heard:
        return Honour(observed.hold, observed)
    if known.intent:
        return _adopt(at, known.intent)
    trial = known.trying and experiment_goes_on(at, known.trying)
    if trial:
        return trial
    if known.running:
        return advance(at, known.running)
    return _begin(at)


def _adopt(at: Situation, intent: Intent) -> Decision:
    if at.now < intent.at + at.moment.lease:
        return Wait(intent.at + at.moment.lease, "another apply announced a step and may be at it")
    is_mine = at.observed.stamp == intent.stamp
    if is_mine and at.observed.routes == intent.routes and not at.observed.problems:
        return Record(intent)
    run = at.state.running
    is_step = run is not None and run.run == intent.run and intent.ends is None
    if run and is_step and run.action in ABORTABLE and is_overdue(at, run):
        return End(run, "aborted", run.before, "the target could not be brought to it before the deadline")
    if is_mine and at.observed.routes != intent.routes:
        return _announced_again(at, intent)
    return Record(intent) if is_mine else Reissue(intent)


def _announced_again(at: Situation, intent: Intent) -> Decision:
    """A step anew: somebody edited what it had brought and left its stamp, so the same call does nothing."""
    run = at.state.announced
    if run is None:
        return Mend(intent.routes)
    if intent.ends is None:
        return Proceed(run, intent.index, intent.routes)
    return End(run, intent.ends, intent.routes, intent.reason or "")


def _begin(at: Situation) -> Decision:
    generation, state = at.desired.generation, at.state
    if state.hold_against(generation):
        return Settled("held")
    if _is_due(at):
        return _start(at, action_towards(at.desired, state))
    trial = begin_experiment(at)
    if trial is not None:
        return trial
    if (at.observed.routes, at.observed.stamp) != (state.routes, state.stamp):
        return Settled(DRIFTED)
    return Settled("live" if at.desired.routes else "not wanted")


def _is_due(at: Situation) -> bool:
    state, generation = at.state, at.desired.generation
    if state.run is None:
        return bool(at.desired.routes)  # what was only adopted is not retired before it was ever wanted
    is_unfinished = state.run.result == "superseded"  # it failed nothing, and is wanted again
    return is_unfinished or state.run.generation != generation or generation in state.retries


def _start(at: Situation, action: Action) -> Decision:
    later = _put_off(at, action)
    if later is not None:
        return _deferred(at, later)
    if at.state.trying is not None and at.state.trying.strategy == "split":
        return End(at.state.trying, "superseded", without(at.state), f"a {action} comes first")
    course = course_towards(at.desired, action, at.state)
    return Start(action, course, at.desired.generation, at.desired.routes)


def _put_off(at: Situation, action: Action) -> Defer | None:
    """Why a run is not begun now; a rollback and what changes no version are never put off."""
    generation, deferred = at.desired.generation, at.state.deferred
    if deferred and deferred.refused and deferred.generation == generation:
        if generation not in at.state.retries:
            return Defer(generation, deferred.reason, refused=True)
    elif action in ("rollback", "update"):
        return None
    closed = closed_at(at.desired.rules, at.now)
    if closed:
        return Defer(generation, closed.reason, closed.until)
    soak = at.desired.soak
    if soak and action != "retire" and (soak.until is None or at.now < soak.until):
        return Defer(generation, _soaking(at, soak.where, soak.until), soak.until)
    trial = at.state.trying
    if trial and trial.strategy == "split" and at.desired.experiment and action != "retire":
        until = at.desired.experiment.until
        return Defer(generation, f"a split experiment runs until {format_time(until)}", until)
    return None


def _soaking(at: Situation, where: str, until: datetime | None) -> str:
    span = at.desired.rules.soak
    if until is None:
        return f"it must have all traffic in {where} for {span} without a break, and has not now"
    return f"it must have all traffic in {where} for {span} without a break"


def _deferred(at: Situation, later: Defer) -> Decision:
    """Journal once that something is put off; then it only stays so."""
    known = at.state.deferred
    if known and (known.generation, known.reason, known.refused) == (
        later.generation,
        later.reason,
        later.refused,
    ):
        return Settled("refused") if later.refused else Stay(later.reason, later.until)
    return later
