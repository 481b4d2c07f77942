"""The files of a version, and what they say: read once, however often something is asked for after that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.engine.registering.artifacts import describe
from modelops_git.engine.registering.describing import contents
from modelops_git.engine.registering.sources import collect

if TYPE_CHECKING:
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.registering.artifacts import Described
    from modelops_git.engine.registering.found import Found
    from modelops_git.engine.registering.request import Request
    from modelops_git.engine.registering.sources import Sources

FEW = 3


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found.

    Attributes:
        sources: The files.
        files: The same, described.
        told: What they say.
    """

    sources: Sources
    files: tuple[Described, ...]
    told: Found

    def hidden(self) -> list[str]:
        """One note on what was left out, with the first few names."""
        paths = self.sources.left_out
        names = ", ".join(printable(str(path)) for path in paths[:FEW])
        more = f" and {len(paths) - FEW:,} more" if len(paths) > FEW else ""
        return [f"Hidden, and so left out: {names}{more}."] if paths else []


def look(repository: Repository, request: Request) -> Looked:
    """Read what the files of a request say.

    Raises:
        UsageError: There is nothing at a path, or a role is none.
        RefusedError: A file is a link, or has a name that is not safe.
        StoreError: A file cannot be read.
    """
    sources = collect(request.paths, repository.root, (repository.git_dir, repository.common_dir))
    files = describe(sources.files, request.roles)
    return Looked(sources, files, contents(files))
