"""The conditions and queries of analyses: what they say is checked when the manifest is read.

A registry whose analyses have no conditions does not load the language.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

from modelops_git.core.checks.base import Defect, Scope, UncheckedError, check, did_you_mean, pointer
from modelops_git.core.queries import WORDS, tells_apart, unknown_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.context import Context
    from modelops_git.core.manifests.analysis import Analysis, AnalysisMetric
    from modelops_git.core.manifests.parse import Document

FIELDS = ("failure_condition", "success_condition")
_BUCKETS = "/histogram/buckets"
_STABLE = re.compile(r"\bstable\b", re.ASCII)


class _Written(NamedTuple):
    """A condition: whose it is, which one, where, and what it says."""

    metric: str
    field: str
    at: str
    text: str


@check("MOG507", "condition-error", scope=Scope.DOCUMENT, kinds=("Analysis",))
def condition_error(document: Document, _context: Context) -> Iterator[Defect]:
    """A condition of a metric means nothing, or could be true by accident.

    Conditions are CEL over `candidate`, `stable` and `samples`, and are true or false. All three are doubles:
    write `1.0`, not `1`. Only a variable or a number other than zero may be divided by: nothing else can be
    held against zero before it is evaluated.

    Wrong:
    ```yaml
    failure_condition: "candidate > 1.5 * stabel"
    ```
    Right:
    ```yaml
    failure_condition: "candidate > 1.5 * stable && samples > 100.0 && candidate / stable > 2.0"
    ```
    """
    written = list(_written(cast("Analysis", document.manifest)))
    if written:
        from modelops_git.core.policies.language import MissingLibraryError

        try:
            yield from _defects(document, written)
        except MissingLibraryError as error:
            raise UncheckedError(f"the language of conditions is not installed. {error}") from error


def _written(analysis: Analysis) -> Iterator[_Written]:
    for index, metric in enumerate(analysis.metrics):
        for field in FIELDS:
            text = getattr(metric, field)
            if text is not None:
                yield _Written(metric.name, field.replace("_", " "), pointer("metrics", index, field), text)


def _defects(document: Document, conditions: list[_Written]) -> Iterator[Defect]:
    from modelops_git.core.checks.declared_policies import hint_of, place_in
    from modelops_git.core.policies.faults import ExpressionError
    from modelops_git.core.policies.measured import condition

    for one in conditions:
        try:
            condition(one.text)
        except ExpressionError as error:
            place = place_in(document, one.at, one.text, error)
            hint = hint_of(error) or "Mend it: a comparison of candidate, stable and samples."
            yield Defect(f"The {one.field} of {one.metric}: {error.message}.", place, hint)


@check("MOG508", "bad-query", scope=Scope.DOCUMENT, kinds=("Analysis",))
def bad_query(document: Document, _context: Context) -> Iterator[Defect]:
    """A query has an unknown word, cannot be asked, or asks the same of both versions that are compared.

    `${digest}`, `${version}` and `${role}` are others for each version. A query without any of them brings
    one number, and a version cannot be compared with itself: a test of it, or a condition on `stable`, would
    never have data. Of PromQL only brackets, quotes and the quotes of labels are checked here, and Prometheus
    may refuse what is left. CloudWatch has no histograms.

    Wrong:
    ```yaml
    query: 'sum(rate(errors_total{model="${model}"}[5m]))'
    …
    failure_condition: "candidate > 1.5 * stable"
    ```
    Right:
    ```yaml
    query: 'sum(rate(errors_total{digest="${digest}"}[5m]))'
    …
    failure_condition: "candidate > 1.5 * stable"
    ```
    """
    for index, metric in enumerate(cast("Analysis", document.manifest).metrics):
        for at, query in queries_of(metric):
            place = document.place(pointer("metrics", index) + at)
            for word in unknown_words(query):
                known = tuple(f"${{{one}}}" for one in WORDS)
                yield Defect(
                    f"A query of {metric.name} has the unknown word ${{{word}}}.",
                    place,
                    did_you_mean(f"${{{word}}}", known, "words"),
                )
            if at != "/samples_query" and _compares(metric) and not tells_apart(query):
                yield Defect(
                    f"A query of {metric.name} is the same for both versions, which are compared.",
                    place,
                    "Name the version in it: `${digest}`, `${version}` or `${role}`.",
                )
            for what, hint in _cannot_be_asked(metric, at, query):
                yield Defect(f"A query of {metric.name} {what}.", place, hint)


def _cannot_be_asked(metric: AnalysisMetric, at: str, query: str) -> Iterator[tuple[str, str]]:
    """Why the provider would refuse a query, where that is certain, and what to do."""
    if metric.provider.type == "cloudwatch" and at == _BUCKETS:
        yield (
            "asks CloudWatch for a histogram, and it has none",
            "Write a `query` of a percentile, such as p99.",
        )
    if metric.provider.type == "prometheus":
        from modelops_git.core.promql import flaw

        found = flaw(query)
        if found:
            yield found


def queries_of(metric: AnalysisMetric) -> Iterator[tuple[str, str]]:
    """The queries of a metric, by where they are."""
    ratio = metric.ratio
    written = {
        "/query": metric.query,
        "/ratio/of": ratio.of if ratio else None,
        "/ratio/over": ratio.over if ratio else None,
        _BUCKETS: metric.histogram.buckets if metric.histogram else None,
        "/samples_query": metric.samples_query,
    }
    for at, query in written.items():
        if query is not None:
            yield at, query


def _compares(metric: AnalysisMetric) -> bool:
    conditions = (metric.failure_condition, metric.success_condition)
    return metric.test is not None or any(_STABLE.search(text) for text in conditions if text)


CHECKS = (condition_error, bad_query)
