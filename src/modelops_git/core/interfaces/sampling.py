"""Small, readable values of a form: the material that witnesses are made of.

Samples are proposals. Where a form carries conditions that are not understood they may miss them; whoever
shows one confirms it first.
"""

from __future__ import annotations

import re
from itertools import chain, count, islice
from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces.jsonvalues import identity
from modelops_git.core.interfaces.numbers_within import numbers_of
from modelops_git.core.interfaces.patterns import is_tame
from modelops_git.core.interfaces.shapes import Anything, Array, Form, Number, Object, Shape, String, Values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelops_git.core.interfaces.budget import Budget

MAX_LENGTH = 250_000  # an image of 3 x 224 x 224 has 150,528 numbers
MAX_DISTINCT = 1_000
MAX_FIELDS = 8
PER_SHAPE = 6
STOCK = (
    *("text", "a", "", "0", "A", "abc", "ABC", "1.0.0", "2026-01-31", "2026-01-31T12:00:00Z", "12:00:00"),
    *("a@example.org", "https://example.org/a", "example.org", "192.0.2.1", "#a0b1c2", "a_b", "a-b", "A1"),
    *("00000000-0000-4000-8000-000000000000", "0123456789abcdef", "12345", "en", "EN", "en-US", "+1", "1.5"),
)


def sample(form: Form, budget: Budget) -> tuple[Any, ...]:
    """One value of `form`, or none where none is found; as a tuple, since None is a value."""
    return tuple(islice(samples(form, budget), 1))


def samples(form: Form, budget: Budget) -> Iterator[Any]:
    """A few values of `form`, of each of its shapes, the simplest first."""
    for shape in form:
        budget.spend()
        yield from islice(of_shape(shape, budget), PER_SHAPE)


def of_shape(shape: Shape, budget: Budget) -> Iterator[Any]:
    """Values of one shape, the simplest first; endless where there are endlessly many simple ones."""
    if isinstance(shape, Anything):
        return iter(("text", 0, 0.5, True, None, [], {}))
    if isinstance(shape, Values):
        return iter(shape.values)
    if isinstance(shape, Number):
        return numbers_of(shape)
    if isinstance(shape, String):
        return texts_of(shape)
    return arrays_of(shape, budget) if isinstance(shape, Array) else objects_of(shape, budget)


def texts_of(shape: String) -> Iterator[str]:
    """Texts of the right length that match the patterns, as far as those are cheap to try."""
    patterns = _patterns(shape)
    plain = (text for text in STOCK if _length_fits(text, shape))
    filled = ("a" * length for length in islice(count(shape.low), MAX_DISTINCT) if length <= MAX_LENGTH)
    proposed = chain(plain, (text for text in filled if _length_fits(text, shape)))
    return (text for text in proposed if all(pattern.search(text[:64]) for pattern in patterns))


def _length_fits(text: str, shape: String) -> bool:
    return shape.low <= len(text) and (shape.high is None or len(text) <= shape.high)


def _patterns(shape: String) -> list[re.Pattern[str]]:
    texts = [meaning[1] for name, meaning in shape.tokens if name == "pattern" and isinstance(meaning, tuple)]
    return [re.compile(text) for text in texts if isinstance(text, str) and is_tame(text)]


def arrays_of(shape: Array, budget: Budget) -> Iterator[list[Any]]:
    """Arrays of few items: one rather than none, where that is allowed."""
    lengths = dict.fromkeys((max(shape.low, min(1, _most(shape.high))), shape.low, shape.low + 1))
    for length in lengths:
        if shape.high is None or length <= shape.high:
            yield from array_of(shape, length, budget)


def _most(high: int | None) -> int:
    return MAX_LENGTH if high is None else high


def array_of(shape: Array, length: int, budget: Budget) -> tuple[list[Any], ...]:
    """An array of exactly `length` items, or none."""
    if length > MAX_LENGTH:
        return ()
    if shape.unique:
        return distinct_items(shape, length, budget)
    head = [sample(shape.at(index), budget) for index in range(min(length, len(shape.prefix)))]
    behind = length - len(head)
    tail = sample(shape.rest, budget) if behind else ()
    if not all(head) or (behind and not tail):
        return ()
    return ([*(found[0] for found in head), *(tail * behind)],)


def distinct_items(shape: Array, length: int, budget: Budget) -> tuple[list[Any], ...]:
    """An array of `length` different items, or none; greedy, which is enough for what people write."""
    items: list[Any] = []
    seen = set()
    for index in range(min(length, MAX_DISTINCT)):
        choices = chain.from_iterable(of_shape(part, budget) for part in shape.at(index))
        new = next((value for value in islice(choices, MAX_DISTINCT) if identity(value) not in seen), ...)
        if new is ...:
            return ()
        budget.spend(1 + index // 16)
        seen.add(identity(new))
        items.append(new)
    return (items,) if len(items) == length else ()


def objects_of(shape: Object, budget: Budget) -> Iterator[dict[str, Any]]:
    """Objects with their fields filled, then with what is required alone."""
    declared = [name for name in shape.properties if name not in shape.required]
    for optional in (declared[: max(0, MAX_FIELDS - len(shape.required))], []):
        yield from object_of(shape, optional, budget)


def object_of(shape: Object, optional: Iterable[str], budget: Budget) -> tuple[dict[str, Any], ...]:
    """An object with what is required and, as far as there is room, `optional`; or none."""
    value: dict[str, Any] = {}
    for name in [*(name for name in shape.properties if name in shape.required), *sorted(shape.required)]:
        if name in value:
            continue
        found = sample(shape.at(name), budget)
        if not found:
            return ()
        value[name] = found[0]
    _fill(value, shape, optional, budget)
    return (value,) if len(value) >= shape.low else ()


def _fill(value: dict[str, Any], shape: Object, optional: Iterable[str], budget: Budget) -> None:
    """Add optional fields, then as many further ones as the least number asks for."""
    room = MAX_DISTINCT if shape.high is None else shape.high
    declared = [name for name in shape.properties if name not in shape.required]
    for name in dict.fromkeys((*optional, *declared, *islice(unused_names(shape), MAX_DISTINCT))):
        enough = len(value) >= shape.low and name not in optional
        if enough or len(value) >= room:
            return
        found = sample(shape.at(name), budget)
        if found:
            value[name] = found[0]


def unused_names(shape: Object) -> Iterator[str]:
    """Names that no property of `shape` has: extra, extra2, extra3 and so on."""
    names = chain(("extra",), (f"extra{number}" for number in count(2)))
    return (name for name in names if name not in shape.properties and name not in shape.required)
