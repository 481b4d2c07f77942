"""Who is told of what happens in an environment, and what each is still to be told: parts of its state.

What is owed is kept as facts beside the entries, so that whoever tells it needs nothing but the newest state,
and never the entries themselves, which a clone may not have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from modelops_git.core.records import Instant, Record
from modelops_git.core.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterable


class Wants(Record):
    """What a listener is told of.

    Attributes:
        on: The names of the events.
        models: Patterns of the models' names; an event about no model is told whatever they are.
    """

    on: tuple[str, ...]
    models: tuple[str, ...]


class Listener(Record):
    """Somebody who is told.

    Attributes:
        key: Names them.
        wants: What they are told of: what one of these says.
        tried: When somebody last set out to tell what was owed, and has not succeeded since.
        tries: How often, since it last succeeded.
        lost: How many news were forgotten, because too many were owed, since it last succeeded.
    """

    key: str
    wants: tuple[Wants, ...]
    tried: Instant | None = None
    tries: int = Field(default=0, ge=0)
    lost: int = Field(default=0, ge=0)


class Review(Record):
    """How the change was reviewed that a run carries out.

    Attributes:
        pull_request: Where.
        approvals: By whom it was approved.
    """

    run: str
    pull_request: str | None = None
    approvals: tuple[str, ...] = ()


class News(Record):
    """Something that happened, in facts; texts are cut where they are long.

    Attributes:
        entry: The number of the journal's entry.
        id: The entry's digest in hex, which names what happened wherever it is told.
        at: When.
        events: What happened, in the words of modelops.yaml; the first says it best.
        model: The model; None where it is about the environment.
        by: Whose doing it was.
        owed: The keys of those who are still to be told.
        run: The run that it is about.
        action: What the run does.
        result: How it ended.
        refused: Whether what is wanted is not begun before somebody says so.
        drift: The class of a drift.
        version: The version that it is about: that a run leads to, that a hold brings, or that serves.
        digest: The digest of that version's manifest.
        former: The version before it.
        routes: What serves now.
        reason: In words.
        until: When what it waits for is over.
        ticket: The ticket, where somebody went round the rules.
        pull_request: Where the change was reviewed.
        approvals: By whom it was approved.
    """

    entry: int = Field(ge=0)
    id: str
    at: Instant
    events: tuple[str, ...]
    model: str | None = None
    by: str
    owed: tuple[str, ...]
    run: str | None = None
    action: str | None = None
    result: str | None = None
    refused: bool | None = None
    drift: str | None = None
    version: str | None = None
    digest: str | None = None
    former: str | None = None
    routes: tuple[Route, ...] = ()
    reason: str | None = None
    until: Instant | None = None
    ticket: str | None = None
    pull_request: str | None = None
    approvals: tuple[str, ...] = ()


def owed_to(key: str, news: Iterable[News] | None) -> tuple[News, ...]:
    """What a listener is still to be told, oldest first."""
    return tuple(one for one in news or () if key in one.owed)
