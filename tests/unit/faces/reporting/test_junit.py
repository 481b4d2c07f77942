from pathlib import Path

import pytest
import xmlschema
from junitparser import Failure, JUnitXml, Skipped

from modelops_git.core.checks.run import Result
from modelops_git.core.findings import Severity
from modelops_git.faces.reporting.junit import render
from reported import AMBIGUOUS, EVERYTHING, MODEL, ORPHAN, VERSION, errors, report

SCHEMA = Path(__file__).with_name("junit-10.xsd")
"""The schema of Jenkins' plugin xUnit, under the MIT License; its newest, which no package brings."""


def read(result=EVERYTHING, **more):
    text = render(report(result, **more))
    assert text.isascii()
    return JUnitXml.fromstring(text.encode())


def cases(suites):
    return {case.name: case for suite in suites for case in suite}


def test_each_file_is_a_suite_and_each_finding_a_case():
    suites = read()
    assert [suite.name for suite in suites] == [
        "modelops.yaml",
        r"models/a%, b:c\x1b[2J\n::error::x/ü.yaml",
        MODEL,
        VERSION,
    ]
    assert (suites.tests, suites.failures, suites.errors) == (6, 3, 0)


def test_a_finding_is_a_failure_with_its_sentence_place_and_what_to_do():
    (case,) = cases(read(Result((AMBIGUOUS,), files=(VERSION,)))).values()
    assert (case.name, case.classname) == ("MOG109 ambiguous-scalar 2:10", VERSION)
    (failure,) = case.result
    assert isinstance(failure, Failure)
    assert (failure.type, failure.message) == ("MOG109", "`summary` is no without quotes.")
    assert failure.text.splitlines()[:2] == [
        f"{VERSION}:2:10: `summary` is no without quotes.",
        'Write "no".',
    ]


def test_a_warning_fails_only_where_warnings_fail():
    (case,) = cases(read(Result((ORPHAN,)))).values()
    assert case.is_passed
    assert case.system_out.startswith(f"warning: {MODEL}: Nobody wants it.")
    (case,) = cases(read(Result((ORPHAN,)), fail_on=Severity.WARNING)).values()
    assert not case.is_passed


def test_what_was_not_checked_is_skipped_with_its_reason():
    (skipped,) = cases(read())["not checked: MOG201, MOG205"].result
    assert isinstance(skipped, Skipped)
    assert skipped.message == "the registry cannot be read"
    assert [suite.skipped for suite in read()] == [0, 0, 1, 1]


def test_a_file_without_findings_is_a_case_that_passes():
    (case,) = cases(read(Result(files=(VERSION,)), prefix="ml/")).values()
    assert (case.name, case.classname, case.is_passed) == ("no findings", f"ml/{VERSION}", True)


def test_what_xml_cannot_hold_is_escaped_and_markup_is_text():
    (failure,) = cases(read())["MOG301 version-changed 3:4"].result
    assert failure.message.endswith(r"\x00\ufffe\udcff ]]> <b>&amp;")
    assert r"100 % wrong\r\n::warning::not a command" in failure.text


@pytest.mark.parametrize("result", [EVERYTHING, Result(), Result((ORPHAN,)), Result(errors(200))])
def test_the_document_is_valid_by_the_schema_of_jenkins(result):
    xmlschema.XMLSchema(SCHEMA).validate(render(report(result)))


def test_the_schema_of_jenkins_would_find_a_mistake():
    wrong = render(report()).replace("<failure ", "<fault ").replace("</failure>", "</fault>")
    assert not xmlschema.XMLSchema(SCHEMA).is_valid(wrong)
