"""Whether files that are not written yet would pass the checks of the registry they are for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.context import Facts
from modelops_git.core.checks.run import run
from modelops_git.core.errors import RefusedError
from modelops_git.core.findings import Place, Severity
from modelops_git.core.overlay import OverlaySnapshot
from modelops_git.core.snapshot import Change
from modelops_git.edges.git.commits import find_commit
from modelops_git.edges.git.reading import commit_snapshot
from modelops_git.engine.registering.missing import lacks_of_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelops_git.core.checks.run import Result
    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.snapshot import Snapshot
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.registering.composing import Composer
    from modelops_git.engine.registering.metadata import Metadata

NEEDS_TIP = "MOG303"


def merged_state(repository: Repository, registry: Registry) -> Snapshot | None:
    """The newest state of the default branch that this clone knows; None where it knows none."""
    branch = registry.default_branch
    remote = registry.journal.remote or "origin"
    for name in (f"refs/remotes/{remote}/{branch}", f"refs/heads/{branch}"):
        if find_commit(repository, name):
            return commit_snapshot(repository, name)
    return None


def judge(snapshot: Snapshot, files: Mapping[str, str], facts: Facts) -> Result:
    """What the checks say about `files`, by path, if they were added to `snapshot`."""
    head = OverlaySnapshot(snapshot, files)
    return run(Catalog(head), Change(snapshot, head, tuple(sorted(files))), files, facts)


def flaws_of_new_model(composer: Composer, catalog: Catalog) -> list[Finding]:
    """What is missing to describe a new model, and what is wrong with the rest of its description."""
    asked, new = composer.request, composer.request.new_model
    lacking = lacks_of_model(new, asked.model)
    known = {finding.place.pointer for finding in lacking}
    whole = replace(
        new,
        description=new.description or "…",
        owners=new.owners or ("nobody",),
        risk=new.risk or "low",
    )
    files = replace(composer, request=replace(asked, new_model=whole)).model_file()
    result = judge(catalog.snapshot, files, Facts(asked.now, None))
    wrong = [one for one in result.findings if one.severity is Severity.ERROR]
    said = [one for one in wrong if not any(one.place.pointer.startswith(pointer) for pointer in known)]
    # There is no such file yet, so a line of it would tell nobody anything.
    placed = [one._replace(place=Place(one.place.path, pointer=one.place.pointer)) for one in said]
    return [*lacking, *placed]


def approve(result: Result, metadata: Metadata, manifest: object) -> tuple[Finding, ...]:
    """The warnings of `result`.

    Raises:
        RefusedError: There are errors, or something could not be checked.
    """
    findings = tuple(_advised(metadata.relocated(finding, manifest)) for finding in result.findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise RefusedError("this would be no valid version; nothing was stored or written", findings=findings)
    unchecked = [one for one in result.skipped if one.code != NEEDS_TIP]
    if unchecked:
        raise RefusedError(
            f"{unchecked[0].code} cannot be checked, since {unchecked[0].because}; nothing was written",
            hint="Mend that first: `modelops validate --all` says where.",
        )
    return findings


def _advised(finding: Finding) -> Finding:
    """The finding, with what else can be done about it while registering."""
    if finding.code != "MOG304":
        return finding
    return finding._replace(hint=f"{finding.hint} To mend an older line, name its version with --parent.")
