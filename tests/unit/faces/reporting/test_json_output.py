import json

import pytest

from modelops_git.core.errors import RefusedError, StalePlanError, StoreConflictError
from modelops_git.core.findings import Edit, Finding, Place, Severity
from modelops_git.faces.reporting.json_output import dumps, error_to_json, finding_to_json, findings_to_json

PATH = "models/iris/versions/1.0.0.yaml"
FOUND = Finding(
    "MOG301",
    "version-changed",
    Severity.ERROR,
    "accuracy was 0.9 and is 0.99",
    Place(PATH, 7, 10, "/metrics/accuracy"),
    "Write a new version.",
)


def test_a_finding_has_exactly_the_documented_fields_in_their_order():
    assert list(finding_to_json(FOUND).items()) == [
        ("code", "MOG301"),
        ("slug", "version-changed"),
        ("severity", "error"),
        ("message", "accuracy was 0.9 and is 0.99"),
        ("path", PATH),
        ("line", 7),
        ("column", 10),
        ("pointer", "/metrics/accuracy"),
        ("hint", "Write a new version."),
        ("fixable", False),
        ("url", FOUND.url),
    ]


def test_a_finding_with_a_safe_edit_is_fixable():
    edited = Finding("MOG109", "x", Severity.ERROR, "m", Place(PATH), edits=(Edit(PATH, 0, 1, "y"),))
    assert finding_to_json(edited)["fixable"] is True


def test_the_summary_counts_by_severity():
    warning = Finding("MOG212", "orphan-rollout", Severity.WARNING, "m", Place(PATH))
    document = findings_to_json([FOUND, warning, warning], files=12, skipped=3)
    assert document["summary"] == {"files": 12, "errors": 1, "warnings": 2, "skipped": 3}
    assert len(document["findings"]) == 3


def test_every_document_begins_with_the_version_of_its_format():
    assert dumps({"models": []}).startswith('{\n  "format_version": 1,\n  "models"')


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\x9b", "\x7f", "\u202e", "\udc80", "\n"])
def test_a_document_holds_no_character_that_a_terminal_acts_on_and_means_the_same(hostile):
    text = dumps({"value": hostile})
    assert text.replace("\n", "").isascii()
    assert text.replace("\n", "").isprintable()
    assert json.loads(text)["value"] == hostile


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (StoreConflictError("no"), "store-conflict"),
        (StalePlanError("no"), "stale-plan"),
        (RefusedError("no"), "refused"),
    ],
)
def test_an_error_names_its_kind_without_the_name_of_a_class(error, kind):
    assert error_to_json(error, 4)["error"]["kind"] == kind


def test_a_refusal_carries_its_findings():
    error = error_to_json(RefusedError("no", hint="do", findings=[FOUND]), 1)["error"]
    assert (error["message"], error["hint"], error["exit_code"]) == ("no", "do", 1)
    assert [finding["code"] for finding in error["findings"]] == ["MOG301"]
