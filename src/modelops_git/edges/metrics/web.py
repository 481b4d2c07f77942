"""Requests to web servers that have measurements: bounded in time, in tries and in bytes."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import MetricsError
from modelops_git.edges.metrics.jsontext import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from urllib3 import BaseHTTPResponse, PoolManager, Retry

    from modelops_git.core.manifests.provider import HttpProvider, PrometheusProvider

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5, 10, 20
ATTEMPTS = 2
"""How often a request is made again, after waits that chance makes longer."""
OK = 200
_SLICE = 1 << 16
_AGAIN = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = range(300, 400)


class Site(NamedTuple):
    """A server.

    Attributes:
        url: The address that is asked.
        token: Sent as a bearer token, where it is not empty.
        setting: What says the address in the manifest.
    """

    url: str
    token: str = ""
    setting: str = "url"

    @property
    def subject(self) -> str:
        """The address without what could be a password or a token."""
        parts = urlsplit(self.url)
        return printable(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")


class Answer(NamedTuple):
    """What a server said.

    Attributes:
        status: The HTTP status; none of those that say another address.
        body: At most one byte more than a document may have.
        date: The server's own time as it says it; empty where it does not.
    """

    status: int
    body: bytes
    date: str


@dataclass(frozen=True)
class Connection:
    """A server that is asked, once or several times, until its time is over.

    Attributes:
        site: The server.
        manager: urllib3's, which keeps the connection between requests.
        until: When the time is over, by `time.monotonic`.
    """

    site: Site
    manager: PoolManager
    until: float

    def ask(self, form: Mapping[str, str] | None = None) -> Answer:
        """The answer to a GET, or to a POST of a form.

        Raises:
            MetricsError: There is none, or one that cannot be read: from elsewhere, compressed, too slow.
        """
        with self._translated():
            response = self._request(form)
            try:
                self._require_plain(response)
                return Answer(response.status, self._body(response), response.headers.get("Date", ""))
            finally:
                response.close()

    def _request(self, form: Mapping[str, str] | None) -> BaseHTTPResponse:
        import urllib3

        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if self.site.token:
            headers["Authorization"] = f"Bearer {self.site.token}"
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        left = self._left()
        return self.manager.request(
            "GET" if form is None else "POST",
            self.site.url,
            body=None if form is None else urlencode(form).encode(),
            headers=headers,
            preload_content=False,
            redirect=False,
            retries=_retries(),
            timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, left), read=min(READ_SECONDS, left)),
        )

    def _left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise MetricsError(f"{self.site.subject} was not read in {WHOLE_SECONDS} seconds")
        return left

    def _require_plain(self, response: BaseHTTPResponse) -> None:
        if response.status in _REDIRECTS:
            raise MetricsError(
                f"{self.site.subject} answers with another address (HTTP {response.status}), "
                "which is not followed",
                hint="Write the address that it leads to.",
            )
        if response.headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}:
            raise MetricsError(
                f"{self.site.subject}: the server compresses what it sends, though asked not to"
            )

    def _body(self, response: BaseHTTPResponse) -> bytes:
        content = bytearray()
        while len(content) <= LARGEST and (piece := response.read1(_SLICE, decode_content=False)):
            content += piece
            self._left()
        return bytes(content)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from urllib3.exceptions import HTTPError

        try:
            yield
        except (HTTPError, OSError, ValueError) as error:
            # Of the last try: the error about all of them repeats the query, which may hold a token.
            cause = getattr(error, "reason", None) or error
            said = printable(" ".join(str(cause).split()).rstrip(".") or type(cause).__name__)
            hint = f"Check `{self.site.setting}` and the network."
            raise MetricsError(f"{self.site.subject}: {said}", hint=hint) from error


@contextmanager
def connected(site: Site) -> Iterator[Connection]:
    """A server, for as long as the block lasts, and for at most `WHOLE_SECONDS`."""
    with _manager(site.url) as manager:
        yield Connection(site, manager, time.monotonic() + WHOLE_SECONDS)


def token_of(manifest: HttpProvider | PrometheusProvider) -> str:
    """The bearer token of a provider; empty where it has none.

    Raises:
        MetricsError: The environment variable with the token is not there.
    """
    if manifest.auth is None:
        return ""
    name = manifest.auth.bearer_env
    token = os.environ.get(name, "").strip()
    if not token.isascii() or not token.isprintable() or not token:
        raise MetricsError(
            f"the environment variable {name} has no token for {manifest.type} metrics",
            hint=f"Set {name} where rollouts are applied.",
        )
    return token


def _manager(url: str) -> PoolManager:
    import urllib3

    parts = urlsplit(url)
    proxy = "" if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme, "")
    return urllib3.ProxyManager(proxy) if proxy else urllib3.PoolManager()


def _retries() -> Retry:
    import urllib3

    return urllib3.Retry(
        total=ATTEMPTS,
        redirect=False,
        allowed_methods=None,  # a query changes nothing
        backoff_factor=0.2,
        backoff_jitter=0.2,
        status_forcelist=_AGAIN,
        raise_on_status=False,
        respect_retry_after_header=False,
    )
