"""Drift in an environment: what its targets serve beside what its journal says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelops_git.core.checks.artifacts import COULD_NOT_VERIFY
from modelops_git.core.digests import short
from modelops_git.core.errors import ModelopsError, RefusedError, StoreError
from modelops_git.core.findings import Severity
from modelops_git.core.journal.state import ModelState
from modelops_git.core.manifests.parse import Document
from modelops_git.core.rollouts.drifting import Found, drift_of, notice
from modelops_git.edges.targets import open_target
from modelops_git.edges.targets.base import Lists
from modelops_git.engine.cases import Case, Failure
from modelops_git.engine.intent import desired_of, target_of
from modelops_git.engine.review import models_of
from modelops_git.engine.stores import Only, Stores, files_of
from modelops_git.engine.verify import How, Mode, verify_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelops_git.core.findings import Finding
    from modelops_git.core.rollouts.decisions import Decision
    from modelops_git.core.rollouts.situation import Situation
    from modelops_git.core.routes import Route
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent


def noticing(*, heals: bool) -> Callable[[Situation, Decision], Decision]:
    """What a tick does about drift: journals it, and mends it where `heals` says so."""

    def noticed(situation: Situation, decision: Decision) -> Decision:
        return notice(situation, decision, heals=heals)

    return noticed


def strays(
    ground: Ground, intent: Intent, states: dict[str, ModelState], failures: list[Failure]
) -> tuple[str, ...]:
    """Models that are neither wanted nor live, and that a target serves or was seen to serve.

    Targets that cannot list what they serve are asked for no more than is known; those that fail are told of
    in `failures`.
    """
    known = {*models_of(ground, intent, states), *_live(states)}
    seen = {model for model, state in states.items() if state.drift}
    for manifest in ground.environment.targets:
        try:
            target = open_target(manifest, ground.repository.root)
            served = target.models() if isinstance(target, Lists) else ()
        except ModelopsError as error:
            failures.append(Failure(ground.name, "", error))
            continue
        seen |= {model for model in served if target_of(ground.environment, model) == manifest}
    return tuple(sorted(seen - known))


def _live(states: dict[str, ModelState]) -> set[str]:
    """What the journal says is served, such as what was only adopted."""
    return {model for model, state in states.items() if state.routes}


@dataclass(frozen=True, slots=True)
class Drifted:
    """A model whose target differs from what the journal says.

    Attributes:
        found: How.
        findings: What is wrong with its bytes, where that is it.
    """

    environment: str
    model: str
    found: Found
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class Looked:
    """What a look at an environment found.

    Attributes:
        models: How many models were looked at.
        drifts: Those that differ.
        failures: What could not be asked.
    """

    models: int = 0
    drifts: list[Drifted] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Look:
    """How to look.

    Attributes:
        how: How the bytes behind what is live are looked at.
        only_bytes: Whether nothing else is.
    """

    how: How = field(default_factory=lambda: How(mode=Mode.METADATA))
    only_bytes: bool = False


def drifts(ground: Ground, intent: Intent, look: Look) -> Looked:
    """Every drift in an environment; nothing is changed, in the journal neither.

    Raises:
        JournalError: The journal is absent, unreachable or broken.
    """
    states = ground.journal.states(ground.journal.refresh())
    looked = Looked()
    known = {*models_of(ground, intent, states), *_live(states)}
    models = {*known, *strays(ground, intent, states, looked.failures)}
    looked.models = len(models)
    for model in sorted(models):
        try:
            target = ground.target(model)
            state = states.get(model) or ModelState(model=model)
            case = Case(desired_of(intent, ground.name, model), state, target.observe(model), target)
            looked.drifts += _of_model(ground, intent, case, look)
        except ModelopsError as error:
            looked.failures.append(Failure(ground.name, model, error))
    return looked


def _of_model(ground: Ground, intent: Intent, case: Case, look: Look) -> Iterator[Drifted]:
    state = case.state or ModelState(model=case.model)
    found = None if look.only_bytes else drift_of(case.desired, state, case.observed)
    if found is not None:
        yield Drifted(ground.name, case.model, found)
    for route in case.observed.routes:
        if route in state.routes:
            yield from _of_bytes(ground, intent, case, route, look.how)


def _of_bytes(ground: Ground, intent: Intent, case: Case, route: Route, how: How) -> Iterator[Drifted]:
    """What is wrong with the bytes behind a route: those at the target, or in the store that it reads."""
    version = intent.catalog.version(case.model, route.version)
    if version is None or version.digest != route.digest:
        raise RefusedError(
            f"{case.model} {route.version} is live, and the default branch has no manifest with the digest "
            f"{short(route.digest)}"
        )
    files = files_of(case.target, ground.repository.root)
    if files is None:
        found = verify_version(version, Stores(intent.registry, ground.repository.root), how)
    else:
        found = verify_version(_without_addresses(version), Only(files), how)
    unknown = next((one for one in found if one.code == COULD_NOT_VERIFY.code), None)
    if unknown is not None:
        raise StoreError(unknown.message.removesuffix("."), hint=unknown.hint)
    errors = tuple(one for one in found if one.severity is Severity.ERROR)
    if errors:
        detail = f"the bytes of {route.version} are not the reviewed ones: {errors[0].message}"
        yield Drifted(ground.name, case.model, Found("source", detail), errors)


def _without_addresses(version: Document) -> Document:
    """A version whose files all lie where its others do: as they were handed over."""
    rows = [one.model_copy(update={"uri": None, "version_id": None}) for one in version.manifest.artifacts]
    manifest = version.manifest.model_copy(update={"artifacts": rows})
    return Document(version.path, version.home, manifest, version.written, version.text)
