"""Is one quantile higher than another, looked at as often as one likes, by counts of buckets?

A quantile Q at the level q is above a bound exactly where less than q of all requests are up to that bound.
How large that share is, the confidence sequence of a rate tells (`rates`). So Q is above the highest bound
for whose share q is too large, and at most the lowest bound for whose share q is too small.

There are many bounds, and they cost nothing: one rate alone can deceive, the same whatever the bounds are.

1. That Q is above a bound is wrong only where the bound is Q or more, and then the requests up to the bound
   are at least as many as those up to Q, of equally many in all.
2. The evidence against the rate q is a convex function of that count, and less than 1 where the count is just
   the share q; so what is too few at the bound was too few at Q, whose share is q or more, and the confidence
   sequence of that one rate was wrong: with a probability of at most alpha, at all times and bounds together.
3. In the same way, that Q is at most a bound is wrong only where the bound is below Q, and then the requests
   below Q were too many for q, though their share is at most q.

Nothing is assumed of how the values are distributed, and bounds may differ between versions and from look to
look. As for rates, each request is a trial by itself, whose chances stay the same while it is counted. What
is between two bounds stays unknown: a rise that crosses none is not seen.

Source: S. Howard and A. Ramdas, Sequential estimation of quantiles with applications to A/B testing and
best-arm identification, Bernoulli 28 (2022) 1704-1728.
"""

from __future__ import annotations

from bisect import bisect_left
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.assessing.rates import excludes

if TYPE_CHECKING:
    from modelops_git.core.assessing.buckets import Buckets


class Between(NamedTuple):
    """Where a quantile is.

    Attributes:
        lower: It is above this; minus infinity where nothing is known.
        upper: It is at most this; infinity where nothing is known.
    """

    lower: float
    upper: float


def between(buckets: Buckets, quantile: float, alpha: float) -> Between:
    """The confidence sequence of a quantile at one time; both its ends are bounds of buckets.

    Args:
        buckets: How many requests there were up to each bound, in the order of the bounds; all in the last.
        quantile: The level, above 0 and below 1.
        alpha: The probability that the true quantile is ever outside.
    """
    total = buckets[-1][1]

    def is_too_much(bucket: tuple[float, float]) -> bool:
        share = bucket[1] / total
        return share < quantile and excludes(quantile, bucket[1], total, alpha)

    def is_too_little(bucket: tuple[float, float]) -> bool:
        share = bucket[1] / total
        return share > quantile and excludes(quantile, bucket[1], total, alpha)

    if total <= 0:
        return Between(-inf, inf)
    below = bisect_left(buckets, True, key=lambda one: not is_too_much(one))  # noqa: FBT003 - what is looked for
    above = bisect_left(buckets, True, key=is_too_little)  # noqa: FBT003 - what is looked for
    return Between(
        buckets[below - 1][0] if below else -inf, buckets[above][0] if above < len(buckets) else inf
    )
