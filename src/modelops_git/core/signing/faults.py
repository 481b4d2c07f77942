"""Why a signature is refused."""

from __future__ import annotations


class UnsoundError(Exception):
    """A bundle or its statement is not what it should be; the message is the end of a sentence about it.

    Attributes:
        hint: What to do, where something else than to sign again helps.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
