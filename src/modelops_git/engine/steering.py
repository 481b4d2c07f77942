"""`pause`, `resume` and `retry`: what people say to a rollout, by an entry of the journal.

The traffic stays as it is in that moment: the next tick does what the entry says. Where the remote does not
answer, it waits in the outbox of this clone, and nobody else knows of it yet.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from modelops_git.core.errors import JournalError, ModelopsError, RefusedError, UsageError
from modelops_git.core.journal.entry import HoldSet, RetryGranted
from modelops_git.core.journal.runs import Paused, Resumed
from modelops_git.core.journal.state import ModelState
from modelops_git.core.references import find_model
from modelops_git.engine.ground import readable
from modelops_git.engine.intent import desired_of
from modelops_git.engine.telling import heard, tell

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from modelops_git.core.journal.state import Run
    from modelops_git.core.routes import Route
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.outbox import Asked
    from modelops_git.engine.telling import Told

AT_ONCE = "asked for by hand"


class Wish(NamedTuple):
    """What is said of a model.

    Attributes:
        model: The model.
        reason: For the record; may be empty.
        lasts: How long a pause lasts; None until somebody resumes.
        then: What happens after that time.
        accepts: Whether the step is taken for good although its analyses have not succeeded.
    """

    model: str
    reason: str = ""
    lasts: timedelta | None = None
    then: Literal["resume", "abort"] | None = None
    accepts: bool = False


@dataclass(frozen=True, slots=True)
class Steered:
    """What was said.

    Attributes:
        run: The run that it is about; None where it is about what is held or refused.
        text: What it means, in words.
        routes: What the target was last seen to serve.
        told: Whether the journal knows.
        until: When a pause is over.
        kept_back: Why what may be tried again was kept back.
    """

    run: Run | None
    text: str
    routes: tuple[Route, ...]
    told: Told
    until: datetime | None = None
    kept_back: str = ""


class _Seen(NamedTuple):
    """What is known of a model, with what waits in the outbox, and why the journal did not answer.

    Attributes:
        state: What is known.
        problem: Empty where the journal answered.
        unheard: The hold that the target bears and that the journal is told of on this occasion.
    """

    state: ModelState
    problem: str
    unheard: tuple[HoldSet, ...] = ()


def pause(ground: Ground, intent: Intent, wish: Wish) -> Steered:
    """Let a rollout stand still.

    Raises:
        RefusedError: None is under way.
        JournalError: Nothing at all is known of the journal.
    """
    if wish.then and wish.lasts is None:
        raise UsageError("--then says what happens after a time, which --for gives")
    seen = _look(ground, intent, wish.model)
    run = _running(ground, wish, seen.state)
    until = ground.now() + wish.lasts if wish.lasts is not None else None
    asked = Paused(
        id=uuid.uuid4().hex,
        model=wish.model,
        run=run.run,
        reason=readable(wish.reason or AT_ONCE),
        until=until,
        then=(wish.then or "resume") if until else None,
    )
    told = _say(ground, seen, asked)
    return Steered(run, f"stands still at {_place(run)}", seen.state.routes, told, until)


def resume(ground: Ground, intent: Intent, wish: Wish) -> Steered:
    """Let a rollout go on that was paused, that waits for somebody, or whose step is taken for good.

    Raises:
        RefusedError: None is under way, or it waits for nobody.
        JournalError: Nothing at all is known of the journal.
    """
    seen = _look(ground, intent, wish.model)
    run = _running(ground, wish, seen.state)
    text = _resumed(ground, run, wish)
    asked = Resumed(
        id=uuid.uuid4().hex,
        model=wish.model,
        run=run.run,
        reason=readable(wish.reason) or None,
        accepts=wish.accepts,
    )
    return Steered(run, text, seen.state.routes, _say(ground, seen, asked))


def retry(ground: Ground, intent: Intent, wish: Wish) -> Steered:
    """Let what main wants be tried again that is held, was refused, or has failed.

    Raises:
        RefusedError: It is none of these.
        JournalError: Nothing at all is known of the journal.
    """
    seen = _look(ground, intent, wish.model, with_hold=True)
    reasons = _kept_back(seen.state)
    if not reasons:
        raise RefusedError(
            f"nothing of {wish.model} is held, refused or has failed in {ground.name}",
            hint=f"See `modelops status {wish.model} --env {ground.name}`.",
        )
    generation = _chosen(ground, intent, wish.model, reasons)
    asked = RetryGranted(
        id=uuid.uuid4().hex,
        model=wish.model,
        generation=generation,
        reason=readable(wish.reason or AT_ONCE),
    )
    told = _say(ground, seen, asked)
    return Steered(None, "may be tried again", seen.state.routes, told, kept_back=reasons[generation])


def _look(ground: Ground, intent: Intent, model: str, *, with_hold: bool = False) -> _Seen:
    """What is known of the model: from the journal, or from what this clone saw of it last."""
    problem = ""
    try:
        tip = ground.journal.refresh()
    except ModelopsError as error:
        problem, tip = error.message, ground.journal.tip()
    states = heard(ground, tip, ground.journal.states(tip))
    unheard = _unheard(ground, model, states.get(model)) if with_hold else ()
    state = heard(ground, tip, states, unheard).get(model)
    if state is None:
        find_model(intent.catalog, model)
    return _Seen(state or ModelState(model=model), problem, unheard)


def _say(ground: Ground, seen: _Seen, asked: Asked) -> Told:
    """Write down what is asked for; here nothing else bears it, so it must be written somewhere."""
    told = tell(ground, [*seen.unheard, asked], seen.problem)
    if told.problem and told.waits_in is None:
        raise JournalError(f"it can be written nowhere: the journal cannot be; {told.problem}")
    return told


def _running(ground: Ground, wish: Wish, state: ModelState) -> Run:
    if state.running is not None:
        return state.running
    where = f"{wish.model} --env {ground.name}"
    if state.trying is not None:
        raise RefusedError(
            f"only a {state.trying.strategy} experiment of {wish.model} is under way in {ground.name}, which "
            "stands still anyway",
            hint=f"To end it: modelops abort {where}",
        )
    raise RefusedError(
        f"no rollout of {wish.model} is under way in {ground.name}", hint=f"See `modelops status {where}`."
    )


def _place(run: Run) -> str:
    return f"step {run.done} of {len(run.steps)}"


def _resumed(ground: Ground, run: Run, wish: Wish) -> str:
    """What it means to resume the run."""
    step = run.current
    waits = step is not None and step.until_resumed and run.resumed != run.done
    judges = bool(run.analysis or (step and step.analysis))
    if wish.accepts and judges and run.accepted != run.done:
        return f"takes {_place(run)} for good, whatever its analyses say short of a failure"
    if run.pause is not None:
        return f"goes on from {_place(run)}" + (
            ", which waits for another `modelops resume`" if waits else ""
        )
    if waits:
        return f"goes on from {_place(run)}"
    accept = " No analysis keeps it either." if wish.accepts else ""
    raise RefusedError(
        f"the rollout of {wish.model} in {ground.name} is neither paused nor waits for somebody.{accept}",
        hint=f"See what it waits for: modelops status {wish.model} --env {ground.name}",
    )


def _unheard(ground: Ground, model: str, state: ModelState | None) -> tuple[HoldSet, ...]:
    """The hold that the target bears, where the journal has not heard of it."""
    try:
        observed = ground.target(model).observe(model)
    except ModelopsError:
        return ()  # the next tick looks again; what the journal knows can be lifted all the same
    hold, stamp = observed.hold, observed.stamp
    if hold is None or stamp is None or (state and hold.id in state.heard):
        return ()
    return (HoldSet(model=model, hold=hold, routes=observed.routes, stamp=stamp),)


def _kept_back(state: ModelState) -> dict[str, str]:
    """What may be tried again, by its generation, and what kept it; the likeliest first."""
    found: dict[str, str] = {}
    if state.deferred and state.deferred.refused:
        found[state.deferred.generation] = state.deferred.reason
    runs = [run for run in (state.run, state.experiment) if run]
    hold = state.hold
    if hold and hold.generation in {run.generation for run in runs}:
        found.setdefault(hold.generation, hold.reason)
    for run in runs:
        if run.result in ("aborted", "failed"):
            found.setdefault(run.generation, run.reason or run.result)
    for one in (hold, *reversed(state.older_holds)):
        if one is not None:
            found.setdefault(one.generation, one.reason)
    return found


def _chosen(ground: Ground, intent: Intent, model: str, reasons: dict[str, str]) -> str:
    """Of what may be tried again, what main wants; else the likeliest."""
    try:
        desired = desired_of(intent, ground.name, model)
        wanted = [one for one in (desired.generation, desired.trial) if one in reasons]
    except ModelopsError:
        wanted = []  # main cannot be read: what was kept back last is meant
    return (wanted or list(reasons))[0]
