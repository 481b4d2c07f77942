"""The conditions of analyses: CEL over what was measured, all of it doubles.

A division by zero, which doubles answer with infinity or with no number, would make a comparison true or
false by accident. So a condition divides only by a variable, which is looked at first, or by a number.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.policies.faults import ExpressionError
from modelops_git.core.policies.language import Expression, compiled
from modelops_git.core.policies.variables import Type, Variable, Vocabulary
from modelops_git.core.policies.wire import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.policies.wire import Node

MEASURED = Vocabulary(
    (
        Variable("candidate", Type.NUMBER, "what was measured of the new version"),
        Variable("stable", Type.NUMBER, "what was measured of the version that is live, at the same time"),
        Variable("samples", Type.NUMBER, "the requests to the new version that the value comes from"),
    ),
    "Measured values",
    "conditions",
)
"""What conditions of analyses name."""
_DIVIDE, _CONVERT = "_/_", "double"
_LITERAL = re.compile(r"\s*-?\s*([0-9.]+(?:[eE][+-]?[0-9]+)?)")


class Condition(NamedTuple):
    """A condition that was checked. Made by `condition`.

    Attributes:
        expression: Its expression.
        divisors: The variables that it divides by.
    """

    expression: Expression
    divisors: tuple[str, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """The variables that must have a value."""
        return self.expression.variables

    def holds(self, values: Mapping[str, float]) -> bool:
        """Whether it holds for finite `values`, by the names of the variables.

        Raises:
            ExpressionError: It has no answer, as where it divides by zero.
        """
        for name in self.divisors:
            if values.get(name) == 0:
                raise ExpressionError(f"{name} is 0, and nothing can be divided by that")
        return self.expression.holds(values)


@lru_cache(maxsize=256)
def condition(text: str) -> Condition:
    """The condition that `text` is.

    Raises:
        ExpressionError: It is no CEL, names what is not measured, does not answer yes or no, is unbounded, or
            divides by what may turn out to be zero.
        MissingLibraryError: The language is not installed.
    """
    expression = compiled(text, MEASURED)
    return Condition(expression, tuple(dict.fromkeys(_divisors(expression))))


def _divisors(expression: Expression) -> Iterator[str]:
    for node in nodes(expression.tree.root):
        if node.kind == "call" and node.name == _CONVERT:
            raise ExpressionError(
                "double() could make what is no number",
                expression.tree.offsets.get(node.id),
                hint="All variables are doubles; write numbers as `1.0`.",
            )
        if node.kind == "call" and node.name == _DIVIDE:
            yield from _divisor(expression, node.parts[1])


def _divisor(expression: Expression, node: Node) -> Iterator[str]:
    """The variable that is divided by; none where it is a number other than zero."""
    if node.kind == "name":
        yield node.name
        return
    offset = expression.tree.offsets.get(node.id, 0)
    written = _LITERAL.match(expression.text, offset) if node.kind == "constant" else None
    if written is None or float(written[1]) == 0:
        raise ExpressionError(
            "it divides by what may be 0",
            offset,
            hint="Multiply the other side instead: `candidate > 1.5 * stable`.",
        )
