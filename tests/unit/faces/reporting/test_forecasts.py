import pytest

from measuring import NEW, OLD, metric
from modelops_git.core.planning.forecast import Forecast, Part
from modelops_git.core.routes import Route
from modelops_git.faces.reporting.forecasts import forecast_json, forecast_lines

NEW_ROUTE, LIVE = (
    Route(role=role, version=number, digest=digest, artifacts=NEW, weight=50)
    for role, number, digest in (("candidate", "1.1.0", NEW), ("stable", "1.0.0", OLD))
)
RATE = metric(ratio={"of": "/a", "over": "/b"}, test={"worse_when": "higher"})
SLOW = metric(histogram={"buckets": "/a", "quantile": 0.999}, test={"worse_when": "lower"})
KNOWN = {"live": 0.004, "changed": 0.008, "requests": 4736, "requests_mostly": 12_345}


def made(asked=RATE, step=1, lasts=600, weight=5, **fields):
    part = Part(step, NEW_ROUTE, LIVE, weight, 100 - weight, lasts, ("a",))
    return Forecast("production", "iris", part, "a", asked, **fields)


def line(**fields):
    (found,) = forecast_lines([made(**fields)])
    return found.strip()


def test_requests_and_time_are_told_with_two_digits():
    assert line(**KNOWN, per_minute=0.1234, seconds=46_000) == (
        "error-rate, step 1: about 4,700 requests to 1.1.0 show a rise from 0.4 % to 0.8 %, 12,000 in nine "
        "of ten rollouts. At 5 % of 0.12 requests a minute that takes 13h; the step lasts 10m, so it may not "
        "be seen."
    )


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "1s"), (40, "40s"), (150, "2m"), (3600, "1h"), (7500, "2h"), (400_000, "111h")]
)
def test_a_time_is_told_as_coarsely_as_it_is_known(seconds, said):
    assert f"that takes {said};" in line(**KNOWN, per_minute=1234, seconds=seconds)


def test_steps_that_are_long_enough_or_have_no_length():
    assert line(**KNOWN, per_minute=1, seconds=9).endswith("; the step lasts 10m.")
    assert line(**KNOWN, per_minute=1, seconds=9, lasts=None).endswith("lasts until somebody says so.")
    together = line(**KNOWN, per_minute=1, seconds=900, step=None, weight=100 / 3)
    assert together.startswith("error-rate, all along: about")
    assert "At 33.3 % of 1.0 requests" in together
    assert together.endswith("; the steps last 10m, so it may not be seen.")


def test_a_quantile_that_falls():
    said = line(asked=SLOW, **{**KNOWN, "changed": 0.002}, unknown_traffic="it is night")
    assert "show a fall of p99.9 from 0.004 to 0.002, 12,000 in nine" in said
    assert said.endswith("The current traffic is not known: it is night.")


def test_comparisons():
    assert line(asked=metric(test={"worse_when": "lower"}, interval="5m"), comparisons=9, seconds=2700) == (
        "error-rate, step 1: at least 9 comparisons, one every 5m, show a fall. That takes 45m; the step "
        "lasts 10m, so it may not be seen."
    )


def test_the_same_reason_is_told_once_and_clipped():
    found = forecast_lines([made(unknown="no" * 500, step=number) for number in (1, 2, 3)])
    assert len(found) == 1
    assert len(found[0]) < 300
    assert found[0].startswith("  error-rate: how many requests show a rise is not known: nono")


def test_programs_get_what_is_known():
    assert forecast_json(made(**KNOWN, per_minute=12.0, seconds=9, weight=100 / 3)) == {
        "environment": "production",
        "model": "iris",
        "version": "1.1.0",
        "step": 1,
        "weight": 33.33,
        "lasts": 600,
        "analysis": "a",
        "metric": "error-rate",
        **KNOWN,
        "requests_per_minute": 12.0,
        "seconds": 9,
    }
    assert forecast_json(made(unknown="why"))["unknown"] == "why"
