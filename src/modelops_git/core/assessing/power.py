"""How many requests a test needs to see a change.

Nothing is simulated. The counts are taken to be what they are on average after so many requests, and the test
is asked whether it sees that: it does for the first time where it would in half of all rollouts. For nine in
ten, each count is moved against the change by as many standard deviations as one in ten counts is off. Both
are approximations of what chance does, as close as a few in a hundred for rates that are not tiny.
"""

from __future__ import annotations

from math import isfinite, sqrt
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.assessing import comparing_quantiles, comparing_rates
from modelops_git.core.assessing.limits import share
from modelops_git.core.assessing.points import ratio
from modelops_git.core.assessing.quantiles import between

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelops_git.core.assessing.buckets import Buckets
    from modelops_git.core.manifests.analysis import Test

MOST = 1e12
"""Requests above which nothing is looked for."""
NINE_IN_TEN = 1.2816
"""The standard deviations that a count is below its average by in one of ten cases."""
_CLOSE = 0.01
"""How exactly the number is found."""


class Needed(NamedTuple):
    """How many requests to the new version it takes until a test sees a change.

    Attributes:
        half: In half of all rollouts.
        most: In nine of ten.
    """

    half: float
    most: float


def changed(value: float, test: Test) -> float:
    """What a live value would be after the change that a test should see."""
    if test.worse_when == "higher":
        return value * (1 + share(test.detect_increase))
    return value * max(1 - share(test.detect_decrease), 0.0)


def for_rate(rate: float, test: Test, beside: float) -> Needed | None:
    """What it takes for the rate of the live version; None where the test would never see the change.

    Args:
        rate: The rate of the live version, from 0 to 1.
        test: The test.
        beside: How many requests the live version gets for each one to the new version.
    """
    new = min(changed(rate, test), 1.0)
    sign = 1 if test.worse_when == "higher" else -1

    def is_seen(requests: float, deviations: float) -> bool:
        others = requests * beside
        spreads = new * (1 - new) / requests, rate * (1 - rate) / others
        off = deviations * sign / (sqrt(sum(spreads)) or 1.0)
        candidate = _within(new - off * spreads[0]) * requests
        stable = _within(rate + off * spreads[1]) * others
        return comparing_rates.is_worse(ratio(candidate, requests), ratio(stable, others), test)

    return _needed(is_seen)


def for_quantile(buckets: Buckets, quantile: float, test: Test, beside: float) -> Needed | None:
    """What it takes where every request of the new version takes that much longer (or less long).

    Args:
        buckets: Those of the live version.
        quantile: Which quantile is compared.
        test: The test.
        beside: How many requests the live version gets for each one to the new version.
    """
    total, factor = buckets[-1][1], changed(1.0, test)
    if total <= 0 or buckets[0][0] < 0 or factor <= 0:
        return None
    bounds = [upper for upper, _ in buckets]
    old = [count / total for _, count in buckets]
    new = [*(_share_up_to(upper / factor, buckets) for upper in bounds[:-1]), 1.0]
    sign = 1 if test.worse_when == "higher" else -1

    def is_seen(requests: float, deviations: float) -> bool:
        candidate = _moved(new, requests, deviations * sign)
        stable = _moved(old, requests * beside, -deviations * sign)
        sides = [tuple(zip(bounds, counts, strict=True)) for counts in (candidate, stable)]
        new_one, live = (between(buckets, quantile, test.alpha / 2) for buckets in sides)
        return comparing_quantiles.is_worse(comparing_quantiles.Pair(new_one, live), test)

    return _needed(is_seen)


def _needed(is_seen: Callable[[float, float], bool]) -> Needed | None:
    half = _first(lambda requests: is_seen(requests, 0.0))
    most = _first(lambda requests: is_seen(requests, NINE_IN_TEN))
    return None if half is None or most is None else Needed(half, most)


def _first(is_seen: Callable[[float], bool]) -> float | None:
    """The smallest number of requests at which something is seen, a little too large; None for never."""
    high = 1.0
    while not is_seen(high):
        high *= 2
        if high > MOST:
            return None
    low = high / 2
    while high - low > _CLOSE * high:
        middle = (low + high) / 2
        low, high = (low, middle) if is_seen(middle) else (middle, high)
    return high


def _moved(shares: list[float], requests: float, deviations: float) -> list[float]:
    """Counts by shares, moved by standard deviations; they do not fall, and the last is of all requests."""
    counts, most = [], 0.0
    for one in shares[:-1]:
        most = max(most, _within(one + deviations * sqrt(one * (1 - one) / requests)) * requests)
        counts.append(most)
    return [*counts, requests]


def _share_up_to(value: float, buckets: Buckets) -> float:
    """The share of the requests up to a value, as if within a bucket they ended at an even rate.

    So the long tail of a latency ends slowly within its bucket, as it does from one bucket to the next.
    """
    total, below, left = buckets[-1][1], 0.0, 1.0
    for upper, count in buckets:
        after = 1 - count / total
        if value <= upper:
            if not isfinite(upper):
                break
            way = (value - below) / (upper - below or 1.0)
            return 1 - (left * (after / left) ** way if after > 0 else left + (after - left) * way)
        below, left = upper, after
    return 1 - left


def _within(rate: float) -> float:
    return min(max(rate, 0.0), 1.0)
