"""Containment of one form in another, with every way in which it may fail.

`gaps(old, new)` yields nothing exactly when it is proven that every value of `old` fits `new`. Each gap says
where that could not be shown, with values that may refute it; whether one does is for the caller to confirm.
So what is not understood can only end as a gap without a confirmed value, which is undecided.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from modelops_git.core.interfaces.explain import describe
from modelops_git.core.interfaces.fits import fits
from modelops_git.core.interfaces.gap import Gap, plain
from modelops_git.core.interfaces.nested import CASES, array_gaps, condition_gaps, object_gaps
from modelops_git.core.interfaces.sampling import of_shape
from modelops_git.core.interfaces.scalars import number_gaps, string_gaps, value_gaps
from modelops_git.core.interfaces.shapes import (
    Anything,
    Array,
    Form,
    Number,
    Object,
    Shape,
    String,
    Values,
    by_type,
    values_of,
)
from modelops_git.core.interfaces.splitting import split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.interfaces.budget import Budget

MAX_SPLITS = 6


def gaps(old: Form, new: Form, budget: Budget) -> Iterator[Gap]:
    """Every way in which `old` may hold a value that does not fit `new`.

    Raises:
        GaveUpError: The budget is spent.
    """
    for shape in old:
        budget.spend()
        if not _covered(shape, new):
            yield from _shape_gaps(shape, new, budget)


def _covered(old: Shape, new: Form) -> bool:
    """Whether one shape of `new` takes anything, under conditions that `old` has too."""
    return any(isinstance(shape, Anything) and shape.tokens <= old.tokens for shape in new)


def _shape_gaps(old: Shape, new: Form, budget: Budget) -> Iterator[Gap]:
    spelt = tuple(
        part for shape in new for part in (by_type(shape) if isinstance(shape, Anything) else (shape,))
    )
    if isinstance(old, Anything):
        return gaps(by_type(old), spelt, budget)
    if isinstance(old, Values):
        return value_gaps(old, spelt, budget)
    if isinstance(old, Number):
        return number_gaps(old, spelt, budget)
    if isinstance(old, String):
        return string_gaps(old, spelt, budget)
    return _composite_gaps(old, spelt, budget, MAX_SPLITS)


def _composite_gaps(old: Array | Object, new: Form, budget: Budget, splits: int) -> Iterator[Gap]:
    """Gaps of arrays or objects: against one rival directly, against several by cases."""
    budget.spend()
    if old.high == 0:
        yield from gaps(values_of([[] if isinstance(old, Array) else {}], old.tokens), new, budget)
        return
    rivals = tuple(shape for shape in new if type(shape) is type(old))
    if len(rivals) == 1:
        yield from _but_for(_listed(new), _pair_gaps(old, rivals[0], budget), budget)
        return
    if any(next(_pair_gaps(old, rival, budget), None) is None for rival in rivals):
        return
    parts = split(old, rivals, budget) if splits and rivals else ()
    for part in parts:
        yield from _composite_gaps(part, new, budget, splits - 1)
    if not parts:
        yield from _stubborn_gaps(old, new, rivals, budget)


def _stubborn_gaps(old: Array | Object, new: Form, rivals: Form, budget: Budget) -> Iterator[Gap]:
    """What is left where no split helps: plain values of `old`, then what each rival alone misses."""
    values = tuple(islice((value for value in of_shape(old, budget)), CASES))
    yield Gap(plain(tuple(value for value in values if not fits(new, value, budget))), wants=describe(new))
    for rival in rivals:
        yield from _but_for(new, _pair_gaps(old, rival, budget), budget)


def _listed(new: Form) -> Form:
    """The finite lists of values that may hold an array or an object."""
    lists = (shape for shape in new if isinstance(shape, Values))
    return tuple(shape for shape in lists if any(isinstance(value, list | dict) for value in shape.values))


def _but_for(new: Form, found: Iterator[Gap], budget: Budget) -> Iterator[Gap]:
    """`found`, without the values that are known to fit another shape of `new`."""
    for gap in found:
        if not new:
            yield gap
            continue
        cases = tuple(case for case in gap.cases if not fits(new, case.value, budget))
        yield Gap(cases, gap.path, gap.keyword, gap.has, gap.wants)


def _pair_gaps(old: Array | Object, new: Shape, budget: Budget) -> Iterator[Gap]:
    if isinstance(old, Array) and isinstance(new, Array):
        return array_gaps(old, new, budget, gaps)
    if isinstance(old, Object) and isinstance(new, Object):
        return object_gaps(old, new, budget, gaps)
    return condition_gaps(old, new, budget)
