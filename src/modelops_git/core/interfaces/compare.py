"""Whether a new interface keeps the promises of an old one, with a counter-example where it does not.

The input is contravariant: every value that the old version takes must be taken by the new one. The output is
covariant: every value that the new version may give must be one that the old output schema allows.
"Compatible" is proven by containment of normal forms; "incompatible" is shown by a value that an independent
validator has confirmed against both schemas; everything else is "undecided".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from modelops_git.core.interfaces.budget import Budget, GaveUpError
from modelops_git.core.interfaces.jsonvalues import identity, measure
from modelops_git.core.interfaces.verdicts import Comparison, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

SIDES: tuple[Literal["input", "output"], ...] = ("input", "output")


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Whether callers of `old` can be served by `new`, both as in a manifest: {protocol, input, output}.

    Total on any JSON, and bounded in time: what is not understood, too deep or too large ends as undecided.
    """
    if not isinstance(old, dict) or not isinstance(new, dict):
        return Comparison(Verdict.UNDECIDED, "one of the versions states no interface")
    budget = Budget()
    found = [_protocols(old, new), *(_side(side, (old, new), budget) for side in SIDES)]
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
        from modelops_git.core.interfaces.explain import show

        reason = f"the protocol changed from {show(before)} to {show(after)}, which is another interface"
        return Comparison(Verdict.INCOMPATIBLE, reason, "protocol", "/protocol")
    others = (old.keys() | new.keys()) - {"protocol", "input", "output"}
    if others:
        from modelops_git.core.interfaces.explain import show

        reason = f"the interfaces hold a field that is not understood: {show(min(map(str, others)))}"
        return Comparison(Verdict.UNDECIDED, reason)
    return Comparison(Verdict.COMPATIBLE, "the protocol is the same", "protocol")


def _side(
    side: Literal["input", "output"], faces: tuple[dict[str, Any], dict[str, Any]], budget: Budget
) -> Comparison:
    old, new = faces
    if side not in old or side not in new:
        return Comparison(Verdict.UNDECIDED, f"one of the interfaces states no {side} schema", side)
    try:
        if _same(old[side], new[side]):
            return Comparison(Verdict.COMPATIBLE, f"the {side} schema is the same", side)
        from modelops_git.core.interfaces.containment import contained  # not needed for the usual case

        return contained(side, old[side], new[side], budget)
    except GaveUpError as error:
        reason = f"whether the {side} schemas are compatible cannot be decided: {error.reason}"
        return Comparison(Verdict.UNDECIDED, reason, side, "/" + side)


def _same(old: Any, new: Any) -> bool:
    if old is new:  # as sister versions share what they have in common
        return True
    measure(old)
    measure(new)
    return identity(old) == identity(new)
