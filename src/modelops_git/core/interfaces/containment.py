"""Whether one schema contains another: a proof, a confirmed counter-example, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from modelops_git.core.interfaces.budget import GaveUpError
from modelops_git.core.interfaces.confirming import Referee, texts_in
from modelops_git.core.interfaces.explain import refused
from modelops_git.core.interfaces.pointers import in_schema, pointer
from modelops_git.core.interfaces.reading import Reader
from modelops_git.core.interfaces.searching import Solver
from modelops_git.core.interfaces.terms import Terms
from modelops_git.core.interfaces.verdicts import Comparison, Verdict, Witness

if TYPE_CHECKING:
    from modelops_git.core.interfaces.answers import Answer
    from modelops_git.core.interfaces.budget import Budget
    from modelops_git.core.interfaces.confirming import Refusal

MAX_ANSWERS = 50
MAX_TEXTS = 50


@dataclass(frozen=True, slots=True)
class _Question:
    """Whether one side of an interface kept its promise."""

    side: Literal["input", "output"]
    old: Any
    new: Any

    @property
    def held(self) -> tuple[Any, Any]:
        """The schema of the values that may come, and the one that must take them."""
        return (self.old, self.new) if self.side == "input" else (self.new, self.old)

    def where(self, path: tuple[str | int, ...], keyword: str) -> str:
        """The pointer into the new interface."""
        return f"/{self.side}" + in_schema(self.new, path, keyword)


def contained(side: Literal["input", "output"], old: Any, new: Any, budget: Budget) -> Comparison:
    """Whether one side of an interface keeps its promise: is there a value that is held and not taken?

    Args:
        side: Which side.
        old: The old schema.
        new: The new one.
        budget: The steps that both sides have together.

    Raises:
        GaveUpError: They are too large, or not understood.
    """
    question = _Question(side, old, new)
    try:
        return _answered(question, budget)
    except RecursionError:
        raise GaveUpError("the schemas nest too deep") from None


def _answered(question: _Question, budget: Budget) -> Comparison:
    held, taking = question.held
    terms = Terms()
    goal = (Reader(held, terms, budget).read(held), Reader(taking, terms, budget).read(taking).denied)
    solver = Solver(terms, budget, texts_in((held, taking), MAX_TEXTS))
    referee = Referee(held, taking, budget)
    doubted: Answer | None = None
    for answer in islice(solver.answers(frozenset(goal)), MAX_ANSWERS):
        for value in answer.values:
            if refusal := referee.refusal(value):
                return _incompatible(question, value, refusal)
        doubted = doubted or answer
    if doubted is None:
        return Comparison(Verdict.COMPATIBLE, f"the {question.side} schema keeps its promise", question.side)
    return _undecided(question, doubted)


def _undecided(question: _Question, answer: Answer) -> Comparison:
    place = question.where(answer.path, answer.doubt)
    reason = f"whether the {question.side} schemas are compatible cannot be decided at {place}"
    if answer.doubt:
        reason += f", because of `{answer.doubt}`"
    return Comparison(Verdict.UNDECIDED, reason, question.side, place)


def _incompatible(question: _Question, value: Any, refusal: Refusal) -> Comparison:
    has, wants = refused(refusal)
    place = pointer(refusal.path)
    at = f" at {place}" if place else ""
    if question.side == "input":
        explanation = f"callers may send {has}{at}; the new input wants {wants}"
        witness = Witness("input", value, "old", "new", explanation)
    else:
        explanation = f"the new version may answer {has}{at}; its callers know only {wants}"
        witness = Witness("output", value, "new", "old", explanation)
    where = question.where(refusal.path, refusal.keyword)
    return Comparison(Verdict.INCOMPATIBLE, explanation, question.side, where, witness)
