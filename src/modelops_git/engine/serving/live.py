"""What is live: for each model the routes that are served, with their versions loaded.

- A request reads one value, and works with it to its end: a switch never shows half of itself.
- A table that has changed is loaded in the background, and its routes are switched to when all of their
  versions are there. Whatever is loaded already, such as the version that a rollback goes back to, takes no
  time. Each model is loaded by itself, so that none waits for another's.
- Of two tables that follow each other only the newer one is switched to, whichever has loaded first.
- Where a version cannot be loaded, what was served goes on being served, and it is tried again later. A
  server that has just started and can serve nothing of a table as it was before serves what could be loaded.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import ModelopsError, TargetError
from modelops_git.edges.targets.instances import Serving
from modelops_git.engine.serving.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelops_git.core.routes import Route, Stamp
    from modelops_git.edges.targets.gateway import RouteTable

V = TypeVar("V")
AGAIN = 5.0
"""Seconds after which a version that could not be loaded is tried again."""
LOADERS = 4
"""How many models are loaded at once."""


class Tables(Protocol):
    """Where route tables are read."""

    def signatures(self) -> Mapping[str, object]:
        """For every model something that is another one once its table was replaced."""

    def table(self, model: str) -> RouteTable | None:
        """A model's route table."""


class Routing(NamedTuple, Generic[V]):
    """What is served for a model.

    Attributes:
        routes: Versions with roles and weights; empty where the model was taken off.
        stamp: Where they come from.
        versions: The loaded versions, by the digests of their manifests.
    """

    routes: tuple[Route, ...]
    stamp: Stamp
    versions: Mapping[str, V]


class Event(NamedTuple):
    """Something that happened to a model's routes.

    Attributes:
        kind: `switched`, `failed` or `gone`.
        model: The model's name.
        said: What, in one sentence.
        routes: What is served from now on.
    """

    kind: str
    model: str
    said: str
    routes: tuple[Route, ...] = ()


@dataclass(slots=True)
class _Seen:
    """What was seen of a model's table.

    Attributes:
        signature: Of the newest table.
        is_loading: Whether a thread is at it.
        wanted: The stamp of the newest table.
        problem: Why it is not served.
        tried_at: When that was found, in seconds of a monotonic clock.
    """

    signature: object
    is_loading: bool = True
    wanted: Stamp | None = None
    problem: str | None = None
    tried_at: float = field(default_factory=time.monotonic)


