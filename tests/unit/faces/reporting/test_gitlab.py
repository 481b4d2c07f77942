import json

from modelops_git.core.checks.run import Result
from modelops_git.core.findings import Place
from modelops_git.faces.reporting.gitlab import render
from reported import AMBIGUOUS, EVERYTHING, MODEL, VERSION, errors, report


def issues(result=EVERYTHING, **more):
    return json.loads(render(report(result, **more)))


def test_a_finding_has_all_that_gitlab_asks_for():
    (issue,) = issues(Result((AMBIGUOUS,)))
    assert len(issue.pop("fingerprint")) == 64
    assert issue == {
        "description": 'ambiguous-scalar: `summary` is no without quotes. Write "no".',
        "check_name": "MOG109",
        "severity": "critical",
        "location": {"path": VERSION, "lines": {"begin": 2}},
    }


def test_everything_has_a_line_a_severity_of_gitlab_and_a_fingerprint_of_its_own():
    found = issues()
    assert len(found) == 6
    assert {issue["severity"] for issue in found} == {"critical", "minor", "info"}
    assert all(issue["location"]["lines"]["begin"] >= 1 for issue in found)
    assert len({issue["fingerprint"] for issue in found}) == len(found)


def test_what_was_not_checked_is_said_for_each_file_and_reason():
    said = [issue for issue in issues() if issue["check_name"] == "not-checked"]
    assert [issue["location"]["path"] for issue in said] == [MODEL, VERSION]
    assert said[0]["description"] == "not checked: MOG201, MOG205, since the registry cannot be read"


def test_paths_begin_at_the_top_of_the_repository():
    paths = {issue["location"]["path"] for issue in issues(prefix="ml/")}
    assert {"ml/modelops.yaml", f"ml/{MODEL}", f"ml/{VERSION}"} < paths


def test_no_findings_are_an_empty_list():
    assert issues(Result(files=(MODEL,))) == []


def test_a_fingerprint_stays_when_lines_move_and_when_other_findings_come_and_go():
    moved = AMBIGUOUS._replace(place=AMBIGUOUS.place._replace(line=40, column=3))
    before, *_ = issues(Result((AMBIGUOUS,)))
    after = issues(Result((*errors(3), moved)))[-1]
    assert after["fingerprint"] == before["fingerprint"]
    assert after["location"]["lines"]["begin"] == 40
    elsewhere = AMBIGUOUS._replace(place=Place(MODEL, pointer="/summary"))
    assert issues(Result((elsewhere,)))[0]["fingerprint"] != before["fingerprint"]
