"""What looking again and again costs.

How often a version that is no worse is aborted, and how many requests it takes until a worse one is caught:
by our tests, and by what people use instead. Nothing is timed: these are simulations with a fixed seed, the
same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from modelops_git.core.assessing.limits import allowed
from modelops_git.core.assessing.power import for_rate
from modelops_git.core.manifests.analysis import HigherIsWorse
from rules import BOUNDS, estimated, in_parts, more, more_at_a_look, our_quantiles, ours, z_of_buckets, z_test
from simulating import Split, rates_apart
from tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rules import Rule, Truths

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much is simulated.

    Attributes:
        rollouts: Rollouts of an equal version whose rates are compared, and those of a worse one.
        latencies: Rollouts of an equal version whose latencies are compared.
        looks: How often each is looked at.
    """

    rollouts: int = 2_000
    latencies: int = 1_000
    looks: int = 10_000


QUICK = Amounts(rollouts=200, latencies=40, looks=1_000)


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came of simulations: a table and sentences."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()

    def markdown(self) -> str:
        """The section as Markdown."""
        return "\n\n".join([f"### {self.title}", table(self.head, self.rows), *self.notes]) + "\n"


def measure(amounts: Amounts) -> Iterator[Simulated]:
    """Simulate, and yield a section for each question."""
    yield _equal_rates(amounts)
    yield _ten_looks(amounts)
    yield _equal_latencies(amounts)
    yield _caught(amounts)


# --- versions that are equal -------------------------------------------------------------------------------


def _equal_rates(amounts: Amounts) -> Simulated:
    rules = {
        "ours, alpha 1 %": ours(0.01),
        "ours, alpha 5 %": ours(0.05),
        "z-test at 5 %": z_test,
        "5 % above the live version": more,
    }
    rows = [
        [f"{name}, {share} % of the requests", *cells]
        for share in (5, 10, 50)
        for name, *cells in _rows(
            Split(amounts.rollouts, amounts.looks, 2 * share, 2 * (100 - share)), rules, size=100
        )
    ]
    note = (
        f"{amounts.rollouts:,} rollouts of a version that is equal to the live one: each request fails with "
        "a probability of 1 %, and there are 200 requests from one look to the next, counted from the begin. "
        "In brackets the 95 % interval of the simulated share. Our test allows no increase, and the z-test "
        "is one-sided: both ask only whether the new version is worse."
    )
    return Simulated("False aborts by the error rate, after so many looks", _head(amounts), rows, [note])


def _ten_looks(amounts: Amounts) -> Simulated:
    rows = []
    for new in (100, 1_000, 10_000):
        split = Split(amounts.rollouts, 10, new, 9 * new)
        found = (in_parts(split, rule) for rule in (more_at_a_look, more, ours(0.05)))
        rows.append([f"{new:,}", *(_share(_ever(one)) for one in found)])
    head = [
        "requests to the new version from look to look",
        "5 % above, each look by itself",
        "5 % above, counted from the begin",
        "ours, alpha 5 %",
    ]
    note = "Ten looks at an equal version, with 1 % of errors and 10 % of the requests."
    return Simulated('False aborts by "5 % above the live version in any of ten looks"', head, rows, [note])


def _equal_latencies(amounts: Amounts) -> Simulated:
    rules = {
        "ours, alpha 1 %": our_quantiles(0.01),
        "ours, alpha 5 %": our_quantiles(0.05),
        "z-test at 5 % of the share above 0.25 s": z_of_buckets,
        "estimated p99 5 % above that of the live version": estimated,
    }
    rows = _rows(Split(amounts.latencies, amounts.looks, 20, 180), rules, size=20)
    note = (
        f"{amounts.latencies:,} rollouts of an equal version with 10 % of the requests, 200 of all from one "
        "look to the next. Latencies have a logarithmic normal distribution with a p99 of 0.25 s, which is a "
        f"bound of one of the {len(BOUNDS)} buckets that clients of Prometheus have by default: the hardest "
        "case for our test. The last row compares what `histogram_quantile` estimates."
    )
    return Simulated("False aborts by p99, after so many looks", _head(amounts), rows, [note])


