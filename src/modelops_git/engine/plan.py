"""Plan: what an apply of a commit would do, and what keeps it from doing so.

The plan of a pull request's head shows what its merge would bring; nothing is changed by looking.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelops_git.core.checks.plans import Held, held_generation
from modelops_git.core.errors import ModelopsError
from modelops_git.core.findings import Severity
from modelops_git.core.places import Home, home_of
from modelops_git.core.planning.plan import Plan, planned
from modelops_git.core.routes import stable
from modelops_git.engine.cases import Case, Failure, decided
from modelops_git.engine.ground import stand
from modelops_git.engine.intent import desired_of, in_order
from modelops_git.engine.narrowing import Narrowing
from modelops_git.engine.review import Known, review
from modelops_git.engine.wanting import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelops_git.core.findings import Finding
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.planning.plan import PlannedAction
    from modelops_git.core.rollouts.desired import Desired
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.review import Reviewed


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and what stands in its way.

    Attributes:
        plan: What would be done.
        findings: Why models would be left as they are, and warnings.
        failures: Models whose target cannot be asked.
        quiet: How many models are live as they are wanted, by the journal: they are not in the plan.
        applied: The commit that was applied last to each environment, by its name.
    """

    plan: Plan
    findings: tuple[Finding, ...]
    failures: tuple[Failure, ...]
    quiet: int = 0
    applied: Mapping[str, str | None] = field(default_factory=dict)

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
    parts = [
        _Part(stand(repository, intent.registry, name), intent, base).planned()
        for name in in_order(intent.registry, environments)
    ]
    actions = tuple(action for part in parts for action in part.plan.actions)
    return Planned(
        Plan(registry=intent.registry.name, commit=intent.commit, actions=actions),
        tuple(finding for part in parts for finding in part.findings),
        tuple(failure for part in parts for failure in part.failures),
        sum(part.quiet for part in parts),
        {environment: commit for part in parts for environment, commit in part.applied.items()},
    )


class _Part:
    """The plan of one environment."""

    def __init__(self, ground: Ground, intent: Intent, base: Intent | None) -> None:
        self._ground, self._intent, self._base = ground, intent, base
        tip = ground.journal.refresh()
        applied = tip.environment.applied_commit
        self._narrowing = Narrowing(ground, intent, applied, ground.journal.listed(tip))
        self._look = self._narrowing.look()
        self._known = Known(ground.journal.states_at(tip, self._look.states), applied, self._look.models)

    def planned(self) -> Planned:
        """What would be done, and what is in its way."""
        reviewed = review(self._ground, self._intent, self._known)
        live = [model for model in reviewed.models if self._is_live(model)]
        actions, findings, failures = [], list(reviewed.findings), list(reviewed.failures)
        wanted = Wanted(self._ground, self._intent)
        for model in sorted(set(reviewed.models).difference(live)):
            if self._base is not None and not _differs(self._intent, self._base, self._ground.name, model):
                continue
            state = self._known.states.get(model)
            try:
                desired = wanted(model, state)
                findings.extend(held_back(self._intent, desired, state, base=self._base))
                actions.append(action_for(self._ground, wanted, state, desired))
            except ModelopsError as error:
                failures.append(Failure(self._ground.name, model, error))
        self._learn(reviewed, live)
        plan = Plan(registry=self._intent.registry.name, commit=self._intent.commit, actions=tuple(actions))
        applied = {self._ground.name: self._known.applied}
        return Planned(plan, tuple(findings), tuple(failures), self._look.quiet + len(live), applied)

    def _is_live(self, model: str) -> bool:
        """Whether a model is live as it is wanted, by the journal, and nothing is under way."""
        state = self._known.states.get(model)
        if state is None or state.run is None or not state.is_settled:
            return False
        desired = desired_of(self._intent, self._ground.name, model)
        is_wanted = state.run.generation == desired.generation and desired.experiment is None
        return is_wanted and bool(desired.routes) and stable(state.routes) == stable(desired.routes)

    def _learn(self, reviewed: Reviewed, live: list[str]) -> None:
        """Keep which models need not be looked at again: those of which there is nothing to say."""
        homes = (home_of(finding.place.path) for finding in reviewed.findings)
        told = {home.model for home in homes if home}
        named = set(self._look.models)
        beside = named - set(reviewed.models) - {failure.model for failure in reviewed.failures}
        quiet = [model for model in live if model not in told and not self._tries(model)]
        off = [model for model in beside if model not in told and not self._wants(model)]
        self._narrowing.learn(quiet, off)

    def _wants(self, model: str) -> bool:
        path = Home("Rollout", model, self._ground.name).path
        return self._intent.catalog.holds(path) or self._tries(model)

    def _tries(self, model: str) -> bool:
        return self._intent.catalog.holds(Home("Experiment", model, self._ground.name).path)


def _differs(intent: Intent, base: Intent, environment: str, model: str) -> bool:
    path = Home("Rollout", model, environment).path
    return intent.catalog.snapshot.entry(path) != base.catalog.snapshot.entry(path)


def held_back(
    intent: Intent, desired: Desired, state: ModelState | None, *, base: Intent | None
) -> tuple[Finding, ...]:
    """What a hold keeps from going live; an error only where the change that is planned wants it."""
    rollout = intent.catalog.rollout(desired.model, desired.environment)
    hold = state.hold_against(desired.generation) if state else None
    if rollout is None or hold is None:
        return ()
    serves = hold.serve.version if hold.serve else ""
    return held_generation(Held(rollout, serves, hold.reason, is_brought=base is not None))


def action_for(ground: Ground, wanted: Wanted, state: ModelState | None, desired: Desired) -> PlannedAction:
    """What would be done for one model, by what is wanted, known and seen of it now.

    Raises:
        TargetError: Its target cannot be asked.
    """
    target = ground.target(desired.model)
    case = Case(desired, state, target.observe(desired.model), target)
    size = _size(wanted.intent, ground.name, desired.model)
    action = planned(desired, state, decided(ground, case, None), size)
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
