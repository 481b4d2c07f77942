"""What every provider of metrics owes: a value for each version, and the truth about no data."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

import cloudwatch
from measuring import FILE, NEW, OLD, Told, metric, minute, question, written
from modelops_git.core.assessing.points import Measured, Point, ratio
from modelops_git.core.clock import format_time
from modelops_git.core.errors import MetricsError
from modelops_git.core.manifests.provider import (
    CloudwatchProvider,
    FileProvider,
    HttpProvider,
    PrometheusProvider,
    SqlProvider,
)
from modelops_git.edges import metrics
from modelops_git.edges.metrics import open_provider
from modelops_git.edges.metrics.jsontext import found as pointed
from modelops_git.edges.metrics.jsontext import number
from promanswers import Canned, vector
from web import serving

VALUE = metric(
    failure_condition="candidate > 0.5", samples_query="/${digest}/requests", query="/${digest}/rate"
)
RATIO = metric(
    failure_condition="candidate > 0.5", ratio={"of": "/${digest}/errors", "over": "/${digest}/requests"}
)
NOW = {
    NEW: {"rate": 0.02, "errors": 10, "requests": 500},
    OLD: {"rate": 0.01, "errors": 45, "requests": 4500},
}


@pytest.fixture
def from_file(tmp_path):
    def provider(document):
        (tmp_path / "metrics.json").write_text(json.dumps(document))
        return open_provider(FileProvider.model_validate(FILE), tmp_path)

    return provider


@pytest.fixture
def from_http(tmp_path):
    with serving() as web:

        def provider(document):
            web.files["metrics.json"] = json.dumps(document).encode()
            manifest = HttpProvider(type="http", url=f"{web.url}/metrics.json")
            return open_provider(manifest, tmp_path)

        yield provider


@pytest.fixture
def from_memory():
    """As a provider that keeps the past would answer."""

    def provider(document):
        records = document if isinstance(document, list) else [{"at": None, **document}]

        def answer(asked):
            for at in asked.instants:
                found = [
                    one for one in records if one["at"] in (None, written((at - minute(0)).seconds // 60))
                ]
                if (found and found[0]["at"]) or at == asked.instants[-1]:
                    yield _point(asked, at, found[0] if found else {})

        return Told(answer)

    return provider


def _point(asked, at, record):
    def of(side):
        found = record.get(side.digest) or {}
        if asked.metric.ratio:
            return ratio(found.get("errors"), found.get("requests"))
        return Measured(found.get("rate"))

    samples = None if asked.metric.ratio else (record.get(asked.candidate.digest) or {}).get("requests")
    return Point(at, of(asked.candidate), of(asked.stable) if asked.stable else Measured(), samples)


def _known(document, query, at):
    """What a document has for a query at a time, as a server of it would say."""
    records = document if isinstance(document, list) else [{"at": None, **document}]
    values = (one for one in records if one["at"] in (None, format_time(at)))
    return number(pointed(next(values, {}), query), query)


@pytest.fixture
def from_prometheus(tmp_path, monkeypatch):
    """The server is in memory; what its queries are is up to it, and here they are the documents'."""

    def provider(document):
        def says(form):
            found = _known(document, form["query"], datetime.fromtimestamp(float(form["time"]), UTC))
            return vector() if found is None else vector(str(found))

        Canned(says).install(monkeypatch)
        manifest = PrometheusProvider(type="prometheus", address="http://prometheus:9090")
        return open_provider(manifest, tmp_path)

    return provider


@pytest.fixture
def from_cloudwatch(tmp_path, monkeypatch):
    """The same of a server that speaks the protocol of CloudWatch."""
    with cloudwatch.serving(monkeypatch, None) as server:

        def provider(document):
            def says(asked):
                found = _known(document, asked.expression, asked.end)
                values = [] if found is None else [(asked.start, found)]
                return cloudwatch.page(cloudwatch.points(*values))

            server.says = says
            return open_provider(CloudwatchProvider(type="cloudwatch", region="eu-west-1"), tmp_path)

        yield provider


