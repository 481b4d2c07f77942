"""What is known about two interfaces: the verdict, and the value that shows it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal, NamedTuple

Side = Literal["input", "output", "protocol", ""]


class Verdict(StrEnum):
    """What is known about two interfaces."""

    COMPATIBLE = "compatible"
    INCOMPATIBLE = "incompatible"
    UNDECIDED = "undecided"


class Witness(NamedTuple):
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


class Comparison(NamedTuple):
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
