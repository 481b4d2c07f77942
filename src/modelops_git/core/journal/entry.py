"""One entry of a journal: what was meant to be done, what was seen, what was decided by a person.

The entries of an environment form a chain: each holds the digest of the one before. Their types are for
ever: a release may add optional fields, and reads what every release before it wrote.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from modelops_git.core.digests import of_bytes
from modelops_git.core.journal.listeners import Wants
from modelops_git.core.journal.people import Actor
from modelops_git.core.journal.runs import (
    DriftClass,
    Measured,
    Paused,
    Resumed,
    RunEnded,
    RunStarted,
    StepIntent,
    StepObserved,
)
from modelops_git.core.records import Instant, Record
from modelops_git.core.routes import Digest, Hold, Route, Stamp


class Genesis(Record):
    """The first entry of a journal."""

    type: Literal["Genesis"] = "Genesis"
    registry: str
    environment: str


class Adopted(Record):
    """What the target served already is taken over as it is."""

    type: Literal["Adopted"] = "Adopted"
    model: str
    routes: tuple[Route, ...]
    stamp: Stamp | None = None


class Deferred(Record):
    """A wanted state is not begun yet, and why.

    Attributes:
        until: When it is worth looking again; None where no clock can say.
        refused: Whether it is not begun at all until somebody says so.
    """

    type: Literal["Deferred"] = "Deferred"
    model: str
    generation: Digest
    reason: str
    until: Instant | None = None
    refused: bool = False


class HoldSet(Record):
    """Somebody, or a verdict, keeps the target at another version than the wanted one."""

    type: Literal["HoldSet"] = "HoldSet"
    model: str
    hold: Hold
    routes: tuple[Route, ...]
    stamp: Stamp


class HoldCleared(Record):
    """A hold is lifted."""

    type: Literal["HoldCleared"] = "HoldCleared"
    model: str
    hold: str
    reason: str


class RetryGranted(Record):
    """A generation that failed, is held or was refused may be tried again; `id` names the request."""

    type: Literal["RetryGranted"] = "RetryGranted"
    id: str
    model: str
    generation: Digest
    reason: str


class ArtifactsVerified(Record):
    """The bytes of a version were compared with its digests."""

    type: Literal["ArtifactsVerified"] = "ArtifactsVerified"
    model: str
    version: str
    run: str | None = None
    artifacts_digest: Digest
    mode: Literal["metadata", "full"]
    bytes: int


class DriftObserved(Record):
    """The target serves something that the journal does not account for."""

    type: Literal["DriftObserved"] = "DriftObserved"
    model: str
    drift: DriftClass
    detail: str


class DriftHealed(Record):
    """The target serves again what the journal says: it was mended, or changed back by somebody else.

    Attributes:
        stamp: What it was seen under; None where nothing is there.
    """

    type: Literal["DriftHealed"] = "DriftHealed"
    model: str
    routes: tuple[Route, ...]
    stamp: Stamp | None = None


class Retired(Record):
    """The model is no longer live here."""

    type: Literal["Retired"] = "Retired"
    model: str
    run: str


class BreakGlass(Record):
    """Somebody went round the rules, with a reason."""

    type: Literal["BreakGlass"] = "BreakGlass"
    model: str | None = None
    reason: str
    ticket: str


class Notified(Record):
    """Who is told of what happens, and what they were told.

    Attributes:
        key: Whom: names a webhook, by the environment variable that holds its address.
        act: `follows` and `left`: it is told from here on, or no longer. `tries`: whoever wrote this is
            about to tell what is owed. `sent` and `gave-up`: what is owed no longer.
        wants: What it is told of, where it follows.
        entries: The numbers of the entries that it was told of, or will not be.
        reason: Why it will not be.
    """

    type: Literal["Notified"] = "Notified"
    model: str | None = None
    key: str
    act: Literal["follows", "left", "tries", "sent", "gave-up"] | None = None
    wants: tuple[Wants, ...] | None = None
    entries: tuple[int, ...] | None = None
    reason: str | None = None


Payload = Annotated[
    Genesis
    | Adopted
    | RunStarted
    | StepIntent
    | StepObserved
    | Measured
    | Paused
    | Resumed
    | Deferred
    | RunEnded
    | HoldSet
    | HoldCleared
    | RetryGranted
    | ArtifactsVerified
    | DriftObserved
    | DriftHealed
    | Retired
    | BreakGlass
    | Notified,
    Field(discriminator="type"),
]


class Entry(Record):
    """A payload in its place in the chain.

    Attributes:
        sequence: From 0, without a gap.
        at: When it was written; never before the entry before.
        previous: The digest of the entry before; None for the first.
        tool_version: Which release of this tool wrote it.
        actor: Who ran the tool.
        on_behalf_of: For whom, where that is somebody else.
    """

    format_version: Literal[1] = 1
    sequence: int = Field(ge=0)
    at: Instant
    previous: Digest | None = None
    tool_version: str
    actor: Actor
    on_behalf_of: str | None = None
    payload: Payload

    @property
    def model(self) -> str:
        """The model that the entry is about; empty for those about the environment."""
        return getattr(self.payload, "model", None) or ""

    @property
    def digest(self) -> str:
        """What the next entry calls `previous`."""
        return of_bytes(self.to_bytes())
