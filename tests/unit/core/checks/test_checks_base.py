"""A check says code, slug and severity once; its function yields defects."""

from __future__ import annotations

import pytest

from modelops_git.core.checks import all_checks
from modelops_git.core.checks.base import (
    MOST_DEFECTS,
    Defect,
    Scope,
    bounded,
    check,
    define,
    did_you_mean,
    pointer,
)
from modelops_git.core.findings import Edit, Place, Severity


@check("MOG299", "odd-number", scope=Scope.DOCUMENT, kinds=("Model",), severity=Severity.WARNING)
def odd_number(number):
    """A number is odd.

    Why.
    """
    if number % 2:
        yield Defect(f"{number} is odd", Place("a.yaml"), "Add one.", (Edit("a.yaml", 0, 1, "2"),))
    if number == 13:
        yield Defect("and it is 13", Place("a.yaml"), severity=Severity.ERROR)


def test_a_check_is_called_with_its_subject_and_gives_findings():
    (finding,) = odd_number(3)
    assert (finding.code, finding.slug, finding.severity) == ("MOG299", "odd-number", Severity.WARNING)
    assert (finding.message, finding.hint, finding.fixable) == ("3 is odd", "Add one.", True)
    assert odd_number(4) == ()


def test_a_defect_can_weigh_more_than_its_check():
    assert [finding.severity for finding in odd_number(13)] == [Severity.WARNING, Severity.ERROR]


def test_the_docstring_is_the_page():
    assert odd_number.page == "A number is odd.\n\nWhy."
    assert odd_number.summary == "A number is odd."


def test_a_definition_finds_nothing_by_itself():
    assert define("MOG199", "nothing", "Nothing.")() == ()


@pytest.mark.parametrize(
    ("code", "can"),
    [
        ("MOG101", False),
        ("MOG204", True),
        ("MOG301", False),
        ("MOG306", False),
        ("MOG307", True),
        ("MOG403", False),
        ("MOG501", True),
        ("MOG602", False),
    ],
)
def test_laws_cannot_be_suppressed(code, can):
    assert define(code, "any", "Any.").suppressible is can


def test_all_checks_are_sorted_by_code():
    codes = [one.code for one in all_checks()]
    assert codes == sorted(codes)


def test_a_pointer_escapes_what_rfc_6901_escapes():
    assert pointer("metrics", "a/b~c", 0) == "/metrics/a~1b~0c/0"
    assert pointer() == ""


def test_a_hint_names_the_nearest_else_all_else_none():
    assert did_you_mean("irsi", ["iris", "tulip"], "models") == "Did you mean iris?"
    assert did_you_mean("rose", ["iris", "tulip"], "models") == "Known models: iris, tulip."
    assert did_you_mean("x", [f"model-{n}" for n in range(9)], "models").endswith("model-4, ….")
    assert did_you_mean("x", [], "models") == "There are no models yet."


def test_of_very_many_defects_the_first_are_kept_and_the_rest_is_told_where_no_comment_can_switch_it_off():
    def defects(number):
        return (Defect(f"Defect {one}.", Place("a.yaml", 1)) for one in range(number))

    assert bounded(defects(MOST_DEFECTS), "a.yaml") == list(defects(MOST_DEFECTS))
    *kept, more = bounded(defects(10**12), "a.yaml")
    assert kept == list(defects(MOST_DEFECTS))
    assert more.place == Place("a.yaml")
    assert "more than 100" in more.message


def test_a_name_is_found_among_thousands_that_are_alike():
    known = [f"accuracy-{number:04}" for number in range(1500)]
    assert did_you_mean("acuracy-0815", known, "metrics") == "Did you mean accuracy-0815?"
    assert did_you_mean("accuracy-08115", known, "metrics") == "Did you mean accuracy-0815?"
