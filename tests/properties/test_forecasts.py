"""Whatever a provider says of the live version, a plan has a forecast, or says why there is none."""

from itertools import accumulate
from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from measuring import NEW, OLD, metric
from modelops_git.core.assessing.buckets import histogram
from modelops_git.core.assessing.points import Measured, ratio
from modelops_git.core.planning.forecast import Forecast, Part, Traffic, forecast
from modelops_git.core.routes import Route
from modelops_git.faces.reporting.forecasts import forecast_json, forecast_lines

ROUTES = [
    Route(role=role, version="1.0.0", digest=digest, artifacts=NEW, weight=50)
    for role, digest in (("candidate", NEW), ("stable", OLD))
]
NUMBERS = st.floats(min_value=0, max_value=1e100) | st.sampled_from([5e-324, 1e-300, 0.0, 1.0, 1e100])
PERCENTS = st.sampled_from(["100%", "50%", "5%", "0%", "0.0001%", "9999%"])
ALLOWED = st.sampled_from(["0%", "0%", "5%", "100%"])
RATES = st.builds(lambda share, over: ratio(share * over, over), st.floats(0, 1), NUMBERS)
BUCKETS = st.lists(st.integers(0, 500), min_size=9, max_size=9).map(
    lambda counts: tuple(zip((0.01, 0.1, 0.2, 0.4, 1, 3, 9, 30, inf), accumulate(counts), strict=True))
)
COUNTS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=5, unique_by=lambda one: one[0]).map(
    lambda pairs: (
        *zip(sorted(one for one, _ in pairs), sorted(two for _, two in pairs), strict=True),
        (inf, 1e100),
    )
)
TESTS = st.builds(
    lambda allowed, change, alpha: {
        "worse_when": "higher",
        "allowed_increase": allowed,
        "detect_increase": change,
        "alpha": alpha,
    },
    ALLOWED,
    PERCENTS,
    st.sampled_from([1e-9, 0.01, 0.99]),
) | st.builds(
    lambda allowed, change: {"worse_when": "lower", "allowed_decrease": allowed, "detect_decrease": change},
    ALLOWED,
    PERCENTS,
)


@settings(max_examples=80, deadline=None)
@given(
    TESTS,
    st.builds(ratio, NUMBERS | st.floats(), NUMBERS | st.floats())
    | st.just(Measured())
    | RATES
    | BUCKETS
    | COUNTS,
    st.floats(0.001, 100),
    st.none() | st.just(3600.0),
)
def test_there_is_a_forecast_or_a_reason(test, measured, weight, seconds):
    if isinstance(measured, tuple) and not isinstance(measured, Measured):
        asked, found = (
            metric(histogram={"buckets": "/b", "quantile": 0.9}, test=test),
            histogram(measured, 0.9),
        )
    else:
        asked, found = metric(ratio={"of": "/a", "over": "/b"}, test=test), measured
    part = Part(1, *ROUTES, weight, 100.5 - weight, 600, ("a",))
    made = forecast(Forecast("production", "iris", part, "a", asked), Traffic(found, seconds, 100))
    assert bool(made.unknown) != bool(made.requests)
    assert made.unknown or (made.seconds is None) == bool(made.unknown_traffic)
    (line,) = forecast_lines([made])
    assert "nan" not in line
    assert "inf" not in line
    assert forecast_json(made)["metric"] == "error-rate"
