import pytest

from measuring import judged, metric, point
from modelops_git.core.assessing.verdicts import Verdict

COUNTS = {"of": "/${digest}/errors", "over": "/${digest}/requests"}
HIGHER = {"worse_when": "higher", "allowed_increase": "5%"}
LOWER = {"worse_when": "lower", "allowed_decrease": "5%"}
ERRORS = metric(ratio=COUNTS, test=HIGHER, min_samples=200)
CLICKS = metric(ratio=COUNTS, test=LOWER)
LATENCY = metric(test=HIGHER)
GAIN = metric(test=LOWER)


def test_a_rate_that_is_much_higher_fails_at_once():
    result = judged(ERRORS, point(3, (70, 500), (10, 5000)))
    assert result.verdict is Verdict.FAILED
    assert result.reason == (
        "error-rate: the new version has 0.14 (70 of 500), the stable one 0.002 (10 of 5,000): "
        "higher than allowed, beyond doubt (alpha 0.01)"
    )
    assert (result.candidate.of, result.stable.over, result.samples) == (70, 5000, 500)


def test_it_fails_also_before_the_samples_that_a_success_needs():
    assert judged(ERRORS, point(1, (60, 100), (10, 5000))).verdict is Verdict.FAILED


def test_an_equal_rate_succeeds_when_the_step_ends_and_not_before():
    points = [point(n, (n, 100 * n), (9 * n, 900 * n)) for n in range(1, 11)]
    assert judged(ERRORS, *points[:9]).verdict is Verdict.PENDING
    assert judged(ERRORS, *points).verdict is Verdict.SUCCESSFUL


def test_a_failure_stays_one_whatever_comes_later():
    assert judged(ERRORS, point(1, (60, 100), (10, 5000)), point(10, (60, 9000), (10, 5000))).verdict is (
        Verdict.FAILED
    )


@pytest.mark.parametrize(
    ("candidate", "stable", "why"),
    [
        ((1, 199), (9, 900), "199 requests of 200"),
        ((3, 300), (1, 100), "100 requests of 200 (min_samples) to the stable version"),
    ],
)
def test_too_few_requests_at_the_end_decide_nothing(candidate, stable, why):
    result = judged(ERRORS, point(10, candidate, stable))
    assert result.verdict is Verdict.INCONCLUSIVE
    assert why in result.reason


def test_requests_that_could_not_have_shown_anything_show_nothing():
    result = judged(metric(ratio=COUNTS, test=HIGHER), point(10, (0, 2), (200, 900)))
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "too few requests for the test" in result.reason


def test_a_stable_version_without_traffic_is_no_data():
    result = judged(ERRORS, point(10, (100, 500), (0, 0)))
    assert (result.verdict, result.candidate.value) == (Verdict.INCONCLUSIVE, None)
    assert "the stable version had no requests" in result.reason


def test_what_is_allowed_is_allowed():
    lenient = metric(ratio=COUNTS, test={"worse_when": "higher", "allowed_increase": "200%"})
    counts = point(10, (2000, 100_000), (1000, 100_000))
    assert judged(ERRORS, counts).verdict is Verdict.FAILED
    assert judged(lenient, counts).verdict is Verdict.SUCCESSFUL


def test_a_rate_that_should_not_fall_is_mirrored():
    assert judged(CLICKS, point(10, (100, 1000), (3000, 10_000))).verdict is Verdict.FAILED
    assert judged(CLICKS, point(10, (400, 1000), (3000, 10_000))).verdict is Verdict.SUCCESSFUL


def test_counts_that_are_none_are_errors():
    for counts in ((5, 4), (-1, 4)):
        result = judged(ERRORS, *(point(n, counts, (1, 900)) for n in range(1, 6)))
        assert result.verdict is Verdict.ERROR
        assert "which is no share" in result.reason


def test_counts_that_fall_were_not_counted_from_the_steps_begin():
    result = judged(ERRORS, point(9, (9, 900), (9, 900)), point(10, (1, 100), (9, 900)))
    assert result.verdict is Verdict.PENDING
    assert "the counts fell from 900 to 100" in result.reason


def test_values_that_are_higher_again_and_again_fail():
    worse = [point(n, 0.4, 0.3) for n in range(1, 10)]
    assert judged(LATENCY, *worse[:8]).verdict is Verdict.PENDING
    result = judged(LATENCY, *worse)
    assert result.verdict is Verdict.FAILED
    assert "9 of 9 comparisons with the stable version went against the new one" in result.reason


def test_values_within_what_is_allowed_succeed():
    assert judged(LATENCY, *(point(n, 0.31, 0.3) for n in range(1, 11))).verdict is Verdict.SUCCESSFUL
    assert judged(LATENCY, *(point(n, 0.3 + n % 2 / 10, 0.35) for n in range(1, 11))).verdict is (
        Verdict.SUCCESSFUL
    )


def test_too_few_comparisons_decide_nothing():
    result = judged(LATENCY, *(point(n, 0.3, 0.31) for n in range(5, 11)))
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "there are 6 comparisons, and the test needs 9" in result.reason


def test_equal_values_are_no_comparison():
    exact = metric(test={"worse_when": "higher"})
    assert "there are 0 comparisons" in judged(exact, *(point(n, 0.3, 0.3) for n in range(1, 11))).reason


def test_values_that_should_not_fall_and_negative_ones():
    assert judged(GAIN, *(point(n, 0.9, 1.0) for n in range(1, 11))).verdict is Verdict.FAILED
    assert judged(GAIN, *(point(n, -1.02, -1.0) for n in range(1, 11))).verdict is Verdict.SUCCESSFUL
    assert judged(GAIN, *(point(n, -1.2, -1.0) for n in range(1, 11))).verdict is Verdict.FAILED
