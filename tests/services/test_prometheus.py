"""Analyses whose numbers a real Prometheus has; what it scraped is of the last hour."""

import json
import math
import re
import socket
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import NamedTuple

import prometheus_client
import pytest
import yaml

from measuring import NEW, OLD, analysis, metric, question
from modelops_git.core.assessing.points import Measured
from modelops_git.core.assessing.verdicts import Verdict, Window
from modelops_git.core.errors import MetricsError
from modelops_git.core.manifests.analysis import Analysis, AnalysisMetric
from modelops_git.core.manifests.provider import PrometheusProvider
from modelops_git.core.routes import Route
from modelops_git.edges.metrics import open_provider
from modelops_git.edges.metrics import web as transport
from modelops_git.engine.measuring import Subject, measure, memory_of
from modelops_git.faces.gateway.metrics import BUCKETS as BUCKETS_OF_THE_GATEWAY
from modelops_git.faces.gateway.metrics import Metrics
from promserver import Series, growing, prometheus
from web import serving

pytestmark = [
    pytest.mark.needs("prometheus", package="prometheus"),
    pytest.mark.needs("promtool", package="prometheus"),
]
NOW = int(time.time()) // 60 * 60
BEGAN = datetime.fromtimestamp(NOW - 1200, UTC)
LOADED = NOW - 2400
"""When the versions were loaded; that was before the step."""
WORSE, FLAWLESS, SLOW, GONE, RESTARTED = (f"sha256:{letter * 64}" for letter in "cdef0")
REQUESTS = 'modelops_requests_total{digest="${digest}"}'
ERRORS = 'modelops_requests_total{digest="${digest}",status="error"}'
BUCKETS = 'modelops_request_duration_seconds_bucket{digest="${digest}"}'
RATE = {
    "of": f"sum(increase({ERRORS}[${{since_step}}]))",
    "over": f"sum(increase({REQUESTS}[${{since_step}}]))",
}
P95 = {"buckets": f"sum by (le) (increase({BUCKETS}[${{since_step}}]))", "quantile": 0.95}
BOUNDS = [*BUCKETS_OF_THE_GATEWAY, math.inf]


def minute(number):
    return BEGAN + timedelta(minutes=number)


class Traffic(NamedTuple):
    """Requests to a version: how many a second, the share of errors, and the mean of how long they take."""

    per_second: float
    errors: float = 0.01
    seconds: float = 0.02
    until: int = NOW


def counted(digest, traffic):
    """What the gateway counts for a version: two processes answer, each its half."""
    labels = f'environment="production",model="iris",digest="{digest}"'
    for status, share in (("ok", 1 - traffic.errors), ("error", traffic.errors), ("invalid", 0.0)):
        for process in "12":
            name = f'modelops_requests_total{{{labels},status="{status}",instance="{process}"}}'
            yield growing(name, LOADED, traffic.until, traffic.per_second * share / 2)
    duration = "modelops_request_duration_seconds"
    yield growing(f"{duration}_count{{{labels}}}", LOADED, traffic.until, traffic.per_second)
    for upper in BOUNDS:
        share = 1 - math.exp(-upper / traffic.seconds)
        name = f'{duration}_bucket{{{labels},le="{_written(upper)}"}}'
        yield growing(name, LOADED, traffic.until, traffic.per_second * share)


def _written(upper):
    return "+Inf" if math.isinf(upper) else str(upper)


def restarted():
    """A counter of one request a second, of a process that was restarted 10 minutes ago."""
    times = range(LOADED, NOW + 1, 15)
    name = f'modelops_requests_total{{digest="{RESTARTED}",status="ok"}}'
    return Series(name, [(at, at - LOADED if at < NOW - 600 else at - (NOW - 600)) for at in times])


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    series = [
        *counted(OLD, Traffic(18)),
        *counted(NEW, Traffic(2)),
        *counted(WORSE, Traffic(2, errors=0.25)),
        *counted(FLAWLESS, Traffic(2, errors=0.0)),
        *counted(SLOW, Traffic(2, seconds=0.08)),
        *counted(GONE, Traffic(2, until=NOW - 600)),
        restarted(),
    ]
    with prometheus(tmp_path_factory.mktemp("prometheus"), *series) as found:
        yield found


def asked(server, *minutes, digest=NEW, **fields):
    """The points for some minutes of the step."""
    what = metric(**({"failure_condition": "candidate > 0.5"} | fields))
    given = question(what, began=BEGAN, since=0, instants=tuple(map(minute, minutes)))
    given = given._replace(candidate=given.candidate._replace(digest=digest))
    manifest = PrometheusProvider(type="prometheus", address=server.url)
    return open_provider(manifest, None).measure(given)


