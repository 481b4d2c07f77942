"""What a target serves: routes, the stamp that fences them, and the hold that keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from modelops_git.core.digests import of_json
from modelops_git.core.records import Instant, Record

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}\z")]
ALL = 100
"""All of the traffic, in percent."""
Role = Literal["stable", "candidate", "mirror", "preview", "previous"]


class Assign(Record):
    """What of a request decides which version answers it, so that the same caller always meets the same one.

    Attributes:
        header: The name of a request header.
        cookie: The name of a cookie, where it is no header.
    """

    header: str | None = None
    cookie: str | None = None


class Route(Record):
    """One version that a target serves.

    Attributes:
        role: What it is there for: `stable` serves where nothing is rolled out; a `candidate` has its share
            beside it; a `mirror` sees requests and answers none; a `preview` answers those who ask for it,
            before it goes live; the `previous` version is kept running after a switch.
        version: Its semantic version, for people.
        digest: The digest of its manifest, which is what it is known by.
        artifacts: The artifacts digest: with model and version, the place of its files.
        weight: Its share of the requests, in whole percent.
        assign: What decides which requests these are; None where chance does.
    """

    role: Role
    version: str
    digest: Digest
    artifacts: Digest
    weight: int = Field(ge=0, le=100)
    assign: Assign | None = None


class Stamp(Record):
    """The fence on a target: the journal entry that its present routes come from.

    Attributes:
        run: The run that the entry belongs to.
        sequence: The entry's number in the journal of the environment.
    """

    run: str
    sequence: int = Field(ge=0)


class Hold(Record):
    """Why a target keeps serving something else than what the default branch wants.

    Attributes:
        id: Names this hold, so that it is journaled once.
        generation: What must not be rolled out again while the hold lasts.
        serve: What is served instead; None where nothing is.
        reason: In the words of whoever set it.
        at: When the target was changed.
        by: Who changed it.
        run: The run that the target's routes came from before; None where that is not known.
    """

    id: str
    generation: Digest
    serve: Route | None = None
    reason: str
    at: Instant
    by: str
    run: str | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """What a target was seen to serve for one model.

    Attributes:
        routes: Empty where the model is not served there.
        stamp: Where the routes come from; None where nothing was ever applied.
        hold: The hold that the target bears.
        previous: What it served before, for when the journal cannot be asked.
        problems: Why it cannot serve that, where it was asked for its health.
    """

    routes: tuple[Route, ...] = ()
    stamp: Stamp | None = None
    hold: Hold | None = None
    previous: tuple[Route, ...] = ()
    problems: tuple[str, ...] = ()


def generation_of(model: str, environment: str, routes: tuple[Route, ...], strategy: str) -> str:
    """The digest that names a wanted state: versions with roles and weights, and the type of strategy.

    What callers are assigned by is a part of it, where something is: by another key, others meet a candidate.
    """
    rows = sorted((_wanted(route) for route in routes), key=str)
    return of_json({"model": model, "environment": environment, "routes": rows, "strategy": strategy})


def _wanted(route: Route) -> dict[str, Any]:
    wanted = {"role": route.role, "digest": route.digest, "weight": route.weight}
    return wanted if route.assign is None else wanted | {"assign": route.assign.as_json()}


def mirrors(routes: tuple[Route, ...]) -> tuple[Route, ...]:
    """The routes that answer nothing, and stay whatever is rolled out beside them."""
    return tuple(route for route in routes if route.role == "mirror")


def whole(routes: tuple[Route, ...]) -> Route | None:
    """The route that has all of the traffic; None where none has."""
    return next((route for route in routes if route.role != "mirror" and route.weight == ALL), None)


def stable(routes: tuple[Route, ...]) -> Route | None:
    """The route that serves what nothing else is chosen for; None where nothing is live."""
    return next((route for route in routes if route.role == "stable"), None)
