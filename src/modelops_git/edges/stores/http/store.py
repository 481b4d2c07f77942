"""A store behind a web server: `http:` and `https:` URIs."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import quote, urlsplit

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.base import StoreMissingError, refuse_key
from modelops_git.edges.stores.blocks import BlockReader
from modelops_git.edges.stores.http.client import ask, refuse
from modelops_git.edges.stores.http.index import walk
from modelops_git.edges.stores.http.streaming import Source, Stream, stat_of
from modelops_git.edges.stores.refusing import no_version, read_only, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelops_git.edges.stores.base import Expected, Opened, Stat, StoreConfig

_WHY = "the web has no writes that create a file only where there is none"
_NO_HEAD = frozenset({405, 501})


@dataclass(frozen=True, slots=True)
class HttpStore:
    """Files below an address.

    Attributes:
        uri: The address, without a slash at its end.
    """

    uri: str

    def put(self, key: str, source: BinaryIO, expected: Expected) -> str:  # noqa: ARG002 - of the protocol
        """Nothing is ever written.

        Raises:
            StoreError: Always.
        """
        refuse_key(key)
        raise read_only(self.uri, _WHY)

    def copy(self, source: str, key: str, expected: Expected) -> str | None:  # noqa: ARG002 - of the protocol
        """Nothing."""
        return None

    @contextmanager
    def open(self, key: str, version: str = "") -> Iterator[Opened]:
        """The bytes under `key` (see `Store.open`)."""
        source = self._source(key)
        if version:
            raise no_version(source.subject, version)
        stream = Stream(source)
        try:
            with BlockReader(stream.fetch, stream.found) as reader:
                yield cast("Opened", reader)
        finally:
            stream.close()

    def stat(self, key: str, version: str = "") -> Stat | None:
        """What is under `key`; None where nothing is, and where a version is asked for."""
        source = self._source(key)
        if version:
            return None
        answer = ask("HEAD", source.url)
        try:
            if answer.status not in _NO_HEAD:
                refuse(answer, source.subject)
                return stat_of(answer, source)
            with self.open(key) as stream:
                return stream.found
        except StoreMissingError:
            return None
        finally:
            answer.close()

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that start with `prefix`, by the lists of files that the server shows.

        Raises:
            StoreError: It shows none.
        """
        folder = prefix[: prefix.rfind("/") + 1]
        if folder:
            refuse_key(folder[:-1])
        for key in walk(f"{self.uri}/{quote(folder)}", folder):
            if key.startswith(prefix):
                yield key

    def _source(self, key: str) -> Source:
        refuse_key(key)
        return Source(f"{self.uri}/{quote(key)}", f"{self.uri}, {key}", {})


def open_http_store(name: str, config: StoreConfig, _root: Path) -> HttpStore:
    """The store that an `https://host/path` URI names.

    Raises:
        StoreError: The URI names no host, or has a password, a query or a fragment.
    """
    try:
        parts = urlsplit(config.uri)
        without_secrets(name, parts, "https://host/path")
        known = bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise StoreError(
            f"store {name}: {printable(config.uri)} names no host", hint="Write `https://host/path`."
        )
    return HttpStore(config.uri.rstrip("/"))
