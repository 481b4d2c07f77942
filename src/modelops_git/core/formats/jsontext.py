"""JSON that nobody vouches for: read whole where it is small, within bounds, and never an exception."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from modelops_git.core.formats.reading import View

MAX_JSON: Final = 8 << 20


def whole_json(view: View) -> tuple[Any, str]:
    """The value, or why there is none: the end of a sentence, such as `is no JSON`.

    Raises:
        UnscannableError: The bytes cannot be had within bounds.
    """
    data = view.at(0, MAX_JSON + 1)
    if len(data) > MAX_JSON:
        return None, f"is larger than {MAX_JSON >> 20} MiB"
    return json_of(data)


def json_of(data: bytes) -> tuple[Any, str]:
    """The same of bytes."""
    try:
        return json.loads(data, object_pairs_hook=_without_twins, parse_int=_number), ""
    except _TwinsError as error:
        return None, f"has the key {str(error)[:60]!r} twice"
    except RecursionError:
        return None, "nests too deep"
    except ValueError:
        return None, "is no JSON"


def _number(text: str) -> int | float:
    """A number as JSON has it; Python refuses to read integers of thousands of digits as such."""
    return int(text) if len(text) < 30 else float(text)  # noqa: PLR2004 - more than 64 bits can hold


class _TwinsError(Exception):
    """A key comes twice in one object: readers do not agree which one counts."""


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        raise _TwinsError(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return found
