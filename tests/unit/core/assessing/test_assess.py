import pytest
from pydantic import ValidationError

from measuring import BEGAN, STEP, analysis, assess, judged, metric, minute, point
from modelops_git.core.assessing.verdicts import Verdict, Window, strongest
from modelops_git.core.manifests.analysis import AnalysisMetric

CEILING = {"failure_condition": "candidate > 0.5"}
COUNTED = metric(interval="1m", count=3, **CEILING)
BACKGROUND = metric(interval="1m", **CEILING)
AT_THE_END = metric(**CEILING)
ENDLESS = Window(BEGAN, None)


def test_verdicts_have_an_order():
    given = [Verdict.SUCCESSFUL, Verdict.PENDING, Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.FAILED]
    for number, verdict in enumerate(given):
        assert strongest(given[: number + 1]) is verdict


def test_where_nothing_is_asked_nothing_is_in_the_way():
    assert assess((), {}, STEP, minute(0)).verdict is Verdict.SUCCESSFUL


# --- counted -----------------------------------------------------------------------------------------------


def test_a_count_of_good_measurements_succeeds_before_the_step_ends():
    result = judged(COUNTED, *(point(n, 0.1) for n in (1, 2, 3)))
    assert result.verdict is Verdict.SUCCESSFUL
    assert result.reason == "error-rate: `candidate > 0.5` does not hold (candidate is 0.1)"
    assert result.look_again is None


def test_before_the_count_is_reached_it_is_pending():
    result = judged(COUNTED, point(1, 0.1), point(2, 0.1))
    assert (result.verdict, result.look_again) == (Verdict.PENDING, minute(3))
    assert result.reason == "error-rate: 2 of 3 measurements so far"


def test_a_count_that_is_not_reached_makes_the_step_longer():
    result = judged(COUNTED, point(9, 0.1), point(10, 0.1))
    assert (result.verdict, result.look_again) == (Verdict.PENDING, minute(11))


def test_what_comes_after_the_count_is_not_looked_at():
    assert judged(COUNTED, *(point(n, 0.1) for n in (1, 2, 3)), point(4, 0.9)).verdict is Verdict.SUCCESSFUL


def test_one_failure_too_many_fails_at_once():
    result = judged(COUNTED, point(1, 0.1), point(2, 0.7))
    assert result.verdict is Verdict.FAILED
    assert result.reason == "error-rate: `candidate > 0.5` holds (candidate is 0.7)"
    assert result.candidate.value == 0.7
    assert result.look_again is None


def test_failures_within_the_limit_are_allowed():
    lenient = metric(interval="1m", count=3, failure_limit=1, **CEILING)
    assert judged(lenient, point(1, 0.7), point(2, 0.1), point(3, 0.1)).verdict is Verdict.SUCCESSFUL
    result = judged(lenient, point(1, 0.7), point(2, 0.8))
    assert result.verdict is Verdict.FAILED
    assert "2 measurements failed, and 1 may" in result.reason


def test_a_count_without_an_interval_is_measured_every_minute():
    result = judged(metric(count=2, **CEILING), point(1, 0.1))
    assert (result.verdict, result.look_again) == (Verdict.PENDING, minute(2))


def test_a_count_in_which_nothing_succeeded_is_no_success():
    hopeless = metric(interval="1m", count=2, failure_limit=2, **CEILING)
    assert judged(hopeless, point(1, 0.7), point(2, 0.7)).verdict is Verdict.INCONCLUSIVE


def test_there_is_more_to_say_when_the_steps_time_is_over():
    rare = metric(interval="1h", count=2, **CEILING)
    assert judged(rare, now=5).look_again == minute(10)
    assert judged(rare, now=10).look_again == minute(60)


# --- errors, and what decides nothing ----------------------------------------------------------------------


def test_errors_in_a_row_are_an_error_and_never_a_success():
    errors = [point(n, error="The server is down.") for n in range(1, 6)]
    assert judged(COUNTED, *errors[:4]).verdict is Verdict.PENDING
    result = judged(COUNTED, *errors)
    assert result.verdict is Verdict.ERROR
    assert result.reason == "error-rate: The server is down, 5 times in a row"
    assert result.look_again == minute(6)


def test_a_provider_that_is_back_is_believed_again():
    errors = [point(n, error="The server is down.") for n in range(1, 6)]
    assert judged(COUNTED, *errors, point(6, 0.1)).verdict is Verdict.PENDING
    assert judged(COUNTED, *errors, *(point(n, 0.1) for n in (6, 7, 8))).verdict is Verdict.SUCCESSFUL


