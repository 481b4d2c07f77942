"""The tests of analyses, and those that people use instead, over many simulated rollouts at once.

An array has a row for each rollout and a column for each look. Counts are whole numbers that add up, so the
logarithms of gamma functions come from tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import lgamma, log
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Truths = NDArray[np.bool_]
    Numbers = NDArray[np.float64]

_HALVINGS = 40
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Split:
    """How requests are shared and looked at.

    Attributes:
        rollouts: How many rollouts are simulated.
        looks: How often each is looked at.
        new: Requests to the new version from one look to the next.
        live: Requests to the live version.
    """

    rollouts: int
    looks: int
    new: int
    live: int

    def counts(self, rates: tuple[float, float], chance: np.random.Generator) -> Sequence[Counts]:
        """The errors of the new and of the live version, from the begin to each look."""
        size = self.rollouts, self.looks
        pairs = zip((self.new, self.live), rates, strict=True)
        return [np.cumsum(chance.binomial(number, rate, size), axis=1) for number, rate in pairs]

    def buckets(self, shares: tuple[Numbers, Numbers], chance: np.random.Generator) -> Sequence[Counts]:
        """The same for cumulative buckets, which are the last axis, by the share of each bucket."""
        size = self.rollouts, self.looks
        pairs = zip((self.new, self.live), shares, strict=True)
        drawn = (chance.multinomial(number, each, size) for number, each in pairs)
        return [np.cumsum(np.cumsum(one, axis=1, dtype=np.int64), axis=2) for one in drawn]

    @property
    def requests(self) -> tuple[Counts, Counts]:
        """The requests to the new and to the live version, from the begin to each look."""
        number = np.arange(1, self.looks + 1, dtype=np.int64)
        return number * self.new, number * self.live


def rates_apart(split: Split, counts: Sequence[Counts], factor: float, alpha: float) -> Truths:
    """At which looks our test shows that the first rate is more than `factor` times the second."""
    (n, m), (of, other) = split.requests, counts
    mixture = _mixture(of, n) + _mixture(other, m) + log(alpha)
    low, high = other / m, of / n / factor
    is_higher = high > low
    low, high = np.minimum(low, high), np.maximum(low, high)
    for _ in range(_HALVINGS if factor != 1 else 0):
        rate = (low + high) / 2
        falls = factor * (n - of) / np.maximum(1 - factor * rate, _TINY)
        falls += (m - other) / np.maximum(1 - rate, _TINY)
        is_rising = of + other > rate * falls
        low, high = np.where(is_rising, rate, low), np.where(is_rising, high, rate)
    rate = (of + other) / (n + m) if factor == 1 else (low + high) / 2
    found: Truths = is_higher & (mixture >= _under(factor * rate, of, n) + _under(rate, other, m))
    return found


def quantiles_apart(split: Split, counts: Sequence[Counts], quantile: float, alpha: float) -> Truths:
    """At which looks our test shows that the quantile of the new version is higher, with nothing allowed."""
    (n, m), (new, live) = split.requests, counts
    below = _excluded(new, n[:, None], quantile, alpha / 2) & (new < quantile * n[:, None])
    above = _excluded(live, m[:, None], quantile, alpha / 2) & (live > quantile * m[:, None])
    above[..., -1] = True  # the bound without end
    found: Truths = below.sum(axis=2) > above.argmax(axis=2)
    return found


def z_above(split: Split, counts: Sequence[Counts], limit: float) -> Truths:
    """At which looks the statistic of the two-proportion z-test, pooled, is above a limit."""
    (n, m), (of, other) = split.requests, counts
    pooled = (of + other) / (n + m)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled) * (1 / n + 1 / m), _TINY))
    found: Truths = (of / n - other / m) / spread > limit
    return found


def _excluded(counts: Counts, requests: Counts, rate: float, alpha: float) -> Truths:
    found: Truths = _mixture(counts, requests) + log(alpha) >= _under(np.float64(rate), counts, requests)
    return found


def _mixture(of: Counts, over: Counts) -> Numbers:
    halves, whole = _tables(1 << int(over.max()).bit_length())
    found: Numbers = halves[of] + halves[over - of] - whole[over] - 2 * lgamma(0.5)
    return found


def _under(rate: Numbers | np.float64, of: Counts, over: Counts) -> Numbers:
    safe = np.clip(rate, _TINY, 1 - 1e-16)
    found: Numbers = of * np.log(safe) + (over - of) * np.log1p(-safe)
    return found


@cache
def _tables(most: int) -> tuple[Numbers, Numbers]:
    """The logarithm of the gamma function of k + 1/2, and of k + 1, for k up to `most`."""
    number = np.arange(1, most + 1, dtype=np.float64)
    halves = np.concatenate([[0.0], np.cumsum(np.log(number - 0.5))]) + lgamma(0.5)
    return halves, np.concatenate([[0.0], np.cumsum(np.log(number))])
