"""Is one series of values mostly above another, looked at as often as one likes?

The sign test asks only which of two values, measured at the same time, is the worse one, so it holds for
latencies and whatever else has any distribution. While the new version is no worse, at most every second
comparison goes against it; a bet at those odds that more do is then a supermartingale with mean 1, and so is
the mean of several such bets. It is at least 1 / alpha at any time with a probability of at most alpha
(Ville's inequality). Equal values are no comparison.

What is assumed: whether the next comparison goes against the new version does not follow from the earlier
ones. So each should be of requests of its own, and not of an hour that is measured every minute.

Source: A. Ramdas, P. Grünwald, V. Vovk and G. Shafer, Game-theoretic statistics and safe anytime-valid
inference, Statistical Science 38 (2023) 576-601.
"""

from __future__ import annotations

from math import exp, log

SHARES = (0.55, 0.65, 0.75, 0.85, 0.95, 1.0)
"""What the bets are on: how large a share of the comparisons goes against the new version."""
_LARGEST = 700.0
"""Beyond it `exp` overflows."""
_MOST_NEEDED = 1e300


def evidence(worse: int, better: int) -> float:
    """How many times its stake a bet has won that the new version is mostly worse.

    Args:
        worse: Comparisons that went against the new version.
        better: Those that went for it.
    """
    won = [
        worse * log(2 * share) + (better * log(2 * (1 - share)) if better else 0.0)
        for share in SHARES
        if share < 1 or not better
    ]
    return sum(exp(min(one, _LARGEST)) for one in won) / len(SHARES)


def fewest(alpha: float) -> int:
    """How many comparisons in a row must go against a version to show that it is worse."""
    count = 1
    while evidence(count, 0) < needed(alpha):
        count += 1
    return count


def needed(alpha: float) -> float:
    """The evidence that shows it."""
    return min(1 / alpha, _MOST_NEEDED)