def test_errors_do_not_count_as_measurements():
    points = [point(1, error="x"), point(2, 0.1), point(3, error="x"), point(4, 0.1)]
    assert judged(COUNTED, *points).verdict is Verdict.PENDING


def test_of_both_conditions_neither_may_hold():
    both = metric(
        interval="1m",
        count=3,
        inconclusive_limit=1,
        failure_condition="candidate > 0.5",
        success_condition="candidate < 0.1",
    )
    assert judged(both, point(1, 0.3)).verdict is Verdict.PENDING
    result = judged(both, point(1, 0.3), point(2, 0.3))
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "neither `candidate > 0.5` nor `candidate < 0.1` holds" in result.reason
    assert judged(both, point(1, 0.3), point(2, 0.05), point(3, 0.05)).verdict is Verdict.SUCCESSFUL
    assert judged(both, point(1, 0.3), point(2, 0.6)).verdict is Verdict.FAILED


def test_a_success_condition_alone_fails_where_it_does_not_hold():
    wanted = metric(interval="1m", count=1, success_condition="candidate < 0.1")
    assert judged(wanted, point(1, 0.05)).verdict is Verdict.SUCCESSFUL
    assert judged(wanted, point(1, 0.2)).verdict is Verdict.FAILED


def test_a_condition_without_an_answer_is_an_error_of_the_measurement():
    share = metric(interval="1m", count=1, success_condition="candidate / stable < 1.5")
    result = judged(share, point(1, 0.0, 0.0))
    assert result.verdict is Verdict.PENDING
    assert "stable is 0, and nothing can be divided by that" in result.reason
    assert judged(share, *(point(n, 0.0, 0.0) for n in range(1, 6))).verdict is Verdict.ERROR


def test_a_condition_that_means_nothing_is_an_error_at_once():
    result = judged(metric(failure_condition="candidte > 0.5"), point(10, 0.1))
    assert result.verdict is Verdict.ERROR
    assert "there is no variable 'candidte'" in result.reason


# --- no data -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), float("-inf"), 1e101])
@pytest.mark.parametrize("condition", ["candidate > 0.5", "!(candidate < 0.5)", "candidate != candidate"])
def test_what_is_no_number_is_never_compared(value, condition):
    asked = metric(interval="1m", count=1, failure_condition=condition)
    assert judged(asked, point(1, value)).verdict is Verdict.PENDING
    result = judged(asked, point(10, value))
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "there is no data: the new version has" in result.reason


def test_no_data_waits_until_the_steps_end_and_then_holds_but_not_for_ever():
    points = [point(n) for n in range(1, 11)]
    assert judged(BACKGROUND, *points[:9]).verdict is Verdict.PENDING
    result = judged(BACKGROUND, *points)
    assert (result.verdict, result.look_again) == (Verdict.INCONCLUSIVE, minute(11))
    assert judged(BACKGROUND, *points, point(11, 0.1)).verdict is Verdict.SUCCESSFUL


def test_no_data_can_be_inconclusive_or_a_failure():
    assert judged(metric(interval="1m", on_no_data="inconclusive", **CEILING), point(1)).verdict == (
        Verdict.INCONCLUSIVE
    )
    strict = judged(metric(interval="1m", on_no_data="fail", **CEILING), point(1))
    assert (strict.verdict, strict.reason) == (Verdict.FAILED, "error-rate: the new version has no value")


def test_too_few_requests_are_no_data():
    asked = metric(interval="1m", count=1, min_samples=200, **CEILING)
    for few in (point(1, 0.9, samples=199), point(1, 0.9)):
        assert judged(asked, few).verdict is Verdict.PENDING
    assert judged(asked, point(1, 0.9, samples=200)).verdict is Verdict.FAILED
    assert "199 requests of 200" in judged(asked, point(10, 0.9, samples=199)).reason


def test_only_what_looks_at_the_stable_version_needs_its_traffic():
    compared = metric(interval="1m", failure_condition="candidate > 2.0 * stable")
    points = [point(n, (30, 100), (0, 0)) for n in range(1, 11)]
    assert judged(BACKGROUND, *points).verdict is Verdict.SUCCESSFUL
    result = judged(compared, *points)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "the stable version had no requests" in result.reason


def test_a_condition_on_samples_needs_them():
    asked = metric(interval="1m", count=1, success_condition="candidate < 0.5 && samples > 10.0")
    assert "nobody knows how many requests" in judged(asked, point(1, 0.1)).reason
    assert judged(asked, point(1, 0.1, samples=11)).verdict is Verdict.SUCCESSFUL


# --- the whole step ----------------------------------------------------------------------------------------


