import math
from datetime import timedelta

import pytest

from measuring import BEGAN, NEW, OLD, metric, minute, question
from modelops_git.core.assessing.points import Measured, Point
from modelops_git.core.errors import MetricsError
from modelops_git.core.manifests.provider import Auth, PrometheusProvider
from modelops_git.edges.metrics.asking import Patience
from modelops_git.edges.metrics.prometheus import PrometheusMetrics, escaped, open_provider
from modelops_git.edges.metrics.web import Site
from promanswers import Canned, refusal, result, vector

TOKEN = "hunter2"  # noqa: S105 - of nobody
ADDRESS = "http://prometheus:9090"
MANIFEST = PrometheusProvider(type="prometheus", address=ADDRESS)
QUERY = 'sum(rate(x{digest="${digest}"}[5m]))'
VALUE = metric(failure_condition="candidate > 0.5", query=QUERY)
RATIO = metric(failure_condition="candidate > 0.5", ratio={"of": "a ${digest}", "over": "b ${digest}"})


@pytest.fixture
def opened(monkeypatch, tmp_path):
    def provider(says, manifest=MANIFEST, **more):
        canned = Canned(says, **more).install(monkeypatch)
        return open_provider(manifest, tmp_path), canned

    return provider


def measured(opened, says, asked=VALUE, *, stable=None, **more):
    (point,) = opened(says, **more)[0].measure(question(asked, 5, stable=stable))
    return point


def error_of(opened, says, asked=VALUE, **more):
    with pytest.raises(MetricsError) as told:
        measured(opened, says, asked, **more)
    return f"{told.value.message}|{told.value.hint}"


def test_both_versions_are_asked_for_at_the_instant(opened):
    provider, canned = opened(lambda form: vector("0.25" if NEW in form["query"] else "0.5"))
    assert provider.measure(question(VALUE, 5)) == (Point(minute(5), Measured(0.25), Measured(0.5)),)
    assert [form["query"] for form in canned.asked] == [
        f'sum(rate(x{{digest="{digest}"}}[5m]))' for digest in (NEW, OLD)
    ]
    assert {form["time"] for form in canned.asked} == {f"{minute(5).timestamp():.3f}"}
    assert canned.site.url == f"{ADDRESS}/api/v1/query"


@pytest.mark.parametrize(
    ("says", "value"),
    [
        (vector("0.5"), 0.5),
        (vector(({"pod": "a"}, "1e-3")), 0.001),
        (vector("-1"), -1.0),
        (vector("+Inf"), math.inf),
        (result("scalar", [1762084800, "2"]), 2.0),
        (vector(), None),
        (vector("NaN"), None),
        (result("scalar", [1762084800, "NaN"]), None),
        ({**vector("0.5"), "warnings": ["a store was not reached"], "infos": ["no counter"]}, 0.5),
    ],
)
def test_a_number_is_one_and_nothing_is_no_data(opened, says, value):
    assert measured(opened, says) == Point(minute(5), Measured(value))


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (
            vector(({"pod": "a", "zone": "1"}, "1"), ({"pod": "b"}, "2"), ({}, "3")),
            'gives 3 series, not one number, such as {pod="a", zone="1"} and {pod="b"}|Aggregate them',
        ),
        (vector(({"pod": "\x1b[2J\u202e" + "x" * 999}, "1"), ({}, "2")), r'such as {pod="\x1b[2J\u202exxx'),
        (
            result("matrix", [{"metric": {}, "values": [[1, "1"]]}]),
            "a range of values, not one number|Make one",
        ),
        (result("string", [1, "abc"]), "a text, not one number|Let the query give one number"),
        (result("vector", [{"metric": {}, "histogram": [1, {}]}]), "native histogram, not one number"),
        (result("streams", []), "makes no sense|Check that `address`"),
        (result("vector", {}), "makes no sense"),
        (result("vector", [1]), "makes no sense"),
        (result("vector", [{"metric": {}}]), "makes no sense"),
        (result("vector", [{"metric": {}, "value": [1, 2]}]), "makes no sense"),
        (vector("many"), "makes no sense"),
        (vector("1" * 1000), "makes no sense"),
        (result("scalar", "1"), "makes no sense"),
        ({"status": "success"}, "makes no sense"),
        ([], "makes no sense"),
        (b"<html>", "is no JSON"),
        (b"[" * 100_000, "nests too deep"),
        (b'"' + b"x" * (9 << 20), "is larger than 8 MiB"),
    ],
)
def test_what_is_not_one_number_is_an_error_in_words(opened, says, error):
    assert error in error_of(opened, says)


