"""Gaps between two arrays or two objects: their sizes, their parts, and what each must have."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces.explain import limits, show
from modelops_git.core.interfaces.gap import Gap, plain
from modelops_git.core.interfaces.sampling import array_of, object_of, objects_of, of_shape, unused_names
from modelops_git.core.interfaces.shapes import ANYTHING, Array, Form, Object, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelops_git.core.interfaces.budget import Budget

    Gaps = Callable[[Form, Form, Budget], Iterator[Gap]]

CASES = 8


def condition_gaps(old: Shape, new: Shape, budget: Budget) -> Iterator[Gap]:
    """The conditions that only `new` has; each gap stays open unless a value happens to break one."""
    missing = sorted(name for name, _ in new.tokens - old.tokens)
    if missing:
        values = tuple(islice(of_shape(old, budget), CASES))
        yield Gap(plain(values), keyword=missing[0], wants=f"what `{missing[0]}` asks for")


def array_gaps(old: Array, new: Array, budget: Budget, inner: Gaps) -> Iterator[Gap]:
    """Every way in which `old` may hold an array that does not fit `new`."""
    yield from condition_gaps(old, new, budget)
    yield from _length_gaps(old, new, budget)
    if new.unique and not old.unique and (old.high is None or old.high > 1):
        yield Gap(
            plain(_repeating(old, budget)), keyword="uniqueItems", wants="items of which no two are equal"
        )
    last = max(len(old.prefix), len(new.prefix)) + 1
    for index in range(last if old.high is None else min(last, old.high)):
        budget.spend()
        for gap in inner(old.at(index), new.at(index), budget):
            yield _in_item(gap, old, index, budget)


def _length_gaps(old: Array, new: Array, budget: Budget) -> Iterator[Gap]:
    wants = limits(new.low, new.high, "item")
    if old.low < new.low:
        short = chain.from_iterable(array_of(old, length, budget) for length in {old.low, new.low - 1})
        yield Gap(plain(tuple(short)), keyword="minItems", has="items", wants=wants)
    if new.high is not None and (old.high is None or old.high > new.high):
        length = max(old.low, new.high + 1)
        yield Gap(plain(array_of(old, length, budget)), keyword="maxItems", has="items", wants=wants)


def _repeating(old: Array, budget: Budget) -> tuple[Any, ...]:
    """Arrays with the same item twice."""
    lengths = {max(old.low, 2), max(old.low, len(old.prefix) + 2)}
    arrays = [value for length in sorted(lengths) for value in array_of(old, length, budget)]
    first = [[*value[:1], *value[:1], *value[2:]] for value in arrays if len(value) > 1]
    return (*arrays, *first)


def _in_item(gap: Gap, old: Array, index: int, budget: Budget) -> Gap:
    def wrap(part: Any) -> tuple[Any, ...]:
        arrays = array_of(old, max(old.low, index + 1), budget)
        return tuple([*whole[:index], part, *whole[index + 1 :]] for whole in arrays)

    return gap.within(("item", index), wrap)


def object_gaps(old: Object, new: Object, budget: Budget, inner: Gaps) -> Iterator[Gap]:
    """Every way in which `old` may hold an object that does not fit `new`."""
    yield from condition_gaps(old, new, budget)
    for name in sorted(new.required - old.required):
        absent = object_of(without(old, name), list(old.properties), budget)
        yield Gap(
            plain(absent),
            keyword="required",
            has=f"an object without {show(name)}",
            wants=f"{show(name)} in every object",
        )
    yield from _size_gaps(old, new, budget)
    names = dict.fromkeys((*old.properties, *new.properties))
    unnamed = next(name for name in unused_names(old) if name not in names)
    for name in (*names, unnamed):
        budget.spend()
        if _has_room(old, name):
            for gap in inner(old.at(name), new.at(name), budget):
                yield _in_property(gap, old, name, budget)


def without(old: Object, name: str) -> Object:
    """The objects of `old` that lack `name`."""
    return replace(old, properties={**old.properties, name: ()})


def _has_room(old: Object, name: str) -> bool:
    return name in old.required or old.high is None or len(old.required) < old.high


def _size_gaps(old: Object, new: Object, budget: Budget) -> Iterator[Gap]:
    wants = limits(new.low, new.high, "property")
    if old.low < new.low:
        yield Gap(plain(object_of(old, [], budget)), keyword="minProperties", has="properties", wants=wants)
    if new.high is not None and (old.high is None or old.high > new.high):
        many = object_of(replace(old, low=max(old.low, new.high + 1)), [], budget)
        yield Gap(plain(many), keyword="maxProperties", has="properties", wants=wants)


def _in_property(gap: Gap, old: Object, name: str, budget: Budget) -> Gap:
    def wrap(part: Any) -> tuple[Any, ...]:
        bare = replace(old, properties={**old.properties, name: ANYTHING}, required=old.required | {name})
        found = islice(objects_of(bare, budget), 1)
        return tuple({**whole, name: part} for whole in found)

    return gap.within(("property", name), wrap)
