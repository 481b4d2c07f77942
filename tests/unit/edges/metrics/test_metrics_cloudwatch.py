import json
import math
from datetime import timedelta

import botocore.retries.standard
import pytest
import yaml

import cloudwatch as fake
from cloudwatch import Refusal, page, points
from measuring import BEGAN, NEW, OLD, metric, minute, question
from modelops_git.core.assessing.points import Measured, Point
from modelops_git.core.errors import MetricsError
from modelops_git.core.manifests.analysis import Analysis
from modelops_git.core.manifests.provider import CloudwatchProvider
from modelops_git.edges.metrics import awsanswers, cloudwatch
from modelops_git.edges.metrics.cloudwatch import CloudwatchMetrics, Period, open_provider, period_of, plain

EXPRESSION = "SELECT SUM(errors) FROM \"acme\" WHERE digest = '${digest}'"
VALUE = metric(failure_condition="candidate > 0.5", query=EXPRESSION)
RATIO = metric(failure_condition="candidate > 0.5", ratio={"of": "a ${digest}", "over": "b ${digest}"})
MANIFEST = CloudwatchProvider(type="cloudwatch", region="eu-west-1")
ONE = page(points((BEGAN, 1.0)))


@pytest.fixture(autouse=True)
def _hurried(monkeypatch):
    """No waits between tries."""
    monkeypatch.setattr(botocore.retries.standard.ExponentialBackoff, "delay_amount", lambda *_: 0)


@pytest.fixture(scope="module")
def running():
    """A server, and a client for it, which takes longer to make than all else here."""
    with pytest.MonkeyPatch.context() as patch, fake.serving(patch, lambda _: ONE) as server:
        yield server, open_provider(MANIFEST, None).client


@pytest.fixture
def aws(running):
    server, server.client = running
    server.says, server.refusals = (lambda _: ONE), []
    server.asked.clear()
    return server


def provider(aws):
    return CloudwatchMetrics("eu-west-1", aws.client)


def measured(aws, says, asked=VALUE, *, stable=None):
    aws.says = says if callable(says) else lambda _: says
    (point,) = provider(aws).measure(question(asked, 5, stable=stable))
    return point


def error_of(aws, says, asked=VALUE):
    with pytest.raises(MetricsError) as told:
        measured(aws, says, asked)
    return f"{told.value.message}|{told.value.hint}"


def test_both_versions_are_asked_for_since_the_step_began(aws):
    aws.says = lambda asked: page(points((BEGAN, 0.25 if NEW in asked.expression else 0.5)))
    found = provider(aws).measure(question(VALUE, 5))
    assert found == (Point(minute(5), Measured(0.25), Measured(0.5)),)
    assert aws.asked == [
        (EXPRESSION.replace("${digest}", digest), BEGAN, minute(5), 300, "") for digest in (NEW, OLD)
    ]


@pytest.mark.parametrize(
    ("says", "value"),
    [
        (page(points((minute(4), 3.0), (minute(3), 2.0))), 3.0),
        (page(points((minute(3), 2.0), (minute(4), 3.0))), 3.0),
        (page(points((BEGAN, math.inf))), math.inf),
        (page(points((BEGAN, math.nan))), None),
        (page(points()), None),
        (page(), None),
        (page(points((BEGAN, 0.0), Messages=[{"Code": "ArithmeticError", "Value": "dropped"}])), 0.0),
    ],
)
def test_the_newest_data_point_is_the_value_and_none_is_no_data(aws, says, value):
    assert measured(aws, says) == Point(minute(5), Measured(value))


def test_counts_make_a_ratio_and_the_same_expression_is_asked_once(aws):
    what = metric(
        failure_condition="samples > 1.0",
        ratio={"of": "a", "over": "b ${digest}"},
        samples_query="b ${digest}",
    )
    point = measured(aws, lambda asked: page(points((BEGAN, 1.0 if asked.expression == "a" else 4.0))), what)
    assert (point.candidate, point.samples) == (Measured(0.25, 1.0, 4.0), 4)
    assert [one.expression for one in aws.asked] == ["a", f"b {NEW}"]


