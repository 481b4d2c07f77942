import json
from math import inf

import pytest

from measuring import NEW, OLD, metric, minute, question, written
from modelops_git.core.assessing.points import Measured, Point
from modelops_git.core.errors import MetricsError
from modelops_git.edges.metrics.document import answers

RATE = metric(failure_condition="candidate > 0.5", query="/${digest}")


def asked(document, *minutes, query="/${digest}", since=0, **fields):
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    what = metric(failure_condition="candidate > 0.5", query=query, **fields)
    return answers(data, "metrics.json", question(what, *(minutes or (5,)), since=since))


@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("/${digest}", {NEW: 0.1, OLD: 0.2}),
        ("/${version}/p99", {"1.1.0": {"p99": 0.1}, "1.0.0": {"p99": 0.2}}),
        ("/${role}", {"candidate": 0.1, "stable": 0.2}),
        ("/${environment}/${model}/${version}", {"production": {"team/iris": {"1.1.0": 0.1, "1.0.0": 0.2}}}),
        ("/${role}/1", {"candidate": [0, 0.1], "stable": [0, 0.2]}),
        ("/${since_step}/${role}", {"300s": {"candidate": 0.1, "stable": 0.2}}),
    ],
)
def test_a_query_is_a_pointer_with_the_versions_words_in_it(query, document):
    assert asked(document, query=query) == (Point(minute(5), Measured(0.1), Measured(0.2)),)


def test_a_query_that_does_not_tell_versions_apart_is_of_the_new_one_alone():
    (found,) = asked({"rate": 0.1}, query="/rate")
    assert (found.candidate.value, found.stable) == (0.1, Measured())


@pytest.mark.parametrize("document", [{}, {NEW: None}, {"other": 1}])
def test_what_is_not_there_is_no_data(document):
    assert asked(document) == (Point(minute(5)),)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (True, "is no number, but true or false"),
        ("0.1", "is no number, but a text"),
        ([0.1], "is no number, but a list"),
        ({"value": 0.1}, "is no number, but an object"),
    ],
)
def test_what_is_no_number_is_an_error(value, error):
    (found,) = asked({NEW: value})
    assert error in found.error
    assert found.candidate == Measured()


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("rate", "the query 'rate' is no JSON Pointer. Write `/name`"),
        ("/a~2b", "is no JSON Pointer"),
        ("/${digst}", "the query has the unknown word ${digst}. Known are ${digest}"),
    ],
)
def test_a_query_that_means_nothing_is_an_error(query, error):
    assert error in asked({}, query=query)[0].error


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (b"", "metrics.json is no JSON: Expecting value, in line 1"),
        (b"{", "metrics.json is no JSON"),
        (b"\xff{}", "metrics.json is no JSON in UTF-8"),
        (b'{"a": 1, "a": 2}', "metrics.json has the key 'a' twice"),
        (b'{"a": NaN}', "metrics.json holds NaN, which is no JSON; write null where there is no value"),
        (b'{"a": -Infinity}', "holds -Infinity"),
        (b'{"a": 1e999}', "has a number that is too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "has a number that is too large"),
        (b"[" * 200_000, "metrics.json nests too deep"),
        (b'{"a": "' + b"x" * (8 << 20) + b'"}', "is larger than 8 MiB"),
        (b"3", "metrics.json is no object, and no list of objects"),
        (b"[3]", "is no object, and no list of objects"),
        (b"[{}]", "is a list, and not every object in it has a time (at)"),
        (b'{"at": "yesterday"}', "at in metrics.json is no time in UTC"),
        (b'{"at": 3}', "at in metrics.json is no time in UTC"),
    ],
)
def test_a_document_that_makes_no_sense_is_told_in_words(document, message):
    with pytest.raises(MetricsError) as told:
        asked(document)
    assert message in told.value.message


def test_an_empty_series_has_no_data():
    assert asked([]) == (Point(minute(5)),)


@pytest.mark.parametrize("at", [-1, -0.01])
def test_what_was_written_before_the_step_is_no_data(at):
    assert asked({"at": written(at), NEW: 0.1}) == (Point(minute(5)),)


def test_what_was_answered_already_is_no_data_for_later():
    stale = {"at": written(3), NEW: 0.1}
    assert asked(stale, 4, since=2)[0].candidate.value == 0.1
    assert asked(stale, 4, since=3) == (Point(minute(4)),)
    assert asked(stale, 3, 4, since=2) == (Point(minute(3), Measured(0.1)), Point(minute(4)))


def test_a_record_counts_for_the_next_instant_and_the_newest_one_wins():
    series = [{"at": written(at), NEW: at} for at in (2.2, 2.1, 2.9, 5.5, 3.0)]
    found = asked(series, 2, 3, 4, 5)
    assert [(point.at, point.candidate.value) for point in found] == [(minute(3), 3.0), (minute(5), 5.5)]


def test_requests_are_asked_for_the_new_version():
    (found,) = asked({NEW: 0.1, "n": {NEW: 12.0, OLD: 90}}, samples_query="/n/${digest}")
    assert found.samples == 12
    assert asked({NEW: 0.1}, samples_query="/n/${digest}")[0].samples is None


LATENCY = {"buckets": "/${digest}/latency", "quantile": 0.5}
NONE = Point(minute(5))


def bucketed(new):
    """The point for a histogram of the new version; the stable one has two requests."""
    document = {NEW: {"latency": new}, OLD: {"latency": {"0.1": 0, "+Inf": 2}}}
    what = metric(test={"worse_when": "higher"}, histogram=LATENCY)
    return answers(json.dumps(document).encode(), "metrics.json", question(what, 5))[-1]


def test_a_histogram_is_an_object_of_counts_by_upper_bound():
    found = bucketed({"+Inf": 41, "0.1": 12, "0.5": 40})
    assert found.candidate == Measured(
        pytest.approx(0.1 + 0.4 * 8.5 / 28), None, 41, ((0.1, 12), (0.5, 40), (inf, 41))
    )
    assert found.stable == Measured(None, None, 2, ((0.1, 0), (inf, 2)))


@pytest.mark.parametrize("new", [None, {}, {"0.1": None, "+Inf": 3}])
def test_a_histogram_that_is_not_there_is_no_data(new):
    assert bucketed(new).candidate == Measured()


@pytest.mark.parametrize(
    ("new", "error"),
    [
        (3, "is no object of counts by upper bound, but a number"),
        ([3], "is no object of counts by upper bound, but a list"),
        ({"0.1": "3", "+Inf": 3}, "'0.1' is no number, but a text"),
        ({"0.1": 3}, "does not say how many requests there were in all (+Inf)"),
        ({"fast": 3, "+Inf": 3}, "has a bucket whose upper bound is no number"),
        ({"0.1": 4, "+Inf": 3}, "counts 4 up to 0.1, and only 3 in all"),
    ],
)
def test_what_is_no_histogram_is_an_error(new, error):
    found = bucketed(new)
    assert error in found.error
    assert found._replace(error="") == NONE
