"""The search for a value that keeps a set of claims, or the proof that there is none.

One schema contains another when no value keeps the one and breaks the other. So a *goal* is a set of claims,
and `Solver.solve` finds a value that keeps them all, proves that none does, or doubts. It takes one kind of
value at a time, gathers the facts of that kind into a shape, and asks the shape for a value; the parts of
arrays and objects are goals of their own. Only alternatives that the value happens not to satisfy are tried.

A goal that comes up again while it is being solved holds no value there: the smallest value that meets it
holds no smaller one that does. This is what ends recursive schemas, and it is exact.
"""

from __future__ import annotations

import math
from itertools import chain
from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces.answers import EMPTY, Answer, best
from modelops_git.core.interfaces.budget import GaveUpError
from modelops_git.core.interfaces.holding import holds
from modelops_git.core.interfaces.jsonvalues import identity
from modelops_git.core.interfaces.taking import SHAPES, State, taken
from modelops_git.core.interfaces.terms import KINDS, Opaque

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from modelops_git.core.interfaces.budget import Budget
    from modelops_git.core.interfaces.terms import Claim, Terms

    Goal = frozenset[Claim]
    Branch = tuple[State, Answer]
    Choice = tuple[Claim, ...]

MAX_NESTED = 70
MAX_COMPARED = 20
SOLVING = 15  # steps
LISTED: Mapping[str, tuple[Any, ...]] = {"null": (None,), "boolean": (True, False)}


class Solver:
    """Solves goals, each once.

    Attributes:
        terms: Makes terms.
        budget: The steps that are left.
        texts: Texts that the schemas themselves mention.
    """

    def __init__(self, terms: Terms, budget: Budget, texts: tuple[str, ...] = ()) -> None:
        self.terms = terms
        self.budget = budget
        self.texts = texts
        self._known: dict[Goal, Answer] = {}
        self._open: dict[Goal, int] = {}
        self._leaned: float = math.inf  # the outermost open goal that was taken for empty

    def solve(self, goal: Goal) -> Answer:
        """A value that keeps every claim of `goal`, if there is one.

        Raises:
            GaveUpError: The budget is spent, or the values nest too deep.
        """
        if goal in self._known:
            return self._known[goal]
        if goal in self._open:
            self._leaned = min(self._leaned, self._open[goal])
            return EMPTY
        before, self._leaned = self._leaned, math.inf
        depth = self._enter(goal)
        try:
            answer = best(self._branches(goal))
        finally:
            del self._open[goal]
        if answer.sure or self._leaned >= depth:
            self._known[goal] = answer
        self._leaned = min(before, self._leaned if self._leaned < depth else math.inf)
        return answer

    def answers(self, goal: Goal) -> Iterator[Answer]:
        """What every branch of the search for the outermost goal finds, but for the empty ones."""
        self._enter(goal)
        yield from self._branches(goal)

    def _enter(self, goal: Goal) -> int:
        depth = len(self._open)
        if depth >= MAX_NESTED:
            raise GaveUpError(f"the values nest deeper than {MAX_NESTED} levels")
        self._open[goal] = depth
        return depth

    def _branches(self, goal: Goal) -> Iterator[Answer]:
        return chain.from_iterable(self._of_kind(goal, kind) for kind in KINDS)

    def _of_kind(self, goal: Goal, kind: str) -> Iterator[Answer]:
        values = LISTED.get(kind)
        listed = {identity(value): value for value in values} if values else None
        start = self._known_of(State(kind, SHAPES.get(kind), listed, frozenset(), ()), goal)
        branches = [iter([start] if start else [])]
        while branches:
            branch = next(branches[-1], None)
            if branch is None:
                branches.pop()
                continue
            state, answer = branch
            unmet = [choice for choice in state.choices if not self._met(choice, answer)]
            if state.listed is not None or not unmet:
                keyword = next((c.term.keyword for c in state.claims if isinstance(c.term, Opaque)), "")
                yield answer.doubted(keyword) if keyword else answer
            else:
                branches.append(self._narrowest(state, unmet))

    def _met(self, choice: Choice, answer: Answer) -> bool:
        return bool(answer.values) and any(
            holds(claim, answer.values[0], self.budget) is True for claim in choice
        )

    def _narrowest(self, state: State, choices: list[Choice]) -> Iterator[Branch]:
        """The branches of the choice that has the fewest; several may be looked at, and none be left."""
        if len(choices) == 1:
            return self._branches_by(state, choices[0])
        found = list(self._branches_by(state, choices[0]))
        for choice in choices[1:MAX_COMPARED]:
            if len(found) > 1:
                found = min(found, list(self._branches_by(state, choice)), key=len)
        return iter(found)

    def _branches_by(self, state: State, choice: Choice) -> Iterator[Branch]:
        rest = state._replace(choices=tuple(other for other in state.choices if other is not choice))
        found = (self._known_of(rest, (claim,)) for claim in choice)
        return (branch for branch in found if branch)

    def _known_of(self, state: State, claims: Iterable[Claim]) -> Branch | None:
        """The state with further claims, and a value but for its choices; None where nothing is left."""
        self.budget.spend(SOLVING)
        more = taken(state, claims, self)
        if more is None:
            return None
        answer = (
            self._listed(more) if more.listed is not None else more.shape.solve(self) if more.shape else EMPTY
        )
        return None if answer.empty else (more, answer)

    def _listed(self, state: State) -> Answer:
        """The first of the listed values that keeps all claims and choices."""
        doubted = EMPTY
        asked = self.terms.every([*state.claims, *map(self.terms.some, state.choices)])
        for value in (state.listed or {}).values():
            self.budget.spend()
            answer = holds(asked, value, self.budget)
            if answer:
                return Answer((value,))
            if answer is None and doubted.empty:
                doubted = Answer((value,), "enum")
        return doubted
