"""`modelops validate`: all checks that need no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from modelops_git.core.errors import UsageError
from modelops_git.core.findings import Severity
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode, code_of_findings
from modelops_git.faces.cli.options import gathers, takes_session

if TYPE_CHECKING:
    from modelops_git.core.checks.run import Result
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.validate import Request
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.text import Sources


class Asked(NamedTuple):
    """The words of the command; each is described by its option."""

    files: tuple[Path, ...]
    everything: bool
    base: str | None
    staged: bool
    fail_on: str
    fix: bool
    diff: bool


@click.command("validate")
@takes_session
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Everything, not only what changed.")
@click.option("--base", metavar="REV", help="The commit to compare with.")
@click.option("--staged", is_flag=True, help="What is about to be committed, not the files on disk.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="The least that gives exit code 1.",
)
@click.option("--fix", is_flag=True, help="Make the fixes that cannot change what was meant.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@gathers(Asked)
def command(session: Session, asked: Asked) -> Answer:
    """Check the manifests; needs no network.

    Without FILES, those that differ from what is merged, and all that refers to them. Exit code 1 where there
    are findings, 3 where something could not be checked and nothing else is wrong.
    """
    from modelops_git.engine.validate import validate

    repository = session.repository()
    request = _request(repository, asked)
    result = validate(repository, request)
    if asked.diff:
        return _difference(repository, request, result)
    fixed = _fix(session, repository, request, result) if asked.fix else ()
    if fixed:
        result = validate(repository, request)
    answer = _answer(result, _sources(repository, request, result), Severity(asked.fail_on))
    return Answer({**answer.data, "fixed": list(fixed)}, answer.lines, answer.code)


def _request(repository: Repository, asked: Asked) -> Request:
    from modelops_git.engine.validate import Request, registry_paths

    if asked.everything and asked.files:
        raise UsageError("name files, or give --all, not both")
    files = registry_paths(repository, asked.files)
    # The registry's own folder stands for everything in it.
    return Request(tuple(filter(None, files)), asked.everything or "" in files, asked.base, asked.staged)


def _sources(repository: Repository, request: Request, result: Result) -> Sources:
    """The texts that the findings quote."""
    from modelops_git.edges.git.reading import index_snapshot, worktree_snapshot
    from modelops_git.faces.reporting.sources import SnapshotSources
    from modelops_git.faces.reporting.text import NoSources

    if not result.findings:
        return NoSources()

    return SnapshotSources(index_snapshot(repository) if request.staged else worktree_snapshot(repository))


def _fix(session: Session, repository: Repository, request: Request, result: Result) -> tuple[str, ...]:
    from modelops_git.engine.validate import fix, write_fixes

    texts = fix(repository, request, result)
    write_fixes(repository, texts)
    for path in texts:
        session.note(f"fixed {path}")
    return tuple(texts)


def _difference(repository: Repository, request: Request, result: Result) -> Answer:
    """What `--fix` would write, as a unified diff; exit code 1 where it is not empty."""
    from difflib import unified_diff

    from modelops_git.edges.git.reading import worktree_snapshot
    from modelops_git.engine.validate import fix

    snapshot = worktree_snapshot(repository)
    lines: list[str] = []
    for path, text in fix(repository, request, result).items():
        before = snapshot.read(path).decode("utf-8").split("\n")
        lines += unified_diff(before, text.split("\n"), f"a/{path}", f"b/{path}", lineterm="")
    code = ExitCode.FINDINGS if lines else ExitCode.OK
    return Answer({"diff": lines}, lines, code)


def _answer(result: Result, sources: Sources, fail_on: Severity) -> Answer:
    from modelops_git.faces.reporting.json_output import findings_to_json
    from modelops_git.faces.reporting.text import Tally, finding_lines, skipped_lines, summary_line

    tally = Tally(len(result.files), len(result.skipped))
    data: dict[str, Any] = findings_to_json(result.findings, files=tally.files, skipped=tally.skipped)
    data["skipped"] = [{"code": one.code, "path": one.path, "because": one.because} for one in result.skipped]
    code = code_of_findings(result.findings, fail_on)
    if code is ExitCode.OK and result.skipped and not result.errors:
        code = ExitCode.WORLD  # what could not be checked is never a pass
    lines = [*finding_lines(result.findings, sources), *skipped_lines(result.skipped)]
    return Answer(data, [*lines, summary_line(result.findings, tally)], code)
