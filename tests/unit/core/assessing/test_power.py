from math import exp, inf
from random import Random
from statistics import median, quantiles

import pytest

from measuring import metric
from modelops_git.core.assessing import comparing_quantiles, power
from modelops_git.core.assessing.buckets import histogram
from modelops_git.core.assessing.comparing_rates import is_worse
from modelops_git.core.assessing.points import ratio

RUNS = 60


def asked(worse_when="higher", **fields):
    return metric(test={"worse_when": worse_when, **fields}).test


ALLOWED = {"allowed_increase": "5%"}


def counted(rates, beside, test, every):
    """After how many requests to the new version each of some simulated rollouts sees a change."""
    chance = Random(7)
    found = []
    for _ in range(RUNS):
        of, over = [0, 0], [0, 0]
        while not is_worse(*map(ratio, of, over), test):
            for side, times in enumerate((every, every * beside)):
                of[side] += sum(chance.random() < rates[side] for _ in range(times))
                over[side] += times
        found.append(over[0])
    return found


@pytest.mark.parametrize(
    ("rates", "beside", "fields"),
    [
        ((0.1, 0.01), 9, {**ALLOWED, "detect_increase": "900%"}),
        ((0.4, 0.2), 1, {"alpha": 0.05}),
        ((0.25, 0.5), 3, {"worse_when": "lower"}),
    ],
)
def test_so_many_requests_are_needed_in_simulated_rollouts(rates, beside, fields):
    test = asked(**fields)
    needed = power.for_rate(rates[1], test, beside)
    found = counted(rates, beside, test, 5)
    assert needed.half == pytest.approx(median(found), rel=0.25)
    assert needed.most == pytest.approx(quantiles(found, n=10)[-1], rel=0.25)


BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, inf)


def waited(spread, requests=1.0):
    """Buckets of waiting times that are `spread` long on average."""
    return tuple((upper, requests * (1 - exp(-upper / spread))) for upper in BOUNDS)


def test_so_many_requests_are_needed_until_a_quantile_has_doubled():
    test, chance, found = asked(alpha=0.05), Random(7), []
    needed = power.for_quantile(waited(0.08), 0.9, test, 3)
    for _ in range(RUNS // 2):
        values, is_seen = [[], []], False
        while not is_seen:
            for side, (times, spread) in enumerate(((10, 0.16), (30, 0.08))):
                values[side] += [chance.expovariate(1 / spread) for _ in range(times)]
            sides = (
                histogram([(upper, sum(one <= upper for one in side)) for upper in BOUNDS], 0.9)
                for side in values
            )
            is_seen = comparing_quantiles.is_worse(comparing_quantiles.pair(*sides, 0.9, 0.05), test)
        found.append(len(values[0]))
    assert needed.half == pytest.approx(median(found), rel=0.3)
    assert needed.most == pytest.approx(quantiles(found, n=10)[-1], rel=0.3)


def test_smaller_changes_and_smaller_shares_of_the_live_version_take_more():
    doubled = power.for_rate(0.01, asked(), 9).half
    assert power.for_rate(0.01, asked(detect_increase="50%"), 9).half > 2 * doubled
    assert power.for_rate(0.01, asked(), 1).half > doubled
    assert power.for_rate(0.01, asked(alpha=0.0001), 9).half > doubled
    assert power.for_rate(0.001, asked(), 9).half > 5 * doubled


@pytest.mark.parametrize(
    ("rate", "fields"),
    [
        (0.0, {}),
        (1.0, {}),
        (0.01, {"allowed_increase": "100%"}),
        (0.01, {"worse_when": "lower", "allowed_decrease": "50%"}),
        (0.01, {"detect_increase": "0%"}),
    ],
)
def test_what_is_no_change_or_is_allowed_is_never_seen(rate, fields):
    assert power.for_rate(rate, asked(**fields), 9) is None


def test_a_rise_that_crosses_no_bound_is_never_seen():
    assert power.for_quantile(waited(0.05), 0.9, asked(detect_increase="10%"), 9) is None
    assert power.for_quantile(waited(1), 0.99, asked(), 9) is None
    assert power.for_quantile(((-1, 3), (0, 5), (inf, 9)), 0.5, asked(), 9) is None
    assert power.for_quantile(((1, 0), (inf, 0)), 0.5, asked(), 9) is None
    assert power.for_quantile(((inf, 9),), 0.5, asked(), 9) is None


def test_a_fall_of_a_quantile_is_seen_too():
    lower = asked("lower")
    assert power.for_quantile(waited(0.16), 0.9, lower, 9).half < 1000
    assert power.for_quantile(waited(0.16), 0.9, asked("lower", detect_decrease="100%"), 9) is None
