"""Is one rate higher than another, looked at as often as one likes?

A confidence sequence is an interval for each number of trials, such that with probability 1 - alpha all of
them hold the true rate at once: looking every minute does no harm. This one is the beta-binomial mixture. For
`of` successes in `over` trials, the ratio of their likelihood, averaged over rates by a beta distribution, to
that under the rate p is a martingale with mean 1 if p is true; it is at least 1 / alpha at any time with a
probability of at most alpha (Ville's inequality). The rates for which it is smaller are the interval.

Sources: H. Robbins, Statistical methods related to the law of the iterated logarithm, Annals of Mathematical
Statistics 41 (1970) 1397-1409; S. Howard, A. Ramdas, J. McAuliffe and J. Sekhon, Time-uniform, nonparametric,
nonasymptotic confidence sequences, Annals of Statistics 49 (2021) 1055-1080.
"""

from __future__ import annotations

from math import inf, lgamma, log, log1p
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_PRIOR = 0.5
"""Both parameters of the beta distribution: that of Jeffreys, narrow for rates near 0 and 1 too."""
_HALVINGS = 60


class Rates(NamedTuple):
    """The bounds of a rate.

    Attributes:
        lower: What it is at least.
        upper: What it is at most.
    """

    lower: float
    upper: float


def bounds(of: float, over: float, alpha: float) -> Rates:
    """The confidence sequence at one time.

    Args:
        of: How many trials succeeded; counts that a server extrapolated need not be whole.
        over: How many trials there were.
        alpha: The probability that the true rate is ever outside.
    """
    if over <= 0:
        return Rates(0.0, 1.0)
    evidence = _mixture(of, over - of) + log(alpha)

    def is_inside(rate: float) -> bool:
        return evidence < _under(rate, of, over - of)

    share = of / over
    return Rates(_edge(share, 0.0, is_inside), _edge(share, 1.0, is_inside))


def excludes(rate: float, of: float, over: float, alpha: float) -> bool:
    """Whether a rate is outside the bounds (see `bounds`), without looking for them."""
    return over > 0 and _mixture(of, over - of) + log(alpha) >= _under(rate, of, over - of)


def _mixture(of: float, missed: float) -> float:
    """The logarithm of the likelihood, averaged over rates."""
    return _log_beta(_PRIOR + of, _PRIOR + missed) - _log_beta(_PRIOR, _PRIOR)


def _under(rate: float, of: float, missed: float) -> float:
    """The logarithm of the likelihood under a rate."""
    return _weighted_log(of, rate) + _weighted_log1m(missed, rate)


def _edge(inside: float, outside: float, is_inside: Callable[[float], bool]) -> float:
    """The outermost rate on the way that is inside, rounded outwards: the likelihood falls all along it."""
    if is_inside(outside):
        return outside
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if is_inside(middle) else (inside, middle)
    return outside


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _weighted_log(times: float, rate: float) -> float:
    return times * (log(rate) if rate > 0 else -inf) if times else 0.0


def _weighted_log1m(times: float, rate: float) -> float:
    return times * (log1p(-rate) if rate < 1 else -inf) if times else 0.0