def test_counts_since_the_step_began_of_both_versions_at_each_instant(server):
    found = asked(server, 1, 10, 20, ratio=RATE)
    assert [one.at for one in found] == [minute(1), minute(10), minute(20)]
    for one, number in zip(found, (1, 10, 20), strict=True):
        assert one.candidate == Measured(*map(pytest.approx, (0.01, 1.2 * number, 120 * number)))
        assert one.stable == Measured(*map(pytest.approx, (0.01, 10.8 * number, 1080 * number)))


def test_a_restarted_process_loses_no_requests(server):
    (found,) = asked(server, 20, digest=RESTARTED, query=RATE["over"], samples_query=RATE["over"])
    assert found.candidate.value == pytest.approx(1200, rel=0.02)
    assert found.samples == int(found.candidate.value)


def test_a_quantile_is_that_of_prometheus(server):
    theirs = f"histogram_quantile(0.95, {P95['buckets']})"
    (ours,), (found,) = asked(server, 20, histogram=P95), asked(server, 20, query=theirs)
    assert ours.candidate.value == pytest.approx(found.candidate.value)
    assert [upper for upper, _ in ours.candidate.buckets] == BOUNDS
    assert ours.candidate.over == pytest.approx(2400)


@pytest.mark.parametrize(
    ("query", "value"),
    [
        (f"sum(rate({REQUESTS}[5m]))", None),
        ("sum(nobody_counts_this)", None),
        (f"sum(rate({ERRORS}[5m])) / sum(rate({REQUESTS}[5m]))", None),
        ("vector(0) / 0", None),
        ("42", 42.0),
        ("-1 / vector(0)", -math.inf),
    ],
)
def test_what_nobody_scrapes_any_more_is_no_data(server, query, value):
    (found,) = asked(server, 20, digest=GONE, query=query)
    assert (found.candidate.value, found.error) == (value, "")


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("sum(", "unclosed left parenthesis"),
        ("rates(x)", "unknown function"),
        ("sum(x[5m)", "refuses the query"),
        ('x{a="b}', "refuses the query"),
        ("x{digest=${digest}}", "refuses the query"),
        (REQUESTS, "the query gives 6 series, not one number, such as {__name__="),
        (f"{REQUESTS}[5m]", "the query gives a range of values"),
        ('"a text"', "the query gives a text"),
        (f"sum({REQUESTS}) * on(x) group_left() vector(1) + on(y) {REQUESTS}", "refuses the query"),
    ],
)
def test_a_query_that_is_wrong_is_an_error_that_says_why(server, query, error):
    with pytest.raises(MetricsError) as told:
        asked(server, 20, query=query)
    assert error in told.value.message


def test_words_are_strings_whatever_the_quotes(server):
    for quote in "\"'`":
        query = f"sum(increase({REQUESTS}[${{since_step}}]))".replace('"', quote)
        (found,) = asked(server, 20, query=query)
        assert found.candidate.value == pytest.approx(2400)


def test_no_word_ends_the_text_that_it_is_in(server):
    what = metric(
        failure_condition="candidate > 0.5",
        query="""sum(vector(1) unless x{a="${environment}", b='${environment}', c=`${environment}`})""",
    )
    given = question(what, environment="\"'`\\\n#){", instants=(minute(20),))
    (found,) = open_provider(PrometheusProvider(type="prometheus", address=server.url), None).measure(given)
    assert found.candidate.value == 1.0


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(transport, "ATTEMPTS", 0)
    monkeypatch.setattr(transport, "READ_SECONDS", 0.2)


@pytest.mark.usefixtures("impatient")
def test_a_server_that_is_slow_not_there_or_another_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as silent, serving() as other:
        slow = f"http://127.0.0.1:{silent.getsockname()[1]}"
        for url, said in ((slow, "timed out"), (other.url, "HTTP 404"), ("http://127.0.0.1:1", "refused")):
            with pytest.raises(MetricsError) as told:
                asked(SimpleNamespace(url=url), 20, query="1")
            assert told.value.message.startswith(f"{url}/api/v1/query: ")
            assert said in told.value.message
            assert "address" in told.value.hint


@pytest.fixture
def health(project):
    """The analysis of the guide, asked of a server of the tests."""
    text = (project / "docs/guides/prometheus-analysis.yaml").read_text()

    def of(server):
        assert "http://prometheus:9090" in text
        given = yaml.safe_load(text.replace("http://prometheus:9090", server.url))
        return Analysis.model_validate_json(json.dumps(given))

    return of


