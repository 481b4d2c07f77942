"""Apply: make live what the default branch wants.

Level-triggered: it reads the head of the default branch, not the event that started it. Environments are
taken in the order of promotion, so that a version may complete in one and go on to the next in the same call.
A model whose manifests have errors is left as it is, and the others go on; the call then fails and says what
was not done.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from modelops_git.core.errors import LostRaceError, ModelopsError, StalePlanError
from modelops_git.engine.cases import Failure
from modelops_git.engine.ground import stand
from modelops_git.engine.intent import desired_of, in_order, merged_intent, unpushed
from modelops_git.engine.order import OutOfOrderError, is_newer, refuse_out_of_order
from modelops_git.engine.plan import make_plan
from modelops_git.engine.review import Known, review
from modelops_git.engine.standing import standing
from modelops_git.engine.tick import tick
from modelops_git.engine.working import work_of

if TYPE_CHECKING:
    from modelops_git.core.findings import Finding
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.rollouts.decisions import Decision
    from modelops_git.core.routes import Route
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.standing import Standing
    from modelops_git.engine.starting import Tools
    from modelops_git.engine.tick import Tick

MOST_LOST = 100
"""How often others may be faster before one call gives up."""
LONGEST_WAIT = 30.0
"""Seconds between two looks at a rollout that is waited for, at the most."""
LOOK_AGAIN = 0.5
LONGEST_LOOK = 5.0
"""Seconds between two looks at what another apply is doing: the first ones, and at the most."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to apply.

    Attributes:
        environments: Their names; all of the registry's where none is given.
        expect: The digest of the plan that was reviewed; empty where any plan will do.
        wait: Whether to stay until no rollout is under way any more.
    """

    environments: tuple[str, ...] = ()
    expect: str = ""
    wait: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one model in one environment.

    Attributes:
        action: What was done, in the vocabulary of a plan; `hold` where a hold was taken into the journal.
        before: What served.
        after: What serves now.
        ended_hold: Whether a hold ended with it.
    """

    environment: str
    model: str
    action: str
    before: tuple[Route, ...]
    after: tuple[Route, ...]
    ended_hold: bool = False


@dataclass(slots=True)
class Applied:
    """What an apply did.

    Attributes:
        commit: The commit whose wishes were carried out.
        outcomes: What was done.
        findings: Why models were left as they are.
        failures: Models that could not get on because the world failed.
        held: (environment, model) pairs that a hold keeps from what is wanted.
        drifted: (environment, model) pairs whose target does not serve what the journal says.
        standing: What is under way, or waits, and until when.
        unaccounted: What a merge asked for and the journal does not account for, in sentences.
    """

    commit: str
    outcomes: list[Outcome] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    held: list[tuple[str, str]] = field(default_factory=list)
    drifted: list[tuple[str, str]] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    unaccounted: list[str] = field(default_factory=list)

    def add(self, done: Applied) -> None:
        """Count in what was done in one environment."""
        self.outcomes += done.outcomes
        self.findings += done.findings
        self.failures += done.failures
        self.held += done.held
        self.drifted += done.drifted
        self.standing += done.standing
        self.unaccounted += done.unaccounted


def apply(repository: Repository, request: Request, tools: Tools) -> Applied:
    """Make live what the default branch wants.

    Raises:
        StalePlanError: What would happen is not what was expected.
        JournalError: A journal is absent, unreachable or broken. Once something was done, errors like this
            are among the failures of the result.
        LostRaceError: Others kept changing the same models.
    """
    intent = merged_intent(repository)
    ahead = unpushed(repository, intent)
    if ahead:
        commits = "a commit that is" if ahead == 1 else f"{ahead} commits that are"
        tools.announce(f"{intent.registry.default_branch} here has {commits} not pushed, and not applied")
    while True:
        try:
            return _apply(repository, intent, request, tools)
        except OutOfOrderError:
            newer = merged_intent(repository)
            if newer.commit == intent.commit:
                raise
            intent = newer  # somebody merged, and another apply was faster with it


def _apply(repository: Repository, intent: Intent, request: Request, tools: Tools) -> Applied:
    if request.expect:
        _refuse_stale(repository, intent, request)
    applied = Applied(intent.commit)
    names = in_order(intent.registry, request.environments)
    for name in names:
        try:
            _follow(stand(repository, intent.registry, name), intent, request, tools, applied)
        except ModelopsError as error:
            if not applied.outcomes or isinstance(error, OutOfOrderError):
                raise
            applied.failures.append(Failure(name, "", error))  # what was done must be told all the same
    return applied


def _follow(ground: Ground, intent: Intent, request: Request, tools: Tools, applied: Applied) -> None:
    """Apply in one environment, again and again where the end of its rollouts is waited for."""
    done = Applied(intent.commit)
    try:
        _apply_environment(ground, intent, tools, done)
        while request.wait and _is_under_way(ground, done, tools):
            done = Applied(intent.commit, outcomes=done.outcomes)
            _apply_environment(ground, intent, tools, done)
    finally:
        applied.add(done)


