"""`modelops validate`: all checks that need no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from modelops_git.core.errors import UsageError
from modelops_git.core.findings import Severity
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode
from modelops_git.faces.cli.options import gathers, reports_findings
from modelops_git.faces.cli.session import Format

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
    head: str | None
    staged: bool
    fail_on: str
    fix: bool
    diff: bool


@click.command("validate")
@reports_findings
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Everything, not only what changed.")
@click.option("--base", metavar="REV", help="The commit to compare with.")
@click.option("--head", metavar="REV", help="The commit to check, not the files on disk.")
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
    are findings, 3 where something could not be checked and nothing else is wrong; the format changes nothing
    about that. The formats github (workflow commands), gitlab (Code Quality), sarif (2.1.0) and junit are for
    other programs, and name files from the top of the repository.
    """
    from modelops_git.engine.validate import validate
    from modelops_git.faces.cli.validated import answer_of
    from modelops_git.faces.reporting.reports import Report

    if asked.diff and session.format not in {Format.TEXT, Format.JSON}:
        raise UsageError("--diff is printed as text or json", hint="Leave out --diff or --format.")
    repository = session.repository()
    request = _request(repository, asked)
    result = validate(repository, request)
    if asked.diff:
        return _difference(repository, request, result)
    fixed = _fix(session, repository, request, result) if asked.fix else ()
    if fixed:
        result = validate(repository, request)
    sources = _sources(repository, request, result)
    report = Report(result, repository.prefix, sources, Severity(asked.fail_on))
    return answer_of(session, report, fixed)


def _request(repository: Repository, asked: Asked) -> Request:
    from modelops_git.engine.validate import Request, registry_paths

    if asked.everything and asked.files:
        raise UsageError("name files, or give --all, not both")
    if asked.head is not None and asked.staged:
        raise UsageError("--head is a commit and --staged is the next one: give one of the two")
    if asked.head == "":
        raise UsageError("--head is empty", hint="Name a commit, such as a branch or a tag.")
    files = registry_paths(repository, asked.files)
    # The registry's own folder stands for everything in it.
    named = tuple(filter(None, files))
    return Request(named, asked.everything or "" in files, asked.base, asked.staged, asked.head)


def _sources(repository: Repository, request: Request, result: Result) -> Sources:
    """The texts that the findings quote."""
    from modelops_git.engine.validate import state_of
    from modelops_git.faces.reporting.sources import SnapshotSources
    from modelops_git.faces.reporting.text import NoSources

    if not result.findings and not result.suppressed:
        return NoSources()
    return SnapshotSources(state_of(repository, request))


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

    from modelops_git.core.secrets import redacted
    from modelops_git.edges.git.reading import worktree_snapshot
    from modelops_git.engine.validate import fix

    snapshot = worktree_snapshot(repository)
    lines: list[str] = []
    for path, text in fix(repository, request, result).items():
        before = redacted(snapshot.read(path).decode("utf-8")).split("\n")
        lines += unified_diff(before, redacted(text).split("\n"), f"a/{path}", f"b/{path}", lineterm="")
    code = ExitCode.FINDINGS if lines else ExitCode.OK
    return Answer({"diff": lines}, lines, code)
