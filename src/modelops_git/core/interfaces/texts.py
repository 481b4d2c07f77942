"""Texts under conditions: is there one? Patterns and formats are compared by equality alone."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.interfaces.answers import EMPTY, Answer
from modelops_git.core.interfaces.holding import OF_FORMAT, has
from modelops_git.core.interfaces.terms import Length, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.interfaces.budget import Budget
    from modelops_git.core.interfaces.searching import Solver
    from modelops_git.core.interfaces.terms import Fact

MAX_LENGTH = 250_000
TRIED = 80
STOCK = (
    *(
        "text",
        "a",
        "",
        "0",
        "A",
        "abc",
        "ABC",
        "b",
        "1.0.0",
        "a_b",
        "a-b",
        "A1",
        "12345",
        "en",
        "EN",
        "en-US",
    ),
    *("#a0b1c2", "+1", "1.5", "0123456789abcdef", "x", "yes", *OF_FORMAT.values()),
)


class Texts(NamedTuple):
    """All texts under these conditions.

    Attributes:
        low: The least number of characters.
        high: The greatest; None for no bound.
        conditions: Patterns and formats that they have.
        others: Those that they have not.
        excluded: Texts that are none of them.
    """

    low: int = 0
    high: int | None = None
    conditions: frozenset[Text] = frozenset()
    others: frozenset[Text] = frozenset()
    excluded: frozenset[str] = frozenset()

    @property
    def weight(self) -> int:
        """How much one more condition costs, about."""
        return len(self.excluded)

    def under(self, fact: Fact, *, holds: bool) -> Texts | None:
        """The same under one more condition; None where nothing can meet it."""
        if isinstance(fact, Text):
            key = "conditions" if holds else "others"
            more = self._replace(**{key: getattr(self, key) | {fact}})
            return None if more.conditions & more.others else more
        if isinstance(fact, Length):
            low, high = (max(self.low, fact.least), self.high) if holds else (self.low, fact.least - 1)
            high = self.high if self.high is not None and (high is None or self.high < high) else high
            return None if high is not None and low > high else self._replace(low=low, high=high)
        return self

    def without(self, values: list[str]) -> Texts:
        """The same but for these values."""
        return self._replace(excluded=self.excluded | set(values))

    def solve(self, solver: Solver) -> Answer:
        """One of them, if there is any."""
        if self.high == 0 and "" in self.excluded:
            return EMPTY
        maybe: tuple[str, ...] = ()
        for text in islice(self._proposed(solver), TRIED):
            answer = self._keeps(text, solver.budget)
            if answer:
                return Answer((text,))
            maybe = maybe or ((text,) if answer is None else ())
        return Answer(
            maybe, min((fact.keyword for fact in self.conditions | self.others), default="minLength")
        )

    def _keeps(self, text: str, budget: Budget) -> bool | None:
        """Whether a text has what it must have and has not what it must not."""
        sure = True
        for facts, wanted in ((self.conditions, True), (self.others, False)):
            for fact in facts:
                budget.spend()
                answer = has(fact, text)
                if answer is (not wanted):
                    return False
                sure = sure and answer is wanted
        return sure or None

    def _proposed(self, solver: Solver) -> Iterator[str]:
        end = MAX_LENGTH if self.high is None else min(self.high, MAX_LENGTH)
        filled = ("a" * length for length in range(self.low, end + 1))
        proposed = chain(STOCK, solver.texts, islice(filled, TRIED + len(self.excluded)))
        return (text for text in proposed if self._fits(text) and text not in self.excluded)

    def _fits(self, text: str) -> bool:
        return self.low <= len(text) and (self.high is None or len(text) <= self.high)
