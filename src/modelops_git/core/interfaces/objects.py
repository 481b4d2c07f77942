"""Objects under conditions: is there one?

Names are of two sorts: those that some condition mentions, and all others, of which only as many are needed
as there are properties that must be something special. A fresh name is itself the answer to a goal.
"""

from __future__ import annotations

from functools import cached_property
from itertools import count, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.interfaces.answers import EMPTY, Answer, best
from modelops_git.core.interfaces.holding import holds as keeps
from modelops_git.core.interfaces.terms import (
    FALSE,
    TRUE,
    Among,
    Claim,
    Every,
    Members,
    Reference,
    listed_by,
    lists,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.interfaces.searching import Goal, Solver
    from modelops_git.core.interfaces.terms import Fact

MAX_SIZE = 1_000
MAX_SHOWN = 8
PLAIN_NAMES = 20
UNNAMED: Mapping[str, tuple[Claim, ...]] = {}


class Objects(NamedTuple):
    """All objects under these conditions.

    Attributes:
        low: The least number of properties.
        high: The greatest; None for no bound.
        required: Names that must occur.
        named: What is asked of the values of some names.
        each: What is asked of the values of all names that keep a claim.
        some: Of which names and values there must be a property.
    """

    low: int = 0
    high: int | None = None
    required: tuple[str, ...] = ()
    named: Mapping[str, tuple[Claim, ...]] = UNNAMED
    each: tuple[tuple[Claim, Claim], ...] = ()
    some: tuple[Members, ...] = ()

    @property
    def weight(self) -> int:
        """How much one more condition costs, about."""
        return len(self.named) + len(self.required) + len(self.some)

    def under(self, fact: Fact, *, holds: bool) -> Objects | None:
        """The same under one more condition; None where nothing can meet it."""
        if not isinstance(fact, Members):
            return self
        if fact.names == fact.what == TRUE:
            return self._sized(fact.least, at_least=holds)
        listed = listed_by(fact.names) if fact.names.holds else ()
        if not holds:
            return self._asking(fact, listed)
        if fact.what != TRUE or len(listed) != 1:
            return self._replace(some=(*self.some, fact))
        barred = FALSE in self.named.get(listed[0], ())
        return None if barred else self._replace(required=(*self.required, *listed))

    def _asking(self, fact: Members, listed: tuple[str, ...]) -> Objects | None:
        """The objects of which the fact does not hold."""
        must = fact.what.denied
        if not listed:
            return self._replace(each=(*self.each, (fact.names, must)))
        if must == FALSE and any(name in self.required for name in listed):
            return None
        asked = {name: (*self.named.get(name, ()), must) for name in listed}
        return self._replace(named={**self.named, **asked})

    def _sized(self, number: int, *, at_least: bool) -> Objects | None:
        low = max(self.low, number) if at_least else self.low
        high = self.high if at_least else number - 1 if self.high is None else min(self.high, number - 1)
        return None if high is not None and low > high else self._replace(low=low, high=high)

    def solve(self, solver: Solver) -> Answer:
        """One of them, if there is any."""
        return _Naming(self, solver).answer()


class _Slots(NamedTuple):
    """Properties that an object is to have.

    Attributes:
        goals: What is asked of the value of each.
        doubt: Why it is not sure that each may be there; empty where it is.
    """

    goals: Mapping[str, Goal]
    doubt: str = ""

    def plus(self, name: str, goal: Goal, doubt: str = "") -> _Slots:
        return _Slots({**self.goals, name: goal}, self.doubt or doubt)


class _Naming:
    """Gives the properties names, for one shape."""

    def __init__(self, shape: Objects, solver: Solver) -> None:
        self._shape = shape
        self._solver = solver
        self._asked: dict[str, _Slots] = {}

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """The names that some condition mentions."""
        shape = self._shape
        claims = [*(names for names, _ in shape.each), *(fact.names for fact in shape.some)]
        mentioned = (name for claim in claims for name in _mentioned(claim))
        names = tuple(dict.fromkeys((*shape.named, *shape.required, *mentioned)))
        self._solver.budget.spend(len(names))
        return names

    def answer(self) -> Answer:
        shape, solver = self._shape, self._solver
        solver.budget.spend(5)
        for fact in shape.some:
            if next(self._placed([fact], _Slots({}), limit=None), None) is None:
                return EMPTY
        required = _Slots({})
        for name in dict.fromkeys(shape.required):
            asked = self._ask(name)
            if solver.solve(asked.goals[name]).empty:
                return EMPTY
            required = _Slots({**required.goals, **asked.goals}, required.doubt or asked.doubt)
        if shape.high is not None and len(required.goals) > shape.high:
            return EMPTY
        wanted = sorted(shape.some, key=lambda fact: fact.names == TRUE)
        answer = best(map(self._filled, self._placed(wanted, required, limit=shape.high)))
        return Answer(doubt="maxProperties") if answer.empty and self._crowded(wanted) else answer

    def _crowded(self, wanted: list[Members]) -> bool:
        """Whether one fresh name might have to serve two wants, which is not tried."""
        shape = self._shape
        free = [fact for fact in wanted if not lists(fact.names)]
        return shape.high is not None and len(free) > 1 and len(wanted) + len(shape.required) > shape.high

    def _ask(self, name: str) -> _Slots:
        """What is asked of the value of the property `name`."""
        if name not in self._asked:
            goal, doubt = list(self._shape.named.get(name, ())), ""
            for names, must in self._shape.each:
                answer = keeps(names, name, self._solver.budget)
                goal += [must] if answer else []
                doubt = doubt or ("patternProperties" if answer is None else "")
            self._asked[name] = _Slots({name: frozenset(goal)}, doubt)
        return self._asked[name]

    def _placed(self, wanted: list[Members], slots: _Slots, limit: int | None) -> Iterator[_Slots]:
        """All ways to give every wanted property a name."""
        if not wanted:
            yield slots
            return
        fact, *others = wanted
        for more in self._candidates(fact, slots):
            if limit is None or len(more.goals) <= limit:
                yield from self._placed(others, more, limit)

    def _candidates(self, fact: Members, slots: _Slots) -> Iterator[_Slots]:
        listed = listed_by(fact.names) if lists(fact.names) else (*slots.goals, *self._names)
        for name in dict.fromkeys(listed):
            suits = keeps(fact.names, name, self._solver.budget)
            if suits is False:
                continue
            asked = slots if name in slots.goals else self._ask(name)
            goal = asked.goals[name] | {fact.what}
            if not self._solver.solve(goal).empty:
                yield slots.plus(name, goal, asked.doubt or ("" if suits else "patternProperties"))
        for name, goal, doubt in () if lists(fact.names) else self._fresh(fact, slots):
            yield slots.plus(name, goal, doubt)

    def _fresh(self, fact: Members, slots: _Slots) -> Iterator[tuple[str, Goal, str]]:
        """Names that nothing mentions, with what is asked of their values."""
        terms = self._solver.terms
        other = terms.among([*self._names, *slots.goals]).denied
        sorts: list[tuple[Goal, Goal]] = [
            (frozenset({terms.kinds("string"), other, fact.names}), frozenset({fact.what}))
        ]
        for names, must in self._shape.each:
            sorts = [
                sort
                for name, goal in sorts
                for sort in ((name | {names}, goal | {must}), (name | {names.denied}, goal))
                if not self._solver.solve(sort[1]).empty and not self._solver.solve(sort[0]).empty
            ]
        for name, goal in sorts:
            found = self._name(name)
            if not found.empty and not self._solver.solve(goal).empty:
                yield (found.values or (f"unknown{len(slots.goals)}",))[0], goal, found.doubt

    def _name(self, goal: Goal) -> Answer:
        """A name that keeps `goal`, a plain one if that does."""
        claim, budget = self._solver.terms.every(goal), self._solver.budget
        plain = (f"extra{number}" if number > 1 else "extra" for number in islice(count(1), PLAIN_NAMES))
        found = next((name for name in plain if keeps(claim, name, budget)), None)
        return self._solver.solve(goal) if found is None else Answer((found,))

    def _filled(self, slots: _Slots) -> Answer:
        """The object with these properties, and with as many more as it must have or may well show."""
        shape, solver = self._shape, self._solver
        if shape.low > MAX_SIZE:
            return Answer(doubt="minProperties")
        for name in self._names:
            asked = self._ask(name)
            if name in slots.goals or not self._wanted(name, len(slots.goals)):
                continue
            answer = solver.solve(asked.goals[name])
            if answer.sure or (answer.doubt and len(slots.goals) < shape.low):
                slots = slots.plus(name, asked.goals[name], asked.doubt)
        while len(slots.goals) < shape.low:
            fresh = sorted(self._fresh(Members(TRUE, TRUE, 1), slots), key=lambda found: bool(found[2]))
            if not fresh:
                return EMPTY
            slots = slots.plus(*fresh[0])
        return self._joined(slots)

    def _wanted(self, name: str, size: int) -> bool:
        """Whether an object of so many properties is to have another one: it must, or it shows more."""
        shape = self._shape
        told = bool(shape.named.get(name)) and not self._ask(name).doubt
        room = MAX_SHOWN if shape.high is None else min(MAX_SHOWN, shape.high)
        return size < shape.low or (told and size < room)

    def _joined(self, slots: _Slots) -> Answer:
        answers = {name: self._solver.solve(goal) for name, goal in slots.goals.items()}
        if any(answer.empty for answer in answers.values()):
            return EMPTY
        order = {name: place for place, name in enumerate(self._names)}
        names = sorted(answers, key=lambda name: order.get(name, len(order)))
        values = [answers[name].values for name in names]
        whole = ({name: found[0] for name, found in zip(names, values, strict=True)},) if all(values) else ()
        for name, answer in answers.items():
            if answer.doubt:
                return answer.within(name)._replace(values=whole)
        return Answer(whole, slots.doubt)


def _mentioned(claim: Claim) -> Iterator[str]:
    """The names that a claim about names lists."""
    todo: list[Claim] = [claim]
    seen = set[Any]()
    while todo:
        term = todo.pop().term
        if term in seen:
            continue
        seen.add(term)
        if isinstance(term, Among):
            yield from (value for value in term.values.values() if isinstance(value, str))
        elif isinstance(term, Every):
            todo += term.claims
        elif isinstance(term, Reference):
            todo.append(term.body())
