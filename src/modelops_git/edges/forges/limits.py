"""The limits of a forge on how often it is asked: how long until it answers again.

Sources: GitHub, "Rate limits for the REST API"; GitLab, "User and IP rate limits", "Response headers".
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import ForgeError

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_WAIT = 20
"""Seconds that a command waits for a limit to pass; more is an error that says when to come back."""
A_MINUTE = 60
_REFUSED, _TOO_MANY = 403, 429
_FARTHEST = 7 * 86_400


class Limited(NamedTuple):
    """A refusal that time heals.

    Attributes:
        seconds: How long to wait.
        now: The time of the refusal, in seconds since 1970.
    """

    seconds: float
    now: float

    @classmethod
    def soon(cls, now: float | None = None) -> Limited:
        """A limit of which the forge does not say when it passes; GitHub asks to wait a minute."""
        return cls(A_MINUTE, datetime.now(UTC).timestamp() if now is None else now)

    def refusal(self, forge: str, setting: str) -> ForgeError:
        """The error for who cannot wait that long."""
        until = datetime.fromtimestamp(self.now + self.seconds, UTC)
        return ForgeError(
            f"{forge} takes no more requests with this token until {until:%Y-%m-%d %H:%M:%S} UTC",
            hint=f"Wait, or put a token with a higher limit into {setting or 'its variable'}.",
        )


def limit_of(status: int, headers: Mapping[str, str], now: float) -> Limited | None:
    """The limit that an answer is about; None where it is about none.

    Args:
        status: The HTTP status.
        headers: Those of the answer.
        now: Seconds since 1970.
    """
    if status not in {_REFUSED, _TOO_MANY}:
        return None
    if (after := _after(headers.get("Retry-After", ""), now)) is not None:
        return Limited(after, now)
    for prefix in ("X-RateLimit", "RateLimit"):
        if headers.get(f"{prefix}-Remaining") == "0":
            reset = _whole(headers.get(f"{prefix}-Reset", ""))
            return Limited.soon(now) if reset is None else Limited(_bounded(reset - now), now)
    return Limited.soon(now) if status == _TOO_MANY else None


def _after(text: str, now: float) -> float | None:
    seconds = _whole(text)
    if seconds is not None:
        return _bounded(seconds)
    try:
        return _bounded(parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len("9999999999") else None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), _FARTHEST)
