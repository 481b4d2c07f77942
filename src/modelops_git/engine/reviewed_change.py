"""All that a reviewer of a change has to know, gathered once: what is posted is made of this alone.

Where something cannot be asked, that is said (`problems`), and counts as not known; it is never left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.findings import Severity, sort_key
from modelops_git.edges.git.commits import commit_of
from modelops_git.engine.binding import span_of
from modelops_git.engine.forecasting import Forecasts, forecasts
from modelops_git.engine.ground import utc_now
from modelops_git.engine.reviewing.claims import Claims
from modelops_git.engine.reviewing.models import Gathering
from modelops_git.engine.reviewing.planning import foresee, touched
from modelops_git.engine.reviewing.ruling import AWAITED, rule
from modelops_git.engine.validate import Request as Validation
from modelops_git.engine.validate import beside_base, validate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from modelops_git.core.authorizing.facts import Binding
    from modelops_git.core.checks.run import Result
    from modelops_git.core.findings import Finding
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.authorizing import Source
    from modelops_git.engine.binding import Span
    from modelops_git.engine.plan import Planned
    from modelops_git.engine.reviewing.models import ReviewedModel
    from modelops_git.engine.reviewing.planning import Foreseen
    from modelops_git.engine.reviewing.ruling import Ruled


class State(StrEnum):
    """How a change stands."""

    REFUSED = "refused"
    """A check or a rule says no."""
    UNCHECKED = "unchecked"
    """Nothing says no, but not all could be asked."""
    WAITING = "waiting"
    """Only approvals are missing."""
    READY = "ready"
    """Nothing is in its way."""


class Request(NamedTuple):
    """What is asked about.

    Attributes:
        base: Where the change is to go, or what it began from: the merge base of both counts.
        head: The change's last commit.
        is_offline: Whether targets, stores and providers are left alone.
        claims: What another step of the run verified.
        source: Where it is known from who made the change and who approved it; None where nobody is asked.
        now: The time; None for that of this machine.
    """

    base: str
    head: str = "HEAD"
    is_offline: bool = False
    claims: Claims = Claims()
    source: Source | None = None
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReviewedChange:
    """All that a reviewer has to know.

    Attributes:
        registry: The registry's name, as the base has it.
        base: The commit that the change is compared with; None for the empty tree.
        head: The change's last commit.
        is_offline: Whether targets, stores and providers were left alone.
        models: What it does to each model in each environment, in the order of promotion.
        planned: The plan.
        validated: What the checks say of its files.
        findings: All that is wrong or odd, sorted, each once.
        problems: What could not be asked, in sentences.
        forecasts: What the tests of its analyses need.
        ruled: What the rules ask for, and who approved.
        binding: What approvals of it are bound to.
        changed: How many files of the registry it changes.
        wrong: Versions of which the bytes are said not to be as their manifests say.
    """

    registry: str
    base: str | None
    head: str
    is_offline: bool
    models: tuple[ReviewedModel, ...]
    planned: Planned
    validated: Result
    findings: tuple[Finding, ...]
    problems: tuple[str, ...]
    forecasts: Forecasts
    ruled: Ruled
    binding: Binding
    changed: int = 0
    wrong: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep it from being merged or applied."""
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)

    @property
    def state(self) -> State:
        """How it stands, by all that was asked."""
        if self.wrong or any(one.code not in AWAITED for one in self.errors):
            return State.REFUSED
        if self.problems or self.validated.skipped:
            return State.UNCHECKED
        if self.errors or any(need.missing for need in self.ruled.needs or ()):
            return State.WAITING
        return State.READY


def review_change(repository: Repository, request: Request) -> ReviewedChange:
    """Gather what a reviewer has to know of a change.

    Raises:
        GitError: A commit is not here, or what to compare with cannot be known here.
    """
    now = request.now or utc_now()
    asked = Validation(base=request.base, head=request.head, now=now)
    validated = validate(repository, asked)
    compared = beside_base(repository, asked)
    span = span_of(repository, compared.base, commit_of(repository, request.head).id)
    rows = touched(span)
    foreseen = foresee(span, rows, asks=not request.is_offline)
    ruled = rule(span, request.source)
    gathered = Gathering(compared, span, foreseen, request.claims)
    models = tuple(gathered.models(rows))
    return ReviewedChange(
        registry=_name(span),
        base=span.base,
        head=span.head,
        is_offline=request.is_offline,
        models=models,
        planned=foreseen.planned,
        validated=validated,
        findings=_findings(validated, foreseen, ruled),
        problems=tuple(_problems(span, foreseen, ruled)),
        forecasts=_forecasts(span, foreseen, request, now),
        ruled=ruled,
        binding=span.binding,
        changed=len(compared.change.changed),
        wrong=gathered.wrong(models),
    )


def _name(span: Span) -> str:
    intent = span.before or span.after
    return str(intent.registry.name) if intent else "registry"


def _findings(validated: Result, foreseen: Foreseen, ruled: Ruled) -> tuple[Finding, ...]:
    """Each finding once, whether the files, the plan or the rules gave it."""
    found = {*validated.findings, *foreseen.planned.findings, *ruled.findings}
    return tuple(sorted(found, key=sort_key))


def _problems(span: Span, foreseen: Foreseen, ruled: Ruled) -> Iterator[str]:
    if span.after is None:
        yield "What the change would do is not known, since its modelops.yaml is not valid."
    for name, error in foreseen.unknown.items():
        yield f"What is live in {name} is not known: {error.message.rstrip('.')}."
    for name in foreseen.fresh:
        yield f"{name} comes with this change: it has no journal yet, so nothing can be planned there."
    for one in foreseen.planned.failures:
        yield f"{one.model} in {one.environment} could not be planned: {one.error.message.rstrip('.')}."
    if ruled.problem:
        yield ruled.problem


def _forecasts(span: Span, foreseen: Foreseen, request: Request, now: datetime) -> Forecasts:
    if request.is_offline or span.after is None:
        return Forecasts()
    return forecasts(span.repository, span.after, foreseen.planned, now)
