"""The conditions of analyses in a registry: where their mistakes are, and what is not checked."""

from __future__ import annotations

import pytest

import casebook
from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.context import Facts
from modelops_git.core.checks.run import run
from modelops_git.core.policies import language
from modelops_git.core.snapshot import DictSnapshot

PATH = "analyses/serving-health.yaml"


def checked(condition):
    snapshot = casebook.registry()
    files = {path: snapshot.read(path).decode() for path in snapshot.paths()}
    files[PATH] = files[PATH].replace("candidate > 0.05", condition)
    return run(Catalog(DictSnapshot(files)), None, [PATH], Facts(casebook.NOW))


@pytest.mark.parametrize(
    ("condition", "column", "message", "hint"),
    [
        (
            "candidate > 1",
            35,
            "`>` cannot be applied to double, int",
            "Measured values are doubles: write `1.0`",
        ),
        ("candidat > 1.0", 25, "there is no variable 'candidat'", "Did you mean candidate?"),
        ("stable.version == '1'", 31, "cannot be the operand", "Mend it"),
        ("candidate", 25, "the expression is double, and must be true or false", "Mend it"),
        ("candidate >", 36, "the expression is no CEL", "Mend it"),
        ("candidate / (2.0 * stable) > 1.0", 42, "it divides by what may be 0", "Multiply the other side"),
        ("candidate / 0.0 > 1.0", 37, "it divides by what may be 0", "Multiply the other side"),
        ("candidate > double('nan')", 43, "double() could make what is no number", "write numbers as `1.0`"),
    ],
)
def test_a_mistake_is_told_where_it_is(condition, column, message, hint):
    findings = [one for one in checked(condition).findings if one.code == "MOG507"]
    assert len(findings) == 1
    (finding,) = findings
    assert message in finding.message
    assert "The failure condition of error-rate: " in finding.message
    assert hint in finding.hint
    assert (finding.place.path, finding.place.line, finding.place.column) == (PATH, 10, column)


@pytest.mark.parametrize(
    "condition",
    [
        "candidate > 2.0 * stable",
        "candidate / stable > 2.0 || candidate / 2.5 > 1e-3",
        "samples > 100.0 && candidate > 0.5",
        "!(candidate < -1.0)",
    ],
)
def test_what_means_something_is_taken(condition):
    assert checked(condition).findings == ()


def test_where_the_language_is_not_installed_nothing_is_checked_and_nothing_passes(monkeypatch):
    def missing(*_):
        raise language.MissingLibraryError(language.INSTALL)

    monkeypatch.setattr(language, "_environment", missing)
    result = checked("candidate > 0.0513 * 1.0")
    assert result.findings == ()
    (skipped,) = result.skipped
    assert (skipped.path, skipped.code) == (PATH, "MOG507")
    assert "the language of conditions is not installed" in skipped.because
    assert 'pip install "modelops-git[policies]"' in skipped.because
