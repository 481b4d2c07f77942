"""Which regular expressions are safe to run on a short text.

Patterns come from repositories, and Python's engine backtracks: a nested repetition may take years on thirty
characters.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

MAX_PATTERN = 200
MAX_REPEATS = 3
MAX_COUNT = 100
MAX_TEXT = 64
_REPEAT_OF_GROUP = r"\)[*+?{]"
_REPEAT = r"[*+?{]"
_COUNTED = r"\{(\d*)(?:,(\d*))?\}"
_BACK_REFERENCE = r"\\[1-9]|\(\?P=|\(\?\("


def problem_of(pattern: str) -> str:
    """Why Python cannot compile `pattern`, in the words of its engine; empty where it can."""
    try:
        with warnings.catch_warnings():  # a doubtful pattern such as `[[a]` warns, and is fine
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except re.error as error:
        return error.msg
    except (OverflowError, RecursionError):
        return "it is too large or nests too deep"
    return ""


@lru_cache(maxsize=256)
def is_tame(pattern: str) -> bool:
    """Whether `pattern` is so simple that no text of 64 characters makes it slow."""
    if len(pattern) > MAX_PATTERN or re.search(f"{_REPEAT_OF_GROUP}|{_BACK_REFERENCE}", pattern):
        return False
    counts = [int(number) for pair in re.findall(_COUNTED, pattern) for number in pair if number]
    if max(counts, default=0) > MAX_COUNT:
        return False
    return len(re.findall(_REPEAT, pattern)) <= MAX_REPEATS and not problem_of(pattern)


def matches(pattern: str, text: str) -> bool | None:
    """Whether `pattern` is found in `text`; None where trying it might take long."""
    if len(text) > MAX_TEXT or not is_tame(pattern):
        return None
    return re.search(pattern, text) is not None
