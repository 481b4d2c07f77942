"""What a store is: bytes under keys, written once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

from modelops_git.core.artifacts import is_plain, printable, unsafe_characters, unsafe_segments
from modelops_git.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class Expected:
    """What bytes must be, or were found to be.

    Attributes:
        sha256: 64 hex digits.
        size: In bytes.
        blake3: 64 hex digits, where it was computed as well; nothing is compared by it.
    """

    sha256: str
    size: int
    blake3: str = field(default="", compare=False)


class Stat(NamedTuple):
    """What a store says of an object without its being read.

    Attributes:
        size: In bytes.
        version: The version of the object; empty where the store keeps none.
        sha256: 64 hex digits, of the whole object, where the store computed it itself when it took the bytes;
            empty where it did not.
        identity: Another one whenever the bytes may have changed; empty where nothing tells that.
    """

    size: int
    version: str = ""
    sha256: str = ""
    identity: str = ""


class Opened(BinaryIO):
    """An object that is open: its bytes, from any position on, and what the store says of it.

    Attributes:
        found: What is read; of the very object that the bytes are of.
    """

    found: Stat


class StoreMissingError(StoreError):
    """Nothing is stored under this key."""


class StoreUnsafeError(StoreError):
    """A key or what lies there leads out of the store, or is no regular file."""


class StoreChangedError(StoreError):
    """A file changed while it was read, so what was read proves nothing."""


class StoreMismatchError(StoreError):
    """The bytes are not those that were expected; nothing was published.

    Attributes:
        found: What they are. `found.size` is a lower bound where they are more than expected: reading stops
            one byte behind the expected end, and the digest is that of what was read.
        told: The two digests that differ, in words; empty where it is the size that does.
    """

    def __init__(self, message: str, found: Expected, told: str = "") -> None:
        super().__init__(message)
        self.found = found
        self.told = told

    def __reduce__(self) -> tuple[type[StoreMismatchError], tuple[str, Expected, str]]:
        """Travel between processes, where an executor has some."""
        return (type(self), (self.message, self.found, self.told))


class Retention(Protocol):
    """How long a store itself keeps an object from being deleted."""

    @property
    def mode(self) -> str:
        """`governance` or `compliance`."""

    @property
    def retain(self) -> str:
        """A duration, such as `365d`."""


class StoreConfig(Protocol):
    """What the Registry says about a store; the fields are described there."""

    @property
    def uri(self) -> str:
        """Where it is: `<scheme>:…`."""

    @property
    def region(self) -> str | None:
        """The region of an S3 store."""

    @property
    def endpoint_url(self) -> str | None:
        """The address of an S3 server other than Amazon's."""

    @property
    def profile(self) -> str | None:
        """The profile of the AWS configuration that has the credentials."""

    @property
    def addressing_style(self) -> str:
        """`auto`, `virtual` or `path`."""

    @property
    def checksum_mode(self) -> str:
        """`when_supported` or `when_required`."""

    @property
    def object_lock(self) -> Retention | None:
        """What keeps new objects from being deleted."""


class Store(Protocol):
    """Bytes under keys. A key is written once and never overwritten.

    Keys are relative paths with `/`. A store is a value: it can be sent to another process, and several
    threads may use it at once. All methods raise StoreError where the store cannot answer.
    """

    @property
    def uri(self) -> str:
        """Where it is, for people."""

    def put(self, key: str, source: BinaryIO, expected: Expected) -> str:
        """Store what `source` holds, whole or not at all.

        Where the very same bytes are stored already, this is done without reading `source`: they are hashed,
        or the store's own SHA-256 of them is compared.

        Returns:
            The version of the object, to be named when it is read; empty where the store keeps none.

        Raises:
            StoreMismatchError: `source` does not hold what is expected.
            StoreConflictError: Other bytes are stored under this key.
        """

    def copy(self, source: str, key: str, expected: Expected) -> str | None:
        """Store under `key` what is stored under `source`, without the bytes leaving the store.

        Returns:
            As `put` does; None where this store cannot, or where `source` is not what is expected: then
            nothing was stored, and `put` is the way.

        Raises:
            StoreConflictError: Other bytes are stored under this key.
        """

    def open(self, key: str, version: str = "") -> AbstractContextManager[Opened]:
        """The bytes under `key`, all of one and the same object; seekable, and quick from the start on.

        Args:
            key: Of the object.
            version: Which version of it; empty for the newest.

        Raises:
            StoreMissingError: There is nothing.
            StoreUnsafeError: What is there is a link or no regular file.
            StoreChangedError: While it is read, or on leaving: the bytes changed in the meantime.
        """

    def stat(self, key: str, version: str = "") -> Stat | None:
        """What is under `key`; None where nothing is."""

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that start with `prefix`, sorted, whatever lies there, links included."""


def refuse_key(key: str) -> None:
    """Refuse a key that leads out of a store.

    Raises:
        StoreUnsafeError: It does.
    """
    if is_plain(key):
        return
    if reason := unsafe_characters(key) or unsafe_segments(key):
        raise StoreUnsafeError(f"the key {printable(key)} {reason}")
