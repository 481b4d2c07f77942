"""The tests against the stable version may be looked at as often as one likes."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from measuring import STEP, judged, metric, minute, point
from modelops_git.core.assessing.assess import assess_metric
from modelops_git.core.assessing.comparing import _is_worse
from modelops_git.core.assessing.points import ratio
from modelops_git.core.assessing.signs import evidence
from modelops_git.core.assessing.verdicts import Verdict

ALPHA = 0.1
TEST = metric(test={"worse_when": "higher", "alpha": ALPHA}).test
RUNS, LOOKS, REQUESTS = 150, 40, 20


def _found(chance, rates):
    """At which look two versions with such error rates are found to differ; None for never."""
    errors, requests = [0, 0], [0, 0]
    for look in range(LOOKS):
        for side, rate in enumerate(rates):
            errors[side] += sum(chance.random() < rate for _ in range(REQUESTS))
            requests[side] += REQUESTS
        if _is_worse(ratio(errors[0], requests[0]), ratio(errors[1], requests[1]), TEST):
            return look
    return None


def test_equal_versions_rarely_fail_however_often_one_looks():
    chance = Random(7)
    false = sum(_found(chance, (0.1, 0.1)) is not None for _ in range(RUNS))
    assert false <= ALPHA * RUNS


def test_a_real_regression_is_found():
    chance = Random(7)
    assert all(_found(chance, (0.3, 0.05)) is not None for _ in range(20))


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
POINTS = st.builds(
    point,
    st.integers(1, 12),
    VALUES | COUNTS,
    VALUES | COUNTS,
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
    ]
)


@settings(max_examples=150, deadline=None)
@given(METRICS, st.lists(POINTS, max_size=12), st.integers(0, 13))
def test_whatever_was_measured_there_is_a_verdict_and_success_has_a_finite_value(asked, points, now):
    result = judged(asked, *points, now=now)
    assert result.reason.startswith("error-rate: ")
    assert "nan" not in result.reason.split(": ", 1)[1].split("(")[0]
    if result.verdict is Verdict.SUCCESSFUL:
        assert not result.candidate.problem
        assert any(one.at <= minute(now) and not one.error for one in points)
    if result.verdict is Verdict.PENDING and now < 10:
        assert result.look_again > minute(now)


@given(st.permutations([point(n, n / 20, 0.3) for n in range(1, 13)]))
@settings(max_examples=20, deadline=None)
def test_the_order_of_measurements_does_not_matter(points):
    asked = metric(test={"worse_when": "higher"})
    first = assess_metric(asked, points, STEP, minute(12))
    assert first == assess_metric(asked, sorted(points), STEP, minute(12))
