"""Arrays under conditions: is there one?

Positions are of two sorts: those that some condition names, and the tail behind them, where all are alike. Of
the tail only as many positions need to be told apart as there are items that must be something special.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.interfaces.answers import EMPTY, Answer, best
from modelops_git.core.interfaces.jsonvalues import identity
from modelops_git.core.interfaces.matching import matching
from modelops_git.core.interfaces.terms import TRUE, Claim, Items, Unique

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.interfaces.searching import Goal, Solver
    from modelops_git.core.interfaces.terms import Fact

MAX_LENGTH = 250_000  # an image of 3 x 224 x 224 has 150,528 numbers
MAX_DISTINCT = 300
MAX_COUNTED = 16
NOWHERE: Mapping[int, tuple[Claim, ...]] = {}


class Arrays(NamedTuple):
    """All arrays under these conditions.

    Attributes:
        low: The least number of items.
        high: The greatest; None for no bound.
        at: What is asked of the items at some positions.
        behind: What is asked of all items from a position on.
        some: What at least so many items must be.
        few: What fewer than so many items may be.
        unique: Whether no two items are equal, or at least two are; None where that is free.
    """

    low: int = 0
    high: int | None = None
    at: Mapping[int, tuple[Claim, ...]] = NOWHERE
    behind: tuple[tuple[int, Claim], ...] = ()
    some: tuple[Items, ...] = ()
    few: tuple[Items, ...] = ()
    unique: bool | None = None

    @property
    def weight(self) -> int:
        """How much one more condition costs, about."""
        return len(self.at) + len(self.some)

    def under(self, fact: Fact, *, holds: bool) -> Arrays | None:
        """The same under one more condition; None where nothing can meet it."""
        if isinstance(fact, Unique):
            return None if self.unique is (not holds) else self._replace(unique=holds)
        if not isinstance(fact, Items):
            return self
        size, sizes = fact.start + fact.least, fact.what == TRUE and fact.stop is None
        low = max(self.low, size) if holds else self.low
        high = size - 1 if sizes and not holds and (self.high is None or size <= self.high) else self.high
        if high is not None and low > high:
            return None
        more = self._replace(low=low, high=high)
        if sizes:
            return more
        return more._replace(some=(*self.some, fact)) if holds else more.but_for(fact)

    def but_for(self, fact: Items) -> Arrays:
        """The same, but for those of which the fact holds."""
        if fact.least > 1:
            return self._replace(few=(*self.few, fact))
        must = fact.what.denied
        if fact.stop is None:
            return self._replace(behind=(*self.behind, (fact.start, must)))
        places = range(fact.start, fact.stop)
        return self._replace(at={**self.at, **{i: (*self.at.get(i, ()), must) for i in places}})

    def goal(self, index: int) -> Goal:
        """What is asked of the item at `index`, wherever it is."""
        return frozenset((*self.at.get(index, ()), *(what for start, what in self.behind if start <= index)))

    @property
    def tail(self) -> int:
        """From where on all positions are alike."""
        ends = [fact.start if fact.stop is None else fact.stop for fact in (*self.some, *self.few)]
        return max(
            (*(index + 1 for index in self.at), *(start for start, _ in self.behind), *ends), default=0
        )

    def solve(self, solver: Solver) -> Answer:
        """One of them, if there is any."""
        for fact in self.some:
            places = range(fact.start, self.tail + 1 if fact.stop is None else fact.stop)
            if all(solver.solve(self.goal(place) | {fact.what}).empty for place in places):
                return EMPTY
        return _Filling(self._closed(solver), solver).answer()

    def _closed(self, solver: Solver) -> Arrays:
        """The same arrays, ending before the first position that can hold nothing."""
        last = self.tail if self.high is None else min(self.tail, self.high - 1)
        closed = next((place for place in range(last + 1) if solver.solve(self.goal(place)).empty), self.high)
        return self._replace(high=closed)


class _Filling:
    """Fills positions with items, for one shape."""

    def __init__(self, shape: Arrays, solver: Solver) -> None:
        self._shape = shape
        self._solver = solver
        self._special = sum(fact.least for fact in shape.some) + 2 * (shape.unique is False)
        self._allowed = sum(fact.least - 1 for fact in shape.few)

    def answer(self) -> Answer:
        """The shortest array that can be filled, if there is any."""
        shape = self._shape
        last = max(shape.low, shape.tail + self._special)
        last = last if shape.high is None else min(last, shape.high)
        if last < shape.low:
            return EMPTY
        if shape.low > MAX_LENGTH:
            return Answer(doubt="minItems")
        lengths = range(shape.low, last + 1)
        # Without further limits each item more leaves more room: if the longest cannot be, none can.
        if not shape.few and shape.unique is None and len(lengths) > 1 and self._of_length(last).empty:
            return EMPTY
        return best(map(self._of_length, lengths))

    def _of_length(self, length: int) -> Answer:
        self._solver.budget.spend(5)
        shape = self._shape
        told_apart = min(length, shape.tail + self._special + self._allowed)
        positions = [shape.goal(index) for index in range(told_apart)]
        wanted = [fact for fact in shape.some for _ in range(fact.least)]
        if len(wanted) > MAX_COUNTED or (shape.few and told_apart > MAX_COUNTED):
            return Answer(doubt="contains")
        filler = shape.goal(told_apart) | {fact.what.denied for fact in shape.few}
        rest = length - told_apart
        return best(
            self._items(limited, [filler] * rest, pair)
            for placed in self._placed(positions, wanted)
            for limited in self._limited(placed, 0, [0] * len(shape.few))
            for pair in self._pairs(told_apart)
        )

    def _pairs(self, places: int) -> Iterator[tuple[int, int] | None]:
        """Which two items are to be equal, if any are."""
        return iter((None,)) if self._shape.unique is not False else combinations(range(places), 2)

    def _placed(self, positions: list[Goal], wanted: list[Items], after: int = -1) -> Iterator[list[Goal]]:
        """All ways to give every wanted item a position; two of the same sort never share one."""
        if not wanted:
            yield positions
            return
        fact, *others = wanted
        again = bool(others) and others[0] is fact
        stop = len(positions) if fact.stop is None else min(fact.stop, len(positions))
        for index in range(max(fact.start, after + 1), stop):
            self._solver.budget.spend()
            goal = positions[index] | {fact.what}
            if not self._solver.solve(goal).empty:
                placed = [*positions[:index], goal, *positions[index + 1 :]]
                yield from self._placed(placed, others, index if again else -1)

    def _limited(self, positions: list[Goal], index: int, used: list[int]) -> Iterator[list[Goal]]:
        """All ways to say of every item whether it is one of the few."""
        if index == len(positions) or not self._shape.few:
            yield positions
            return
        for goal, counts in self._either(positions[index], index, 0, used):
            placed = [*positions[:index], goal, *positions[index + 1 :]]
            yield from self._limited(placed, index + 1, counts)

    def _either(
        self, goal: Goal, index: int, number: int, used: list[int]
    ) -> Iterator[tuple[Goal, list[int]]]:
        if self._solver.solve(goal).empty:
            return
        if number == len(self._shape.few):
            yield goal, used
            return
        fact = self._shape.few[number]
        if not fact.start <= index < (index + 1 if fact.stop is None else fact.stop):
            yield from self._either(goal, index, number + 1, used)
            return
        yield from self._either(goal | {fact.what.denied}, index, number + 1, used)
        if used[number] < fact.least - 1:
            counts = [count + (place == number) for place, count in enumerate(used)]
            yield from self._either(goal | {fact.what}, index, number + 1, counts)

    def _items(self, placed: list[Goal], filler: list[Goal], pair: tuple[int, int] | None) -> Answer:
        """Items for these positions, as one array."""
        if self._shape.unique:
            return self._distinct([*placed, *filler])
        goals = list(placed)
        if pair:
            goals[pair[0]] = goals[pair[1]] = goals[pair[0]] | goals[pair[1]]
        answers = [self._solver.solve(goal) for goal in [*goals, *filler[:1]]]
        return _joined(answers, len(filler) - 1)

    def _distinct(self, goals: list[Goal]) -> Answer:
        """Items of which no two are equal.

        A goal that as many values meet as there are items is never short of one; of any other goal all values
        are known. So the items can be told apart exactly when each position can be matched with a value.
        """
        different = dict.fromkeys(goals)
        if len(goals) * len(different) > MAX_DISTINCT:
            return Answer(doubt="uniqueItems")
        found = {goal: self._values_of(goal, len(goals)) for goal in different}
        if any(answer.doubt for answers in found.values() for answer in answers):
            return Answer(doubt="uniqueItems")
        values = [{identity(answer.values[0]): answer for answer in found[goal]} for goal in goals]
        matched = matching(values)
        if matched is None:
            return EMPTY
        return _joined([values[place][key] for place, key in enumerate(matched)], 0)

    def _values_of(self, goal: Goal, most: int) -> list[Answer]:
        """All that meets a goal, or as much as is asked for."""
        answers: list[Answer] = []
        while len(answers) < most:
            taken = self._solver.terms.among(answer.values[0] for answer in answers)
            answer = self._solver.solve(goal | {taken.denied} if answers else goal)
            if answer.empty:
                break
            answers.append(answer)
            if answer.doubt:
                break
        return answers


def _joined(answers: list[Answer], copies: int) -> Answer:
    """The array of what was found for each position, the last so many times more."""
    if any(answer.empty for answer in answers):
        return EMPTY
    doubted = next(((place, answer) for place, answer in enumerate(answers) if answer.doubt), None)
    values = [answer.values[0] for answer in answers if answer.values]
    whole = (values + values[-1:] * copies,) if len(values) == len(answers) else ()
    if doubted is None:
        return Answer(whole)
    place, answer = doubted
    return answer.within(place)._replace(values=whole)
