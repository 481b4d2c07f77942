import pytest

from modelops_git.core import errors
from modelops_git.core.findings import Finding, Place, Severity
from modelops_git.faces.cli.exit_codes import ExitCode, code_of_error, code_of_findings


def found(code, severity=Severity.ERROR):
    return Finding(code, "slug", severity, "message", Place("a.yaml"))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("x"), 2),
        (errors.RefusedError("x"), 1),
        (errors.StalePlanError("x"), 4),
        (errors.LostRaceError("x"), 4),
        (errors.BrokenAuditError("x"), 5),
        (errors.GitError("x"), 3),
        (errors.StoreConflictError("x"), 3),
        (errors.TargetConflictError("x"), 3),
        (errors.MetricsError("x"), 3),
        (errors.JournalError("x"), 3),
        (errors.ModelopsError("x"), 3),
    ],
)
def test_every_family_of_errors_has_its_exit_code(error, code):
    assert code_of_error(error) == code


def test_a_refusal_that_rests_only_on_what_could_not_be_checked_is_no_decision():
    assert code_of_error(errors.RefusedError("x", findings=[found("MOG413")])) == ExitCode.WORLD
    both = [found("MOG413"), found("MOG403")]
    assert code_of_error(errors.RefusedError("x", findings=both)) == ExitCode.FINDINGS


def test_a_refusal_with_warnings_alone_is_still_a_refusal():
    warning = found("MOG215", Severity.WARNING)
    assert code_of_error(errors.RefusedError("x", findings=[warning])) == ExitCode.FINDINGS


def test_warnings_fail_only_where_they_are_asked_to():
    warnings = [found("MOG212", Severity.WARNING)]
    assert code_of_findings(warnings) == ExitCode.OK
    assert code_of_findings(warnings, Severity.WARNING) == ExitCode.FINDINGS
    assert code_of_findings([]) == ExitCode.OK