@pytest.mark.parametrize(
    ("status", "says", "error"),
    [
        (
            400,
            refusal("bad_data", 'invalid parameter "query": 1:5: parse error: unclosed left parenthesis'),
            "1:5: parse error: unclosed left parenthesis|Correct the query.",
        ),
        (422, refusal("execution", "many-to-many matching not allowed"), "many-to-many matching not allowed"),
        (
            503,
            refusal("timeout", "query timed out\nin expression evaluation"),
            "out in expression evaluation|Ask",
        ),
        (200, refusal("bad_data", "x" * 5000), "xxx…|Correct"),
        (400, refusal("new kind", None), "refuses the query: new kind|"),
        (400, {"status": "error"}, "refuses the query: no reason given|"),
        (401, b"Unauthorized", "the server says HTTP 401|Check the token"),
        (403, {"message": "no"}, "the server says HTTP 403|Check the token"),
        (404, b"404 page not found", "the server says HTTP 404|Check that `address`"),
        (502, vector("1"), "the server says HTTP 502|"),
    ],
)
def test_what_the_server_refuses_is_told_in_its_words(opened, status, says, error):
    assert error in error_of(opened, says, status=status)


def test_every_instant_is_asked_and_one_that_fails_is_an_error_of_its_own(opened):
    def says(form):
        minutes = (float(form["time"]) - BEGAN.timestamp()) / 60
        return vector("1", "2") if minutes == 4 else vector(str(minutes / 10))

    provider, canned = opened(says)
    found = provider.measure(question(VALUE, 3, 4, 5, stable=None))
    assert [(one.at, one.candidate.value) for one in found] == [
        (minute(3), 0.3),
        (minute(4), None),
        (minute(5), 0.5),
    ]
    assert "gives 2 series" in found[1].error
    assert [form["time"] for form in canned.asked] == [f"{minute(n).timestamp():.3f}" for n in (5, 4, 3)]


def test_where_the_newest_instant_has_no_answer_the_others_are_not_asked(opened):
    provider, canned = opened(MetricsError("down"))
    with pytest.raises(MetricsError, match="down"):
        provider.measure(question(VALUE, 3, 4, 5))
    assert len(canned.asked) == 1


def test_for_older_instants_only_so_much_time_is_spent(monkeypatch):
    clock = iter(range(1000))
    provider = PrometheusMetrics(Site(ADDRESS), Patience(8.0, lambda: next(clock)))
    canned = Canned(vector("1")).install(monkeypatch)
    found = [provider.measure(question(VALUE, *range(100), stable=None)) for _ in range(5)]
    assert [one[-1].at for one in found] == [minute(99)] * 5
    assert [len(one) for one in found] == [4, 2, 1, 1, 1]
    assert len(canned.asked) == sum(map(len, found))


def test_the_same_query_at_the_same_instant_is_asked_once(opened):
    same = metric(
        failure_condition="samples > 1.0",
        ratio={"of": "a", "over": "b ${digest}"},
        samples_query="b ${digest}",
    )
    provider, canned = opened(vector("7"))
    assert provider.measure(question(same, 5))[0].samples == 7
    assert [form["query"] for form in canned.asked] == ["a", f"b {NEW}"]


def test_counts_make_a_ratio_and_rounding_makes_no_part_larger_than_the_whole(opened):
    def says(form):
        return vector("5.000000000000001" if form["query"].startswith("a") else "5")

    assert measured(opened, says, RATIO).candidate == Measured(1.0, 5.0, 5.0)
    other = measured(opened, lambda form: vector("6" if form["query"][0] == "a" else "5"), RATIO)
    assert "counts 6 of 5, which is no share" in other.candidate.counts_problem


@pytest.mark.parametrize(("says", "samples"), [("12.7", 12), ("+Inf", None), ("NaN", None), ("0", 0)])
def test_samples_are_whole_requests(opened, says, samples):
    asked = metric(failure_condition="candidate > 0.5", query="a", samples_query="b")
    point = measured(opened, lambda form: vector(says if form["query"] == "b" else "1"), asked)
    assert (point.candidate.value, point.samples) == (1.0, samples)


