from math import inf, nan

import pytest

from modelops_git.core.assessing.buckets import MOST, bound, checked, histogram
from modelops_git.core.assessing.points import Measured

LATENCIES = ((0.1, 50), (0.5, 90), (1, 98), (inf, 100))


@pytest.mark.parametrize(
    ("text", "value"), [("0.1", 0.1), ("+Inf", inf), ("inf", inf), ("1e-05", 1e-05), ("-3", -3)]
)
def test_a_bound_is_written_as_prometheus_does(text, value):
    assert bound(text) == value


@pytest.mark.parametrize("text", ["", "fast", "1_000", "٣", "1" * 50, "0x10"])
def test_what_is_no_number_is_no_bound(text):
    with pytest.raises(ValueError, match="has a bucket whose upper bound is no number"):
        bound(text)


def test_buckets_are_put_in_order():
    assert checked(reversed(LATENCIES)) == LATENCIES


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([], r"does not say how many requests there were in all \(\+Inf\)"),
        ([(0.1, 3)], "does not say how many requests"),
        ([(0.1, nan), (inf, 3)], "has a count that is no number of requests"),
        ([(0.1, -1), (inf, 3)], "has a count that is no number of requests"),
        ([(0.1, 1), (inf, inf)], "has a count that is no number of requests"),
        ([(nan, 1), (inf, 3)], "has a bucket whose upper bound is no number"),
        ([(-inf, 1), (inf, 3)], "has a bucket whose upper bound is no number"),
        ([(1e300, 1), (inf, 3)], "has a bucket whose upper bound is no number"),
        ([(0.1, 1), (0.1, 2), (inf, 3)], "has two buckets up to 0.1"),
        ([(0.1, 5), (0.5, 4), (inf, 9)], "counts 5 up to 0.1, and only 4 up to 0.5"),
        ([(n, n) for n in range(MOST)] + [(inf, MOST)], f"has more than {MOST} buckets"),
    ],
)
def test_what_is_no_histogram_says_why(counts, message):
    with pytest.raises(ValueError, match=message):
        checked(counts)


def test_what_rounding_takes_away_is_put_back():
    counts = [(0.1, 10.0000001), (0.5, 10), (1, 11.0000002), (inf, 11)]
    assert checked(counts) == ((0.1, 10.0000001), (0.5, 10.0000001), (1, 11), (inf, 11))


@pytest.mark.parametrize(
    ("quantile", "value"), [(0.25, 0.05), (0.5, 0.1), (0.7, 0.3), (0.98, 1), (0.99, None), (1e-9, 2e-10)]
)
def test_a_quantile_is_estimated_within_its_bucket(quantile, value):
    assert histogram(LATENCIES, quantile) == Measured(pytest.approx(value), None, 100, LATENCIES)


def test_a_quantile_above_the_highest_bound_is_no_number():
    assert histogram(LATENCIES, 0.99).problem == "has its quantile above the highest bound"


def test_bounds_below_zero_and_empty_buckets():
    counts = ((-2, 4), (-1, 4), (3, 8), (inf, 8))
    assert histogram(counts, 0.25).value == -2
    assert histogram(counts, 0.75).value == pytest.approx(1)


def test_no_requests_have_no_quantile():
    found = histogram(((0.1, 0), (inf, 0)), 0.5)
    assert (found.value, found.problem) == (None, "had no requests")
