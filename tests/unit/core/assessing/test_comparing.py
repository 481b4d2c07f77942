from math import inf

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


# --- quantiles ---------------------------------------------------------------------------------------------

SLOWEST = {"buckets": "/${digest}/latency", "quantile": 0.9}
SLOW = metric(histogram=SLOWEST, test={"worse_when": "higher"}, min_samples=200)
THROUGHPUT = metric(histogram=SLOWEST, test={"worse_when": "lower"})
FAST_ENOUGH = {0.1: 800, 0.25: 980, 0.5: 998, 1.0: 1000, inf: 1000}
SLOWER = {0.1: 300, 0.25: 700, 0.5: 995, 1.0: 1000, inf: 1000}


def test_a_quantile_that_is_higher_fails_at_once_and_says_where_both_are():
    result = judged(SLOW, point(3, SLOWER, FAST_ENOUGH))
    assert result.verdict is Verdict.FAILED
    assert result.reason == (
        "error-rate: p90 of the new version is above 0.25 and at most 0.5, that of the stable one above 0.1 "
        "and at most 0.25: higher than allowed, beyond doubt (alpha 0.01)"
    )
    assert (result.candidate.value, result.samples) == (pytest.approx(0.25 + 0.25 * 200 / 295), 1000)


def test_an_equal_quantile_succeeds_when_the_step_ends():
    points = [point(n, FAST_ENOUGH, FAST_ENOUGH) for n in range(1, 11)]
    assert judged(SLOW, *points[:9]).verdict is Verdict.PENDING
    result = judged(SLOW, *points)
    assert result.verdict is Verdict.SUCCESSFUL
    assert result.reason.endswith("above 0.1 and at most 0.25: not shown to be worse")


def test_what_is_allowed_reaches_to_the_next_bound():
    counts = point(10, SLOWER, FAST_ENOUGH)
    assert judged(SLOW, counts).verdict is Verdict.FAILED
    lenient = metric(histogram=SLOWEST, test=HIGHER)
    assert judged(lenient, counts).verdict is Verdict.SUCCESSFUL
    slowest = {**SLOWER, 0.5: 700}
    assert judged(lenient, point(10, slowest, FAST_ENOUGH)).verdict is Verdict.FAILED


def test_versions_may_have_other_buckets():
    other = {0.2: 300, 0.3: 700, 0.6: 1000, inf: 1000}
    assert judged(SLOW, point(10, other, FAST_ENOUGH)).verdict is Verdict.FAILED
    assert judged(SLOW, point(10, FAST_ENOUGH, other)).verdict is Verdict.SUCCESSFUL


def test_a_quantile_that_should_not_fall_is_mirrored():
    assert judged(THROUGHPUT, point(10, FAST_ENOUGH, SLOWER)).verdict is Verdict.FAILED
    assert judged(THROUGHPUT, point(10, SLOWER, FAST_ENOUGH)).verdict is Verdict.SUCCESSFUL


def test_a_fall_below_nothing_is_never_shown():
    free = metric(histogram=SLOWEST, test={"worse_when": "lower", "allowed_decrease": "100%"})
    zero = {0.0: 1000, 1.0: 1000, inf: 1000}
    result = judged(free, point(10, zero, {0.0: 0, 1.0: 1000, inf: 1000}))
    assert result.verdict is Verdict.INCONCLUSIVE


def test_a_quantile_above_the_highest_bound_can_be_compared():
    beyond = {0.1: 300, 1.0: 700, inf: 1000}
    result = judged(SLOW, point(10, beyond, FAST_ENOUGH))
    assert (result.verdict, result.candidate.value) == (Verdict.FAILED, None)
    assert "p90 of the new version is above 1, that of the stable one" in result.reason


@pytest.mark.parametrize(
    ("candidate", "stable", "why"),
    [
        ({0.1: 90, inf: 100}, FAST_ENOUGH, "100 requests of 200"),
        ({0.1: 0, inf: 0}, FAST_ENOUGH, "the new version had no requests"),
        (None, FAST_ENOUGH, "the new version has no value"),
        (
            {0.1: 180, inf: 200},
            FAST_ENOUGH,
            "no bound of a bucket is far enough above p90 of the stable version",
        ),
        (FAST_ENOUGH, {0.1: 300, inf: 1000}, "no bound of a bucket is far enough above p90"),
        (FAST_ENOUGH, {0.1: 185, 0.5: 200, inf: 200}, ""),
        ({0.1: 198, 0.5: 220, inf: 220}, {0.1: 196, 0.5: 200, inf: 200}, "not shown to be worse"),
    ],
)
def test_a_version_that_could_not_have_failed_has_not_succeeded(candidate, stable, why):
    result = judged(SLOW, point(10, candidate, stable))
    expected = Verdict.SUCCESSFUL if why == "not shown to be worse" or not why else Verdict.INCONCLUSIVE
    assert (result.verdict, why in result.reason) == (expected, True)


def test_too_few_requests_could_not_have_shown_that_a_quantile_is_higher():
    few = {0.1: 1, 0.25: 1, 0.5: 1, inf: 1}
    result = judged(metric(histogram=SLOWEST, test={"worse_when": "higher"}), point(10, few, FAST_ENOUGH))
    assert "there are too few requests for the test" in result.reason


def test_counts_of_buckets_that_fall_were_not_counted_from_the_steps_begin():
    result = judged(SLOW, point(9, FAST_ENOUGH, FAST_ENOUGH), point(10, {0.1: 9, inf: 9}, FAST_ENOUGH))
    assert "the counts fell from 1,000 to 9: count from the step's begin" in result.reason


def test_a_condition_may_be_about_a_quantile():
    ceiling = metric(histogram=SLOWEST, failure_condition="candidate > 0.3 && candidate > stable")
    assert judged(ceiling, point(10, SLOWER, FAST_ENOUGH)).verdict is Verdict.FAILED
    result = judged(ceiling, point(10, {0.1: 300, inf: 1000}, FAST_ENOUGH))
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "the new version has its quantile above the highest bound" in result.reason
