"""Measurements as JSON from a web server."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from modelops_git.core.errors import MetricsError
from modelops_git.edges.metrics.document import answers
from modelops_git.edges.metrics.web import OK, Site, connected, token_of

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.assessing.points import Point
    from modelops_git.core.manifests.provider import HttpProvider
    from modelops_git.edges.metrics.base import Question


@dataclass(frozen=True)
class HttpMetrics:
    """The measurements that a GET of `site` answers with; it is asked once."""

    site: Site

    def measure(self, question: Question) -> tuple[Point, ...]:
        """What the server says (see `MetricProvider.measure`)."""
        return answers(self._content, self.site.subject, question)

    @cached_property
    def _content(self) -> bytes:
        """The body of the answer, at most one byte more than may be."""
        with connected(self.site) as connection:
            answer = connection.ask()
        if answer.status != OK:
            raise MetricsError(f"{self.site.subject}: the server says HTTP {answer.status}")
        return answer.body


def open_provider(manifest: HttpProvider, _root: Path) -> HttpMetrics:
    """The provider at the address of `manifest`.

    Raises:
        MetricsError: The environment variable with its token is not there.
    """
    return HttpMetrics(Site(manifest.url, token_of(manifest)))
