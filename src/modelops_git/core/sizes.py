"""Sizes in words, such as `20GB`."""

from __future__ import annotations

import re

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_BINARY = {"KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40}
_WRITTEN = re.compile(r"(?a)(\d{1,12}(?:\.\d{1,6})?) ?([a-zA-Z]{0,3})")


def parse_size(text: str) -> int:
    """The bytes of `500MB`, `20GB`, `1.5TB` (of 1,000), `4GiB` (of 1,024) or `1048576`.

    Raises:
        ValueError: It is not of that form.
    """
    found = _WRITTEN.fullmatch(text)
    unit = (_UNITS | _BINARY).get(found[2].upper()) if found else None
    if found is None or unit is None:
        raise ValueError(f"{text!r} is not a size such as 500MB, 20GB or 4GiB")
    return int(float(found[1]) * unit)
