"""The queries of analyses in SQL: whether each is one that may be asked is known before anybody asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from modelops_git.core.checks.base import Defect, Scope, UncheckedError, check, pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.context import Context
    from modelops_git.core.manifests.analysis import Analysis, AnalysisMetric
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.provider import SqlProvider

FILES = "duckdb"
"""The back end that reads files; the others have a URL."""


@check("MOG516", "bad-sql", scope=Scope.DOCUMENT, kinds=("Analysis",))
def bad_sql(document: Document, _context: Context) -> Iterator[Defect]:
    """A query of an sql metric is no single SELECT, cannot be read, or calls what it may not.

    Queries are SQL as DuckDB has it, also where another database answers. They read tables and compute: they
    change nothing, read no files, and call only functions that are known to do neither. Words such as
    `${digest}` stand in single quotes.

    Wrong:
    ```yaml
    query: "SELECT avg(latency) FROM predictions WHERE digest = ${digest}"
    ```
    Right:
    ```yaml
    query: "SELECT avg(latency) FROM predictions WHERE digest = '${digest}'"
    ```
    """
    metrics = enumerate(cast("Analysis", document.manifest).metrics)
    asked = [(index, metric) for index, metric in metrics if metric.provider.type == "sql"]
    for index, metric in asked:
        yield from _misplaced(document, index, cast("SqlProvider", metric.provider))
    if asked:
        yield from _refused(document, asked)


def _misplaced(document: Document, index: int, provider: SqlProvider) -> Iterator[Defect]:
    """A place that is not the back end's."""
    at = pointer("metrics", index, "provider")
    if provider.backend == FILES and provider.uri is None:
        yield Defect(
            "duckdb reads the files at a `uri`, and the provider has none.",
            document.place(at),
            "Write `uri`, or the `backend` that `url_env` is the database of.",
        )
    elif provider.backend != FILES and provider.url_env is None:
        yield Defect(
            f"{provider.backend} is reached by a URL, and the provider has no `url_env`.",
            document.place(at),
            "Name the environment variable with the URL of the database.",
        )


def _refused(document: Document, asked: list[tuple[int, AnalysisMetric]]) -> Iterator[Defect]:
    from modelops_git.core.checks.conditions import queries_of
    from modelops_git.core.checks.declared_policies import place_in
    from modelops_git.core.selects import INSTALL, MissingSqlglotError, SelectError, checked

    for index, metric in asked:
        for at, query in queries_of(metric):
            try:
                checked(query)
            except SelectError as error:
                place = place_in(document, pointer("metrics", index) + at, query, error)
                hint = error.hint or "Mend it: one SELECT, in the SQL of DuckDB."
                yield Defect(f"A query of {metric.name} is not asked: {error.message}.", place, hint)
            except MissingSqlglotError as error:
                raise UncheckedError(f"sqlglot is not installed, which reads SQL. Run {INSTALL}") from error


CHECKS = (bad_sql,)