class Live(Generic[V]):
    """All that is live; `refresh` is called by one thread, the rest by any."""

    def __init__(
        self, tables: Tables, load: Callable[[str, Route], V], tell: Callable[[Event], None]
    ) -> None:
        self._tables, self._load, self._tell = tables, load, tell
        self._routings: dict[str, Routing[V]] = {}
        self._seen: dict[str, _Seen] = {}
        self._has_looked = False
        self._lock = threading.Lock()
        self._threads = Threads(LOADERS, "loading")

    @property
    def models(self) -> list[str]:
        """The models that something is served for."""
        return sorted(model for model, routing in list(self._routings.items()) if routing.routes)

    @property
    def is_settled(self) -> bool:
        """Whether the tables could be looked for, and every one of them was loaded, or tried to."""
        with self._lock:
            return self._has_looked and not any(seen.is_loading for seen in self._seen.values())

    def routing(self, model: str) -> Routing[V] | None:
        """What is served for a model; None where nothing is."""
        found = self._routings.get(model)
        return found if found and found.routes else None

    def serving(self) -> dict[str, Serving]:
        """What is served, and what should be, for the report of this process."""
        with self._lock:
            return {
                model: Serving(
                    stamp=self._routings[model].stamp if model in self._routings else None,
                    wanted=seen.wanted,
                    problem=seen.problem,
                )
                for model, seen in self._seen.items()
            }

    def refresh(self) -> None:
        """Look for tables that have changed, and begin to load them.

        Raises:
            TargetError: The tables cannot be read.
        """
        found = self._tables.signatures()
        now = time.monotonic()
        with self._lock:
            self._has_looked = True
            gone = [model for model in self._seen if model not in found]
            for model in gone:
                del self._seen[model]
                self._routings.pop(model, None)
            due = [model for model, signature in found.items() if self._is_due(model, signature, now)]
            for model in due:
                self._seen[model] = _begun(found[model], self._seen.get(model))
        for model in gone:
            self._tell(Event("gone", model, "its route table was taken away"))
        for model in due:
            self._threads.submit(partial(self._renew, model, found[model]))

    @property
    def is_busy(self) -> bool:
        """Whether something is being loaded."""
        return self._threads.is_busy

    def close(self) -> None:
        """Begin no more loads; those under way are not waited for."""
        self._threads.close()

    def _is_due(self, model: str, signature: object, now: float) -> bool:
        seen = self._seen.get(model)
        if seen is None or seen.signature != signature:
            return True
        return seen.problem is not None and not seen.is_loading and now - seen.tried_at >= AGAIN

    def _renew(self, model: str, signature: object) -> None:
        """Load a model's table, and switch to it if it is still the newest."""
        try:
            self._take(model, signature, self._tables.table(model))
        except TargetError as error:
            self._fail(model, signature, printable(error.message))
        except Exception as error:  # noqa: BLE001 - a defect in one model's loader must not end the others
            self._fail(model, signature, printable(f"{type(error).__name__}: {error}"))

    def _take(self, model: str, signature: object, table: RouteTable | None) -> None:
        if table is None:
            return self._fail(model, signature, "its route table has gone")
        with self._lock:
            current = self._routings.get(model)
            if self._is_newest(model, signature):
                self._seen[model].wanted = table.stamp
        versions, problems = self._versions(model, table, dict(current.versions) if current else {})
        if problems and (current is not None or not versions):
            return self._fail(model, signature, "; ".join(problems))
        return self._switch(model, signature, Routing(table.routes, table.stamp, versions), problems)

    def _versions(self, model: str, table: RouteTable, known: dict[str, V]) -> tuple[dict[str, V], list[str]]:
        """The versions of a table, and what keeps some of them from being loaded."""
        loaded, problems = {}, []
        for route in table.routes:
            try:
                loaded[route.digest] = known.get(route.digest) or self._load(model, route)
            except ModelopsError as error:
                problems.append(f"{route.version}: {_said(error)}")
        before = {route.digest: known[route.digest] for route in table.previous if route.digest in known}
        return before | loaded, problems

    def _switch(self, model: str, signature: object, routing: Routing[V], problems: list[str]) -> None:
        with self._lock:
            if not self._is_newest(model, signature):
                return
            self._routings[model] = routing
            seen = self._seen[model]
            seen.is_loading, seen.tried_at = False, time.monotonic()
            seen.problem = "; ".join(problems) or None
        said = ", ".join(f"{route.version} {route.role} {route.weight} %" for route in routing.routes)
        self._tell(Event("switched", model, f"serves {said or 'nothing'}", routing.routes))
        if problems:
            self._tell(Event("failed", model, "; ".join(problems)))

    def _fail(self, model: str, signature: object, problem: str) -> None:
        with self._lock:
            if not self._is_newest(model, signature):
                return
            seen = self._seen[model]
            seen.is_loading, seen.tried_at, seen.problem = False, time.monotonic(), problem
        self._tell(Event("failed", model, problem))

    def _is_newest(self, model: str, signature: object) -> bool:
        seen = self._seen.get(model)
        return seen is not None and seen.signature == signature


def _begun(signature: object, before: _Seen | None) -> _Seen:
    """A table that is loaded now; what kept it from being loaded holds until it is."""
    if before is None or before.signature != signature:
        return _Seen(signature)
    return _Seen(signature, wanted=before.wanted, problem=before.problem)


def _said(error: ModelopsError) -> str:
    """An error and its hint, as sentences."""
    return printable(f"{error.message}. {error.hint}" if error.hint else error.message)
