"""What the verbs that act on an environment stand on: its journal, its targets, the clock, and who acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from modelops_git import __version__
from modelops_git.core.clock import parse_duration
from modelops_git.core.errors import RefusedError
from modelops_git.core.journal.chain import Writer
from modelops_git.core.journal.people import Actor
from modelops_git.edges.git.identity import committer
from modelops_git.edges.git.journal import JournalBranch
from modelops_git.edges.git.journal_place import JournalPlace
from modelops_git.edges.targets import open_target
from modelops_git.engine.intent import environment_named, remote_of, target_of
from modelops_git.engine.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelops_git.core.journal.chain import Link
    from modelops_git.core.journal.entry import Payload
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.manifests.environment import Environment
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.routes import Observed
    from modelops_git.edges.git.journal import Tip
    from modelops_git.edges.git.repository import Repository
    from modelops_git.edges.targets.base import Target


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Ground:
    """One environment of a registry, as the engine meets it.

    Attributes:
        repository: The clone that the tool runs in.
        registry: The registry's `modelops.yaml`, at the commit that is acted on.
        environment: The environment in it.
        journal: The environment's journal.
        now: Asked for the time.
        seen: What a target serves for a model, where targets and stores are not asked; None where they are.
        written: The numbers of entries that this process wrote and has not told anybody of yet.
    """

    repository: Repository
    registry: Registry
    environment: Environment
    journal: JournalBranch
    now: Callable[[], datetime] = utc_now
    seen: Callable[[str], Observed] | None = None
    written: set[int] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.environment.name

    @cached_property
    def actor(self) -> Actor:
        """Who acts; git is asked once something is written."""
        return Actor(name=acting(self.repository))

    @property
    def asks(self) -> bool:
        """Whether targets and stores may be asked."""
        return self.seen is None

    @property
    def outbox(self) -> Outbox:
        """What waits in this clone for the environment's journal."""
        return Outbox(self.repository, self.name)

    @property
    def lease(self) -> timedelta:
        """How long an intent is left to whoever announced it."""
        return parse_duration(self.registry.journal.lease)

    def target(self, model: str) -> Target:
        """Where `model` is live in this environment.

        Raises:
            RefusedError: No target of the environment takes the model.
            TargetError: It is of a type that this release cannot reach.
        """
        manifest = target_of(self.environment, model)
        if manifest is None:
            raise RefusedError(
                f"no target of {self.name} takes {model}",
                hint="Add one to the environment's targets in modelops.yaml, or widen the models of one.",
            )
        target = open_target(manifest, self.repository.root)
        if self.seen is None:
            return target
        from modelops_git.engine.unasked import Unasked

        return Unasked(self.seen, target.capabilities)

    def append(self, tip: Tip, models: dict[str, ModelState], payloads: list[Payload]) -> Tip:
        """Put payloads behind `tip`, and what they lead to into `models`.

        Raises:
            LostRaceError: The journal has moved on; `models` is as it was.
            JournalError: It cannot be written.
        """
        from modelops_git.core.journal.chain import extend

        links = extend(tip.environment, models, payloads, self.writer())
        after = self.put(tip, links)
        models.update({link.model.model: link.model for link in links if link.model})
        return after

    def put(self, tip: Tip, links: Sequence[Link]) -> Tip:
        """Put entries behind `tip`.

        Raises:
            LostRaceError: The journal has moved on.
            JournalError: It cannot be written.
        """
        after = self.journal.append(tip, links)
        self.written.update(link.entry.sequence for link in links)
        return after

    def writer(self, *, patient: bool = True) -> Writer:
        """Who writes, and when.

        Raises:
            RefusedError: The journal is to be signed, which this release cannot do.
        """
        if self.registry.journal.signed:
            raise RefusedError(
                "modelops.yaml asks for a signed journal, which this release cannot write",
                hint="Set journal.signed to false, or use a release that signs.",
            )
        return Writer(self.actor, self.now(), __version__, patient)


def stand(repository: Repository, registry: Registry, environment: str) -> Ground:
    """The ground of an environment.

    Raises:
        UsageError: There is no such environment.
    """
    remote = remote_of(repository, registry)
    place = JournalPlace(
        repository.top, repository.common_dir, registry.name, environment, remote, repository.is_server
    )
    manifest = environment_named(registry, environment)
    return Ground(repository, registry, manifest, JournalBranch(place))


def readable(text: str) -> str:
    """Text from git or a command line as a record can hold it: what is no UTF-8 there becomes `?`."""
    return text.encode("utf-8", "replace").decode("utf-8")


def acting(repository: Repository) -> str:
    """Who acts, as git knows them; `unknown` where it does not."""
    name, email = map(readable, committer(repository.git))
    return f"{name} <{email}>" if name and email else name or email or "unknown"
