"""What a target is: the place where versions are live.

A target is asked for absolute routes, never for a difference, so that the same call may be made twice. Each
change bears a stamp, and says which one it expects to find: of two writers one wins, and the other knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.routes import Hold, Observed, Route, Stamp


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a target can express; a plan that needs more is refused.

    Attributes:
        any_weight: Shares of the requests in whole percent.
        two_weights: Two versions side by side.
        mirror: A version that sees the requests and whose answers are dropped.
        header_match: Routing by a header.
        sticky: The same caller always meets the same version.
        native_rollback: The target itself knows what it served before.
        fenced: It refuses a writer that was displaced.
    """

    any_weight: bool = False
    two_weights: bool = False
    mirror: bool = False
    header_match: bool = False
    sticky: bool = False
    native_rollback: bool = False
    fenced: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What a target is asked to serve for one model.

    Attributes:
        model: The model's name.
        routes: All of its routes; none at all takes it off.
        stamp: The journal entry that this comes from.
        expected: The stamp that the target must bear now; None where nothing was ever applied.
        hold: The hold that it shall bear.
        previous: What to remember as served before.
    """

    model: str
    routes: tuple[Route, ...]
    stamp: Stamp
    expected: Stamp | None
    hold: Hold | None = None
    previous: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a target can serve what it routes to; `problems` says what is in the way."""

    problems: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether nothing is in the way."""
        return not self.problems


class Target(Protocol):
    """A place where versions are live."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can express."""

    @property
    def files(self) -> str | None:
        """The URI of the store for the verified files of versions; None where it fetches them itself."""

    def observe(self, model: str) -> Observed:
        """What it serves for `model` now.

        Raises:
            TargetError: It cannot be asked.
        """

    def apply(self, order: Order) -> None:
        """Serve what `order` says, at once and entirely. The same order twice is one.

        Raises:
            TargetConflictError: It does not bear the expected stamp.
            TargetError: It could not be changed.
        """

    def health(self, model: str) -> Health:
        """Whether it can serve what it routes to."""


@runtime_checkable
class Lists(Protocol):
    """A target that can say what it serves without being asked for a model by name."""

    def models(self) -> Iterable[str]:
        """The names of all models that it serves now.

        Raises:
            TargetError: It cannot be asked.
        """


@runtime_checkable
class Keeps(Protocol):
    """A target that keeps the manifests of what it serves, for those who serve there and have no clone."""

    def keep(self, digest: str, manifest: bytes) -> None:
        """Keep the canonical JSON of a manifest under its digest; the same twice is one.

        Raises:
            TargetError: The bytes have another digest, or cannot be kept.
        """
