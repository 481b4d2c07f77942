"""Whether a new interface keeps the promises of an old one, with a counter-example where it does not.

The input is contravariant: every value that the old version takes must be taken by the new one. The output is
covariant: every value that the new version may give must be one that the old output schema allows.
"Compatible" is proven by containment of normal forms; "incompatible" is shown by a value that an independent
validator has confirmed against both schemas; everything else is "undecided".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from modelops_git.core.interfaces.budget import Budget, GaveUpError
from modelops_git.core.interfaces.confirming import Referee
from modelops_git.core.interfaces.contain import gaps
from modelops_git.core.interfaces.explain import amount, show
from modelops_git.core.interfaces.jsonvalues import identity, measure
from modelops_git.core.interfaces.pointers import in_schema, in_value
from modelops_git.core.interfaces.reading import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelops_git.core.interfaces.gap import Case, Gap

Side = Literal["input", "output", "protocol", ""]
MAX_GAPS = 50
SIZES = {"items": "item", "properties": "property"}


class Verdict(StrEnum):
    """What is known about two interfaces."""

    COMPATIBLE = "compatible"
    INCOMPATIBLE = "incompatible"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Witness:
    """A value that shows the incompatibility; confirmed with `jsonschema` against both schemas.

    Attributes:
        side: `input` or `output`.
        value: The JSON value; it may be large where the schemas ask for many items.
        accepted_by: Whose schema takes it: `old` for an input, `new` for an output.
        rejected_by: Whose schema refuses it.
        explanation: One sentence for people.
    """

    side: Side
    value: Any
    accepted_by: Literal["old", "new"]
    rejected_by: Literal["old", "new"]
    explanation: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome of `compare`.

    Attributes:
        verdict: Compatible is proven, incompatible is shown, undecided is the rest.
        reason: One sentence.
        side: The side that decided it; empty where both sides did.
        pointer: RFC 6901 pointer into the new interface, such as `/input/maxItems`; empty for the whole.
        witness: The counter-example; None unless a schema made it incompatible.
    """

    verdict: Verdict
    reason: str
    side: Side = ""
    pointer: str = ""
    witness: Witness | None = None


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Whether callers of `old` can be served by `new`, both as in a manifest: {protocol, input, output}.

    Total on any JSON, and bounded in time: what is not understood, too deep or too large ends as undecided.
    """
    if not isinstance(old, dict) or not isinstance(new, dict):
        return Comparison(Verdict.UNDECIDED, "one of the versions states no interface")
    found = [_protocols(old, new), _side("input", old, new), _side("output", old, new)]
    for verdict in (Verdict.INCOMPATIBLE, Verdict.UNDECIDED):
        for comparison in found:
            if comparison.verdict == verdict:
                return comparison
    reason = (
        "the new version takes every input that the old one took and gives only outputs that its callers know"
    )
    return Comparison(Verdict.COMPATIBLE, reason)


def _protocols(old: dict[str, Any], new: dict[str, Any]) -> Comparison:
    before, after = old.get("protocol"), new.get("protocol")
    if not isinstance(before, str) or not isinstance(after, str):
        return Comparison(
            Verdict.UNDECIDED, "one of the interfaces states no protocol", "protocol", "/protocol"
        )
    if before != after:
        reason = f"the protocol changed from {show(before)} to {show(after)}, which is another interface"
        return Comparison(Verdict.INCOMPATIBLE, reason, "protocol", "/protocol")
    others = (old.keys() | new.keys()) - {"protocol", "input", "output"}
    if others:
        reason = f"the interfaces hold a field that is not understood: {show(min(map(str, others)))}"
        return Comparison(Verdict.UNDECIDED, reason)
    return Comparison(Verdict.COMPATIBLE, "the protocol is the same", "protocol")


def _side(side: Literal["input", "output"], old: dict[str, Any], new: dict[str, Any]) -> Comparison:
    if side not in old or side not in new:
        return Comparison(Verdict.UNDECIDED, f"one of the interfaces states no {side} schema", side)
    try:
        return _contained(_Question(side, old[side], new[side]))
    except GaveUpError as error:
        reason = f"whether the {side} schemas are compatible cannot be decided: {error.reason}"
        return Comparison(Verdict.UNDECIDED, reason, side, "/" + side)


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


def _contained(question: _Question) -> Comparison:
    if _same(question.old, question.new):
        return Comparison(Verdict.COMPATIBLE, f"the {question.side} schema is the same", question.side)
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


def _same(old: Any, new: Any) -> bool:
    measure(old)
    measure(new)
    return identity(old) == identity(new)


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
