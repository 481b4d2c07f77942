"""What it is to sign, whoever does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from modelops_git.core.signing.bundle import Bundle


class Sign(Protocol):
    """A way to sign a statement."""

    def __call__(self, statement: bytes, /) -> bytes:
        """The bundle that holds `statement` and its signature.

        Raises:
            SigningError: It could not be signed.
        """

    def made(self, bundle: Bundle) -> bool:
        """Whether the signature in `bundle` is one that this would make."""
