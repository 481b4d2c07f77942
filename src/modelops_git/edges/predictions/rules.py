"""How predictions are logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from modelops_git.core.errors import UsageError

PrivateField = Literal["input", "output", "key", "error", "truth"]
PRIVATE: tuple[str, ...] = get_args(PrivateField)
MIB = 1 << 20
_SMALLEST = 1024
"""Bytes of a record that is cut: all of its fields but the long ones."""


@dataclass(frozen=True, slots=True)
class LogRules:
    """How predictions are logged.

    Attributes:
        sample: The share of the predictions that are logged, from 0 to 1; their ids decide which.
        leave_out: The fields that are never written.
        key_secret: Where there is one, the callers' keys are written as HMAC-SHA-256 under this secret.
        format: What a file becomes when it is complete: it stays lines of JSON, or is turned into Parquet.
        file_bytes: The length from which on a file is complete.
        file_age: The age from which on it is.
        record_bytes: The longest line; of a longer record the input, and then the output, is cut.
        waiting_records: How many records may wait to be written.
        waiting_bytes: How long they may be together.
        patience: Seconds that a caller waits at most, once, for room among those that wait.
        pause: Seconds between two writes: as much may be lost when the process is killed.
        keep: How long records are kept at least; their files go a day later at most. None for ever.
    """

    sample: float = 1.0
    leave_out: frozenset[str] = frozenset()
    key_secret: bytes = b""
    format: Literal["jsonl", "parquet"] = "jsonl"
    file_bytes: int = 64 * MIB
    file_age: timedelta = timedelta(hours=1)
    record_bytes: int = MIB // 4
    waiting_records: int = 20_000
    waiting_bytes: int = 64 * MIB
    patience: float = 0.1
    pause: float = 0.1
    keep: timedelta | None = timedelta(days=30)

    def __post_init__(self) -> None:
        unknown = sorted(self.leave_out - set(PRIVATE))
        if unknown:
            raise UsageError(
                f"{unknown[0]!r} is no field that can be left out of prediction logs",
                hint=f"One of {', '.join(PRIVATE)}.",
            )
        if not 0 <= self.sample <= 1:
            raise UsageError(f"{self.sample} is no share of predictions", hint="From 0, none, to 1, all.")
        if self.record_bytes < _SMALLEST:
            raise UsageError(
                f"a record of {self.record_bytes} bytes holds nothing", hint=f"At least {_SMALLEST}."
            )
