"""What a search finds: no value, a value, or neither for sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

Step = str | int  # the name of a property, or the index of an item


class Answer(NamedTuple):
    """Whether some value meets a goal.

    Attributes:
        values: One value that meets it, or may; none where none is known.
        doubt: The keyword that keeps it from being sure; empty where it is sure.
        path: The steps from the whole value down to the part in doubt.
    """

    values: tuple[Any, ...] = ()
    doubt: str = ""
    path: tuple[Step, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it is proven that no value meets the goal."""
        return not self.values and not self.doubt

    @property
    def sure(self) -> bool:
        """Whether the value meets the goal."""
        return bool(self.values) and not self.doubt

    def doubted(self, keyword: str) -> Answer:
        """The same value, with less certainty."""
        return self if self.empty or self.doubt else self._replace(doubt=keyword)

    def within(self, step: Step) -> Answer:
        """The doubt as seen from the value around it; without the value."""
        return Answer((), self.doubt, (step, *self.path))


EMPTY = Answer()


def best(answers: Iterable[Answer]) -> Answer:
    """The first that is sure, else the first that has a value, else the first doubt, else empty."""
    found = EMPTY
    for answer in answers:
        if answer.sure:
            return answer
        if found.empty or (answer.values and not found.values):
            found = answer
    return found
