"""Why a request is not answered: a status, a sentence, and where in the request the mistake is."""

from __future__ import annotations

from typing import Any

INVALID, MISSING, TOO_LARGE, UNPROCESSABLE = 400, 404, 413, 422
BUSY, FAILED, LATE = 503, 500, 504
SLOW = 408


class RefusalError(Exception):
    """A request that is not answered as its sender hoped.

    Attributes:
        status: The HTTP status.
        message: What is wrong, in one sentence.
        pointer: The JSON Pointer to what is wrong in the request; empty where it is the whole.
    """

    def __init__(self, status: int, message: str, pointer: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.pointer = status, message, pointer

    def as_json(self) -> dict[str, Any]:
        """As the Open Inference Protocol writes an error, and where it is."""
        said = {"error": self.message}
        return said if self.pointer is None else said | {"pointer": self.pointer}
