"""The exit codes: one table from what went wrong to the number that scripts see."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from modelops_git.core import errors
from modelops_git.core.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.findings import Finding

COULD_NOT_VERIFY = "MOG413"


class ExitCode(IntEnum):
    """What a number means; all others are reserved."""

    OK = 0
    FINDINGS = 1
    """Findings at or above `--fail-on`, or a refused promotion."""
    USAGE = 2
    WORLD = 3
    """The world failed (store, git, target, provider): nothing was decided, which blocks exactly like 1."""
    STALE = 4
    """A stale plan, or a race that was lost after all retries."""
    AUDIT = 5
    CHANGES = 10
    """The plan has changes (`--detailed-exitcode`)."""
    BUG = 70
    INTERRUPTED = 130


_BY_ERROR: tuple[tuple[type[errors.ModelopsError], ExitCode], ...] = (
    (errors.UsageError, ExitCode.USAGE),
    (errors.RefusedError, ExitCode.FINDINGS),
    (errors.StalePlanError, ExitCode.STALE),
    (errors.LostRaceError, ExitCode.STALE),
    (errors.BrokenAuditError, ExitCode.AUDIT),
)


def code_of_error(error: errors.ModelopsError) -> ExitCode:
    """The exit code of an error; 3 for every error that the table does not name.

    A refusal that rests only on what could not be checked is 3 as well.
    """
    if isinstance(error, errors.RefusedError) and error.findings:
        return code_of_findings(error.findings) or ExitCode.FINDINGS
    return next((code for kind, code in _BY_ERROR if isinstance(error, kind)), ExitCode.WORLD)


def code_of_findings(findings: Iterable[Finding], fail_on: Severity = Severity.ERROR) -> ExitCode:
    """0 without a finding at or above `fail_on`, 3 if all there are say `could not verify`, else 1."""
    counting = {Severity.ERROR} if fail_on is Severity.ERROR else set(Severity)
    codes = {finding.code for finding in findings if finding.severity in counting}
    if not codes:
        return ExitCode.OK
    return ExitCode.WORLD if codes == {COULD_NOT_VERIFY} else ExitCode.FINDINGS
