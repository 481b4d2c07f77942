"""What a store is: bytes under keys, written once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

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
    """

    sha256: str
    size: int


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
    """

    def __init__(self, message: str, found: Expected, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.found = found

    def __reduce__(self) -> tuple[type[StoreMismatchError], tuple[str, Expected]]:
        """Travel between processes, where an executor has some."""
        return (type(self), (self.message, self.found))


class StoreConfig(Protocol):
    """What the Registry says about a store; a backend may read more of it than this."""

    @property
    def uri(self) -> str:
        """Where it is: `<scheme>:…`."""


class Store(Protocol):
    """Bytes under keys. A key is written once and never overwritten.

    Keys are relative paths with `/`. A store is a value: it can be sent to another process, and several
    threads may use it at once. All methods raise StoreError where the store cannot answer.
    """

    @property
    def uri(self) -> str:
        """Where it is, for people."""

    def put(self, key: str, source: BinaryIO, expected: Expected) -> None:
        """Store what `source` holds, whole or not at all.

        Where the very same bytes are stored already, this is done without reading `source`: they are hashed.

        Raises:
            StoreMismatchError: `source` does not hold what is expected.
            StoreConflictError: Other bytes are stored under this key.
        """

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """The bytes under `key`, to be read from the start to the end.

        Raises:
            StoreMissingError: There is nothing.
            StoreUnsafeError: What is there is a link or no regular file.
            StoreChangedError: On leaving: they changed in the meantime.
        """

    def stat(self, key: str) -> int | None:
        """The size in bytes of what is under `key`; None where nothing is."""

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that start with `prefix`, sorted, whatever lies there, links included."""