def test_each_instant_is_asked_for_the_newest_first(aws):
    aws.says = lambda asked: page(points((BEGAN, asked.period / 60)))
    found = provider(aws).measure(question(VALUE, 3, 4, 5, stable=None))
    assert [(one.at, one.candidate.value) for one in found] == [(minute(n), n) for n in (3, 4, 5)]
    assert [one.end for one in aws.asked] == [minute(5), minute(4), minute(3)]


def test_an_answer_in_several_pages_is_put_together(aws):
    def says(asked):
        if not asked.token:
            return page(points((minute(1), 1.0), status="PartialData"), NextToken="two")
        return page(points((minute(4), 4.0)))

    assert measured(aws, says).candidate.value == 4.0
    assert [one.token for one in aws.asked] == ["", "two"]


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (
            page(points((BEGAN, 1.0), label="pod a"), points((BEGAN, 2.0), label="pod \x1b b")),
            r"the query gives 2 series, not one number: pod a and pod \x1b b|Leave GROUP BY out",
        ),
        (page(*[points((BEGAN, 1.0))] * 3), "3 series, not one number: value and value and others|"),
        (page(points(status="PartialData")), "has read only a part of the data|Ask for less"),
        (
            page(points(status="InternalError", Messages=[{"Code": "x", "Value": "a shard is down."}])),
            "CloudWatch failed while it read the data: a shard is down|Try again later.",
        ),
        (page(points(status="Forbidden")), "may not read the data|Allow it cloudwatch:GetMetricData"),
        (page(points(status="New")), "CloudWatch says New of the data|"),
        (
            page(points((BEGAN, 1.0)), Messages=[{"Code": "MaxMetricsExceeded", "Value": "Too many."}]),
            "has not answered all of the query: Too many|Ask for less",
        ),
        (page(points((BEGAN, 1.0), Values=[1.0, 2.0])), "makes no sense (ValueError: zip()"),
        ({}, "makes no sense"),
        (b"\xff<html>", "makes no sense"),
        (b"[" * 100_000, "makes no sense"),
    ],
)
def test_what_is_not_one_whole_number_is_an_error_in_words(aws, says, error):
    assert error in error_of(aws, says)


def test_pages_without_end_are_not_read(aws):
    def says(asked):
        return page(points(status="PartialData"), NextToken=f"{asked.token}x")

    assert f"more than {awsanswers.PAGES} pages" in error_of(aws, says)
    assert len(aws.asked) == awsanswers.PAGES + 1


def test_a_token_that_leads_nowhere_is_an_error(aws):
    assert "same next token was received" in error_of(aws, page(points(status="PartialData"), NextToken="x"))


@pytest.mark.parametrize(
    ("refusal", "error", "requests"),
    [
        (
            Refusal(400, "ValidationError", "Error in expression 'value': Syntax error."),
            "refuses the query (ValidationError: Error in expression 'value': Syntax error)|Correct",
            1,
        ),
        (
            Refusal(400, "Throttling", "Rate exceeded"),
            "too many requests (Throttling: Rate exceeded)|Ask less",
            3,
        ),
        (Refusal(403, "AccessDenied", "no"), "access is denied (AccessDenied: no)|Allow the identity", 1),
        (
            Refusal(403, "ExpiredTokenException"),
            "the credentials have expired (ExpiredTokenException)|Log in",
            1,
        ),
        (Refusal(403, "UnrecognizedClientException"), "does not know the access key", 1),
        (
            Refusal(500, "InternalServiceFault", "oops"),
            "it refuses (InternalServiceFault: oops)|Try again",
            3,
        ),
        (Refusal(503, "ServiceUnavailable"), "it refuses (ServiceUnavailable)", 3),
    ],
)
def test_what_is_refused_is_told_with_what_to_do(aws, refusal, error, requests):
    assert error in error_of(aws, refusal)
    assert len(aws.asked) == requests == (1 if requests == 1 else cloudwatch.ATTEMPTS)


