"""The beginning of a run: its bytes are verified and handed over, and all that it will do is written down."""

from __future__ import annotations

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from modelops_git.core.artifacts import artifact_prefix
from modelops_git.core.digests import of_json
from modelops_git.core.errors import ModelopsError, RefusedError
from modelops_git.core.journal.entry import ArtifactsVerified, BreakGlass, DriftObserved
from modelops_git.core.journal.people import PastRules
from modelops_git.core.journal.runs import RunStarted, StepIntent
from modelops_git.core.places import Home
from modelops_git.core.planning.plan import planned
from modelops_git.core.routes import mirrors, stable
from modelops_git.edges.git.history import last_change
from modelops_git.engine.answers_kept import Answers
from modelops_git.engine.deliver import deliver
from modelops_git.engine.ground import readable
from modelops_git.engine.guarding import guard
from modelops_git.engine.inspecting import ByRegistry
from modelops_git.engine.permitting import permission
from modelops_git.engine.stores import Stores, files_of
from modelops_git.engine.trusting import refusals
from modelops_git.engine.verify import How, verify_version

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from modelops_git.core.findings import Finding
    from modelops_git.core.journal.entry import Payload
    from modelops_git.core.journal.state import Run
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.rollouts.decisions import Start
    from modelops_git.core.routes import Route
    from modelops_git.engine.cases import Case
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent


class Glass(NamedTuple):
    """That somebody goes past the rules about people, for one model.

    Attributes:
        model: The model.
        reason: Why, in their words.
        ticket: Where that is followed up.
    """

    model: str
    reason: str
    ticket: str


class Bar(Protocol):
    """Shows how far work has come."""

    def advance(self, amount: int) -> None:
        """Count `amount` more bytes; safe to call from several threads."""