def _is_under_way(ground: Ground, done: Applied, tools: Tools) -> bool:
    """Whether a rollout is; its next step, or at most some seconds, have then been waited for."""
    left = [one for one in done.standing if one.is_under_way]
    if not left or done.failures:
        return False
    for one in left:
        tools.announce(f"{one.environment} {one.model}: {one.text}")
    times = [(one.until - ground.now()).total_seconds() for one in left if one.until]
    tools.sleep(max(LOOK_AGAIN, min([LONGEST_WAIT, *times])))
    return True


def _refuse_stale(repository: Repository, intent: Intent, request: Request) -> None:
    plan = make_plan(repository, intent, request.environments).plan
    if plan.digest != request.expect:
        raise StalePlanError(
            f"the plan is now {plan.digest}, not {request.expect}",
            hint="Something was merged, applied or held since it was made: look at `modelops plan` again.",
        )


def _apply_environment(ground: Ground, intent: Intent, tools: Tools, applied: Applied) -> None:
    tip = ground.journal.refresh()
    refuse_out_of_order(ground, intent, tip.environment.applied_commit)
    before = ground.journal.states(tip)
    reviewed = review(ground, intent, Known(before, tip.environment.applied_commit))
    applied.findings.extend(reviewed.findings)
    applied.failures.extend(reviewed.failures)
    settled = _settle(ground, intent, reviewed.models, tools)
    applied.failures.extend(settled.failures.values())
    after = ground.journal.states(ground.journal.refresh())
    applied.outcomes.extend(_outcomes(ground, before, after, settled.moved))
    applied.held.extend((ground.name, model) for model, state in after.items() if state.hold)
    applied.drifted.extend((ground.name, model) for model in settled.drifted)
    for model, decision in settled.decisions.items():
        stands = standing(ground.name, model, after.get(model), decision)
        applied.standing.extend([stands] if stands else [])
    expected = [model for model in reviewed.models if model not in settled.failures]
    applied.unaccounted.extend(_unaccounted(ground, intent, expected, after))


@dataclass(slots=True)
class _Settled:
    """What the ticks of one call did: models that failed, moved or drifted, and what was decided last."""

    failures: dict[str, Failure] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    drifted: list[str] = field(default_factory=list)
    decisions: dict[str, Decision] = field(default_factory=dict)


def _settle(ground: Ground, intent: Intent, models: tuple[str, ...], tools: Tools) -> _Settled:
    settled = _Settled()

    work = work_of(ground, intent, models, tools)
    lost = waits = 0
    while lost < MOST_LOST:
        left = tuple(model for model in models if model not in settled.failures)
        done = tick(ground, replace(work, models=left))
        settled.failures.update({failure.model: failure for failure in done.failures})
        settled.moved.update(done.moved)
        if done.lost:
            lost += 1
            tools.sleep(_jitter(lost))
        elif done.waiting is None and not done.moved:
            settled.drifted = done.drifted
            settled.decisions = done.decisions
            return settled
        elif not done.moved:
            _wait(ground, done, tools, waits)
            waits += 1
    raise LostRaceError(f"{ground.name} was still being changed by others after {MOST_LOST} tries")


def _jitter(turn: int) -> float:
    return secrets.randbelow(1000) / 1000 * min(2.0, 0.1 * turn)


def _wait(ground: Ground, done: Tick, tools: Tools, before: int) -> None:
    """Leave another apply some time: the more, the longer it has been waited for, until its lease ends."""
    assert done.waiting is not None  # noqa: S101 - only called where somebody is waited for
    left = max(0.0, (done.waiting - ground.now()).total_seconds())
    if before == 0:
        tools.announce(f"{ground.name}: another apply is at work; waiting up to {left:.0f} s for it")
    tools.sleep(min(LONGEST_LOOK, LOOK_AGAIN * 1.5**before, left))


def _unaccounted(
    ground: Ground, intent: Intent, models: list[str], after: dict[str, ModelState]
) -> list[str]:
    """The law of expected work: what is wanted was begun, deferred or held, or the call has failed."""
    missing = []
    for model in models:
        generation = desired_of(intent, ground.name, model).generation
        state = after.get(model)
        known = {state.run.generation} if state and state.run else set()
        known |= {state.deferred.generation} if state and state.deferred else set()
        known |= {state.hold.generation} if state and state.hold else set()
        newer = state and state.run and is_newer(ground, state.run.desired_commit, intent)
        if generation not in known and not newer:
            missing.append(f"{ground.name} {model}: the journal does not account for what is wanted")
    return missing


def _outcomes(
    ground: Ground, before: dict[str, ModelState], after: dict[str, ModelState], moved: set[str]
) -> list[Outcome]:
    outcomes = []
    for model in sorted(moved & after.keys()):
        old, state = before.get(model), after[model]
        runs = (old.run if old else None, state.run)
        if runs[0] != runs[1] and state.run is not None:
            routes = old.routes if old else ()
            ended = bool(old and old.hold and not state.hold)
            outcomes.append(Outcome(ground.name, model, state.run.action, routes, state.routes, ended))
        elif (old.hold if old else None) != state.hold and state.hold:
            outcomes.append(Outcome(ground.name, model, "hold", old.routes if old else (), state.routes))
    return outcomes
