"""Servers under load: each has its turn in each round, and only one of them runs at a time."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, NamedTuple, Protocol

import wrk
from promotions import ENVIRONMENT
from servers import Server, free_port, running
from tables import microseconds, table
from timing import Times

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from served import Place

HEAD = ("server", "connections", "requests/s", "p50", "middle half within", "p99", "CPU a request", "failed")
WARM = 1.0
"""Seconds of requests that do not count, for each start."""


class Where(NamedTuple):
    """Where the servers are installed.

    Attributes:
        modelops: Our program, with the extra `serve`.
        python: The interpreter that it runs on, whose packages are all that the bare server needs.
        mlserver: The program.
        env: The environment for what is measured.
    """

    modelops: Path
    python: Path
    mlserver: Path
    env: Mapping[str, str]


class Effort(Protocol):
    """How much is measured."""

    @property
    def connections(self) -> Sequence[int]:
        """How many at once."""

    @property
    def rounds(self) -> int:
        """In each of which every server has its turn."""

    @property
    def seconds(self) -> float:
        """Of each turn."""


class Seen(NamedTuple):
    """What one server did with so many connections.

    Attributes:
        name: The server.
        connections: How many.
        loads: What came of each round.
        cpu: Seconds of CPU for each request, in each round.
    """

    name: str
    connections: int
    loads: list[wrk.Load]
    cpu: list[float]

    @property
    def times(self) -> Times:
        """What half of the requests took at most, in each round."""
        return Times(self.name, [one.p50 for one in self.loads], self.cpu)

    def row(self) -> list[str]:
        """For the table."""
        return [
            self.name,
            str(self.connections),
            f"{statistics.median(one.requests / one.seconds for one in self.loads):,.0f}",
            microseconds(self.times.median),
            f"{self.times.spread:.0%}",
            microseconds(statistics.median(one.p99 for one in self.loads)),
            microseconds(self.times.median_cpu),
            str(sum(one.failed for one in self.loads)),
        ]


def ours(where: Where, made: Place, name: str, *options: str) -> Server:
    """Our server."""
    port = free_port()
    words: list[str | Path] = [where.modelops, "serve", "--env", ENVIRONMENT, "--port", str(port), *options]
    return Server(name, words, made.root, where.env, port)


def measured(asking: wrk.Client, servers: Sequence[Server], folder: Path, effort: Effort) -> list[Seen]:
    """What each server does with each number of connections, in the order of the servers."""
    found = [Seen(server.name, count, [], []) for server in servers for count in effort.connections]
    for _ in range(effort.rounds):
        for server in servers:
            turn(asking, server, folder, effort.seconds, [one for one in found if one.name == server.name])
    return found


def turn(asking: wrk.Client, server: Server, folder: Path, seconds: float, seen: Sequence[Seen]) -> None:
    """Start a server, and add what it does to each of `seen`."""
    with running(server, folder / "servers.log") as one:
        wrk.load(asking, server.url, 8, WARM)
        for entry in seen:
            before = one.cpu()
            load = wrk.load(asking, server.url, entry.connections, seconds)
            entry.loads.append(load)
            entry.cpu.append((one.cpu() - before) / load.requests)


def rows(seen: Sequence[Seen]) -> str:
    """All of it as a table."""
    return table(HEAD, [one.row() for one in seen])