def test_a_server_that_is_busy_is_asked_again(aws):
    aws.refusals = [Refusal(400, "Throttling"), Refusal(500, "InternalServiceFault")]
    assert measured(aws, ONE).candidate.value == 1.0


def refused_when_opened():
    with pytest.raises(MetricsError) as told:
        open_provider(MANIFEST, None).measure(question(VALUE, 5))
    return f"{told.value.message}|{told.value.hint}"


def test_without_credentials_it_says_how_to_get_some(aws, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "Unable to locate credentials|Log in, set AWS_PROFILE" in refused_when_opened()
    assert aws.asked == []


def test_a_profile_that_is_not_there_is_an_error(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert "The config profile (nobody) could not be found|Correct AWS_PROFILE" in refused_when_opened()


def test_a_region_that_is_none_is_an_error():
    with pytest.raises(MetricsError, match="CloudWatch in eu west: ") as told:
        open_provider(CloudwatchProvider(type="cloudwatch", region="eu west"), None)
    assert "`region`" in told.value.hint


@pytest.mark.usefixtures("running")
def test_a_server_that_is_not_there_is_an_error(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH", "http://127.0.0.1:1")
    assert "Could not connect to the endpoint URL" in refused_when_opened()


def test_a_histogram_is_not_to_be_had(aws):
    asked = metric(test={"worse_when": "higher"}, histogram={"buckets": "x ${digest}", "quantile": 0.5})
    assert "has no histograms that could be asked for|Write a `query`" in error_of(aws, ONE, asked)


@pytest.mark.parametrize(
    ("began", "lasted", "period"),
    [
        (timedelta(), timedelta(seconds=300), Period(BEGAN, 300)),
        (timedelta(), timedelta(seconds=301), Period(BEGAN, 360)),
        (timedelta(seconds=59), timedelta(seconds=1), Period(BEGAN, 60)),
        (timedelta(seconds=59), timedelta(seconds=2), Period(BEGAN, 120)),
        (timedelta(microseconds=1), timedelta(), Period(BEGAN, 60)),
        (timedelta(), timedelta(), Period(BEGAN, 60)),
        (timedelta(minutes=4), timedelta(days=16), Period(BEGAN, 16 * 86400 + 300)),
        (timedelta(minutes=59), timedelta(days=70), Period(BEGAN, 70 * 86400 + 3600)),
    ],
)
def test_the_time_is_in_whole_minutes_or_as_long_as_data_are_kept(began, lasted, period):
    found = period_of(BEGAN + began, BEGAN + began + lasted)
    assert found == period
    assert found.end >= BEGAN + began + lasted


@pytest.mark.parametrize("value", ["a'b", 'a"b', "a\nb", "a\\"])
def test_a_quote_is_not_written_into_an_expression(value):
    with pytest.raises(MetricsError, match="no CloudWatch expression may have"):
        plain(value)


def test_the_analysis_of_the_guide_asks_since_the_step_began(aws, project):
    text = (project / "docs/guides/cloudwatch-analysis.yaml").read_text()
    rate, slow = Analysis.model_validate_json(json.dumps(yaml.safe_load(text))).metrics
    assert measured(
        aws, lambda asked: page(points((BEGAN, 3.0 if "errors" in asked.expression else 60.0))), rate
    ) == (Point(minute(5), Measured(0.05, 3.0, 60.0)))
    assert measured(aws, page(points((BEGAN, 0.4))), slow).candidate.value == 0.4
    assert aws.asked[-1] == (
        f"MAX(SEARCH('{{Acme/Serving,digest}} MetricName=\"latency\" digest=\"{NEW}\"', 'p99', 300))",
        BEGAN,
        minute(5),
        300,
        "",
    )
