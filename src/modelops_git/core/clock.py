"""Time as a value: RFC 3339 in UTC, durations such as `90s` and `24h`. Nothing here asks what time it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)
DURATION = re.compile(r"(0|[1-9]\d{0,8})([smhd])", re.ASCII)
_DAY = 24 * 3600
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_time(text: str) -> datetime:
    """The instant that RFC 3339 `text` in UTC (with `Z`) names.

    Raises:
        ValueError: It is not of that form, or no such day or hour exists.
    """
    if not TIME.fullmatch(text):
        raise ValueError(f"{text!r} is not a time in UTC such as 2026-06-02T15:30:00Z")
    return datetime.fromisoformat(text)


def format_time(instant: datetime) -> str:
    """`instant` as RFC 3339 in UTC, to the second unless it has a fraction."""
    text = instant.astimezone(UTC).isoformat()
    return text.removesuffix("+00:00") + "Z"


def format_duration(seconds: int) -> str:
    """A length in the largest units that leave no rest unsaid: 90 is `1m 30s`, 86400 is `24h`, 0 is `0s`."""
    if seconds and seconds % _DAY == 0 and seconds > _DAY:
        return f"{seconds // _DAY}d"
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    return " ".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def parse_duration(text: str) -> timedelta:
    """The length of `90s`, `10m`, `24h` or `7d`.

    Raises:
        ValueError: It is not of that form.
    """
    match = DURATION.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a duration such as 90s, 10m, 24h or 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


@lru_cache(64)
def time_zone(name: str) -> tzinfo:
    """The time zone that the IANA database calls `name`: the machine's, else that of the package tzdata.

    Raises:
        ValueError: There is none.
    """
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not there; or a folder of zones, such as Europe
        raise ValueError(f"{name!r} is not the name of a time zone such as Europe/Berlin") from None
