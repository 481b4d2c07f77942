"""The files of a log: `<root>/<table>/<YYYY-MM-DD>/…`, in a folder of this machine or in a bucket.

Only the days that are asked for are looked at. A line that its writer has not finished, or never will, ends
its file without a line feed: such a file is read up to its last whole line.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import MetricsError
from modelops_git.core.serving.log_tables import LINES, readable
from modelops_git.edges.uris import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from modelops_git.core.manifests.provider import SqlProvider
    from modelops_git.edges.metrics.sql.fetching import LogStore, Objects

    OpenStore = Callable[[str, LogStore, Path], Objects]

ENVIRONMENT = "${environment}"
"""What stands in an address for the environment's name."""
MOST_FILES = 20_000
LARGEST_COPY = 2 << 30
"""Bytes of files that are copied, to be cut off after their last whole line, or out of a bucket."""
_BLOCK = 1 << 16


class Gathered(NamedTuple):
    """The files of a table.

    Attributes:
        paths: Where they can be read; whole lines only.
        seen: What was there, to be compared with what is there later: paths with sizes.
    """

    paths: tuple[Path, ...]
    seen: frozenset[tuple[str, int]]


class LogFolder(Protocol):
    """Where the files of a log are."""

    @property
    def subject(self) -> str:
        """Where that is, for people."""

    def gather(self, table: str, days: Sequence[str], room: Room) -> Gathered:
        """The files of a table on some days, oldest first.

        Raises:
            MetricsError: They cannot be listed or read, or are too many.
        """


class Room:
    """A temporary folder for copies, and how many bytes they may still have."""

    def __init__(self, folder: Path, left: int = LARGEST_COPY) -> None:
        self.folder = folder
        self.left = left
        self._made = 0

    def path(self, name: str) -> Path:
        """Where a copy of a file goes: a name that nothing else has, with the end of its own."""
        self._made += 1
        return self.folder / f"{self._made:06d}{Path(name).suffix}"

    def copy(self, source: BinaryIO, target: Path, size: int | None = None) -> None:
        """Copy a file, or its first bytes.

        Raises:
            MetricsError: There is no room left.
        """
        with target.open("wb") as file:
            while size is None or size > 0:
                block = source.read(_BLOCK if size is None else min(_BLOCK, size))
                if not block:
                    break
                self.left -= len(block)
                if self.left < 0:
                    raise _too_large()
                file.write(block)
                size = None if size is None else size - len(block)


@dataclass(frozen=True)
class LocalFolder:
    """A folder of this machine; files are read where they are."""

    root: Path

    @property
    def subject(self) -> str:
        """Its path."""
        return printable(str(self.root))

    def gather(self, table: str, days: Sequence[str], room: Room) -> Gathered:
        """The files of a table on some days (see `LogFolder.gather`)."""
        found = list(self._listed(table, days))
        if len(found) > MOST_FILES:
            raise MetricsError(f"{self.subject} has more than {MOST_FILES:,} files of these days")
        try:
            whole = [path for one in found if (path := whole_lines(one, room)) is not None]
            seen = frozenset((str(one), one.stat().st_size) for one in found)
        except FileNotFoundError:  # removed in between: who compares what was seen sees that
            return Gathered((), frozenset({("", 0)}))
        except OSError as error:
            raise _unreadable(self.subject, error) from error
        return Gathered(tuple(whole), seen)

    def _listed(self, table: str, days: Sequence[str]) -> Iterator[Path]:
        for day in days:
            folder = self.root / table / day
            try:
                with os.scandir(folder) as entries:
                    names = [entry.name for entry in entries if entry.is_file()]
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                raise _unreadable(printable(str(folder)), error) from error
            yield from (folder / name for name in readable(names))


def whole_lines(path: Path, room: Room) -> Path | None:
    """A file with the whole lines of `path`: itself, or a copy; None where there are none.

    Raises:
        OSError: It cannot be read.
        MetricsError: There is no room for a copy.
    """
    if path.suffix != LINES:
        return path
    with path.open("rb") as file:
        size = _end_of_lines(file)
        if size == os.fstat(file.fileno()).st_size:
            return path if size else None
        if size == 0:
            return None
        copy = room.path(path.name)
        file.seek(0)
        room.copy(file, copy, size)
    return copy


def _end_of_lines(file: BinaryIO) -> int:
    """How many bytes there are up to the last line feed."""
    end = file.seek(0, os.SEEK_END)
    while end > 0:
        start = max(end - _BLOCK, 0)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def open_folder(manifest: SqlProvider, root: Path, open_store: OpenStore, environment: str) -> LogFolder:
    """The folder that the `uri` of a provider names for an environment.

    Raises:
        MetricsError: It names none, or there is none in the manifest.
    """
    uri = (manifest.uri or "").replace(ENVIRONMENT, environment)
    if not uri:
        raise MetricsError(
            "sql metrics by duckdb need the `uri` of the logs",
            hint="Write `uri`, or the `backend` that `url_env` is the database of.",
        )
    if not uri.startswith("file:"):
        from modelops_git.edges.metrics.sql.fetching import LogStore, open_bucket

        return open_bucket(LogStore(uri, manifest.region, manifest.endpoint_url), root, open_store)
    try:
        return LocalFolder(root / folder_of(uri))
    except ValueError as error:
        raise MetricsError(f"the uri {printable(uri)} {error}") from None


def _too_large() -> MetricsError:
    return MetricsError(
        f"the logs of the step have more than {LARGEST_COPY >> 30} GiB to be copied",
        hint="Leave them where they are: let a database or Spark answer (`backend`, `url_env`).",
    )


def _unreadable(subject: str, error: OSError) -> MetricsError:
    return MetricsError(
        f"cannot read {subject}: {error.strerror or error}", hint="Check `uri` of the provider."
    )
