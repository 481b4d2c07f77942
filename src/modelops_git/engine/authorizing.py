"""Authorize: may this change be merged, by the rules of `modelops.yaml` as they were before it?

Rules, groups, signers and the forge's address are read from the base, so that no change brings its own. What
journals know is needed to tell a rollback from a promotion: where they cannot be read, it is a promotion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.authorizing import judge as court
from modelops_git.core.authorizing.acts import Altered, Reach, acts_of
from modelops_git.core.authorizing.facts import Binding, Known, Participant
from modelops_git.core.authorizing.verdict import Act, Verdict
from modelops_git.core.catalog import Catalog
from modelops_git.core.errors import ModelopsError, RefusedError, UsageError
from modelops_git.core.places import REGISTRY_FILE, Home, home_of
from modelops_git.core.rollouts.desired import reachable
from modelops_git.core.routes import stable
from modelops_git.core.snapshot import EMPTY
from modelops_git.core.versions import parse
from modelops_git.edges.git.commits import commit_of
from modelops_git.edges.git.differing import names_in
from modelops_git.engine.binding import span_of
from modelops_git.engine.forges import forge_of
from modelops_git.engine.ground import stand
from modelops_git.engine.intent import known_intent, remote_of
from modelops_git.engine.knowing import Asked, Filed, fetch_head, known_to_forge, read_statement, teams_of
from modelops_git.engine.validate import Request as Comparing
from modelops_git.engine.validate import beside_base

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.authorizing.facts import Part
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.manifests.environment import Environment
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.binding import Span
    from modelops_git.engine.intent import Intent


class Source(NamedTuple):
    """Where it is known from who made a change and who approved it; from nowhere where all is empty.

    Attributes:
        pull_request: The number of a pull request on the forge.
        file: A file that says it.
        signed: Whether the signatures in the registry and on its commits say it.
        author: Who asks for it, where the caller knows better; also a participant.
        part: What they did for it.
    """

    pull_request: int | None = None
    file: Path | None = None
    signed: bool = False
    author: str = ""
    part: Part = "opened"


@dataclass(frozen=True, slots=True)
class Authorization:
    """What the rules say of a change.

    Attributes:
        verdict: What is done in it, what that needs, and what is wrong.
        binding: What approvals of it are bound to.
        known: Who made it, and who approved.
        base: The commit whose rules it was judged by; None before the first.
        head: The commit that has all of it.
        remarks: What was not known, and how that was taken, in sentences.
    """

    verdict: Verdict
    binding: Binding
    known: Known
    base: str | None
    head: str
    remarks: tuple[str, ...] = ()


class Request(NamedTuple):
    """Which change to hold against the rules.

    Attributes:
        source: Where it is known from who made and approved it.
        base: What to compare with instead of the default branch.
        head: The commit that has all of the change; that of the pull request where one is named, else HEAD.
    """

    source: Source = Source()
    base: str | None = None
    head: str | None = None


def authorize(repository: Repository, request: Request) -> Authorization:
    """Hold a change against the rules of what it began from.

    Raises:
        UsageError: It is a pull request, and there is no forge to ask.
        RefusedError: The rules of the base cannot be read.
        ForgeError: The forge could not be asked.
        GitError: A commit is not here.
    """
    head, number = request.head, request.source.pull_request
    if head is None and number is not None:
        merged = known_intent(repository)
        head = fetch_head(asked_of(repository, merged.registry, number, merged.commit))
    compared = beside_base(repository, Comparing(base=request.base, head=head or "HEAD"))
    return authorization(repository, compared.base, commit_of(repository, head or "HEAD").id, request.source)


def authorization(repository: Repository, base: str | None, head: str, source: Source) -> Authorization:
    """Hold the change from `base` to `head` against the rules of `base`.

    Raises:
        RefusedError: The rules of the base cannot be read.
        ForgeError: The forge could not be asked.
        GitError: A commit is not here.
    """
    span = span_of(repository, base, head)
    _require_rules(span)
    remarks: list[str] = []
    acts = acts_of(altered(span, reached(span, remarks)))
    if span.before is None:
        binding = span.binding
        remarks.append("Nothing was merged before this, so there are no rules yet.")
        return Authorization(Verdict(acts, (), (), ()), binding, Known(), base, head, tuple(remarks))
    binding, registry = span.binding, span.before.registry
    known = _known(span, registry, source, remarks)
    verdict = court.judge(court.Asked(acts, registry, known, binding))
    return Authorization(verdict, binding, known, base, head, tuple(remarks))


def operation(repository: Repository, intent: Intent, place: tuple[str, str], author: str) -> Verdict:
    """May somebody abort, pause, resume, retry or roll back at once?

    Args:
        repository: The clone.
        intent: What is merged, whose rules count.
        place: The environment and the model.
        author: Who, as the caller vouches for.

    Raises:
        ForgeError: Rules name teams of the forge, which could not be asked.
    """
    environment, model = place
    document = intent.catalog.model(model)
    risk = document.manifest.risk if document else "high"
    act = Act("operate", Home("Rollout", model, environment).path, model, environment, risk)
    teams = _teams(repository, intent.registry, author) if court.matching(intent.registry.rules, act) else {}
    known = Known(author=author, teams=teams)
    return court.judge(court.Asked((act,), intent.registry, known, Binding("", "", "")))


def _teams(repository: Repository, registry: Registry, author: str) -> dict[str, frozenset[str]]:
    """The members of the teams that somebody of a forge could be in."""
    forge = forge_of(repository, registry)
    if forge is None or not author.startswith(f"{forge.kind}:"):
        return {}
    return {team: forge.members(team) for team in teams_of(registry, forge.kind)}


def altered(span: Span, rollbacks: dict[tuple[str, str], Reach]) -> Altered:
    """A change, as far as it says what is done."""
    return Altered(
        tuple(one.path for one in span.inside),
        span.before.catalog if span.before else Catalog(EMPTY),
        span.after.catalog if span.after else Catalog(EMPTY),
        rollbacks,
        tuple(one.path for one in span.beside),
    )


def reached(span: Span, remarks: list[str]) -> dict[tuple[str, str], Reach]:
    """Where rollbacks of each rollout that changes lead, as the journals know it."""
    found: dict[tuple[str, str], Reach] = {}
    if span.before is None:
        return found
    known = {one.name: one for one in span.before.registry.environments}
    homes = [home for home in (home_of(one.path) for one in span.inside) if home]
    wanted = {(home.name, home.model) for home in homes if home.kind == "Rollout" and home.name in known}
    for name in sorted({environment for environment, _ in wanted}):
        models = sorted(model for environment, model in wanted if environment == name)
        try:
            journal = stand(span.repository, span.before.registry, name).journal
            states = journal.states(journal.refresh(), models)
        except ModelopsError as error:
            remarks.append(f"The journal of {name} cannot be read, so a rollback is none: {error.message}")
            continue
        found |= {(name, model): rollbacks_of(state, known[name]) for model, state in states.items()}
    return found


def rollbacks_of(state: ModelState, environment: Environment) -> Reach:
    """Where rollbacks lead from what is live."""
    live = stable(state.routes)
    if live is None:
        return Reach()
    routes = (one.route for one in reachable(state, environment.rollback.revisions))
    back = frozenset(route.digest for route in routes if parse(route.version) < parse(live.version))
    has_completed = any(one.route.digest == live.digest for one in state.completed)
    return Reach(back, live.digest if has_completed else "")


def _require_rules(span: Span) -> None:
    folder = span.repository.prefix.removesuffix("/")
    if span.before is None and span.base and REGISTRY_FILE in names_in(span.repository, span.base, folder):
        raise RefusedError(
            f"modelops.yaml is not valid at {span.base[:12]}, so nobody knows who may do what",
            hint="Mend it there first: it is judged by people with the right to push past the rules.",
        )


def _known(span: Span, registry: Registry, source: Source, remarks: list[str]) -> Known:
    known = _from(span, registry, source, remarks)
    if not source.author:
        return known
    opened = Participant(source.author, source.part)
    return known._replace(author=source.author, participants=(opened, *known.participants))


def _from(span: Span, registry: Registry, source: Source, remarks: list[str]) -> Known:
    if source.pull_request is not None:
        into = span.base or span.head
        return known_to_forge(asked_of(span.repository, registry, source.pull_request, into), registry)
    if source.file is not None:
        return Filed(span.repository, span.base, read_statement(source.file)).known()
    if source.signed:
        from modelops_git.engine.approving import signed_approvals

        said = signed_approvals(span.repository, span.base or "", span.head)
        remarks.extend(said.problems)
        return Known(said.participants, said.approvals, said.author)
    return Known()


def asked_of(repository: Repository, registry: Registry, number: int, into: str) -> Asked:
    """A pull request as the forge of `registry` knows it; `into` is what it is, or was, merged into.

    Raises:
        UsageError: The registry names no forge, or the clone has no remote.
        ForgeError: The forge could not be asked.
    """
    forge, remote = forge_of(repository, registry), remote_of(repository, registry)
    if forge is None or remote is None:
        what = "names no forge" if forge is None else "has no remote to fetch pull requests from"
        hint = "Add `forge: {type: github}` to modelops.yaml, and merge it."
        raise UsageError(f"this registry {what}", hint=hint)
    return Asked(repository, forge, forge.pull_request(number), remote, into)
