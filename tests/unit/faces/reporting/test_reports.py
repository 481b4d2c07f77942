import pytest

from modelops_git.core.checks.run import Result
from modelops_git.faces.cli.options import FORMATS, REPORTS
from modelops_git.faces.reporting.reports import FORMS, rendered
from reported import report


def test_the_table_has_every_format_that_the_command_takes():
    assert set(FORMS) == set(REPORTS.choices) - set(FORMATS.choices)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("result", [Result(), report().result])
def test_every_form_ends_its_last_line_and_says_the_same_twice(form, result):
    text = rendered(form, report(result))
    assert text.endswith("\n")
    assert text == rendered(form, report(result))


@pytest.mark.parametrize("form", FORMS)
def test_no_form_can_change_a_terminal(form):
    assert not [char for char in rendered(form, report()) if char != "\n" and not char.isprintable()]


def test_there_is_no_other_form():
    with pytest.raises(KeyError):
        rendered("html", report())