# --- a version that is worse -------------------------------------------------------------------------------


def _caught(amounts: Amounts) -> Simulated:
    head = [
        "change of the error rate",
        "in half",
        "in eight of ten",
        "in nine of ten",
        "as `plan` says: half",
        "nine of ten",
        "z-test once: eight of ten",
    ]
    changes = [(new, share) for new in (0.02, 0.05, 0.1) for share in (5, 10, 50)]
    rows = [
        [f"1 % to {new * 100:.0f} %, {share} % of the requests", *_needed(amounts, new, share)]
        for new, share in changes
    ]
    note = (
        f"Requests to the new version until a rise of the error rate is caught, in {amounts.rollouts:,} "
        "rollouts that are looked at some 200 times before nine of ten are; 5 % are allowed, and alpha is "
        "1 %. The last column is the number for which a one-sided z-test at 1 % has a power of 80 %: it must "
        "be chosen before the rollout, and looked at once."
    )
    return Simulated("Requests until a worse version is caught", head, rows, [note])


def _needed(amounts: Amounts, new: float, share: int, live: float = 0.01) -> list[str]:
    rise = f"{(new / live - 1) * 100:.0f}%"
    test = HigherIsWorse(worse_when="higher", allowed_increase="5%", detect_increase=rise, alpha=0.01)
    beside = (100 - share) // share
    foreseen = for_rate(live, test, beside)
    assert foreseen is not None
    every = max(round(foreseen.most / 200), 1)
    split = Split(amounts.rollouts, 600, every, every * beside)
    seen = in_parts(
        split, lambda part, chance: rates_apart(part, part.counts((new, live), chance), 1.05, 0.01)
    )
    after = np.where(_ever(seen), (seen.argmax(axis=1) + 1) * every, np.inf)
    counted = [float(np.quantile(after, part, method="higher")) for part in (0.5, 0.8, 0.9)]
    return [f"{one:,.0f}" for one in (*counted, *foreseen, _fixed((new, live), beside, test))]


def _fixed(rates: tuple[float, float], beside: int, test: HigherIsWorse) -> float:
    """The requests to the new version for which a z-test of one look has a power of 80 %."""
    new, live = rates
    factor = allowed(test)
    spread = sqrt(new * (1 - new) + factor**2 * live * (1 - live) / beside)
    sure = _NORMAL.inv_cdf(1 - test.alpha) + _NORMAL.inv_cdf(0.8)
    return (sure * spread / (new - factor * live)) ** 2


# --- shares ------------------------------------------------------------------------------------------------


def _head(amounts: Amounts) -> list[str]:
    return ["aborted by", *(f"{one:,}" for one in _columns(amounts.looks))]


def _columns(looks: int) -> list[int]:
    return [number for number in (1, 10, 100, 1_000, 10_000) if number <= looks]


def _rows(split: Split, rules: Mapping[str, Rule], size: int) -> list[list[str]]:
    """In how many rollouts each rule aborts after so many looks."""
    rows = []
    for name, rule in rules.items():
        found = in_parts(split, rule, size)
        rows.append([name, *(_share(_ever(found[:, :looks])) for looks in _columns(split.looks))])
    return rows


def _ever(found: Truths) -> Truths:
    return np.asarray(found.any(axis=1))


def _share(found: Truths) -> str:
    """A share of all rollouts, with the interval of Wilson that has it in 95 of 100 cases."""
    number, share, z = len(found), float(found.mean()), _NORMAL.inv_cdf(0.975)
    middle = (share + z**2 / (2 * number)) / (1 + z**2 / number)
    width = z / (1 + z**2 / number) * sqrt(share * (1 - share) / number + z**2 / (4 * number**2))
    return f"{share:.1%} ({max(middle - width, 0.0):.1%} to {middle + width:.1%})"
