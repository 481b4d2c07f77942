"""How much text a manifest may have: 1 MiB, and a version 4 MiB, where the rest are lines of its artifacts.

A version of ten thousand files lists each of them. The lines that do, one field each, as `register` writes
them, are no work to read; so they alone make more room, and what else a hostile file holds stays as small as
in any other manifest.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple

MAX_BYTES = 2**20
MAX_EVENTS = 120_000  # a mebibyte of brackets would otherwise become hundreds of megabytes of nodes
MAX_VERSION = 2**22
MAX_ROWS = 10_000
"""More files a version does not have."""
MAX_LINES = 6 * MAX_ROWS
_EVENTS = 2.5  # a key and a value for each line, and where a row begins and ends
_LINE = re.compile(
    rb"^[ ]{0,8}(?:-[ ])?(?:path|role|format|sha256|blake3|size|uri|version_id):[ ]"
    rb"[^\x00-\x1f\x7f\[\]{}&*!|>%@`'\\#]{1,1100}\n",
    re.MULTILINE,
)


class Room(NamedTuple):
    """What a text may have at most.

    Attributes:
        size: Bytes.
        events: Events of the parser; two make a value.
        rows: How many bytes lines of artifacts take; they cost little.
    """

    size: int = MAX_BYTES
    events: int = MAX_EVENTS
    rows: int = 0


USUAL = Room()


def room_of(kind: str, data: bytes) -> Room:
    """The room that a manifest of a kind has."""
    if kind != "ModelVersion" or len(data) > MAX_VERSION:
        return USUAL
    lines = [len(match[0]) for match in islice(_LINE.finditer(data), MAX_LINES)]
    rows = sum(lines)
    return Room(min(MAX_BYTES + rows, MAX_VERSION), MAX_EVENTS + int(_EVENTS * len(lines)), rows)
