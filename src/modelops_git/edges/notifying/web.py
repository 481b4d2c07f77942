"""Messages are posted: bounded in time whatever a server or a network does, and without a redirect.

Each outlet is served by a thread of its own, so that a dead one neither delays the others nor the caller, who
waits some seconds at the most. What had no answer by then counts as not sent.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from modelops_git import __version__
from modelops_git.core.notifying.signature import signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from urllib3 import PoolManager

    from modelops_git.core.notifying.messages import Message
    from modelops_git.edges.notifying.outlets import Outlet

CONNECT_SECONDS, READ_SECONDS = 3.0, 5.0
WHOLE_SECONDS, HURRIED_SECONDS = 10.0, 3.0
"""How long all of it may take: where a machine waits, and where a person does at night."""
MOST_AT_ONCE = 20
"""How many messages one outlet is sent at once."""
_GOOD = range(200, 300)
_AGAIN = frozenset({429, 503})
_UNTAKEN = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError")
_PAUSE_SECONDS = 0.3
_FAILURES = (
    ("NameResolutionError", "its name cannot be resolved"),
    ("NewConnectionError", "it cannot be reached"),
    ("ConnectTimeoutError", "it cannot be reached in time"),
    ("SSLError", "its certificate is not accepted"),
    ("ProxyError", "the proxy does not let it be reached"),
    ("ProtocolError", "it breaks off the connection"),
    ("ReadTimeoutError", "it does not answer in time"),
)


class Parcel(NamedTuple):
    """What one outlet is to be sent, and in which order."""

    outlet: Outlet
    messages: Sequence[Message]


@dataclass(slots=True)
class Delivery:
    """What became of a parcel.

    Attributes:
        sent: The entries whose messages were taken.
        problem: Why the others were not, without the address; empty where all were.
    """

    sent: list[int] = field(default_factory=list)
    problem: str = ""


def deliver(parcels: Sequence[Parcel], at: int, seconds: float = WHOLE_SECONDS) -> list[Delivery]:
    """Send parcels, all at once; what became of each.

    Args:
        parcels: What to send, and where.
        at: The time in seconds since 1970, for signatures.
        seconds: How long it may take.
    """
    runs = [_Run(parcel, at, seconds) for parcel in parcels]
    for run in runs:
        run.thread.start()
    return [run.outcome() for run in runs]


class _LateError(Exception):
    """The time is over."""


class _Run:
    """One parcel on its way."""

    def __init__(self, parcel: Parcel, at: int, seconds: float) -> None:
        self._parcel, self._at, self._seconds = parcel, at, seconds
        self._until = time.monotonic() + seconds
        self._delivery = Delivery()
        # A daemon: what hangs in the resolution of a name can only be left behind.
        self.thread = threading.Thread(target=self._send, daemon=True)

    def outcome(self) -> Delivery:
        """What became of it, at the latest when the time is over."""
        self.thread.join(max(0.0, self._until - time.monotonic()))
        sent = list(self._delivery.sent)
        if self._delivery.problem or len(sent) == len(self._parcel.messages):
            return Delivery(sent, self._delivery.problem)
        return Delivery(sent, self._late())

    def _send(self) -> None:
        try:
            with _manager(self._parcel.outlet.url) as manager:
                for message in self._parcel.messages:
                    self._delivery.problem = self._post(manager, message)
                    if self._delivery.problem:
                        return
                    self._delivery.sent.append(message.entry)
        except _LateError:
            self._delivery.problem = self._late()
        except Exception as error:  # noqa: BLE001 - a thread has nobody else to tell
            self._delivery.problem = _words(error)

    def _late(self) -> str:
        return f"it took more than {self._seconds:g} seconds"

    def _post(self, manager: PoolManager, message: Message) -> str:
        """Send one message; why it was not taken, or nothing.

        It is sent again once where it cannot have been taken. urllib3 would log that, with the address.
        """
        status = 0
        try:
            status = self._request(manager, message)
        except Exception as error:
            if not _names(error).intersection(_UNTAKEN):
                raise
        if not status or status in _AGAIN:
            time.sleep(_PAUSE_SECONDS)
            status = self._request(manager, message)
        return "" if status in _GOOD else _refusal(status)

    def _request(self, manager: PoolManager, message: Message) -> int:
        import urllib3

        left = self._until - time.monotonic()
        if left <= 0:
            raise _LateError
        response = manager.request(
            "POST",
            self._parcel.outlet.url,
            body=message.body,
            headers=self._headers(message),
            preload_content=False,
            redirect=False,
            retries=False,
            timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, left), read=min(READ_SECONDS, left)),
        )
        response.close()  # what it says may repeat the address, and is not needed
        return response.status

    def _headers(self, message: Message) -> dict[str, str]:
        secret = self._parcel.outlet.secret
        return {
            "Content-Type": f"{message.content_type}; charset=utf-8",
            "User-Agent": f"modelops-git/{__version__}",
            **(signed(message, secret, self._at) if secret else {}),
        }


def _refusal(status: int) -> str:
    if status // 100 == 3:  # noqa: PLR2004 - redirects
        return f"it answers with another address (HTTP {status}), which is not followed"
    return f"it answers HTTP {status}"


def _words(error: Exception) -> str:
    """What failed, in words of our own: those of the library repeat the address."""
    names = _names(error)
    kind = type(getattr(error, "reason", None) or error).__name__
    return next((said for name, said in _FAILURES if name in names), f"it fails with {kind}")


def _names(error: Exception) -> set[str]:
    """The names of the classes of an error, or of its cause."""
    return {one.__name__ for one in type(getattr(error, "reason", None) or error).__mro__}


def _manager(url: str) -> PoolManager:
    import urllib3

    parts = urlsplit(url)
    proxy = "" if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme, "")
    return urllib3.ProxyManager(proxy) if proxy else urllib3.PoolManager()
