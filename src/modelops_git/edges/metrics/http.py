"""Measurements as JSON from a web server."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import MetricsError
from modelops_git.edges.metrics.document import answers
from modelops_git.edges.metrics.jsontext import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from urllib3 import BaseHTTPResponse, PoolManager

    from modelops_git.core.assessing.points import Point
    from modelops_git.core.manifests.provider import HttpProvider
    from modelops_git.edges.metrics.base import Question

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5, 10, 20
ATTEMPTS = 2
"""How often a request is made again, after waits that chance makes longer."""
_SLICE = 1 << 16
_OK = 200
_AGAIN = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = range(300, 400)


@dataclass(frozen=True)
class HttpMetrics:
    """The measurements that a GET of `url` answers with; it is asked once.

    Attributes:
        url: Its address.
        token: Sent as a bearer token, where it is not empty.
    """

    url: str
    token: str = ""

    def measure(self, question: Question) -> tuple[Point, ...]:
        """What the server says (see `MetricProvider.measure`)."""
        return answers(self._content, self._subject, question)

    @cached_property
    def _subject(self) -> str:
        """The address without what could be a password or a token."""
        parts = urlsplit(self.url)
        return printable(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")

    @cached_property
    def _content(self) -> bytes:
        """The body of the answer, at most one byte more than may be."""
        with self._translated(), _manager(self.url) as manager:
            answer = self._ask(manager)
            try:
                self._require_good(answer)
                return self._body(answer)
            finally:
                answer.close()

    def _ask(self, manager: PoolManager) -> BaseHTTPResponse:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return manager.request(
            "GET", self.url, headers=headers, preload_content=False, redirect=False, retries=_retries()
        )

    def _require_good(self, answer: BaseHTTPResponse) -> None:
        if answer.status in _REDIRECTS:
            raise MetricsError(
                f"{self._subject} answers with another address (HTTP {answer.status}), which is not followed",
                hint="Write the address that it leads to.",
            )
        if answer.status != _OK:
            raise MetricsError(f"{self._subject}: the server says HTTP {answer.status}")
        if answer.headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}:
            raise MetricsError(f"{self._subject}: the server compresses what it sends, though asked not to")

    def _body(self, answer: BaseHTTPResponse) -> bytes:
        content = bytearray()
        until = time.monotonic() + WHOLE_SECONDS
        while len(content) <= LARGEST:
            piece = answer.read1(_SLICE, decode_content=False)
            if not piece:
                break
            content += piece
            if time.monotonic() > until:
                raise MetricsError(f"{self._subject} was not read in {WHOLE_SECONDS} seconds")
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
            raise MetricsError(f"{self._subject}: {said}", hint="Check `url` and the network.") from error


def open_provider(manifest: HttpProvider, _root: Path) -> HttpMetrics:
    """The provider at the address of `manifest`.

    Raises:
        MetricsError: The environment variable with its token is not there.
    """
    if manifest.auth is None:
        return HttpMetrics(manifest.url)
    name = manifest.auth.bearer_env
    token = os.environ.get(name, "").strip()
    if not token.isascii() or not token.isprintable() or not token:
        raise MetricsError(
            f"the environment variable {name} has no token for {manifest.type} metrics",
            hint=f"Set {name} where rollouts are applied.",
        )
    return HttpMetrics(manifest.url, token)


def _manager(url: str) -> PoolManager:
    import urllib3

    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    parts = urlsplit(url)
    proxy = "" if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme, "")
    return urllib3.ProxyManager(proxy, timeout=timeout) if proxy else urllib3.PoolManager(timeout=timeout)


def _retries() -> object:
    import urllib3

    return urllib3.Retry(
        total=ATTEMPTS,
        redirect=False,
        backoff_factor=0.2,
        backoff_jitter=0.2,
        status_forcelist=_AGAIN,
        raise_on_status=False,
        respect_retry_after_header=False,
    )
