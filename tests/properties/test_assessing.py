"""The tests against the stable version may be looked at as often as one likes."""

from bisect import bisect_left
from itertools import accumulate
from math import inf, log
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measuring import STEP, judged, metric, minute, point
from modelops_git.core.assessing import comparing_quantiles
from modelops_git.core.assessing.assess import assess_metric
from modelops_git.core.assessing.buckets import histogram
from modelops_git.core.assessing.comparing_quantiles import pair
from modelops_git.core.assessing.comparing_rates import is_worse
from modelops_git.core.assessing.points import ratio
from modelops_git.core.assessing.quantiles import between
from modelops_git.core.assessing.signs import evidence
from modelops_git.core.assessing.verdicts import Verdict

ALPHA = 0.1
TEST = metric(test={"worse_when": "higher", "alpha": ALPHA}).test
RUNS, LOOKS, REQUESTS = 200, 40, 20


def _found(chance, rates):
    """At which look two versions with such error rates are found to differ; None for never."""
    errors, requests = [0, 0], [0, 0]
    for look in range(LOOKS):
        for side, rate in enumerate(rates):
            errors[side] += sum(chance.random() < rate for _ in range(REQUESTS))
            requests[side] += REQUESTS
        if is_worse(ratio(errors[0], requests[0]), ratio(errors[1], requests[1]), TEST):
            return look
    return None


def test_equal_versions_rarely_fail_however_often_one_looks():
    chance = Random(7)
    false = sum(_found(chance, (0.1, 0.1)) is not None for _ in range(RUNS))
    assert false <= ALPHA * RUNS


def test_a_real_regression_is_found():
    chance = Random(7)
    assert all(_found(chance, (0.3, 0.05)) is not None for _ in range(20))


BOUNDS = (0.1, 0.2, 0.4, 0.8)
QUANTILE = {"buckets": "/${digest}", "quantile": 0.9}


def _pair(counts, alpha):
    return pair(*(histogram(zip((*BOUNDS, inf), one, strict=True), 0.9) for one in counts), 0.9, alpha)


def _slower(chance, spreads):
    """At which look two versions with such latencies are found to differ; None for never."""
    counts = [[0] * 5, [0] * 5]
    for look in range(LOOKS):
        for side, spread in enumerate(spreads):
            for _ in range(REQUESTS):
                counts[side][bisect_left(BOUNDS, chance.expovariate(1 / spread))] += 1
        up_to = [tuple(accumulate(one)) for one in counts]
        if comparing_quantiles.is_worse(_pair(up_to, ALPHA), TEST):
            return look
    return None


@pytest.mark.parametrize("spread", [0.1, 0.2 / log(10)])
def test_equal_latencies_rarely_fail_however_often_one_looks(spread):
    """With the second spread p90 is just a bound, and chance has it on either side."""
    chance = Random(7)
    false = sum(_slower(chance, (spread, spread)) is not None for _ in range(RUNS))
    assert false <= ALPHA * RUNS


def test_a_latency_that_is_really_higher_is_found():
    chance = Random(7)
    assert all(_slower(chance, (0.3, 0.1)) is not None for _ in range(10))


COUNTED = st.lists(st.integers(0, 300), min_size=len(BOUNDS) + 1, max_size=len(BOUNDS) + 1).map(accumulate)


@given(COUNTED.map(tuple), COUNTED.map(tuple), st.floats(0.001, 0.3))
@settings(max_examples=150, deadline=None)
def test_a_version_with_faster_requests_never_fails(fast, slow, alpha):
    """Each count of the new version is a larger share than that of the stable one."""
    total = max(fast[-1], slow[-1])
    faster = [max(one * slow[-1], other * fast[-1]) for one, other in zip(fast, slow, strict=True)]
    stable = [count * fast[-1] for count in slow]
    assert total == 0 or not comparing_quantiles.is_worse(_pair((faster, stable), alpha), TEST)


@given(COUNTED.map(tuple), st.data(), st.floats(0.05, 0.99))
@settings(max_examples=150, deadline=None)
def test_fewer_requests_up_to_a_bound_move_a_quantile_up_only(counts, data, quantile):
    lower = sorted(data.draw(st.integers(0, count)) for count in counts[:-1])
    fewer = (*map(min, lower, counts), counts[-1])
    before, after = (
        between(tuple(zip((*BOUNDS, inf), one, strict=True)), quantile, 0.05) for one in (counts, fewer)
    )
    assert before.lower <= after.lower
    assert before.upper <= after.upper
    assert before.lower < before.upper


def test_signs_of_equal_versions_rarely_fail_however_often_one_looks():
    chance = Random(7)
    false = 0
    for _ in range(RUNS):
        worse = 0
        for number in range(1, 300):
            worse += chance.random() < 0.5
            if evidence(worse, number - worse) >= 1 / ALPHA:
                false += 1
                break
    assert 0 < false <= ALPHA * RUNS


VALUES = st.one_of(st.none(), st.floats(), st.floats(0, 1))
COUNTS = st.tuples(st.none() | st.floats(0, 1e6), st.none() | st.floats(0, 1e6))
BUCKETS = COUNTED.map(lambda counts: dict(zip((*BOUNDS, inf), counts, strict=True)))
POINTS = st.builds(
    point,
    st.integers(1, 12),
    VALUES | COUNTS | BUCKETS,
    VALUES | COUNTS | BUCKETS,
    st.none() | st.integers(0, 500),
    st.sampled_from(["", "", "down"]),
)
METRICS = st.sampled_from(
    [
        metric(interval="1m", count=3, min_samples=10, failure_condition="candidate > 0.5"),
        metric(interval="2m", failure_limit=1, success_condition="candidate <= 1.5 * stable"),
        metric(on_no_data="inconclusive", failure_condition="candidate / stable > 1.0"),
        metric(test={"worse_when": "higher"}, min_samples=10),
        metric(ratio={"of": "/a", "over": "/b"}, test={"worse_when": "lower"}, on_no_data="fail"),
        metric(histogram=QUANTILE, test={"worse_when": "higher"}),
        metric(histogram=QUANTILE, test={"worse_when": "lower"}, failure_limit=1),
    ]
)


@settings(max_examples=150, deadline=None)
@given(METRICS, st.lists(POINTS, max_size=12), st.integers(0, 13))
def test_whatever_was_measured_there_is_a_verdict_and_success_has_a_finite_value(asked, points, now):
    result = judged(asked, *points, now=now)
    assert result.reason.startswith("error-rate: ")
    assert "nan" not in result.reason.split(": ", 1)[1].split("(")[0]
    if result.verdict is Verdict.SUCCESSFUL:
        assert not result.candidate.problem or (result.candidate.buckets and asked.histogram)
        assert any(one.at <= minute(now) and not one.error for one in points)
    if result.verdict is Verdict.PENDING and now < 10:
        assert result.look_again > minute(now)


@given(st.permutations([point(n, n / 20, 0.3) for n in range(1, 13)]))
@settings(max_examples=20, deadline=None)
def test_the_order_of_measurements_does_not_matter(points):
    asked = metric(test={"worse_when": "higher"})
    first = assess_metric(asked, points, STEP, minute(12))
    assert first == assess_metric(asked, sorted(points), STEP, minute(12))
