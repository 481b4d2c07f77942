"""What people asked for while the journal was out of reach: entries that wait for it.

One file a request, written whole or not at all, in the clone's git directory. The next tick puts them into
the journal and takes them away; one that is there already (the process died in between) is not put twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from modelops_git.core.errors import JournalError
from modelops_git.core.journal.entry import HoldSet, RetryGranted
from modelops_git.core.journal.runs import Paused, Resumed
from modelops_git.core.records import Instant, Record
from modelops_git.edges.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.journal.entry import Payload
    from modelops_git.core.journal.state import ModelState
    from modelops_git.edges.git.repository import Repository

Asked = Annotated[HoldSet | Paused | Resumed | RetryGranted, Field(discriminator="type")]
"""What people ask for: each has a name, by which a state knows whether it was heard."""


class Request(Record):
    """What somebody asked for, and when."""

    at: Instant
    payload: Asked

    @property
    def name(self) -> str:
        """Names the request."""
        return name_of(self.payload)


def name_of(payload: Asked) -> str:
    """The name of a request, as a state remembers it."""
    return payload.hold.id if isinstance(payload, HoldSet) else payload.id


class Outbox:
    """The requests of people about one environment that are not in its journal yet."""

    def __init__(self, repository: Repository, environment: str) -> None:
        self._folder = repository.common_dir / "modelops" / "outbox" / environment

    def add(self, request: Request) -> Path:
        """Keep `request` until the journal can be reached; the file that holds it."""
        path = self._folder / f"{request.name}.json"
        write_atomic(path, request.to_bytes())
        return path

    def waiting(self) -> dict[Path, Request]:
        """What waits, oldest first.

        Raises:
            JournalError: A file cannot be read as what it should be.
        """
        paths = self._folder.glob("*.json") if self._folder.is_dir() else ()
        read = {path: _read(path) for path in paths}
        return dict(sorted(read.items(), key=lambda item: item[1].at))

    def unknown_to(self, states: dict[str, ModelState]) -> list[Payload]:
        """What waits and is not in the journal that `states` come from."""
        waiting = self.waiting().values()
        return [request.payload for request in waiting if not _is_known(request, states)]

    def clear(self, states: dict[str, ModelState]) -> None:
        """Take away what the journal that `states` come from has."""
        for path, request in self.waiting().items():
            if _is_known(request, states):
                path.unlink(missing_ok=True)


def _is_known(request: Request, states: dict[str, ModelState]) -> bool:
    state = states.get(request.payload.model)
    return state is not None and request.name in state.heard


def _read(path: Path) -> Request:
    try:
        return Request.from_bytes(path.read_bytes())
    except (OSError, ValueError) as error:
        raise JournalError(
            f"a request that waits for its journal cannot be read: {path}: {error}",
            hint="Keep the file for whoever made the request, and move it out of this folder.",
        ) from error
