"""An analysis: metrics that judge a rollout while it runs."""

from typing import Annotated, Literal, Self

from annotated_types import Gt, Lt
from pydantic import ConfigDict, Field, model_validator

from modelops_git.core.manifests.base import (
    ApiVersion,
    AtLeastOne,
    Count,
    Duration,
    Given,
    Name,
    Number,
    Part,
    Percent,
    Positive,
    Text,
)
from modelops_git.core.manifests.provider import Provider

_RULES = (
    Given(("query", "ratio", "histogram"), 1, 1),
    Given(("test", "failure_condition", "success_condition"), 1, 3),
    Given(("test", "failure_condition"), 0, 1),
    Given(("test", "success_condition"), 0, 1),
)
Alpha = Annotated[Number, Gt(0), Lt(1)]
Quantile = Annotated[Number, Gt(0), Lt(1)]


class Ratio(Part):
    """A metric that is one query over another."""

    of: Text = Field(
        description="The query of what is counted.",
        examples=['sum(rate(http_requests_total{model="iris",code=~"5.."}[5m]))'],
    )
    over: Text = Field(
        description="The query of all there is.",
        examples=['sum(rate(http_requests_total{model="iris"}[5m]))'],
    )


class Histogram(Part):
    """A metric that is a quantile, such as the latency that 99 of 100 requests do not exceed."""

    buckets: Text = Field(
        description=(
            "The query of how many requests there were up to each upper bound, those above all others "
            "included. For `file` and `http` a JSON Pointer to an object of such counts; for `sql` a SELECT "
            "of bounds and counts."
        ),
        examples=['sum by (le) (increase(latency_bucket{digest="${digest}"}[${since_step}]))'],
    )
    quantile: Quantile = Field(
        description="The share of the requests that are at most the value.", examples=[0.99]
    )


class HigherIsWorse(Part):
    """A test of a metric that should not rise."""

    worse_when: Literal["higher"] = Field(description="A higher value is worse.")
    allowed_increase: Percent = Field(
        default="0%", description="How much above the stable version is allowed.", examples=["5%"]
    )
    detect_increase: Percent = Field(
        default="100%",
        description=(
            "How much above the stable version is a rise that should be seen: `plan` tells how many requests "
            "that takes. No verdict depends on it."
        ),
        examples=["50%"],
    )
    alpha: Alpha = Field(default=0.01, description="How often a version that is no worse may fail.")


class LowerIsWorse(Part):
    """A test of a metric that should not fall."""

    worse_when: Literal["lower"] = Field(description="A lower value is worse.")
    allowed_decrease: Percent = Field(
        default="0%", description="How much below the stable version is allowed.", examples=["5%"]
    )
    detect_decrease: Percent = Field(
        default="50%",
        description=(
            "How much below the stable version is a fall that should be seen: `plan` tells how many requests "
            "that takes. No verdict depends on it."
        ),
        examples=["20%"],
    )
    alpha: Alpha = Field(default=0.01, description="How often a version that is no worse may fail.")


Test = Annotated[HigherIsWorse | LowerIsWorse, Field(discriminator="worse_when")]


class AnalysisMetric(Part):
    """A measurement, and what it must be: a test against the stable version, or conditions."""

    model_config = ConfigDict(json_schema_extra={"allOf": [rule.schema() for rule in _RULES]})

    name: Name = Field(description="The metric's name.", examples=["error_rate"])
    provider: Provider = Field(description="Where the measurement comes from.")
    query: Text | None = Field(
        default=None,
        description=(
            "The query whose result is the value, with `${digest}`, `${version}`, `${role}` (candidate or "
            "stable), `${model}`, `${environment}`, `${since_step}`, `${began}` and `${at}` replaced for "
            "each version. For `file` and `http` a JSON Pointer to a number; for `sql` a SELECT."
        ),
        examples=['histogram_quantile(0.99, rate(latency_bucket{model="iris"}[5m]))'],
    )
    ratio: Ratio | None = Field(default=None, description="Instead of a query: one over another.")
    histogram: Histogram | None = Field(
        default=None, description="Instead of a query: a quantile of what buckets count."
    )
    samples_query: Text | None = Field(
        default=None,
        description="The query that counts the requests behind the value.",
        examples=['sum(increase(http_requests_total{model="iris"}[5m]))'],
    )
    test: Test | None = Field(
        default=None,
        description=(
            "An anytime-valid test against the stable version, at the same time. Of a ratio or a histogram, "
            "the counts are those since the step began."
        ),
    )
    failure_condition: Text | None = Field(
        default=None, description="The measurement failed when this holds.", examples=["candidate > 0.5"]
    )
    success_condition: Text | None = Field(
        default=None, description="The measurement succeeded when this holds.", examples=["candidate < 0.1"]
    )
    interval: Duration | None = Field(
        default=None,
        description=(
            "The time between two measurements; the first comes one interval after the step began. Without "
            "it, a test or a count is measured every minute, and a condition once, at the step's end."
        ),
        examples=["1m"],
    )
    count: Positive | None = Field(
        default=None,
        description=(
            "How many measurements are judged, also where the step lasts longer for it. Without it, the "
            "metric is measured as long as the step lasts."
        ),
        examples=[12],
    )
    min_samples: Count = Field(default=0, description="How many requests are needed for a verdict.")
    on_no_data: Literal["wait", "inconclusive", "fail"] = Field(
        default="wait", description="What no data means; wait turns inconclusive at the step's end."
    )
    failure_limit: Count = Field(default=0, description="The metric fails when more measurements failed.")
    inconclusive_limit: Count = Field(
        default=0, description="The metric is inconclusive when more measurements were."
    )
    consecutive_error_limit: Count = Field(
        default=4, description="The metric is in error when more measurements in a row were."
    )

    @model_validator(mode="after")
    def _can_decide(self) -> Self:
        for rule in _RULES:
            rule.require(self)
        return self


class Analysis(Part):
    """Metrics that judge a rollout while it runs."""

    api_version: ApiVersion = Field(description="The version of the manifests' language.")
    kind: Literal["Analysis"] = Field(description="What this document is.")
    name: Name = Field(description="The analysis's name, which is its file's.")
    metrics: Annotated[tuple[AnalysisMetric, ...], AtLeastOne] = Field(
        description="The metrics; the strongest verdict of one is that of all."
    )
