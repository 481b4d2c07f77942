"""A rollout under way: whether its next step is due, what it waits for, or why it ends before its last.

- Its steps are those that were frozen when it began, whatever the manifest says since.
- Freezes and closed windows keep the weight where it is, and its deadline stands still meanwhile.
- Whoever pauses it keeps the weight; a failed analysis and the deadline still abort it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from modelops_git.core.clock import format_time
from modelops_git.core.rollouts.calendar import closed_at, open_time
from modelops_git.core.rollouts.decisions import Defer, End, Finish, Measure, Proceed, Stay
from modelops_git.core.rollouts.desired import action_towards
from modelops_git.core.routes import mirrors, stable

if TYPE_CHECKING:
    from datetime import datetime

    from modelops_git.core.assessing.verdicts import Assessment
    from modelops_git.core.journal.state import Run
    from modelops_git.core.rollouts.decisions import Decision
    from modelops_git.core.rollouts.situation import Situation
    from modelops_git.core.routes import Route


def advance(at: Situation, run: Run) -> Decision:
    """What comes next for a rollout under way."""
    step = run.current
    if step is None:
        return Proceed(run, 0, composed(at, run.steps[0].routes))
    if run.done >= len(run.steps):
        return Finish(run)
    return _other_wish(at, run) or _aborted(at, run) or _held_back(at, run) or _next(at, run)


def is_overdue(at: Situation, run: Run) -> bool:
    """Whether the run's deadline is over; time in which nothing new may go live does not count."""
    if run.deadline is None:
        return False
    return open_time(at.desired.rules, run.started_at, at.now) >= timedelta(seconds=run.deadline)


def composed(at: Situation, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    """The routes of a step, and the mirrors that stand beside it."""
    return (*routes, *mirrors(at.state.routes))


def said(judged: Assessment) -> str:
    """What an assessment says, in a sentence or several."""
    return "; ".join(one.reason for one in judged.deciding)


def _next(at: Situation, run: Run) -> Decision:
    return Proceed(run, run.done, composed(at, run.steps[run.done].routes), at.measured.get(run.run))


def _other_wish(at: Situation, run: Run) -> Decision | None:
    """What another wish than the run's leads to; None where the run goes on meanwhile."""
    desired = at.desired
    if desired.generation == run.generation:
        return None
    if desired.rules.on_new_revision == "supersede" or _is_way_back(at, run):
        wanted = stable(desired.routes)
        reason = f"{wanted.version if wanted else 'nothing'} is wanted now"
        return End(run, "superseded", composed(at, run.before_without_mirrors), reason)
    is_refused = desired.rules.on_new_revision == "reject"
    serving = stable(run.after)
    reason = f"a rollout of {serving.version if serving else 'nothing'} is under way"
    known = at.state.deferred
    if known and (known.generation, known.reason) == (desired.generation, reason):
        return None
    return Defer(desired.generation, reason, refused=is_refused)


def _is_way_back(at: Situation, run: Run) -> bool:
    """Whether what is wanted now is to leave the run's version: what served before, older, or nothing."""
    before, wanted = stable(run.before), stable(at.desired.routes)
    if wanted is None or (before is not None and before.digest == wanted.digest):
        return True
    return action_towards(at.desired, at.state) == "rollback"


def _aborted(at: Situation, run: Run) -> Decision | None:
    if is_overdue(at, run):
        return _abort(at, run, "it had not ended at its deadline")
    step = run.current
    if run.analysis or (step and step.analysis):
        judged = at.measured.get(run.run)
        if judged is None:
            return Measure(run)
        if judged.verdict == "failed":
            return _abort(at, run, said(judged), judged)
    pause = run.pause
    if pause and pause.then == "abort" and pause.until and at.now >= pause.until:
        return _abort(at, run, f"nobody resumed it until {format_time(pause.until.replace(microsecond=0))}")
    return None


def _abort(at: Situation, run: Run, reason: str, judged: Assessment | None = None) -> End:
    return End(run, "aborted", composed(at, run.before_without_mirrors), reason, judged)


def _held_back(at: Situation, run: Run) -> Stay | None:
    """What the weight stays as it is for, and what waits for that; None where the next step is due."""
    stay = _kept(at, run)
    if stay is None or at.desired.generation == run.generation:
        return stay
    return Stay(f"{stay.reason.removesuffix('.')}; {_queued(at)}", stay.until)


def _queued(at: Situation) -> str:
    """What becomes of another wish than the run's."""
    wanted = stable(at.desired.routes)
    version = wanted.version if wanted else "nothing"
    if at.desired.rules.on_new_revision == "reject":
        return f"{version}, which is wanted now, is refused until somebody says `modelops retry`"
    return f"{version}, which is wanted now, waits for its end"


def _kept(at: Situation, run: Run) -> Stay | None:
    judged = at.measured.get(run.run)
    stay = _not_yet(at, run)
    if stay is not None:
        return Stay(stay.reason, _sooner(stay.until, judged))
    if judged is not None and judged.verdict != "successful" and run.accepted != run.done:
        return Stay(said(judged), judged.look_again)
    closed = closed_at(at.desired.rules, at.now)
    return Stay(closed.reason, _sooner(closed.until, judged)) if closed else None


def _not_yet(at: Situation, run: Run) -> Stay | None:
    """What the step itself still waits for, whatever its analyses say."""
    step, pause = run.current, run.pause
    assert step is not None  # noqa: S101 - asked only of a run whose first step was observed
    if pause and not (pause.until and at.now >= pause.until):
        return Stay(f"paused by {pause.by}: {pause.reason}", pause.until)
    if step.lasts and run.step_at and at.now < run.step_at + timedelta(seconds=step.lasts):
        return Stay("the step lasts", run.step_at + timedelta(seconds=step.lasts))
    if step.until_resumed and run.resumed != run.done:
        return Stay("it waits for somebody to resume it")
    return None


def _sooner(until: datetime | None, judged: Assessment | None) -> datetime | None:
    """When to look again: a failed analysis aborts also what is not due yet."""
    times = [one for one in (until, judged.look_again if judged else None) if one]
    return min(times, default=None)
