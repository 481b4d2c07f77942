"""Is one rate higher than another, looked at as often as one likes?

A confidence sequence is an interval for each number of trials, such that with probability 1 - alpha all of
them hold the true rate at once: looking every minute does no harm. This one is the beta-binomial mixture. For
`of` successes in `over` trials, the ratio of their likelihood, averaged over rates by a beta distribution, to
that under the rate p is a martingale with mean 1 if p is true; it is at least 1 / alpha at any time with a
probability of at most alpha (Ville's inequality). The rates for which it is smaller are the interval.

Two rates at once: the product of both ratios is a martingale as well, under any pair of rates, however many
trials each has between two looks. So a pair for which it reaches 1 / alpha is excluded, and with it a claim
about both rates where each pair that it allows is. That needs fewer trials than two intervals that are apart,
for which each must be wrong by itself.

Sources: H. Robbins, Statistical methods related to the law of the iterated logarithm, Annals of Mathematical
Statistics 41 (1970) 1397-1409; S. Howard, A. Ramdas, J. McAuliffe and J. Sekhon, Time-uniform, nonparametric,
nonasymptotic confidence sequences, Annals of Statistics 49 (2021) 1055-1080; L. Wasserman, A. Ramdas and
S. Balakrishnan, Universal inference, PNAS 117 (2020) 16880-16890.
"""

from __future__ import annotations

from math import inf, lgamma, log, log1p
from typing import NamedTuple

_PRIOR = 0.5
"""Both parameters of the beta distribution: that of Jeffreys, narrow for rates near 0 and 1 too."""
_HALVINGS = 60
_TINY = 1e-300


class Rates(NamedTuple):
    """The bounds of a rate.

    Attributes:
        lower: What it is at least.
        upper: What it is at most.
    """

    lower: float
    upper: float


class Counts(NamedTuple):
    """Trials, of which some succeeded; counts that a server extrapolated need not be whole."""

    of: float
    over: float


def bounds(of: float, over: float, alpha: float) -> Rates:
    """The confidence sequence at one time.

    Args:
        of: How many trials succeeded.
        over: How many trials there were.
        alpha: The probability that the true rate is ever outside.
    """
    return Rates(_edge(of, over, alpha, 0.0), _edge(of, over, alpha, 1.0))


def are_apart(first: Counts, second: Counts, factor: float, alpha: float) -> bool:
    """Whether all pairs of rates are excluded whose first is on the other side of `factor` times the second.

    The other side than the counts are on: where the first succeeded more often than `factor` times as often,
    each pair in which its rate is at most that, and where less often, at least that.

    Args:
        first: The counts of one version.
        second: Those of another.
        factor: What the second rate is multiplied by, above 0.
        alpha: The probability that this is ever said while the rates are such a pair.
    """
    if min(first.over, second.over) <= 0:
        return False
    mixture = sum(_mixture(one.of, one.over - one.of) for one in (first, second))
    return mixture + log(alpha) >= _likeliest(first, second, factor)


def _likeliest(first: Counts, second: Counts, factor: float) -> float:
    """The largest logarithm of both likelihoods where the first rate is just `factor` times the second.

    It is concave, and the largest of all pairs on the other side is such a one. It is looked for between the
    second rate for which the second version's counts are likeliest, and the one for which the first's are, by
    its slope.
    """
    missed, lacked = first.over - first.of, second.over - second.of
    low, high = ends = sorted((second.of / second.over, first.of / first.over / factor))
    for _ in range(_HALVINGS):
        rate = (low + high) / 2
        falls = factor * missed / max(1 - factor * rate, _TINY) + lacked / max(1 - rate, _TINY)
        is_rising = first.of + second.of > rate * falls
        low, high = (rate, high) if is_rising else (low, rate)
    return max(
        _under(min(factor * rate, 1.0), first.of, missed) + _under(rate, second.of, lacked)
        for rate in (*ends, low, high)
    )


def excludes(rate: float, of: float, over: float, alpha: float) -> bool:
    """Whether a rate is outside the bounds (see `bounds`), without looking for them."""
    return over > 0 and _mixture(of, over - of) + log(alpha) >= _under(rate, of, over - of)


def _mixture(of: float, missed: float) -> float:
    """The logarithm of the likelihood, averaged over rates."""
    return _log_beta(_PRIOR + of, _PRIOR + missed) - _log_beta(_PRIOR, _PRIOR)


def _under(rate: float, of: float, missed: float) -> float:
    """The logarithm of the likelihood under a rate."""
    return _weighted_log(of, rate) + _weighted_log1m(missed, rate)


def _edge(of: float, over: float, alpha: float, outside: float) -> float:
    """The outermost rate on the way to `outside` that is inside, rounded outwards.

    The likelihood falls all along it.
    """
    if over <= 0:
        return outside
    inside, missed = of / over, over - of
    evidence = _mixture(of, missed) + log(alpha)
    if evidence < _under(outside, of, missed):
        return outside
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        is_inside = evidence < _under(middle, of, missed)
        inside, outside = (middle, outside) if is_inside else (inside, middle)
    return outside


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _weighted_log(times: float, rate: float) -> float:
    return times * (log(rate) if rate > 0 else -inf) if times else 0.0


def _weighted_log1m(times: float, rate: float) -> float:
    return times * (log1p(-rate) if rate < 1 else -inf) if times else 0.0
