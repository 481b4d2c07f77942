"""Whether one schema contains another: a proof, a confirmed counter-example, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from modelops_git.core.interfaces.budget import Budget
from modelops_git.core.interfaces.confirming import Referee
from modelops_git.core.interfaces.contain import gaps
from modelops_git.core.interfaces.explain import amount, show
from modelops_git.core.interfaces.pointers import in_schema, in_value
from modelops_git.core.interfaces.reading import read
from modelops_git.core.interfaces.verdicts import Comparison, Verdict, Witness

if TYPE_CHECKING:
    from modelops_git.core.interfaces.gap import Case, Gap

MAX_GAPS = 50
SIZES = {"items": "item", "properties": "property"}


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

    def where(self, gap: Gap) -> str:
        """The pointer into the new interface."""
        return f"/{self.side}" + in_schema(self.new, gap.path, gap.keyword)


def contained(side: Literal["input", "output"], old: Any, new: Any) -> Comparison:
    """Whether one side of an interface keeps its promise, as found by its normal forms and a referee.

    Args:
        side: Which side.
        old: The old schema.
        new: The new one.

    Raises:
        GaveUpError: They are too large, or not understood.
    """
    question = _Question(side, old, new)
    held, taking = question.held
    budget = Budget()
    found = gaps(read(held, budget), read(taking, budget), budget)
    referee = Referee(held, taking)
    first: Gap | None = None
    for number, gap in enumerate(found):
        for case in gap.cases:
            if referee.confirms(case.value):
                return _incompatible(question, gap, case)
        first = first or gap
        if number == MAX_GAPS:
            break
    return (
        _undecided(question, first)
        if first
        else Comparison(Verdict.COMPATIBLE, f"the {question.side} schema keeps its promise", question.side)
    )


def _undecided(question: _Question, gap: Gap) -> Comparison:
    place = question.where(gap)
    reason = f"whether the {question.side} schemas are compatible cannot be decided at {place}"
    if gap.wants:
        reason += f", where {'the new' if question.side == 'input' else 'the old'} schema wants {gap.wants}"
    return Comparison(Verdict.UNDECIDED, reason, question.side, place)


def _incompatible(question: _Question, gap: Gap, case: Case) -> Comparison:
    has = amount(len(case.fault), SIZES[gap.has]) if gap.has in SIZES else gap.has or show(case.fault)
    place = in_value(gap.path)
    at = f" at {place}" if place else ""
    if question.side == "input":
        explanation = f"callers may send {has}{at}; the new input wants {gap.wants}"
        witness = Witness("input", case.value, "old", "new", explanation)
    else:
        explanation = f"the new version may answer {has}{at}; its callers know only {gap.wants}"
        witness = Witness("output", case.value, "new", "old", explanation)
    return Comparison(Verdict.INCOMPATIBLE, explanation, question.side, question.where(gap), witness)
