"""Splitting one array or object shape into cases, so that each may fit another alternative of a union."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from modelops_git.core.interfaces.shapes import Array, Form, Object, Shape, Values, tidy, values_of

if TYPE_CHECKING:
    from modelops_git.core.interfaces.budget import Budget

MAX_CASES = 16
Part = Array | Object


def split(old: Part, rivals: Form, budget: Budget) -> tuple[Part, ...]:
    """Two or more shapes that together hold what `old` holds, or none where no split promises anything."""
    budget.spend()
    if isinstance(old, Array):
        return _split_array(old, [shape for shape in rivals if isinstance(shape, Array)])
    return _split_object(old, [shape for shape in rivals if isinstance(shape, Object)])


def _parts(shapes: list[Shape]) -> tuple[Part, ...]:
    return tuple(cast("Part", part) for shape in shapes for part in tidy(shape))


def _split_array(old: Array, rivals: list[Array]) -> tuple[Part, ...]:
    cuts = {rival.low for rival in rivals} | {rival.high + 1 for rival in rivals if rival.high is not None}
    inside = sorted(cut for cut in cuts if old.low < cut and (old.high is None or cut <= old.high))
    if inside:
        cut = inside[0]
        return _parts([replace(old, high=cut - 1), replace(old, low=cut)])
    for index in range(min(old.low, max(len(rival.prefix) for rival in rivals) + 1)):
        cases = _cases(old.at(index))
        if cases and len({rival.at(index) for rival in rivals}) > 1:
            return _parts([_with_item(old, index, case) for case in cases])
    return ()


def _with_item(old: Array, index: int, form: Form) -> Array:
    prefix = [old.at(i) for i in range(max(len(old.prefix), index + 1))]
    prefix[index] = form
    return replace(old, prefix=tuple(prefix))


def _split_object(old: Object, rivals: list[Object]) -> tuple[Part, ...]:
    names = dict.fromkeys(name for rival in rivals for name in (*rival.required, *rival.properties))
    for name in names:
        if name not in old.required and old.at(name) and _presence_matters(name, rivals):
            return _parts([_with_property(old, name, ()), _requiring(old, name)])
    for name in names:
        cases = _cases(old.at(name))
        if cases and name in old.required and len({rival.at(name) for rival in rivals}) > 1:
            return _parts([_with_property(old, name, case) for case in cases])
    return ()


def _presence_matters(name: str, rivals: list[Object]) -> bool:
    return len({(name in rival.required, rival.at(name)) for rival in rivals}) > 1


def _with_property(old: Object, name: str, form: Form) -> Object:
    return replace(old, properties={**old.properties, name: form})


def _requiring(old: Object, name: str) -> Object:
    return replace(old, required=old.required | {name})


def _cases(form: Form) -> tuple[Form, ...]:
    """A form as two or more cases: its shapes, or the values of its only one."""
    if len(form) == 1 and isinstance(form[0], Values):
        listed = form[0]
        cases = tuple(values_of([value], listed.tokens) for value in listed.values[: MAX_CASES + 1])
    else:
        cases = tuple((shape,) for shape in form)
    return cases if 1 < len(cases) <= MAX_CASES else ()
