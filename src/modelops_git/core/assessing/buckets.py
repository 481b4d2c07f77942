"""Requests counted by the upper bounds of their values, as the histograms of Prometheus are.

Counts are cumulative: each is of all requests up to its bound, and the last, whose bound is infinite, of all.
"""

from __future__ import annotations

from itertools import islice, pairwise
from math import inf, isfinite
from typing import TYPE_CHECKING

from modelops_git.core.assessing.points import LARGEST, Measured

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 300
"""How many buckets a histogram may have."""
LONGEST_BOUND = 40
TOLERANCE = 1e-6
"""The share of all requests by which a count may be less than the one before: servers sum floating point
numbers in any order."""

_NO_BOUND = "has a bucket whose upper bound is no number"

Buckets = tuple[tuple[float, float], ...]


def bound(text: str) -> float:
    """The upper bound that a label `le`, or a key, is: `0.1`, `1e-05`, `+Inf`.

    Raises:
        ValueError: It is none; the message is the end of a sentence about the histogram.
    """
    try:
        value = float(text) if len(text) <= LONGEST_BOUND and text.isascii() and "_" not in text else None
    except ValueError:
        value = None
    if value is None:
        raise ValueError(_NO_BOUND)
    return value


def checked(counts: Iterable[tuple[float, float]]) -> Buckets:
    """Buckets in the order of their bounds, without the small falls that rounding makes.

    Args:
        counts: The upper bound of each bucket, and how many requests there were up to it.

    Raises:
        ValueError: They are no histogram; the message is the end of a sentence about it.
    """
    given = list(islice(counts, MOST + 1))
    if len(given) > MOST:
        raise ValueError(f"has more than {MOST} buckets")
    if any(not abs(upper) <= LARGEST and upper != inf for upper, _ in given):
        raise ValueError(_NO_BOUND)
    if any(not 0 <= count <= LARGEST for _, count in given):
        raise ValueError("has a count that is no number of requests")
    found = sorted(given)
    if not found or found[-1][0] != inf:
        raise ValueError("does not say how many requests there were in all (+Inf)")
    for (lower, fewer), (upper, more) in pairwise(found):
        if not lower < upper:
            raise ValueError(f"has two buckets up to {upper:g}")
        if more < fewer - TOLERANCE * found[-1][1]:
            reached = f"up to {upper:g}" if isfinite(upper) else "in all"
            raise ValueError(f"counts {fewer:g} up to {lower:g}, and only {more:g} {reached}")
    return _risen(found)


def histogram(counts: Iterable[tuple[float, float]], quantile: float) -> Measured:
    """What is measured by counts: the quantile, where it is below the highest finite bound.

    Raises:
        ValueError: They are no histogram; the message is the end of a sentence about it.
    """
    buckets = checked(counts)
    return Measured(estimated(buckets, quantile), None, buckets[-1][1], buckets)


def estimated(buckets: Buckets, quantile: float) -> float | None:
    """The quantile, as if values were spread evenly within a bucket, and the lowest one began at 0.

    As `histogram_quantile` of Prometheus, but None where it is above the highest finite bound: a number in
    its place could be held against a limit that the true one exceeds.
    """
    rank = quantile * buckets[-1][1]
    if rank <= 0:
        return None
    below, fewer = min(0.0, buckets[0][0]), 0.0
    for upper, count in buckets:
        if count >= rank:
            share = (rank - fewer) / (count - fewer)
            return below + (upper - below) * share if isfinite(upper) else None
        below, fewer = upper, count
    return None


def _risen(found: list[tuple[float, float]]) -> Buckets:
    """The same buckets, each with at least the count of the one before, and none with more than all."""
    most, risen = 0.0, []
    total = found[-1][1]
    for upper, count in found:
        most = min(max(most, count), total)
        risen.append((upper, most))
    return tuple(risen)
