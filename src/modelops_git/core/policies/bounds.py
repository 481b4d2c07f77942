"""What an expression may do, so that its cost is known before it is evaluated.

CEL always ends, but `[x].map(y, y + y)` a few times over fills any memory, and a search in a long text
within a walk within a walk takes minutes. The library bounds the steps of an evaluation, not what each of
them costs. So, before anything is evaluated:

- an expression has at most 2,000 characters;
- nothing grows: `+` adds numbers and times, it joins no texts and lists; `map` is not there;
- a walk (`all`, `exists`, `filter`) goes over a list of the variables or of constants, not over one that the
  expression makes;
- what remains costs at most the calls, times the longest list for each walk around them, times the length of
  the texts that they look at. That is worked out from the values at hand, and held against a budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.policies.faults import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.policies.wire import Node, Tree

MAX_LENGTH = 2000
BUDGET = 1_000_000
_UNIT = 100
_ADD, _CHOOSE, _INDEX = "_+_", "_?_:_", "_[_]"
_COMPARING = ("_==_", "_!=_", "@in")
_NUMERIC = frozenset(
    {
        "add_int64",
        "add_uint64",
        "add_double",
        "add_duration_duration",
        "add_duration_timestamp",
        "add_timestamp_duration",
    }
)


class Sizes(NamedTuple):
    """How large the values of an evaluation are.

    Attributes:
        longest_list: The most entries that a list or a mapping has.
        longest_text: The most characters that a text has.
        total: All characters and entries together.
    """

    longest_list: int
    longest_text: int
    total: int


def sizes_of(values: object) -> Sizes:
    """The sizes of JSON values; anything else counts as one."""
    if isinstance(values, str):
        return Sizes(0, len(values), len(values))
    if not isinstance(values, dict | list):
        return Sizes(0, 0, 1)
    inner = [*values, *values.values()] if isinstance(values, dict) else values
    found = [sizes_of(value) for value in inner]
    return Sizes(
        max([len(values), *(one.longest_list for one in found)]),
        max((one.longest_text for one in found), default=0),
        sum(one.total for one in found) + len(values),
    )


def require_bounded(tree: Tree) -> None:
    """Refuse an expression whose values could grow.

    Raises:
        ExpressionError: Where, and what it does.
    """
    for node in _said(tree.root):
        is_sum = node.kind == "call" and node.name == _ADD
        if is_sum and not _is_numeric(tree, node):
            raise ExpressionError(
                "`+` would join texts or lists",
                tree.offsets.get(node.id),
                hint="It adds numbers and times only.",
            )
        if node.kind == "walk":
            _require_plain_walk(tree, node)


def cost(tree: Tree, sizes: Sizes, text: str) -> int:
    """An upper bound of what an evaluation costs, in units of about a tenth of a microsecond."""
    longest = max(sizes.longest_list, _longest_constant_list(tree.root))
    seen = max(sizes.longest_text, len(text))
    total = 0
    todo = [(tree.root, 1)]
    while todo:
        node, times = todo.pop()
        if node.kind == "call":
            compares = node.name in _COMPARING and any(part.id in tree.collections for part in node.parts)
            total += times * (1 + (sizes.total + len(text) if compares else seen) // _UNIT)
        inside = times * max(longest, 1) if node.kind == "walk" else times
        todo += [(part, times if index == 0 else inside) for index, part in enumerate(node.parts)]
    return total


def _longest_constant_list(root: Node) -> int:
    lists = [len(root.parts)] if root.kind in ("list", "struct") else []
    return max([*lists, *(_longest_constant_list(part) for part in root.parts)], default=0)


def _said(node: Node) -> Iterator[Node]:
    """The parts that the author wrote: not what a macro gathers its result with."""
    yield node
    parts = node.parts
    if node.kind == "walk":
        walked, _, condition, step, result = parts
        parts = (walked, condition, *_said_in_step(node, step), result)
    for part in parts:
        yield from _said(part)


def _said_in_step(walk: Node, step: Node) -> tuple[Node, ...]:
    gather = _gather(walk, step)
    if gather is None:
        return (step,)
    return (*(step.parts[:1] if step is not gather else ()), *gather.parts[1].parts)


def _gather(walk: Node, step: Node) -> Node | None:
    """The call that appends to a walk's result, as `filter` and `map` have one."""
    call = step.parts[1] if step.name == _CHOOSE and step.kind == "call" else step
    if call.kind != "call" or call.name != _ADD or call.parts[0].name != walk.result:
        return None
    return call if call.parts[1].kind == "list" else None


def _require_plain_walk(tree: Tree, walk: Node) -> None:
    gather = _gather(walk, walk.parts[3])
    if gather is not None and [part.name for part in gather.parts[1].parts] != [walk.name]:
        raise ExpressionError(
            "`map` makes new lists, which could grow without end",
            tree.offsets.get(walk.id),
            hint="Use `all`, `exists`, `exists_one` or `filter`.",
        )
    if not _may_be_walked(walk.parts[0]):
        raise ExpressionError(
            "a list that the expression makes cannot be walked over",
            tree.offsets.get(walk.id),
            hint="Walk over a list of the variables, or of constants.",
        )


def _may_be_walked(node: Node) -> bool:
    if node.kind == "walk":  # a filter, which is checked itself
        return True
    if node.kind == "list":
        return all(part.kind == "constant" for part in node.parts)
    if node.kind == "field" or (node.kind == "call" and node.name == _INDEX):
        return _may_be_walked(node.parts[0]) if node.parts else True
    return node.kind == "name"


def _is_numeric(tree: Tree, node: Node) -> bool:
    meant = tree.overloads.get(node.id, ())
    return bool(meant) and set(meant) <= _NUMERIC