def test_in_the_background_it_is_measured_as_long_as_the_step_lasts():
    assert judged(BACKGROUND, *(point(n, 0.1) for n in range(1, 10))).verdict is Verdict.PENDING
    assert judged(BACKGROUND, *(point(n, 0.1) for n in range(1, 11))).verdict is Verdict.SUCCESSFUL
    assert judged(BACKGROUND, point(10, 0.1), point(12, 0.7)).verdict is Verdict.FAILED


def test_a_value_that_went_missing_is_not_made_up_for_by_an_earlier_one():
    points = [*(point(n, 0.1) for n in range(1, 5)), *(point(n) for n in range(5, 11))]
    assert judged(BACKGROUND, *points).verdict is Verdict.INCONCLUSIVE


def test_the_step_does_not_end_on_an_error():
    result = judged(BACKGROUND, point(9, 0.1), point(10, error="The server is down."))
    assert (result.verdict, result.look_again) == (Verdict.PENDING, minute(11))


def test_the_last_measurement_must_be_of_the_steps_end():
    assert judged(BACKGROUND, point(9, 0.1), now=10.5).verdict is Verdict.PENDING


def test_what_could_not_have_failed_has_not_succeeded():
    lenient = metric(interval="1m", failure_limit=1, **CEILING)
    assert judged(lenient, point(10, 0.1)).verdict is Verdict.INCONCLUSIVE
    assert judged(lenient, point(9, 0.1), point(10, 0.1)).verdict is Verdict.SUCCESSFUL


def test_without_an_interval_one_measurement_at_the_end_decides():
    before = judged(AT_THE_END, point(5, 0.9))
    assert (before.verdict, before.look_again) == (Verdict.PENDING, minute(10))
    assert judged(AT_THE_END, point(10, 0.1)).verdict is Verdict.SUCCESSFUL
    assert judged(AT_THE_END, point(10, 0.9)).verdict is Verdict.FAILED


def test_nobody_knows_when_to_look_again_where_a_step_has_no_end():
    assert judged(AT_THE_END, now=5, window=ENDLESS)[2:8:5] == (Verdict.PENDING, None)
    assert judged(BACKGROUND, point(20, 0.1), window=ENDLESS).look_again == minute(21)


def test_measurements_of_another_time_are_not_of_this_step():
    assert judged(AT_THE_END, point(-1, 0.9), point(11, 0.9), now=10).verdict is Verdict.INCONCLUSIVE


def test_the_strongest_verdict_of_all_metrics_is_that_of_the_analysis():
    asked = analysis(
        metric(name="fine", interval="1m", count=1, **CEILING),
        metric(name="unclear", interval="1m", on_no_data="inconclusive", **CEILING),
        metric(name="bad", interval="1m", **CEILING),
    )
    measured = {
        ("serving-health", "fine"): [point(1, 0.1)],
        ("serving-health", "unclear"): [point(1)],
        ("serving-health", "bad"): [point(1, 0.9)],
    }
    whole = assess([asked], measured, STEP, minute(1))
    assert (whole.verdict, whole.look_again) == (Verdict.FAILED, None)
    assert [(one.analysis, one.metric) for one in whole.deciding] == [("serving-health", "bad")]
    del measured["serving-health", "bad"]
    whole = assess([asked], measured, STEP, minute(1))
    assert (whole.verdict, whole.look_again) == (Verdict.INCONCLUSIVE, minute(2))


# --- what Argo Rollouts decides otherwise ------------------------------------------------------------------


def test_a_failure_is_a_failure_whatever_else_decided_nothing():
    both = metric(
        interval="1m", count=5, failure_condition="candidate > 0.5", success_condition="candidate < 0.1"
    )
    assert judged(both, point(1, 0.3), point(2, 0.3), point(3, 0.9)).verdict is Verdict.FAILED
    assert judged(both, point(1, 0.9), point(2, 0.3), point(3, 0.3)).verdict is Verdict.FAILED


@pytest.mark.parametrize("asked", [COUNTED, BACKGROUND, AT_THE_END])
def test_a_step_that_ended_before_any_measurement_is_no_success(asked):
    assert judged(asked, now=0).verdict is Verdict.PENDING
    result = judged(asked, now=10)
    assert (result.verdict, result.reason) == (Verdict.INCONCLUSIVE, "error-rate: nothing was measured")


def test_a_metric_without_a_condition_is_refused_and_could_not_succeed():
    with pytest.raises(ValidationError):
        metric()
    unchecked = AnalysisMetric.model_construct(**{**COUNTED.__dict__, "failure_condition": None})
    assert judged(unchecked, *(point(n, 0.1) for n in (1, 2, 3))).verdict is Verdict.INCONCLUSIVE
