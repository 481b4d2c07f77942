"""Requests: with bounded retries, through the proxy of the environment, as whom `.netrc` says."""

from __future__ import annotations

import netrc
import os
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.base import StoreMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from urllib3 import BaseHTTPResponse, PoolManager

CONNECT_SECONDS = 10
READ_SECONDS = 60
ATTEMPTS = 5
"""How often a request is made again; the waits between double."""
CONNECTIONS = 32
OK, PARTIAL, NOT_FOUND, GONE, BAD_RANGE = 200, 206, 404, 410, 416
_AGAIN = frozenset({429, 500, 502, 503, 504})
_RIGHTS = "Put a login for this host into ~/.netrc, and check that it may read."
_HINTS = {
    401: _RIGHTS,
    403: _RIGHTS,
    407: "Check the proxy (HTTPS_PROXY) and its login.",
    429: "The server is busy; try again later.",
    503: "The server is busy; try again later.",
}
_NETWORK = "Check the network and `uri` of the store; then try again."


@contextmanager
def translated(subject: str) -> Iterator[None]:
    """Turn an error of urllib3 in the block into a StoreError about `subject`, such as a URL."""
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (HTTPError, OSError, ValueError) as error:
        said = printable(" ".join(str(error).split()).rstrip(".") or type(error).__name__)
        raise StoreError(f"{printable(subject)}: {said}", hint=_NETWORK) from error


def ask(method: str, url: str, headers: Mapping[str, str] | None = None) -> BaseHTTPResponse:
    """The answer to a request, with a body that is not read yet; to be closed.

    Raises:
        StoreError: There is none, after some tries.
    """
    with translated(url):
        return _manager(url, os.getpid()).request(
            method,
            url,
            headers={"Accept-Encoding": "identity", **_login(url), **(headers or {})},
            preload_content=False,
            retries=_retries(),
        )


def refuse(answer: BaseHTTPResponse, subject: str) -> None:
    """Refuse an answer that is not what was asked for.

    Raises:
        StoreMissingError: There is nothing.
        StoreError: The server refuses, or changes the bytes on the way.
    """
    if answer.status in {NOT_FOUND, GONE}:
        raise StoreMissingError(f"nothing is stored under {printable(subject)} (HTTP {answer.status})")
    if answer.status not in {OK, PARTIAL}:
        hint = _HINTS.get(answer.status, "Check `uri` of the store.")
        raise StoreError(f"{printable(subject)}: the server says HTTP {answer.status}", hint=hint)
    if answer.headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}:
        raise StoreError(
            f"{printable(subject)}: the server compresses what it sends, though it was asked not to",
            hint="Switch compression off for this path.",
        )


@lru_cache(64)
def _manager_through(proxy: str, _process: int) -> PoolManager:
    import urllib3

    settings = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    if proxy:
        return urllib3.ProxyManager(proxy, maxsize=CONNECTIONS, timeout=settings)
    return urllib3.PoolManager(maxsize=CONNECTIONS, timeout=settings)


def _manager(url: str, process: int) -> PoolManager:
    """Connections of this process: a forked one must not share those of its parent."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    proxy = "" if proxy_bypass(host) else getproxies().get(parts.scheme, "")
    return _manager_through(proxy, process)


def _retries() -> object:
    import urllib3

    return urllib3.Retry(
        total=ATTEMPTS, redirect=ATTEMPTS, backoff_factor=0.2, status_forcelist=_AGAIN, raise_on_status=False
    )


def _login(url: str) -> dict[str, str]:
    """The header for the login that `.netrc` has for this host; it does not follow to another host.

    Raises:
        StoreError: There is such a file, and it cannot be read.
    """
    from urllib3.util import make_headers

    try:
        found = netrc.netrc(os.environ.get("NETRC")).authenticators(urlsplit(url).hostname or "")
    except FileNotFoundError:
        return {}
    except (OSError, netrc.NetrcParseError) as error:
        raise StoreError(f"~/.netrc cannot be read: {printable(str(error))}", hint="Correct it.") from error
    return dict(make_headers(basic_auth=f"{found[0]}:{found[2]}")) if found and found[2] else {}
