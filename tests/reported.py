"""Findings, and results of checks, for the formats that print them."""

from __future__ import annotations

from modelops_git.core.checks.run import Result, Skipped
from modelops_git.core.findings import Edit, Finding, Place, Severity
from modelops_git.core.snapshot import DictSnapshot
from modelops_git.faces.reporting.reports import Report
from modelops_git.faces.reporting.sources import SnapshotSources

VERSION = "models/iris/versions/1.0.0.yaml"
MODEL = "models/iris/model.yaml"
TEXTS = {
    VERSION: "kind: ModelVersion\nsummary: no  # 東京 🎉\nmetrics: {accuracy: 1}\n",
    MODEL: "kind: Model\n# modelops: ignore[MOG307] we jump to a round number\nname: iris\n",
}
HOSTILE = Place("models/a%, b:c\x1b[2J\n::error::x/ü.yaml", 3, 4, "/a/0")
AMBIGUOUS = Finding(
    "MOG109",
    "ambiguous-scalar",
    Severity.ERROR,
    "`summary` is no without quotes.",
    Place(VERSION, 2, 10, "/summary"),
    'Write "no".',
    (Edit(VERSION, 28, 30, '"no"'),),
)
HOSTILE_ERROR = Finding(
    "MOG301",
    "version-changed",
    Severity.ERROR,
    "100 % wrong\r\n::warning::not a command, \x00\ufffe\udcff ]]> <b>&amp;",
    HOSTILE,
    "Restore it.",
)
ORPHAN = Finding("MOG212", "orphan-rollout", Severity.WARNING, "Nobody wants it.", Place(MODEL), "Remove it.")
WHOLE = Finding("MOG203", "unknown-environment", Severity.ERROR, "There is none.", Place(""))
SUPPRESSED = Finding(
    "MOG307", "bump-too-large", Severity.WARNING, "A MINOR would do.", Place(MODEL, 3, 1, "/name")
)
SKIPPED = (
    Skipped(MODEL, "MOG201", "the registry cannot be read"),
    Skipped(MODEL, "MOG205", "the registry cannot be read"),
    Skipped(VERSION, "MOG305", "its parent cannot be read"),
)
EVERYTHING = Result(
    (WHOLE, HOSTILE_ERROR, ORPHAN, AMBIGUOUS),
    SKIPPED,
    (MODEL, VERSION, "modelops.yaml"),
    (SUPPRESSED,),
)


def report(result=EVERYTHING, **more):
    """A report on `result`, whose findings are about `TEXTS`."""
    return Report(result, sources=SnapshotSources(DictSnapshot(TEXTS)), **more)


def errors(number, severity=Severity.ERROR):
    """As many findings as asked for, each in a line of its own."""
    return tuple(
        Finding("MOG115", "bad-value", severity, f"Wrong {line}.", Place(VERSION, line, 1))
        for line in range(1, number + 1)
    )
