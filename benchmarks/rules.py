"""The tests and rules that `looks.py` compares, each over many simulated rollouts of two versions.

What `simulating.py` says of ours is held against the program itself at looks that chance picks.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from modelops_git.core.assessing.comparing_quantiles import Pair, is_worse
from modelops_git.core.assessing.quantiles import between
from modelops_git.core.assessing.rates import Counts, are_apart
from modelops_git.core.manifests.analysis import HigherIsWorse
from simulating import Split, quantiles_apart, rates_apart, z_above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Truths = NDArray[np.bool_]
    Rule = Callable[[Split, np.random.Generator], Truths]

SEED = 20261122
RATE = 0.01
QUANTILE = 0.99
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, np.inf)
"""The upper bounds that Prometheus clients use where nobody says others."""
SPREAD = 0.6
"""Latencies have a logarithmic normal distribution with this standard deviation, and its p99 is `AT`."""
AT = 0.25
"""A bound of a bucket, so that chance has the quantile on either side: the hardest case."""
MORE = 1.05
"""What people allow: 5 % more."""
PICKED = 15
"""At how many looks of each part the program itself is asked, of all and of those that found something."""
_NORMAL = NormalDist()
_SURE = _NORMAL.inv_cdf(0.95)


def in_parts(split: Split, test: Rule, size: int = 100) -> Truths:
    """At which looks a rule aborts, a row for each rollout; each rule meets the same chance."""
    chance = np.random.default_rng(SEED)
    parts = [
        Split(min(size, split.rollouts - begin), split.looks, split.new, split.live)
        for begin in range(0, split.rollouts, size)
    ]
    return np.concatenate([test(part, chance) for part in parts])


def _drawn(split: Split, chance: np.random.Generator) -> Sequence[NDArray[np.int64]]:
    return split.counts((RATE, RATE), chance)


def z_test(split: Split, chance: np.random.Generator) -> Truths:
    """A one-sided z-test of the error rates at 5 %, as if there were one look."""
    return z_above(split, _drawn(split, chance), _SURE)


def ours(alpha: float) -> Rule:
    """Our test of the error rates, with nothing allowed."""

    def found(split: Split, chance: np.random.Generator) -> Truths:
        counts = _drawn(split, chance)
        truths = rates_apart(split, counts, 1.0, alpha)
        for row, look in _picked(truths):
            new, live = (
                Counts(float(one[row, look]), float(requests[look]))
                for one, requests in zip(counts, split.requests, strict=True)
            )
            is_higher = new.of / new.over > live.of / live.over
            assert bool(truths[row, look]) == (is_higher and are_apart(new, live, 1.0, alpha))
        return truths

    return found


def our_quantiles(alpha: float) -> Rule:
    """Our test of a quantile, with nothing allowed."""
    test = HigherIsWorse(worse_when="higher", alpha=alpha)

    def found(split: Split, chance: np.random.Generator) -> Truths:
        counts = _buckets(split, chance)
        truths = quantiles_apart(split, counts, QUANTILE, alpha)
        for row, look in _picked(truths):
            sides = [tuple(zip(BOUNDS, map(float, one[row, look]), strict=True)) for one in counts]
            pair = Pair(*(between(one, QUANTILE, alpha / 2) for one in sides))
            assert bool(truths[row, look]) == is_worse(pair, test)
        return truths

    return found


def _picked(truths: Truths) -> Iterator[tuple[int, int]]:
    """The rows and columns of some looks: of all, and of those at which something was found."""
    chance = np.random.default_rng(SEED)
    rows, looks = (chance.integers(0, size, PICKED).tolist() for size in truths.shape)
    yield from zip(rows, looks, strict=True)
    yield from np.argwhere(truths)[:PICKED].tolist()


def more(split: Split, chance: np.random.Generator) -> Truths:
    """The error rate since the begin is more than 5 % above that of the live version."""
    (n, m), (of, other) = split.requests, _drawn(split, chance)
    found: Truths = of / n > MORE * other / m
    return found


def more_at_a_look(split: Split, chance: np.random.Generator) -> Truths:
    """The same for the requests since the look before."""
    of, other = (np.diff(one, axis=1, prepend=0) for one in _drawn(split, chance))
    found: Truths = of / split.new > MORE * other / split.live
    return found


def _buckets(split: Split, chance: np.random.Generator) -> Sequence[NDArray[np.int64]]:
    away = _NORMAL.inv_cdf(QUANTILE)
    up_to = [_NORMAL.cdf(float(np.log(bound / AT)) / SPREAD + away) for bound in BOUNDS]
    shares = np.diff(up_to, prepend=0.0)
    return split.buckets((shares, shares), chance)


def z_of_buckets(split: Split, chance: np.random.Generator) -> Truths:
    """A one-sided z-test at 5 % of the share of the requests that take longer than the true p99."""
    at = BOUNDS.index(AT)
    slow = [
        requests - one[..., at] for one, requests in zip(_buckets(split, chance), split.requests, strict=True)
    ]
    return z_above(split, slow, _SURE)


def estimated(split: Split, chance: np.random.Generator) -> Truths:
    """The p99 that is estimated for the new version is more than 5 % above that of the live one."""
    new, live = (
        _p99(one, requests) for one, requests in zip(_buckets(split, chance), split.requests, strict=True)
    )
    found: Truths = new > MORE * live
    return found


def _p99(counts: NDArray[np.int64], requests: NDArray[np.int64]) -> NDArray[np.float64]:
    """What `histogram_quantile` of Prometheus estimates."""
    rank = QUANTILE * requests
    at = (counts < rank[:, None]).sum(axis=2)
    upper = np.array([*BOUNDS[:-1], BOUNDS[-2]])
    lower = np.array([0.0, *BOUNDS[:-1]])
    up_to = np.take_along_axis(counts, at[..., None], axis=2)[..., 0]
    before = np.where(at > 0, np.take_along_axis(counts, np.maximum(at - 1, 0)[..., None], axis=2)[..., 0], 0)
    found: NDArray[np.float64] = lower[at] + (upper - lower)[at] * (rank - before) / (up_to - before)
    return found
