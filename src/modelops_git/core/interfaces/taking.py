"""Taking claims into what is known of a value of one kind, together with what follows from them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.interfaces.arrays import Arrays
from modelops_git.core.interfaces.numbers import Numbers
from modelops_git.core.interfaces.objects import Objects
from modelops_git.core.interfaces.terms import (
    FACTS,
    TRUE,
    Among,
    Claim,
    Every,
    Items,
    Kinds,
    Members,
    Reference,
    kind_of,
    lists,
)
from modelops_git.core.interfaces.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from modelops_git.core.interfaces.searching import Solver
    from modelops_git.core.interfaces.terms import Fact, Terms

    Choice = tuple[Claim, ...]

Shape = Numbers | Texts | Arrays | Objects
SHAPES: Mapping[str, Shape] = {"number": Numbers(), "string": Texts(), "array": Arrays(), "object": Objects()}


class State(NamedTuple):
    """What is known on one branch of the search, for values of one kind.

    Attributes:
        kind: The kind.
        shape: Its facts; None where there are no facts about it.
        listed: The only values that are left, by their identities; None where they are not listed.
        claims: Every claim that was taken in.
        choices: Of each of these, one claim must hold.
    """

    kind: str
    shape: Shape | None
    listed: Mapping[Hashable, Any] | None
    claims: frozenset[Claim]
    choices: tuple[Choice, ...]


def taken(state: State, claims: Iterable[Claim], solver: Solver) -> State | None:
    """The state with further claims; None where that shows at once that no value is left."""
    taking = _Taking(solver, state)
    return taking.state() if taking.takes(claims) else None


class _Taking:
    """Takes claims into a state, together with what follows from them at once."""

    def __init__(self, solver: Solver, state: State) -> None:
        self._solver = solver
        self._kind = state.kind
        self._shape = state.shape
        self._listed = state.listed
        solver.budget.spend((len(state.claims) + len(state.choices)) // 20)
        self._claims = set(state.claims)
        self._choices = list(state.choices)

    def state(self) -> State:
        return State(self._kind, self._shape, self._listed, frozenset(self._claims), tuple(self._choices))

    def takes(self, claims: Iterable[Claim]) -> bool:
        """Whether the claims can hold together, as far as that shows at once."""
        todo = sorted(claims, key=lists)  # the last is taken first, and a list leaves the least to do
        while todo:
            while todo:
                claim = todo.pop()
                if claim not in self._claims and not self._take(claim, todo):
                    return False
            if not self._reduce(todo):
                return False
        return True

    def _take(self, claim: Claim, todo: list[Claim]) -> bool:
        self._solver.budget.spend()
        if claim.denied in self._claims:
            return False
        self._claims.add(claim)
        term = claim.term
        if isinstance(term, Every):
            if claim.holds:
                todo += reversed(term.claims)
            else:
                self._choices.append(tuple(part.denied for part in term.claims))
        elif isinstance(term, Reference):
            todo.append(term.body() if claim.holds else term.body().denied)
        elif isinstance(term, Among):
            return self._take_listed(term, todo, holds=claim.holds)
        elif isinstance(term, FACTS):
            return self._take_fact(term, holds=claim.holds)
        return self._at_once(claim) is not False

    def _take_fact(self, fact: Fact, *, holds: bool) -> bool:
        if self._shape is None or fact.kind != self._kind:
            return not holds
        self._solver.budget.spend(self._shape.weight // 50)
        self._shape = self._shape.under(fact, holds=holds)
        return self._shape is not None

    def _take_listed(self, term: Among, todo: list[Claim], *, holds: bool) -> bool:
        mine = {key: value for key, value in term.values.items() if kind_of(value) == self._kind}
        self._solver.budget.spend(len(term.values) // 4)
        if holds:
            both = mine if self._listed is None else {key: mine[key] for key in self._listed if key in mine}
            self._listed = both
            return bool(both)
        if self._listed is not None:
            self._listed = {key: value for key, value in self._listed.items() if key not in mine}
            return bool(self._listed)
        if self._kind in ("array", "object"):
            todo += [written_out(value, self._solver.terms).denied for value in mine.values()]
        elif isinstance(self._shape, Numbers | Texts):
            self._shape = self._shape.without(list(mine.values()))
        return True

    def _reduce(self, todo: list[Claim]) -> bool:
        """Drop the choices that are met, and take what has only one way left."""
        choices, self._choices = self._choices, []
        self._solver.budget.spend(sum(map(len, choices)) // 2)
        for choice in choices:
            left = []
            for claim in choice:
                answer = self._at_once(claim)
                if answer:
                    break
                if answer is None:
                    left.append(claim)
            else:
                if not left:
                    return False
                if len(left) == 1:
                    todo += left
                else:
                    self._choices.append(tuple(left))
        return True

    def _at_once(self, claim: Claim) -> bool | None:
        """Whether a claim holds here, as far as it shows without any work."""
        if claim in self._claims and not isinstance(claim.term, Kinds):
            return True
        if claim.denied in self._claims:
            return False
        if isinstance(claim.term, Kinds):
            return (self._kind in claim.term.kinds) == claim.holds
        if isinstance(claim.term, FACTS) and claim.term.kind != self._kind:
            return not claim.holds
        return None


def written_out(value: Any, terms: Terms) -> Claim:
    """That a value equals `value`, said of its parts where it has any."""
    if isinstance(value, list):
        size = [terms.fact(Items(0, None, TRUE, len(value) + 1)).denied]
        parts = [
            terms.fact(Items(index, index + 1, terms.among([item]), 1)) for index, item in enumerate(value)
        ]
        return terms.every([*size, *parts])
    size = [terms.fact(Members(TRUE, TRUE, len(value) + 1)).denied]
    parts = [terms.fact(Members(terms.among([name]), terms.among([item]), 1)) for name, item in value.items()]
    return terms.every([*size, *parts])
