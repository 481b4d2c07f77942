"""Servers that are measured: each is started as its users start it, asked until it answers, and ended."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from served import MODEL, REQUEST
from validating import family

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

PATIENCE = 60.0
PATH = f"/v2/models/{MODEL}/infer"
BODY = json.dumps(REQUEST)
PORTS = range(20_000, 32_000)
"""Below those that Linux gives to clients."""
TICKS = os.sysconf("SC_CLK_TCK")


class Server(NamedTuple):
    """A server to be measured.

    Attributes:
        name: For the tables.
        command: Its words.
        folder: Where it runs.
        env: Its environment, complete.
        port: Where it listens.
    """

    name: str
    command: Sequence[str | Path]
    folder: Path
    env: Mapping[str, str]
    port: int

    @property
    def url(self) -> str:
        """Where predictions are asked for."""
        return f"http://127.0.0.1:{self.port}{PATH}"


class Running(NamedTuple):
    """A server that answers.

    Attributes:
        server: Which.
        process: Its first process.
    """

    server: Server
    process: int

    def cpu(self) -> float:
        """Seconds of CPU that it and its processes have taken so far."""
        return sum(map(_cpu, family(self.process)))


@contextmanager
def running(server: Server, log: Path) -> Iterator[Running]:
    """Start a server, and end it.

    Raises:
        RuntimeError: It does not answer, or not well.
    """
    words = [os.fspath(word) for word in server.command]
    with log.open("ab") as output:
        process = subprocess.Popen(words, cwd=server.folder, env=server.env, stdout=output, stderr=output)
    try:
        _wait(server, process, log)
        yield Running(server, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port that nobody listens on, and that the system gives to no client meanwhile."""
    while True:
        port = random.choice(PORTS)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port


def ask(server: Server) -> dict[str, object]:
    """What it answers to the request that is measured.

    Raises:
        OSError: Nobody listens.
        HTTPException: The answer is none.
        RuntimeError: It is none of a prediction.
    """
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request("POST", PATH, BODY, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{server.name} answers {answer.status}: {content[:500].decode(errors='replace')}")
    found: dict[str, object] = json.loads(content)
    return found


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            ask(server)
        except (OSError, http.client.HTTPException, RuntimeError) as error:
            if process.poll() is not None or time.monotonic() > until:
                said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise RuntimeError(f"{server.name} does not answer: {error}\n{said}") from error
            time.sleep(0.1)
        else:
            return


def _cpu(process: int) -> float:
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:  # noqa: PTH123 - of the kernel
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS
