"""Prediction ids: each says itself when and by what the prediction was made, without a log to look it up in.

<12 hex: milliseconds since 1970>-<12 hex: the first of the manifest digest>-<12 hex: chance>
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from modelops_git.core.clock import format_time

BITS = 48
"""How many random bits an id has: two of one version and one millisecond are equal once in 3e14."""
_FORM = re.compile(r"([0-9a-f]{12})-([0-9a-f]{12})-[0-9a-f]{12}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_MASK = (1 << BITS) - 1


class PredictionId(NamedTuple):
    """What a prediction id says.

    Attributes:
        text: The id.
        at: When the prediction was made, to the millisecond, by the clock of the gateway.
        digest: The first 12 hexadecimal digits of the digest of the version's manifest.
    """

    text: str
    at: datetime
    digest: str


def prediction_id(milliseconds: int, digest: str, chance: int) -> str:
    """The id of a prediction.

    Args:
        milliseconds: When it is made, since 1970.
        digest: The digest of the version's manifest, `sha256:<64 hex>`.
        chance: 48 random bits.
    """
    return f"{milliseconds & _MASK:012x}-{digest.removeprefix('sha256:')[:12]}-{chance & _MASK:012x}"


def read_prediction_id(text: str) -> PredictionId:
    """What an id says.

    Raises:
        ValueError: It is none.
    """
    match = _FORM.fullmatch(text)
    milliseconds = int(match[1], 16) if match else _LATEST + 1
    if match is None or milliseconds > _LATEST:
        raise ValueError("a prediction id has three times 12 hexadecimal digits, with a hyphen between them")
    return PredictionId(text, _EPOCH + timedelta(milliseconds=milliseconds), match[2])


def time_said(milliseconds: int) -> str:
    """The same time as an id's, as RFC 3339 in UTC with milliseconds: the field `at` of a record."""
    whole = format_time(_EPOCH + timedelta(seconds=milliseconds // 1000))
    return f"{whole[:-1]}.{milliseconds % 1000:03d}Z"


def is_sampled(text: str, share: float) -> bool:
    """Whether what belongs to a prediction is logged, where only a share of all is.

    The id alone decides, so that a record, what mirrors answered to the same request, and what is reported
    of it later are logged all or none.

    Args:
        text: The prediction's id.
        share: From 0, none, to 1, all.
    """
    hashed = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(hashed[:6], "big") < share * (1 << BITS)
