"""Logs in a bucket: the files of the days that are asked for are fetched, by the readers of our stores."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import MetricsError, StoreError
from modelops_git.core.serving.log_tables import readable
from modelops_git.edges.metrics.sql.folders import MOST_FILES, Gathered, Room, whole_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import BinaryIO

    from modelops_git.edges.metrics.sql.folders import OpenStore

AT_ONCE = 8


class LogStore(NamedTuple):
    """How a bucket with logs is reached, as a store of the Registry is.

    Attributes:
        uri: Where the logs are.
        region: Its region; None where the AWS configuration says it.
        endpoint_url: The address of the server; None for Amazon's.
        profile: The profile of the AWS configuration; None for the usual one.
        addressing_style: Where the bucket's name goes.
        checksum_mode: Which checksums are sent.
        object_lock: Nothing is written.
    """

    uri: str
    region: str | None = None
    endpoint_url: str | None = None
    profile: str | None = None
    addressing_style: str = "auto"
    checksum_mode: str = "when_supported"
    object_lock: None = None


class Objects(Protocol):
    """Bytes under keys, as stores have them."""

    def keys(self, prefix: str) -> Iterable[str]:
        """All keys that start with `prefix`."""

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """The bytes under `key`."""


@dataclass(frozen=True)
class Bucket:
    """Logs below a prefix of a bucket."""

    objects: Objects
    subject: str

    def gather(self, table: str, days: Sequence[str], room: Room) -> Gathered:
        """The files of a table on some days (see `LogFolder.gather`)."""
        try:
            keys = list(self._keys(table, days))
            targets = [room.path(key) for key in keys]
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(lambda key, target: self._fetch(key, target, room), keys, targets))
        except StoreError as error:
            raise MetricsError(error.message, hint=error.hint) from error
        whole = [path for one in targets if (path := whole_lines(one, room)) is not None]
        return Gathered(tuple(whole), frozenset())

    def _keys(self, table: str, days: Sequence[str]) -> Iterator[str]:
        count = 0
        for day in days:
            for key in readable(self.objects.keys(f"{table}/{day}/")):
                count += 1
                if count > MOST_FILES:
                    raise MetricsError(f"{self.subject} has more than {MOST_FILES:,} files of these days")
                yield key

    def _fetch(self, key: str, target: Path, room: Room) -> None:
        with self.objects.open(key) as source:
            room.copy(source, target)


def open_bucket(store: LogStore, root: Path, open_store: OpenStore) -> Bucket:
    """The logs at the `uri` of `store`.

    Raises:
        MetricsError: It names no place that can be read.
    """
    try:
        return Bucket(open_store("of the logs", store, root), printable(store.uri))
    except StoreError as error:
        raise MetricsError(error.message, hint=error.hint) from error
