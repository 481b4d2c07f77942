from itertools import pairwise
from math import exp, lgamma, log

import pytest

from modelops_git.core.assessing.rates import Counts, are_apart, bounds


def evidence_against(rate, of, over):
    """The likelihood ratio of the mixture, from its definition, by summing over many rates."""
    steps = 20_000
    total = 0.0
    for number in range(steps):
        p = (number + 0.5) / steps
        density = exp(-0.5 * log(p) - 0.5 * log(1 - p) - 2 * lgamma(0.5))
        total += density * exp(of * log(p / rate) + (over - of) * log((1 - p) / (1 - rate))) / steps
    return total


@pytest.mark.parametrize(("of", "over", "alpha"), [(5, 100, 0.01), (50, 100, 0.05), (7, 12, 0.1)])
def test_the_bounds_are_where_the_evidence_reaches_what_is_asked(of, over, alpha):
    found = bounds(of, over, alpha)
    assert evidence_against(found.lower, of, over) == pytest.approx(1 / alpha, rel=0.02)
    assert evidence_against(found.upper, of, over) == pytest.approx(1 / alpha, rel=0.02)


def test_nothing_is_known_of_what_was_never_tried():
    assert bounds(0, 0, 0.01) == (0, 1)


def test_no_failure_bounds_the_rate_from_above_only():
    found = bounds(0, 1000, 0.01)
    assert found.lower == 0
    assert 0 < found.upper < 0.02
    mirrored = bounds(1000, 1000, 0.01)
    assert mirrored.upper == 1
    assert mirrored.lower == pytest.approx(1 - found.upper)


def test_more_trials_narrow_it_and_less_doubt_widens_it():
    widths = [bounds(n / 10, n, 0.01).upper - bounds(n / 10, n, 0.01).lower for n in (10, 100, 1000, 10**6)]
    assert all(wide > narrow for wide, narrow in pairwise(widths))
    assert bounds(10, 100, 0.001).lower < bounds(10, 100, 0.1).lower < 0.1 < bounds(10, 100, 0.1).upper


def test_counts_may_be_huge_or_no_whole_numbers():
    assert bounds(1.5e14, 3e14, 0.01).lower == pytest.approx(0.5, abs=1e-6)
    assert bounds(2.5, 100.25, 0.01).lower < 2.5 / 100.25 < bounds(2.5, 100.25, 0.01).upper


def pairs_left(first, second, factor, alpha):
    """Whether any pair of rates, the first at most `factor` times the second, is not excluded: tried out."""
    rates = [number / 400 for number in range(1, 400)]
    return any(
        _evidence(one, *first) * _evidence(other, *second) < 1 / alpha
        for one in rates[::4]
        for other in rates
        if one <= factor * other
    )


@pytest.mark.parametrize(
    ("first", "is_it"), [((12, 20), False), ((14, 20), False), ((16, 20), True), ((19, 20), True)]
)
def test_rates_are_apart_where_no_pair_is_left_in_which_they_are_not(first, is_it):
    second, factor, alpha = (5, 30), 1.2, 0.05
    assert are_apart(Counts(*first), Counts(*second), factor, alpha) is is_it
    assert pairs_left(first, second, factor, alpha) is not is_it


def _evidence(rate, of, over):
    """The same evidence by the closed form."""
    mixture = lgamma(of + 0.5) + lgamma(over - of + 0.5) - lgamma(over + 1) - 2 * lgamma(0.5)
    return exp(mixture - of * log(rate) - (over - of) * log(1 - rate))


def test_two_rates_need_fewer_trials_than_two_intervals():
    new, old = Counts(39, 100), Counts(13, 100)
    assert bounds(*new, 0.05 / 2).lower < bounds(*old, 0.05 / 2).upper
    assert are_apart(new, old, 1.0, 0.05)


def test_a_rate_that_is_lower_is_apart_as_its_complement_is_higher():
    few, many = Counts(20, 100), Counts(60, 100)
    for alpha in (0.2, 1e-3, 1e-8, 1e-9, 1e-10):
        mirrored = are_apart(Counts(80, 100), Counts(40, 100), 1.0, alpha)
        assert are_apart(few, many, 1.0, alpha) is mirrored
        assert are_apart(many, few, 1.0, alpha) is mirrored
    assert are_apart(few, many, 1.0, 1e-3)
    assert not are_apart(few, many, 1.0, 1e-10)


def test_rates_at_the_ends_and_without_trials():
    assert are_apart(Counts(50, 50), Counts(0, 50), 1.05, 0.01)
    assert are_apart(Counts(0, 50), Counts(50, 50), 0.95, 0.01)
    assert not are_apart(Counts(0, 0), Counts(50, 50), 0.95, 0.01)
    assert not are_apart(Counts(1, 1), Counts(0, 1000), 1.05, 0.0001)
    assert are_apart(Counts(2e14, 1e15), Counts(1e14, 1e15), 1.05, 0.01)
