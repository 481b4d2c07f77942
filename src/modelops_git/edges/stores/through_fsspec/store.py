"""A store in a file system of fsspec: `gs:`, `az:` and `memory:` URIs."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreConflictError, StoreError
from modelops_git.edges.stores import publishing, streams
from modelops_git.edges.stores.base import (
    Expected,
    Stat,
    StoreMissingError,
    StoreUnsafeError,
    refuse_key,
)
from modelops_git.edges.stores.blocks import BlockReader
from modelops_git.edges.stores.failures import translated
from modelops_git.edges.stores.optional import changed, spoken
from modelops_git.edges.stores.refusing import no_version, without_secrets
from modelops_git.edges.stores.through_fsspec.kinds import AZURE, KINDS, Kind, file_system

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.edges.stores.base import Opened, StoreConfig

TRIES = 4
"""How often a range is asked for that comes too short; libraries ask again by themselves where it fails."""


@dataclass(frozen=True, slots=True)
class FsspecStore:
    """Objects of a file system below a path.

    Attributes:
        scheme: Of `KINDS`.
        root: The path that all keys are below, as the file system writes it; with its bucket.
        uri: Where it is, for people.
        options: What the file system is made with.
    """

    scheme: str
    root: str
    uri: str
    options: tuple[tuple[str, Any], ...] = ()

    def put(self, key: str, source: BinaryIO, expected: Expected) -> str:
        """Store what `source` holds, whole or not at all (see `Store.put`).

        The bytes go to a temporary file first, and are hashed there: of others none is ever sent.
        """
        path, subject = self._path(key), f"{self.uri}, {key}"
        held = self._held(key, expected)
        if held is None:
            with _spooled(source, expected, key) as file:
                made = self._create(path, file, expected.size, subject)
            held = self.stat(key) if made else self._held(key, expected)
        if held is None:
            raise StoreError(f"{printable(subject)}: vanished while it was stored", hint="Try again.")
        return held.version

    def copy(self, source: str, key: str, expected: Expected) -> str | None:  # noqa: ARG002 - of the protocol
        """Nothing: no file system of fsspec copies create-only."""
        return None

    @contextmanager
    def open(self, key: str, version: str = "") -> Iterator[Opened]:
        """The bytes under `key` (see `Store.open`).

        Where the store keeps versions, they are of one version. Otherwise what identifies the object is
        compared when it is left.
        """
        subject = f"{self.uri}, {key}"
        found = self.stat(key, version)
        if found is None:
            raise no_version(subject, version) if version else _missing(subject)
        path = self._at(key, found.version)

        def fetch(start: int, end: int) -> bytes:
            return self._range(path, subject, start, end)

        with BlockReader(fetch, found) as reader:
            yield cast("Opened", reader)
            touched = reader.tell()
        if touched and not found.version and found.identity and self.stat(key) != found:
            raise changed(subject)

    def stat(self, key: str, version: str = "") -> Stat | None:
        """What is under `key`; None where nothing is, and where a version is asked for that is not kept."""
        path = self._at(key, version)
        kind = self._kind
        if version and not kind.version:
            return None
        try:
            with spoken(f"{self.uri}, {key}"):
                found = self._system.info(path)
        except StoreMissingError:
            return None
        stat = _stat(found, kind)
        return stat if stat is None or not version or stat.version == version else None

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that start with `prefix`, sorted; all of them are in memory for it."""
        folder = prefix.rpartition("/")[0]
        path = self._path(folder) if folder else self.root
        try:
            with spoken(self.uri):
                names = self._system.find(path)
        except StoreMissingError:
            return
        below = self.root.rstrip("/") + "/"
        keys = (name.removeprefix(below) for name in names if name.startswith(below))
        yield from sorted(key for key in keys if key.startswith(prefix))

    @property
    def _kind(self) -> Kind:
        return KINDS[self.scheme]

    @property
    def _system(self) -> Any:
        return file_system(self.scheme, self.options)

    def _path(self, key: str) -> str:
        refuse_key(key)
        for char in self._kind.reserved:
            if char in key:
                raise StoreUnsafeError(f"the key {printable(key)} holds {char}, which {self.uri} cannot have")
        return f"{self.root}/{key}"

    def _at(self, key: str, version: str) -> str:
        path = self._path(key)
        if not version:
            return path
        if not (version.isascii() and version.isalnum()):
            raise no_version(f"{self.uri}, {key}", version)
        return self._kind.at.format(path=path, version=version)

    def _create(self, path: str, file: Path, size: int, subject: str) -> bool:
        """Make an object of a file; False where there is one already."""
        try:
            with spoken(subject):
                self._kind.create(self._system, path, file, size)
        except FileExistsError:
            return False
        except StoreMissingError as error:
            hint = "Make the bucket, or correct `uri` of the store in modelops.yaml."
            raise StoreError(f"{self.uri}: there is no such bucket", hint=hint) from error
        return True

    def _range(self, path: str, subject: str, start: int, end: int) -> bytes:
        got = b""
        for _ in range(TRIES):
            try:
                with spoken(subject):
                    got = bytes(self._system.cat_file(path, start=start, end=end))
            except StoreMissingError as error:
                raise changed(subject) from error
            if len(got) == end - start:
                return got
        raise StoreError(f"{printable(subject)}: {len(got)} bytes came where {end - start} were asked for")

    def _held(self, key: str, expected: Expected) -> Stat | None:
        """What is under the key, if it has the expected bytes; None where nothing is.

        Raises:
            StoreConflictError: It has others.
        """
        try:
            with self.open(key) as stored:
                if streams.measure(stored, limit=expected.size) == expected:
                    return stored.found
        except StoreMissingError:
            return None
        raise StoreConflictError(
            f"{self.uri}, {printable(key)}: other bytes are stored under this key already",
            hint="Nothing is ever overwritten. Find out who changed the stored object.",
        )


