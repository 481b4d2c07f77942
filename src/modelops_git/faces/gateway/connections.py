"""Connections whose senders are not trusted: the head of a request is bounded in length and in time.

Bodies are bounded where they are read (see `bodies`). Head and body of an answer are sent at once, which
would wake its reader twice otherwise. The rest is done by uvicorn.
"""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio

    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

LONGEST_HEAD = 64 << 10
"""Bytes of a path and headers, beyond those that came at once with the first."""
HEAD_SECONDS = 30.0
"""For sending them, from the connection on."""
MOST = 1 << 16
"""Files that a process asks to be allowed to open."""
RESERVE = 128
"""Files that the process may still open when it takes no more connections."""


class Connection(HttpToolsProtocol):
    """A connection that is closed if its sender sends too much before a request, or nothing for too long."""

    _timer: asyncio.TimerHandle | None = None
    _is_in_head = False
    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, unless there are too many connections."""
        super().connection_made(transport)
        if len(self.connections) > most_connections():
            transport.abort()
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, and count what belongs to a head that is not complete."""
        was_in_head = self._is_in_head
        super().data_received(data)
        if was_in_head and self._is_in_head:
            self._head += len(data)
            if self._head > LONGEST_HEAD:
                self.send_400_response("The headers are too long.")
        is_answered = self.cycle is None or self.cycle.response_complete
        if is_answered and self.timeout_keep_alive_task is None and not self.transport.is_closing():
            self._wait()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._is_in_head, self._head = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """It is complete."""
        self._is_in_head = False
        self._wait_no_more()
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        sending = _Sending(cycle)
        cycle.transport, cycle.on_response = sending, sending.end  # type: ignore[assignment]  # no more is used
        super()._start_asgi_task(cycle, app)

    def _wait(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Sending:
    """What an answer is written to: its head is kept until what follows is there."""

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle, self._head = cycle, b""
        self._is_kept = False
        self._transport, self._on_response = cycle.transport, cycle.on_response

    def write(self, data: bytes) -> None:
        """Send, but not the head alone."""
        if self._is_kept:
            self._transport.writelines((self._head, data))
            self._is_kept = False
        elif self._cycle.response_started and not self._head:
            self._head, self._is_kept = data, True
        else:
            self._transport.write(data)

    def is_closing(self) -> bool:
        """Whether nothing more is sent."""
        return self._transport.is_closing()

    def close(self) -> None:
        """Send what is kept, and then nothing more."""
        self._flush()
        self._transport.close()

    def end(self) -> None:
        """The answer is complete, with a body or without."""
        self._flush()
        self._on_response()

    def _flush(self) -> None:
        if self._is_kept:
            self._transport.write(self._head)
            self._is_kept = False


def most_connections() -> int:
    """How many connections a process may have, by the files that it may have open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1 << 30 if soft == resource.RLIM_INFINITY else max(soft - RESERVE, soft // 2)


def allow_many() -> None:
    """Let this process and those that it starts have as many connections as they may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
