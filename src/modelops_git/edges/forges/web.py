"""Requests to a forge's API: bounded in time, tries, bytes and pages; the token goes nowhere else."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

from modelops_git import __version__
from modelops_git.core.artifacts import printable
from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.limits import LONGEST_WAIT, Limited, limit_of
from modelops_git.edges.forges.paging import PER_PAGE, next_page
from modelops_git.edges.forges.records import parsed, short
from modelops_git.edges.forges.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from urllib3 import BaseHTTPResponse, PoolManager, Retry

    from modelops_git.edges.forges.base import Site

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5, 20, 30
ATTEMPTS = 2
"""How often what only reads is asked again, after waits that chance makes longer."""
WAITS = 3
"""How often a request waits for a limit of the forge to pass."""
LARGEST = 16 << 20
"""Bytes of an answer."""
PAGES = 50
"""Pages of a list; a longer one is an error, never cut off in silence."""
_FORBIDDEN = 403
_SLICE = 1 << 16
_AGAIN = frozenset({500, 502, 503, 504})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]


class Ask(NamedTuple):
    """A request.

    Attributes:
        path: Below the address of the API, with its first slash; escaped.
        about: What it is about, for messages: `pull request #12`.
        needs: The permission that a token needs for it, as the forge's own pages call it.
        query: What follows the `?`.
        accepts: Statuses of 400 and above that are an answer here, and no failure.
    """

    path: str
    about: str
    needs: str = ""
    query: tuple[tuple[str, str], ...] = ()
    accepts: frozenset[int] = frozenset()


class Reply(NamedTuple):
    """An answer.

    Attributes:
        status: The HTTP status.
        document: The JSON in it; None where there is none.
        headers: With any spelling of their names.
    """

    status: int
    document: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Client:
    """The API of one forge, for one token.

    Attributes:
        site: The repository, and the token for it.
        base: The address that the API begins with, without a slash at its end.
        headers: What is sent with each request, the token aside.
    """

    site: Site
    base: str
    headers: tuple[tuple[str, str], ...] = ()

    def get(self, ask: Ask) -> Reply:
        """The answer to a question that changes nothing, so that it is asked again where it fails.

        Raises:
            ForgeError: There is none, the forge refuses, or the answer makes no sense.
        """
        return self._reply("GET", ask, b"")

    def send(self, method: Method, ask: Ask, body: Mapping[str, Any]) -> Reply:
        """The answer to a request that changes something: it is made once.

        Raises:
            ForgeError: As for `get`; whether it was done is not known where no answer came.
        """
        return self._reply(method, ask, json.dumps(body).encode())

    def pages(self, ask: Ask) -> Iterator[Any]:
        """The elements of a list, whatever the number of its pages; none after a refusal that `ask` accepts.

        Raises:
            ForgeError: As for `get`, or the list does not end.
        """
        query = {**dict(ask.query), "per_page": str(PER_PAGE)}
        for _ in range(PAGES):
            reply = self.get(ask._replace(query=tuple(query.items())))
            if reply.status in ask.accepts:
                return
            if not isinstance(reply.document, list):
                raise ForgeError(f"the answer about {ask.about} is no list")
            yield from reply.document
            following = next_page(query, reply.headers)
            if following is None:
                return
            query = following
        raise ForgeError(
            f"{ask.about}: the list has more than {PAGES * PER_PAGE} entries, which are too many to judge"
        )

    def _reply(self, method: Method, ask: Ask, body: bytes) -> Reply:
        for left in reversed(range(WAITS + 1)):
            with self._translated(ask):
                response = self._request(method, ask, body)
                try:
                    limited = limit_of(response.status, response.headers, time.time())
                    data = self._body(response, ask)
                finally:
                    response.close()
            if limited is None and _is_secondary(response.status, data):
                limited = Limited.soon()
            if limited is None:
                return self._judged(response, data, ask)
            if not left or limited.seconds > LONGEST_WAIT:
                raise limited.refusal(self.name, self.site.setting)
            time.sleep(limited.seconds)
        raise AssertionError

    def _judged(self, response: BaseHTTPResponse, data: bytes, ask: Ask) -> Reply:
        refused = response.status not in range(200, 300) and response.status not in ask.accepts
        if refused:
            raise refusal(self, ask, response.status, _said(data))
        return Reply(response.status, parsed(data, ask.about) if data.strip() else None, response.headers)

    @property
    def name(self) -> str:
        """The forge's host, for messages."""
        return printable(urlsplit(self.base).hostname or "")

    @cached_property
    def _manager(self) -> PoolManager:
        import urllib3

        parts = urlsplit(self.base)
        self._require_secrecy(parts.scheme, parts.hostname or "")
        proxy = "" if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme, "")
        return urllib3.ProxyManager(proxy) if proxy else urllib3.PoolManager()

    def _require_secrecy(self, scheme: str, host: str) -> None:
        if not self.site.token.isprintable():  # the error of an HTTP library would show it
            raise ForgeError(f"what {self.site.setting} holds is no token")
        if self.site.token and scheme != "https" and host not in _LOOPBACK:
            raise ForgeError(
                f"the token in {self.site.setting} is not sent over http, where others can read it",
                hint="Write an address that begins with https:// as `forge.url` in modelops.yaml.",
            )

    def _request(self, method: Method, ask: Ask, body: bytes) -> BaseHTTPResponse:
        import urllib3

        query = f"?{urlencode(ask.query)}" if ask.query else ""
        return self._manager.request(
            method,
            f"{self.base}{ask.path}{query}",
            body=body or None,
            headers=self._all_headers(body),
            preload_content=False,
            redirect=False,
            retries=_retries(ATTEMPTS if method == "GET" else 0),
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        )

    def _all_headers(self, body: bytes) -> dict[str, str]:
        headers = {
            **dict(self.headers),
            "Accept-Encoding": "identity",
            "User-Agent": f"modelops-git/{__version__}",
        }
        if self.site.token:
            headers["Authorization"] = f"Bearer {self.site.token}"
        if body:
            headers["Content-Type"] = "application/json"
        return headers

    def _body(self, response: BaseHTTPResponse, ask: Ask) -> bytes:
        until = time.monotonic() + WHOLE_SECONDS
        content = bytearray()
        while piece := response.read1(_SLICE, decode_content=False):
            content += piece
            if len(content) > LARGEST:
                raise ForgeError(f"the answer about {ask.about} is larger than {LARGEST >> 20} MiB")
            if time.monotonic() > until:
                raise ForgeError(f"the answer about {ask.about} was not read in {WHOLE_SECONDS} seconds")
        return bytes(content)

    @contextmanager
    def _translated(self, ask: Ask) -> Iterator[None]:
        from urllib3.exceptions import HTTPError

        try:
            yield
        except (HTTPError, OSError, ValueError) as error:
            cause = getattr(error, "reason", None) or error
            said = short(cause).rstrip(".") or type(cause).__name__
            raise ForgeError(
                f"{self.name} cannot be asked about {ask.about}: {said}",
                hint="Check the network, and `forge.url` in modelops.yaml.",
            ) from error


def _retries(attempts: int) -> Retry:
    import urllib3

    return urllib3.Retry(
        total=attempts,
        redirect=False,
        allowed_methods=None,  # `attempts` says what may be asked again
        backoff_factor=0.3,
        backoff_jitter=0.3,
        status_forcelist=_AGAIN,
        raise_on_status=False,
        respect_retry_after_header=False,
    )


def _is_secondary(status: int, data: bytes) -> bool:
    """Whether GitHub refuses because of one of the limits that it keeps to itself."""
    return status == _FORBIDDEN and b"secondary rate limit" in data


def _said(data: bytes) -> str:
    """What the forge says in its refusal; empty where that cannot be read."""
    try:
        document = parsed(data, "a refusal")
    except ForgeError:
        return ""
    if not isinstance(document, dict):
        return ""
    words = [document.get("message") or document.get("error_description") or document.get("error") or ""]
    errors = document.get("errors")
    words += (
        [one.get("message", "") for one in errors if isinstance(one, dict)]
        if isinstance(errors, list)
        else []
    )
    return short("; ".join(short(word) for word in words if word))
