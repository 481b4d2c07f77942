"""Apply: make live what the default branch wants.

Level-triggered: it reads the head of the default branch, not the event that started it. Environments are
taken in the order of promotion, so that a version may complete in one and go on to the next in the same call.
A model whose manifests have errors is left as it is, and the others go on; the call then fails and says what
was not done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelops_git.core.errors import ModelopsError
from modelops_git.engine.cases import Failure
from modelops_git.engine.following import follow_up
from modelops_git.engine.ground import stand
from modelops_git.engine.intent import desired_of, in_order, merged_intent
from modelops_git.engine.notifying import subscribe
from modelops_git.engine.order import OutOfOrderError, is_newer, refuse_out_of_order
from modelops_git.engine.review import Known, review
from modelops_git.engine.settling import LOOK_AGAIN, outcomes, refusals, settle, standings
from modelops_git.engine.staleness import put_aside, refuse_other, stale_actions
from modelops_git.engine.working import work_of

if TYPE_CHECKING:
    from modelops_git.core.findings import Finding
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.planning.plan import Plan, PlannedAction
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.reverting import Revert
    from modelops_git.engine.settling import Outcome
    from modelops_git.engine.standing import Standing
    from modelops_git.engine.starting import Tools

LONGEST_WAIT = 30.0
"""Seconds between two looks at a rollout that is waited for, at the most."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to apply.

    Attributes:
        environments: Their names; all of the registry's where none is given.
        expect: The digest of the plan that was reviewed; empty where any plan will do.
        plan: The plan that was reviewed, where what is no longer so may be left out.
        wait: Whether to stay until no rollout is under way any more.
    """

    environments: tuple[str, ...] = ()
    expect: str = ""
    plan: Plan | None = None
    wait: bool = False


@dataclass(slots=True)
class Applied:
    """What an apply did.

    Attributes:
        commit: The commit whose wishes were carried out.
        outcomes: What was done.
        findings: Why models were left as they are.
        failures: Models that could not get on because the world failed.
        held: What a hold keeps from what is wanted: environment, model, and the hold's reason.
        drifted: (environment, model) pairs whose target does not serve what the journal says.
        standing: What is under way, or waits, and until when.
        reverts: The changes that were prepared so that git follows what was aborted.
        unaccounted: What a merge asked for and the journal does not account for, in sentences.
    """

    commit: str
    outcomes: list[Outcome] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    held: list[tuple[str, str, str]] = field(default_factory=list)
    drifted: list[tuple[str, str]] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    reverts: list[Revert] = field(default_factory=list)
    unaccounted: list[str] = field(default_factory=list)

    def add(self, done: Applied) -> None:
        """Count in what was done in one environment."""
        self.outcomes += done.outcomes
        self.findings += done.findings
        self.failures += done.failures
        self.held += done.held
        self.drifted += done.drifted
        self.standing += done.standing
        self.reverts += done.reverts
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
    ahead = _unpushed(repository, intent)
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
        refuse_other(repository, intent, request.environments, request.expect)
    stale: tuple[PlannedAction, ...] = ()
    if request.plan is not None:
        stale = stale_actions(repository, intent, request.environments, request.plan)
    applied = Applied(intent.commit)
    names = in_order(intent.registry, request.environments)
    for name in names:
        try:
            ground = stand(repository, intent.registry, name)
            put_aside(ground, stale)
            _follow(ground, intent, request, tools, applied)
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


def _apply_environment(ground: Ground, intent: Intent, tools: Tools, applied: Applied) -> None:
    tip = ground.journal.refresh()
    refuse_out_of_order(ground, intent, tip.environment.applied_commit)
    subscribe(ground, tip, tools.announce)
    before = ground.journal.states(tip)
    reviewed = review(ground, intent, Known(before, tip.environment.applied_commit))
    applied.findings.extend(reviewed.findings)
    applied.failures.extend(reviewed.failures)
    settled = settle(ground, work_of(ground, intent, reviewed.models, tools), tools)
    applied.failures.extend(settled.failures.values())
    after = settled.states
    applied.outcomes.extend(outcomes(ground.name, before, after, settled.moved))
    holds = ((model, state.held) for model, state in after.items())
    applied.held.extend((ground.name, model, hold.reason) for model, hold in holds if hold)
    applied.drifted.extend((ground.name, model) for model in settled.drifted)
    applied.standing.extend(standings(ground.name, settled))
    applied.failures.extend(refusals(ground.name, settled))
    applied.reverts.extend(follow_up(ground, intent, settled.states, settled.moved))
    expected = [model for model in reviewed.models if model not in settled.failures]
    applied.unaccounted.extend(_unaccounted(ground, intent, expected, after))


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
        known |= {generation} if state and state.hold_against(generation) else set()
        newer = state and state.run and is_newer(ground, state.run.desired_commit, intent)
        if generation not in known and not newer:
            missing.append(f"{ground.name} {model}: the journal does not account for what is wanted")
    return missing


def _unpushed(repository: Repository, intent: Intent) -> int:
    """How many commits of the local default branch `intent` lacks; none where there is no such branch."""
    local = f"refs/heads/{intent.registry.default_branch}"
    code, out, _ = repository.git.outcome("rev-list", "--count", f"{intent.commit}..{local}")
    return 0 if code else int(out)
