"""A gap: one place where containment could not be shown, and values that may refute it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Step = tuple[str, str | int]  # ("property", its name) or ("item", its index)


@dataclass(frozen=True, slots=True)
class Case:
    """A value that may refute containment.

    Attributes:
        value: The whole value.
        fault: The part of it that is at fault, at the gap's path.
    """

    value: Any
    fault: Any


@dataclass(frozen=True, slots=True)
class Gap:
    """One place where containment could not be shown.

    Attributes:
        cases: Values that may refute it, the most telling first; perhaps none.
        path: The steps from the whole value down to the part at fault.
        keyword: The keyword that the other side misses, as far as it is one.
        has: What this side may hold, where that says more than the value itself, such as "4 items".
        wants: What the other side asks for, such as "exactly 5 items".
    """

    cases: tuple[Case, ...]
    path: tuple[Step, ...] = ()
    keyword: str = ""
    has: str = ""
    wants: str = ""

    def within(self, step: Step, wrap: Callable[[Any], tuple[Any, ...]]) -> Gap:
        """The same gap seen from the value around it; `wrap` builds that value, or none."""
        cases = tuple(Case(whole, case.fault) for case in self.cases for whole in wrap(case.value))
        return replace(self, cases=cases, path=(step, *self.path))


def plain(values: tuple[Any, ...]) -> tuple[Case, ...]:
    """Cases where the value itself is at fault."""
    return tuple(Case(value, value) for value in values)
