"""Measurements in a file: JSON that something else writes."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import MetricsError
from modelops_git.edges.metrics.document import answers
from modelops_git.edges.metrics.jsontext import LARGEST
from modelops_git.edges.uris import folder_of

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.assessing.points import Point
    from modelops_git.core.manifests.provider import FileProvider
    from modelops_git.edges.metrics.base import Question


@dataclass(frozen=True)
class FileMetrics:
    """The measurements in the file at `path`; it is read once."""

    path: Path

    def measure(self, question: Question) -> tuple[Point, ...]:
        """What the file says (see `MetricProvider.measure`)."""
        return answers(self._content, printable(self.path.name), question)

    @cached_property
    def _content(self) -> bytes:
        """The file's bytes, at most one more than may be.

        Raises:
            MetricsError: It is not there, cannot be read, or is no plain file.
        """
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise MetricsError(f"{printable(str(self.path))} is no plain file")
                return file.read(LARGEST + 1)
        except OSError as error:
            raise MetricsError(
                f"cannot read {printable(str(self.path))}: {error.strerror or error}",
                hint="Check `uri` of the provider, and what writes the file.",
            ) from error


def open_provider(manifest: FileProvider, root: Path) -> FileMetrics:
    """The provider that reads the file at the `file:` address of `manifest`.

    Raises:
        MetricsError: The address is of another scheme, or names no file.
    """
    if not manifest.uri.startswith("file:"):
        raise MetricsError(
            f"metrics cannot be read from {printable(manifest.uri)}", hint="Write `file:` and a path."
        )
    try:
        return FileMetrics(root / folder_of(manifest.uri))
    except ValueError as error:
        raise MetricsError(f"the uri {printable(manifest.uri)} {error}") from None
