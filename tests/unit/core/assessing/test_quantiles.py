from math import inf

import pytest

from modelops_git.core.assessing.quantiles import between
from modelops_git.core.assessing.rates import bounds

BUCKETS = ((0.1, 500), (0.25, 900), (0.5, 995), (1, 999), (inf, 1000))


def test_it_is_above_bounds_with_too_few_requests_and_at_most_those_with_enough():
    assert between(BUCKETS, 0.9, 0.01) == (0.1, 0.5)
    assert between(BUCKETS, 0.5, 0.01) == (-inf, 0.25)
    assert between(BUCKETS, 0.99, 0.01) == (0.25, inf)


@pytest.mark.parametrize("quantile", [0.5, 0.9, 0.99])
def test_it_says_what_the_bounds_of_the_rates_say(quantile):
    rates = [bounds(count, 1000, 0.01) for _, count in BUCKETS]
    assert between(BUCKETS, quantile, 0.01) == (
        max(
            (upper for (upper, _), rate in zip(BUCKETS, rates, strict=True) if rate.upper < quantile),
            default=-inf,
        ),
        min(
            (upper for (upper, _), rate in zip(BUCKETS, rates, strict=True) if rate.lower > quantile),
            default=inf,
        ),
    )


def test_nothing_is_known_without_requests_or_bounds():
    assert between(((0.1, 0), (inf, 0)), 0.5, 0.01) == (-inf, inf)
    assert between(((inf, 1000),), 0.5, 0.01) == (-inf, inf)


def test_more_requests_and_more_doubt_narrow_it():
    tenfold = tuple((upper, 10 * count) for upper, count in BUCKETS)
    assert between(tenfold, 0.99, 0.01) == (0.25, 0.5)
    assert between(BUCKETS, 0.99, 0.2) == (0.25, 1)


def test_one_bucket_more_than_needed_does_not_matter():
    finer = tuple(sorted((*BUCKETS, (0.4, 990), (0.3, 950))))
    assert between(finer, 0.9, 0.01) == (0.1, 0.3)