def test_a_time_is_cut_off_at_the_millisecond_and_never_later(opened):
    provider, canned = opened(vector("1"))
    at = BEGAN + timedelta(seconds=600, microseconds=1999)
    provider.measure(question(VALUE, stable=None, instants=(at,)))
    assert canned.asked[0]["time"] == f"{int(BEGAN.timestamp()) + 600}.001"


@pytest.mark.parametrize(("now", "is_fine"), [(4.6, True), (4.4, False)])
def test_a_server_whose_clock_is_behind_has_not_seen_it_yet(opened, now, is_fine):
    if is_fine:
        assert measured(opened, vector("1"), now=minute(now)).candidate.value == 1.0
    else:
        assert "is 36 seconds behind this machine's|Set the clocks" in error_of(
            opened, vector("1"), now=minute(now)
        )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("iris", "iris"),
        ("team/iris-2", "team/iris-2"),
        (NEW, NEW),
        ("größe", "größe"),
        ('a"b', r"a\x22b"),
        ("a'b`c", r"a\x27b\x60c"),
        ("a\\b\nc", r"a\x5cb\x0ac"),
    ],
)
def test_words_are_written_as_strings_of_promql_have_them(value, written):
    assert escaped(value) == written


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("http://p:9090/", "http://p:9090/api/v1/query"),
        ("https://m.example/select/0/prometheus", "https://m.example/select/0/prometheus/api/v1/query"),
        ("https://m.example/?tenant=1#x", "https://m.example/api/v1/query?tenant=1"),
    ],
)
def test_a_server_may_be_below_a_path(opened, address, asked):
    provider, canned = opened(vector("1"), PrometheusProvider(type="prometheus", address=address))
    provider.measure(question(VALUE, 5))
    assert canned.site.url == asked


def test_a_token_is_sent_and_one_that_is_missing_is_an_error(opened, monkeypatch):
    manifest = PrometheusProvider(type="prometheus", address=ADDRESS, auth=Auth(bearer_env="PROM_TOKEN"))
    monkeypatch.setenv("PROM_TOKEN", TOKEN)
    provider, canned = opened(vector("1"), manifest)
    provider.measure(question(VALUE, 5))
    assert canned.site.token == TOKEN
    monkeypatch.delenv("PROM_TOKEN")
    with pytest.raises(MetricsError, match="PROM_TOKEN has no token for prometheus metrics"):
        opened(vector("1"), manifest)


LATENCY = metric(
    test={"worse_when": "higher"},
    histogram={"buckets": 'sum by (le) (x{digest="${digest}"})', "quantile": 0.5},
)


def buckets(counts):
    return vector(*(({"le": upper}, count) for upper, count in counts.items()))


def test_a_histogram_is_a_vector_by_upper_bound_in_any_order(opened):
    point = measured(opened, buckets({"+Inf": "41", "0.1": "12.5", "1e+01": "40"}), LATENCY)
    assert point.candidate.buckets == ((0.1, 12.5), (10.0, 40.0), (math.inf, 41.0))
    assert 0.1 < point.candidate.value < 10


def test_what_rounding_lets_fall_is_risen(opened):
    point = measured(opened, buckets({"0.1": "7.000000000000001", "0.5": "7", "+Inf": "7"}), LATENCY)
    assert point.candidate.buckets == ((0.1, 7.0), (0.5, 7.0), (math.inf, 7.0))


@pytest.mark.parametrize("says", [vector(), buckets({"0.1": "NaN", "+Inf": "NaN"})])
def test_no_histogram_is_no_data(opened, says):
    assert measured(opened, says, LATENCY) == Point(minute(5))


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (vector("1"), "a series of the histogram has no bound (le): {}|Sum them, such as by `sum by (le)"),
        (vector(({"le": "0.1", "pod": "a"}, "1"), ({"le": "0.1"}, "1")), "has several series up to 0.1|Sum"),
        (buckets({"0.1": "1"}), "does not say how many requests there were in all (+Inf)"),
        (buckets({"0.1": "9", "+Inf": "7"}), "counts 9 up to 0.1, and only 7 in all"),
        (buckets({"fast": "1", "+Inf": "7"}), "a bucket whose upper bound is no number"),
        (buckets({"0.1": "many", "+Inf": "7"}), "makes no sense"),
        (refusal("bad_data", "parse error"), "refuses the query: parse error"),
    ],
)
def test_what_is_no_histogram_is_an_error(opened, says, error):
    assert error in error_of(opened, says, asked=LATENCY)
