"""What stores that are only read say, and how a URI that holds a password is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable, unsafe_characters, unsafe_segments
from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.base import StoreMissingError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_WRITABLE = "Register into a store that has create-only writes: file:, s3:, gs: or az:."


def read_only(uri: str, why: str) -> StoreError:
    """The error that nothing can be written there; `why` is the end of a sentence."""
    return StoreError(f"{printable(uri)} is only read: {why}", hint=_WRITABLE)


def no_version(subject: str, version: str) -> StoreMissingError:
    """The error that an object is asked for in a version where none are kept."""
    return StoreMissingError(f"{printable(subject)}: there is no version {printable(version)} of it")


def without_secrets(name: str, parts: SplitResult, form: str) -> str:
    """The path of a store's URI, without slashes around it, once nothing else is in the URI.

    Args:
        name: The store's, for messages.
        parts: The URI.
        form: How it should be written, for the hint.

    Raises:
        StoreError: It has a user or a password, a query or a fragment, or a path that leads out of itself.
    """
    path = parts.path.strip("/")
    reason = ""
    if parts.username is not None or parts.password is not None:
        reason = "holds a user or a password"
    elif parts.query or parts.fragment:
        reason = "has a query or a fragment"
    elif path:
        reason = unsafe_characters(path) or unsafe_segments(path)
    if reason:
        shown = printable(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")
        raise StoreError(f"store {name}: the uri of {shown} {reason}", hint=f"Write `{form}`.")
    return path