def subject(digest):
    new, live = (
        Route(role=role, version=version, digest=which, artifacts=OLD, weight=weight)
        for role, version, which, weight in (("candidate", "1.1.0", digest, 10), ("stable", "1.0.0", OLD, 90))
    )
    return Subject("iris", "production", new, live, Window(BEGAN, minute(15)), "run-1")


@pytest.mark.parametrize("digest", [NEW, FLAWLESS])
def test_a_good_canary_goes_on_and_needs_no_memory(server, tmp_path, health, digest):
    verdicts = {
        number: measure([health(server)], subject(digest), tmp_path, minute(number)).verdict
        for number in (0.5, 5, 14.9, 15)
    }
    assert verdicts == dict.fromkeys((0.5, 5, 14.9), Verdict.PENDING) | {15: Verdict.SUCCESSFUL}


def test_a_canary_with_more_errors_is_stopped_before_its_step_is_over(server, tmp_path, health):
    found = measure([health(server)], subject(WORSE), tmp_path, minute(1))
    assert found.verdict is found.results[0].verdict is Verdict.FAILED
    assert "the new version has 0.25 (30 of 120), the stable one 0.01 (11 of 1,080): higher than allowed" in (
        found.results[0].reason
    )


def test_a_canary_that_is_slower_is_stopped_before_its_step_is_over(server, tmp_path, health):
    found = measure([health(server)], subject(SLOW), tmp_path, minute(5))
    assert [one.verdict for one in found.results] == [Verdict.PENDING, Verdict.FAILED, Verdict.PENDING]
    assert "beyond doubt" in found.results[1].reason


def test_a_canary_that_nobody_scrapes_any_more_is_held(server, tmp_path):
    watched = metric(
        provider={"type": "prometheus", "address": server.url},
        query=f"sum(rate({ERRORS}[5m])) / sum(rate({REQUESTS}[5m]))",
        failure_condition="candidate > 0.5",
        interval="1m",
    )
    window = Window(BEGAN, minute(20))
    found = measure([analysis(watched)], subject(GONE)._replace(window=window), tmp_path, minute(20))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "there is no data: the new version has no value" in found.results[0].reason


@pytest.mark.usefixtures("impatient")
def test_while_prometheus_is_down_the_weight_is_held_and_nobody_has_to_do_anything(tmp_path, health):
    memory = memory_of(SimpleNamespace(common_dir=tmp_path / ".git"))
    with prometheus(tmp_path, *counted(OLD, Traffic(18)), *counted(NEW, Traffic(2))) as own:
        found = {}
        for number in range(1, 16):
            if number == 3:
                own.stop()
            if number == 10:
                own.start()
            found[number] = measure([health(own)], subject(NEW), tmp_path, minute(number), memory)
    verdicts = [one.verdict for one in found.values()]
    assert verdicts == [Verdict.PENDING] * 6 + [Verdict.ERROR] * 3 + [Verdict.PENDING] * 5 + [
        Verdict.SUCCESSFUL
    ]
    assert "Connection refused" in found[7].results[0].reason
    assert "5 times in a row" in found[7].results[0].reason
    assert measure([health(own)], subject(NEW), tmp_path, minute(15), memory) is found[15]


@pytest.mark.slow  # Prometheus takes five seconds until it first scrapes
def test_what_the_gateway_counts_is_scraped_and_asked_for(tmp_path, health):
    counts = Metrics("production")
    routes = subject(NEW).candidate, subject(NEW).stable
    for route, status, number in ((routes[0], 200, 99), (routes[0], 500, 1), (routes[1], 200, 500)):
        for _ in range(number):
            counts.request("iris", route, status, 0.01)
    exporter, thread = prometheus_client.start_http_server(0, "127.0.0.1", counts.registry)
    try:
        with prometheus(tmp_path, scraping=f"127.0.0.1:{exporter.server_address[1]}") as own:
            own.wait_for("modelops_requests_total")
            points = [_now(own, one) for one in health(own).metrics[:2]]
    finally:
        exporter.shutdown()
        thread.join()
        exporter.server_close()
    rate, latency = points
    assert (rate.candidate, rate.stable) == (Measured(0.01, 1, 100), Measured(0.0, 0, 500))
    assert (latency.candidate.over, latency.stable.over) == (100, 500)
    assert [upper for upper, _ in latency.stable.buckets] == BOUNDS


def _now(server, what):
    """A metric of what counters are now: they had no time to grow."""
    text = re.sub(r"increase\((.*?)\[\$\{since_step\}\]\)", r"(\1)", what.model_dump_json())
    given = question(AnalysisMetric.model_validate_json(text), began=BEGAN, instants=(datetime.now(UTC),))
    manifest = PrometheusProvider(type="prometheus", address=server.url)
    (found,) = open_provider(manifest, None).measure(given)
    return found
