from itertools import pairwise
from math import exp, lgamma, log

import pytest

from modelops_git.core.assessing.rates import bounds


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
