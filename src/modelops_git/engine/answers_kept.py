"""Answers of a forge and of git, kept for a minute: a thousand models of one merge ask the same.

Not for longer, since an approval can be taken back; and a failure is kept as well, so that a forge that is
down is not asked a thousand times.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from modelops_git.core.errors import ModelopsError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")
SECONDS = 60


class _Answer(NamedTuple):
    until: float
    value: Any
    error: ModelopsError | None


class Answers:
    """What was asked in the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[Hashable, _Answer] = {}

    def of(self, question: Hashable, ask: Callable[[], T]) -> T:
        """The answer to a question, which is asked where it was not in the last minute.

        Raises:
            ModelopsError: What asking has raised.
        """
        known = self._known.get(question)
        if known is None or known.until <= self._clock():
            known = self._known[question] = self._asked(ask)
        if known.error is not None:
            raise known.error
        value: T = known.value
        return value

    def _asked(self, ask: Callable[[], Any]) -> _Answer:
        now = self._clock()
        self._known = {question: one for question, one in self._known.items() if one.until > now}
        try:
            return _Answer(self._clock() + SECONDS, ask(), None)
        except ModelopsError as error:
            return _Answer(self._clock() + SECONDS, None, error)
