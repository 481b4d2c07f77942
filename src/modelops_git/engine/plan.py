"""Plan: what an apply of a commit would do, and what keeps it from doing so.

The plan of a pull request's head shows what its merge would bring; nothing is changed by looking.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.checks.plans import Held, held_generation
from modelops_git.core.errors import ModelopsError
from modelops_git.core.findings import Severity
from modelops_git.core.places import Home
from modelops_git.core.planning.plan import Plan, planned
from modelops_git.engine.cases import Case, Failure, decided
from modelops_git.engine.ground import stand
from modelops_git.engine.intent import desired_of, in_order
from modelops_git.engine.review import Known, review
from modelops_git.engine.wanting import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.findings import Finding
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.planning.plan import PlannedAction
    from modelops_git.core.rollouts.desired import Desired
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and what stands in its way.

    Attributes:
        plan: What would be done.
        findings: Why models would be left as they are, and warnings.
        failures: Models whose target cannot be asked.
    """

    plan: Plan
    findings: tuple[Finding, ...]
    failures: tuple[Failure, ...]

    @property
    def is_refused(self) -> bool:
        """Whether an apply would leave something undone."""
        return bool(self.failures) or any(one.severity is Severity.ERROR for one in self.findings)


def make_plan(
    repository: Repository, intent: Intent, environments: Iterable[str] = (), base: Intent | None = None
) -> Planned:
    """What an apply of `intent` would do.

    Args:
        repository: The clone.
        intent: What is wanted.
        environments: Their names; all where none is given.
        base: Where given, only models whose rollout manifests differ from this are planned.

    Raises:
        UsageError: There is no such environment.
        JournalError: A journal is absent, unreachable or broken.
    """
    actions: list[PlannedAction] = []
    findings: list[Finding] = []
    failures: list[Failure] = []
    names = in_order(intent.registry, environments)
    for name in names:
        ground = stand(repository, intent.registry, name)
        tip = ground.journal.refresh()
        states = ground.journal.states(tip)
        wanted = Wanted(ground, intent)
        reviewed = review(ground, intent, Known(states, tip.environment.applied_commit))
        findings.extend(reviewed.findings)
        failures.extend(reviewed.failures)
        for model in reviewed.models:
            if base is not None and not _differs(intent, base, name, model):
                continue
            findings.extend(_held(intent, desired_of(intent, name, model), states.get(model), base=base))
            try:
                actions.append(_planned(ground, wanted, states.get(model), model))
            except ModelopsError as error:
                failures.append(Failure(name, model, error))
    plan = Plan(registry=intent.registry.name, commit=intent.commit, actions=tuple(actions))
    return Planned(plan, tuple(findings), tuple(failures))


def _differs(intent: Intent, base: Intent, environment: str, model: str) -> bool:
    path = Home("Rollout", model, environment).path
    return intent.catalog.snapshot.entry(path) != base.catalog.snapshot.entry(path)


def _held(
    intent: Intent, desired: Desired, state: ModelState | None, *, base: Intent | None
) -> tuple[Finding, ...]:
    """What a hold keeps from going live; an error only where the change that is planned wants it."""
    rollout = intent.catalog.rollout(desired.model, desired.environment)
    hold = state.hold_against(desired.generation) if state else None
    if rollout is None or hold is None:
        return ()
    serves = hold.serve.version if hold.serve else ""
    return held_generation(Held(rollout, serves, hold.reason, is_brought=base is not None))


def _planned(ground: Ground, wanted: Wanted, state: ModelState | None, model: str) -> PlannedAction:
    target = ground.target(model)
    desired = wanted(model, state)
    case = Case(desired, state, target.observe(model), target)
    action = planned(desired, state, decided(ground, case, None), _size(wanted.intent, ground.name, model))
    return action.model_copy(update={"requests": _requests(wanted.intent, action)})


def _requests(intent: Intent, action: PlannedAction) -> int:
    """How many requests the analyses of an action need at least."""
    names = {*action.analysis, *(name for step in action.steps for name in step.analysis)}
    found = (intent.catalog.analysis(name) for name in names)
    return max((one.min_samples for each in found if each for one in each.manifest.metrics), default=0)


def _size(intent: Intent, environment: str, model: str) -> int:
    """How many bytes the version that is wanted has."""
    rollout = intent.catalog.rollout(model, environment)
    version = rollout and intent.catalog.version(model, rollout.manifest.version)
    return sum(artifact.size for artifact in version.manifest.artifacts) if version else 0
