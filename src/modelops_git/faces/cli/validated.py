"""What `validate` answers: the findings in the asked format; the exit code is the same in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode, code_of_findings
from modelops_git.faces.cli.session import Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_git.core.checks.run import Result
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Line
    from modelops_git.faces.reporting.reports import Report


def answer_of(session: Session, report: Report, fixed: Sequence[str]) -> Answer:
    """`report`, with the files that `--fix` has written, in the session's format."""
    code = _code(report)
    if session.format is Format.JSON:
        return Answer({**_data(report.result), "fixed": list(fixed)}, code=code)
    if session.format is Format.TEXT:
        return Answer({}, _lines(report, session.terminal.columns), code)
    from modelops_git.faces.reporting.reports import rendered

    return Answer({}, code=code, text=rendered(session.format.value, report))


def _code(report: Report) -> ExitCode:
    code = code_of_findings(report.result.findings, report.fail_on)
    if code is ExitCode.OK and report.result.skipped and not report.result.errors:
        return ExitCode.WORLD  # what could not be checked is never a pass
    return code


def _data(result: Result) -> dict[str, Any]:
    from modelops_git.faces.reporting.json_output import findings_to_json

    data = findings_to_json(result.findings, files=len(result.files), skipped=len(result.skipped))
    skipped = [{"code": one.code, "path": one.path, "because": one.because} for one in result.skipped]
    return {**data, "skipped": skipped}


def _lines(report: Report, room: int) -> list[Line]:
    from modelops_git.faces.reporting import text

    result = report.result
    return [
        *text.finding_lines(result.findings, report.sources, room=room),
        *text.skipped_lines(result.skipped),
        *text.overview_lines(result.findings),
        text.summary_line(result.findings, text.Tally(len(result.files), len(result.skipped))),
    ]