def open_fsspec_store(name: str, config: StoreConfig, _root: Path) -> FsspecStore:
    """The store that a URI of one of these file systems names.

    Raises:
        StoreError: The URI names no bucket, or holds a password; or the library is not installed.
    """
    scheme = config.uri.partition(":")[0]
    kind = KINDS[scheme]
    parts = urlsplit(config.uri)
    container, _, account = parts.netloc.partition("@")
    if kind is AZURE and account and ":" not in container:
        parts = parts._replace(netloc=container)
    path = without_secrets(name, parts._replace(path=unquote(parts.path)), kind.form)
    if not parts.netloc:
        what = f"store {name}: {printable(config.uri)} names no bucket"
        raise StoreError(what, hint=f"Write `{kind.form}`.")
    root = f"{parts.netloc}/{path}".rstrip("/")
    options = tuple(sorted(kind.options(config).items()))
    with spoken(config.uri):
        file_system(scheme, options)
    return FsspecStore(scheme, f"/{root}" if scheme == "memory" else root, config.uri, options)


def _stat(found: Any, kind: Kind) -> Stat | None:
    """What a file system says of an object; None where it is a folder."""
    if found.get("type") != "file":
        return None
    version = str(found.get(kind.version) or "") if kind.version else ""
    identity = str(found.get(kind.identity) or "") if kind.identity else ""
    return Stat(int(found["size"]), version, identity=identity)


@contextmanager
def _spooled(source: BinaryIO, expected: Expected, key: str) -> Iterator[Path]:
    """A temporary file that has the bytes of `source`, once they are the expected ones.

    Raises:
        StoreMismatchError: They are others.
    """
    with translated("the folder of temporary files"), tempfile.NamedTemporaryFile(buffering=0) as file:
        publishing.fill(cast("BinaryIO", file), source, expected, key)
        yield Path(file.name)


def _missing(subject: str) -> StoreMissingError:
    return StoreMissingError(f"nothing is stored under {printable(subject)}")
