"""When what has failed is tried again: later each time, and not all at once."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime

FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=5)
_MOST = 20
"""Doublings that are counted: far beyond the longest wait."""


def spread(span: timedelta) -> timedelta:
    """A time of about `span`: a fifth more or less, so that several processes do not keep step."""
    return span * (0.8 + secrets.randbelow(4001) / 10000)


class Retries:
    """What has failed, how often in a row, and until when it is left alone."""

    def __init__(self) -> None:
        self._failed: dict[Hashable, tuple[int, datetime]] = {}

    def failed(self, what: Hashable, now: datetime) -> datetime:
        """Count a failure; when it is tried again."""
        times = min(self._failed.get(what, (0, now))[0] + 1, _MOST)
        until = now + spread(min(LONGEST, FIRST * 2 ** (times - 1)))
        self._failed[what] = (times, until)
        return until

    def worked(self, what: Hashable) -> None:
        """It works again."""
        self._failed.pop(what, None)

    def until(self, what: Hashable, now: datetime) -> datetime | None:
        """Until when it is left alone; None where it may be tried."""
        until = self._failed.get(what, (0, now))[1]
        return until if until > now else None

    def forget(self, which: Callable[[Hashable], bool]) -> None:
        """Try again at once what `which` says: something has changed."""
        for what in [one for one in self._failed if which(one)]:
            del self._failed[what]

    def next(self, now: datetime) -> datetime | None:
        """When the first of what is left alone now is tried again."""
        return min((until for _, until in self._failed.values() if until > now), default=None)