class Silent:
    """Shows nothing."""

    def advance(self, amount: int) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What an apply works with.

    Attributes:
        executor: Hashes several files at once.
        progress: Given a label and a number of bytes, shows how many were read.
        announce: Told in words what is waited for.
        sleep: Waits some seconds.
        glass: Where somebody goes past the rules about people; None where nobody does.
        answers: What a forge was asked a moment ago.
    """

    executor: Executor = field(default_factory=ThreadPoolExecutor)
    progress: Callable[[str, int], AbstractContextManager[Bar]] = lambda _label, _total: nullcontext(Silent())
    announce: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    glass: Glass | None = None
    answers: Answers = field(default_factory=Answers)


def begin_run(ground: Ground, intent: Intent, case: Case, start: Start, tools: Tools) -> list[Payload]:
    """Verify and hand over the bytes of what is to go live; the entries that begin the run.

    A rollback goes first and is read afterwards (`confirm_run`), where its files are at the target already.

    Raises:
        RefusedError: The bytes are not those of the manifest, or a signature that is asked for is not there.
        StoreError: They could not be read.
    """
    run = f"{ground.name}-{secrets.token_hex(6)}"
    said = _permitted(ground, intent, case, start, tools)
    handing = _Handing(ground, intent, case, tools)
    unread = (route for route in _new(start) if start.action != "rollback" or not _is_there(handing, route))
    verified = [_verified(handing, route, run) for route in unread]
    first = start.course.steps[0]
    beside = mirrors(case.state.routes) if case.state and start.until is None else ()
    step = StepIntent(
        model=case.model, run=run, index=0, action=first.action, routes=(*first.routes, *beside)
    )
    started = _started(ground, intent, case, start, run).model_copy(update=said)
    past = [BreakGlass(model=case.model, **dict(started.glass))] if started.glass else []
    return [*past, started, *verified, step]


def _permitted(ground: Ground, intent: Intent, case: Case, start: Start, tools: Tools) -> dict[str, Any]:
    """On whose word the run begins, as the journal has it: who approved it, or how the glass was broken."""
    try:
        guard(ground, intent, tools.answers)
        permitted = permission(ground, intent, case, start, tools.answers)
    except ModelopsError as error:
        if tools.glass is None or tools.glass.model != case.model:
            raise
        tools.announce(f"{case.model}: the glass is broken ({tools.glass.ticket}): {error.message}")
        return {"glass": PastRules(reason=tools.glass.reason, ticket=tools.glass.ticket)}
    if permitted.remark:
        tools.announce(permitted.remark)
    return {"approvals": permitted.approvals, "pull_request": permitted.pull_request or None}


def _new(start: Start) -> tuple[Route, ...]:
    """The versions whose bytes are to be verified: what is wanted, or what an experiment tries."""
    if start.until is None:
        return start.after
    return tuple(route for route in start.after if route.role in ("candidate", "mirror"))


def _started(ground: Ground, intent: Intent, case: Case, start: Start, run: str) -> RunStarted:
    course = start.course
    path = Home("Experiment" if start.until else "Rollout", case.model, ground.name).path
    return RunStarted(
        model=case.model,
        run=run,
        action=start.action,
        generation=start.generation,
        desired_commit=intent.commit,
        before=case.observed.routes,
        after=start.after,
        steps=course.steps,
        steps_hash=of_json([step.as_json() for step in course.steps]),
        plan_digest=planned(case.desired, case.state, start, 0).digest,
        author=author_of(ground, intent, path),
        strategy=course.strategy,
        analysis=course.analysis,
        deadline=course.deadline,
        until=start.until,
    )


def confirm_run(ground: Ground, intent: Intent, case: Case, run: Run, tools: Tools) -> list[Payload]:
    """Read every byte of what a rollback has brought back; what is to be journaled of it."""
    route = stable(run.after)
    if route is None:
        return []
    try:
        return [_verified(_Handing(ground, intent, case, tools), route, run.run)]
    except ModelopsError as error:
        detail = f"{case.model} {route.version} serves again, but its bytes could not be confirmed: "
        return [DriftObserved(model=case.model, drift="source", detail=detail + error.message)]


class _Handing(NamedTuple):
    """What bytes are verified and handed over with."""

    ground: Ground
    intent: Intent
    case: Case
    tools: Tools

    def version(self, route: Route) -> Document:
        """The manifest of the version that a route names."""
        version = self.intent.catalog.version(self.case.model, route.version)
        if version is None:
            raise RefusedError(
                f"{self.case.model} has no valid version {route.version} to go live in {self.ground.name}"
            )
        return version


def _is_there(handing: _Handing, route: Route) -> bool:
    """Whether the files of a version are at the target, by name and size, or it fetches them itself."""
    case, version = handing.case, handing.version(route)
    files = files_of(case.target, handing.ground.repository.root)
    if files is None:
        return True
    prefix = artifact_prefix(case.model, route.version, route.artifacts)
    sizes = ((files.stat(prefix + one.path), one.size) for one in version.manifest.artifacts)
    return all(found is not None and found.size == size for found, size in sizes)


def _verified(handing: _Handing, route: Route, run: str) -> ArtifactsVerified:
    ground, intent, case, _ = handing
    version = handing.version(route)
    stores = Stores(intent.registry, ground.repository.root)
    if unsigned := refusals(intent, ground.environment, version, stores.of(version)):
        raise RefusedError(
            f"{ground.name} does not take {case.model} {version.manifest.version}, which lacks a signature "
            "that holds",
            findings=unsigned,
        )
    findings = _hand_over(handing, version)
    if findings:
        raise RefusedError(
            f"the bytes of {case.model} {version.manifest.version} are not the reviewed ones",
            findings=findings,
        )
    return ArtifactsVerified(
        model=case.model,
        version=version.manifest.version,
        run=run,
        artifacts_digest=route.artifacts,
        mode="full",
        bytes=sum(artifact.size for artifact in version.manifest.artifacts),
    )


def _hand_over(handing: _Handing, version: Document) -> tuple[Finding, ...]:
    """Verify the bytes; copy them on the way where the target wants them."""
    ground, intent, case, tools = handing
    stores = Stores(intent.registry, ground.repository.root)
    files = files_of(case.target, ground.repository.root)
    size = sum(artifact.size for artifact in version.manifest.artifacts)
    with tools.progress(f"verifying {case.model} {version.manifest.version}", size) as bar:
        inspector = ByRegistry(intent.registry, f"{ground.now():%Y-%m-%d}")
        how = How(tools.executor, bar.advance, inspector=inspector)
        if files is None:
            return verify_version(version, stores, how)
        return deliver(version, stores, files, how)


def author_of(ground: Ground, intent: Intent, path: str) -> str:
    """Who last changed the manifest of a rollout or an experiment, up to the commit that is applied.

    Raises:
        GitError: This clone is too shallow to know.
    """
    change = last_change(ground.repository, path, intent.commit)
    return readable(f"{change.author} <{change.email}>") if change else "unknown"
