"""The beginning of a run: its bytes are verified and handed over, and all that it will do is written down."""

from __future__ import annotations

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from modelops_git.core.digests import of_json
from modelops_git.core.errors import RefusedError
from modelops_git.core.journal.entry import ArtifactsVerified, RunStarted, StepIntent
from modelops_git.core.places import Home
from modelops_git.core.planning.plan import planned
from modelops_git.edges.git.history import last_change
from modelops_git.engine.deliver import deliver
from modelops_git.engine.ground import readable
from modelops_git.engine.inspecting import ByRegistry
from modelops_git.engine.stores import Stores, files_of
from modelops_git.engine.trusting import refusals
from modelops_git.engine.verify import How, verify_version

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from modelops_git.core.findings import Finding
    from modelops_git.core.journal.entry import Payload
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.rollouts.decide import Start
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.tick import Case


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
    """

    executor: Executor = field(default_factory=ThreadPoolExecutor)
    progress: Callable[[str, int], AbstractContextManager[Bar]] = lambda _label, _total: nullcontext(Silent())
    announce: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep


def begin_run(ground: Ground, intent: Intent, case: Case, start: Start, tools: Tools) -> list[Payload]:
    """Verify and hand over the bytes of what is to go live; the entries that begin the run.

    Raises:
        RefusedError: The bytes are not those of the manifest, or a signature that is asked for is not there.
        StoreError: They could not be read.
    """
    run = f"{ground.name}-{secrets.token_hex(6)}"
    verified = _verified(ground, intent, case, run, tools) if case.desired.routes else []
    plan = planned(case.desired, case.state, start, 0)
    started = RunStarted(
        model=case.model,
        run=run,
        action=start.action,
        generation=case.desired.generation,
        desired_commit=intent.commit,
        before=case.observed.routes,
        after=case.desired.routes,
        steps=start.steps,
        steps_hash=of_json([step.as_json() for step in start.steps]),
        plan_digest=plan.digest,
        author=author_of(ground, intent, case.model),
    )
    first = start.steps[0]
    step = StepIntent(model=case.model, run=run, index=0, action=first.action, routes=first.routes)
    return [started, *verified, step]


def _verified(ground: Ground, intent: Intent, case: Case, run: str, tools: Tools) -> list[Payload]:
    rollout = intent.catalog.rollout(case.model, ground.name)
    version = rollout and intent.catalog.version(case.model, rollout.manifest.version)
    if version is None:
        raise RefusedError(f"{case.model} has no valid version to go live in {ground.name}")
    stores = Stores(intent.registry, ground.repository.root)
    if unsigned := refusals(intent, ground.environment, version, stores.of(version)):
        raise RefusedError(
            f"{ground.name} does not take {case.model} {version.manifest.version}, which lacks a signature "
            "that holds",
            findings=unsigned,
        )
    findings = _hand_over(ground, intent, case, version, tools)
    if findings:
        raise RefusedError(
            f"the bytes of {case.model} {version.manifest.version} are not the reviewed ones",
            findings=findings,
        )
    return [
        ArtifactsVerified(
            model=case.model,
            version=version.manifest.version,
            run=run,
            artifacts_digest=case.desired.routes[0].artifacts,
            mode="full",
            bytes=sum(artifact.size for artifact in version.manifest.artifacts),
        )
    ]


def _hand_over(
    ground: Ground, intent: Intent, case: Case, version: Document, tools: Tools
) -> tuple[Finding, ...]:
    """Verify the bytes; copy them on the way where the target wants them."""
    stores = Stores(intent.registry, ground.repository.root)
    files = files_of(case.target, ground.repository.root)
    size = sum(artifact.size for artifact in version.manifest.artifacts)
    with tools.progress(f"verifying {case.model} {version.manifest.version}", size) as bar:
        inspector = ByRegistry(intent.registry, f"{ground.now():%Y-%m-%d}")
        how = How(tools.executor, bar.advance, inspector=inspector)
        if files is None:
            return verify_version(version, stores, how)
        return deliver(version, stores, files, how)


def author_of(ground: Ground, intent: Intent, model: str) -> str:
    """Who last changed the rollout manifest of `model`, up to the commit that is applied.

    Raises:
        GitError: This clone is too shallow to know.
    """
    path = Home("Rollout", model, ground.name).path
    change = last_change(ground.repository, path, intent.commit)
    return readable(f"{change.author} <{change.email}>") if change else "unknown"