@pytest.fixture
def from_sql(tmp_path):
    """The documents' numbers are lines of a table; the queries ask for the same ones."""

    def provider(document):
        records = document if isinstance(document, list) else [{**document, "at": written(5)}]
        folder = tmp_path / "numbers" / written(0)[:10]
        folder.mkdir(parents=True)
        rows = [
            {"at": one["at"], "name": f"/{digest}/{name}", "value": value}
            for one in records
            for digest, values in one.items()
            if digest != "at"
            for name, value in values.items()
        ]
        (folder / "numbers.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        return InSql(open_provider(SqlProvider(type="sql", uri="file:."), tmp_path))

    return provider


class InSql:
    """Asks in SQL what is asked in pointers."""

    def __init__(self, provider):
        self._provider = provider

    def measure(self, asked):
        metric = asked.metric
        queries = {field: _select(getattr(metric, field)) for field in ("query", "samples_query")}
        of = {field: _select(getattr(metric.ratio, field)) for field in ("of", "over") if metric.ratio}
        ratio = metric.ratio.model_copy(update=of) if metric.ratio else None
        return self._provider.measure(
            asked._replace(metric=metric.model_copy(update={**queries, "ratio": ratio}))
        )


def _select(pointer):
    return pointer and "SELECT max(value) FROM numbers WHERE at = '${at}' AND name = 'NAME'".replace(
        "NAME", pointer
    )


@pytest.fixture(
    params=["from_file", "from_http", "from_memory", "from_prometheus", "from_cloudwatch", "from_sql"]
)
def provider(request):
    return request.getfixturevalue(request.param)


def test_a_value_of_each_version_and_the_new_ones_requests(provider):
    (found,) = provider(NOW).measure(question(VALUE, 5))
    assert found == Point(minute(5), Measured(0.02), Measured(0.01), 500)


def test_counts_of_each_version(provider):
    (found,) = provider(NOW).measure(question(RATIO, 5))
    assert found == Point(minute(5), Measured(0.02, 10, 500), Measured(0.01, 45, 4500))


@pytest.mark.parametrize("provider", ["from_file", "from_http"], indirect=True)
def test_what_is_true_now_answers_for_the_newest_instant_only(provider):
    assert [point.at for point in provider(NOW).measure(question(VALUE, 3, 4, 5))] == [minute(5)]


def test_a_series_answers_for_earlier_instants_too(provider):
    series = [{"at": written(number), NEW: {"rate": number / 10}} for number in (3, 4, 5)]
    found = provider(series).measure(question(VALUE, 3, 4, 5))
    assert [(point.at, point.candidate.value) for point in found] == [
        (minute(3), 0.3),
        (minute(4), 0.4),
        (minute(5), 0.5),
    ]


def test_the_newest_instant_is_answered_even_without_data(provider):
    assert provider([{"at": written(3), NEW: {"rate": 0.3}}]).measure(question(VALUE, 3, 4, 5))[-1] == (
        Point(minute(5))
    )


def test_a_version_that_nobody_measured_has_no_data(provider):
    (found,) = provider({OLD: NOW[OLD]}).measure(question(VALUE, 5))
    assert (found.candidate, found.stable, found.samples, found.error) == (
        Measured(),
        Measured(0.01),
        None,
        "",
    )


def test_without_a_stable_version_only_the_new_one_is_measured(provider):
    (found,) = provider(NOW).measure(question(VALUE, 5, stable=None))
    assert (found.candidate.value, found.stable) == (0.02, Measured())


def test_a_provider_that_this_release_does_not_have_is_refused_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(metrics, "PROVIDERS", {"http": "", "sql": ""})
    with pytest.raises(MetricsError, match="metrics of file cannot be asked for by this release") as told:
        open_provider(FileProvider.model_validate(FILE), tmp_path)
    assert told.value.hint == "It asks: http, sql."
