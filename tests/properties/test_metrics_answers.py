"""What servers of metrics answer: one number, none, or an error in words, whatever they send."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_git.core.errors import MetricsError
from modelops_git.core.promql import flaw
from modelops_git.edges.metrics.cloudwatch import period_of
from modelops_git.edges.metrics.promjson import buckets_of, value_of
from modelops_git.edges.metrics.web import Answer

TEXT = st.text("01.e+-InfNa\x1b\u202e", max_size=6)
SOME = st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | TEXT
JSON = st.recursive(
    SOME,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
SAMPLES = st.tuples(SOME, SOME | JSON).map(list)
LABELS = st.dictionaries(st.sampled_from(["le", "pod"]), SOME | JSON)
SERIES = st.fixed_dictionaries(
    {}, optional={"metric": LABELS | JSON, "value": SAMPLES | JSON, "histogram": JSON}
)
KINDS = st.sampled_from(["vector", "scalar", "matrix", "string", "", None])
DATA = st.fixed_dictionaries({"resultType": KINDS, "result": st.lists(SERIES, max_size=3) | SAMPLES | JSON})
SAID = st.fixed_dictionaries(
    {"status": st.sampled_from(["success", "error", 1])},
    optional={"data": DATA | JSON, "errorType": JSON, "error": JSON, "warnings": JSON},
)
BODIES = (SAID | JSON).map(lambda said: json.dumps(said).encode()) | st.binary(max_size=20)
STATUSES = st.sampled_from([200, 400, 422, 503])


@settings(max_examples=60)
@given(BODIES, STATUSES)
def test_an_answer_is_a_number_nothing_or_an_error(body, status):
    for read, kinds in ((value_of, float), (buckets_of, list)):
        try:
            found = read(Answer(status, body, ""), "http://p:9090")
        except MetricsError as error:
            found, message = None, error.message
        else:
            message = "" if status == 200 else "\n"
        assert found is None or isinstance(found, kinds)
        assert message.isprintable()


@settings(max_examples=50)
@given(st.text("ab_=~!,#$\"'`()[]{}\\ \n", max_size=30))
def test_what_is_said_of_a_query_is_the_end_of_a_sentence(query):
    found = flaw(query)
    assert found is None or (found.what.startswith("has ") and found.hint.endswith("."))


@settings(max_examples=50)
@given(st.integers(0, 10**10), st.integers(0, 100 * 86400 * 10**6))
def test_a_period_begins_with_the_step_and_holds_the_instant(microseconds, lasted):
    began = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    at = began + timedelta(microseconds=lasted)
    period = period_of(began, at)
    unit = timedelta(minutes=1 if lasted < 15 * 86400e6 else 5 if lasted < 63 * 86400e6 else 60)
    assert period.start <= began < period.start + unit
    assert at <= period.end
    assert period.end - unit < at or period.seconds == unit.total_seconds()
    assert period.seconds % unit.total_seconds() == 0
    assert period.start.timestamp() % unit.total_seconds() == 0
