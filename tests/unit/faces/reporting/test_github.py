import re

from modelops_git.core.checks.run import Result, Skipped
from modelops_git.core.findings import Severity
from modelops_git.faces.reporting.github import command, render
from reported import AMBIGUOUS, EVERYTHING, VERSION, errors, report


def read(line):
    """Name, properties and text of a workflow command, as the runner takes them apart."""
    name, said, text = re.fullmatch(r"::([a-z]+)(?: ([^\r\n]*?))?::(.*)", line).groups()
    pairs = [pair.split("=", 1) for pair in (said or "").split(",") if pair]
    return name, {key: unescaped(value) for key, value in pairs}, unescaped(text)


def unescaped(text):
    for code, char in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, char)
    return text


def lines(*found, **more):
    return render(report(Result(found, **more))).splitlines()


def test_a_finding_is_a_command_with_place_and_title_whose_text_repeats_the_place():
    line, summary = lines(AMBIGUOUS, files=(VERSION,))
    assert line == (
        f"::error file={VERSION},line=2,col=10,title=MOG109 ambiguous-scalar::"
        f'{VERSION}:2:10: `summary` is no without quotes.%0A-> Write "no".'
    )
    assert summary == "1 error in 1 file"


def test_paths_begin_at_the_top_of_the_repository_also_where_the_registry_is_a_folder_of_it():
    text = render(report(EVERYTHING, prefix="ml/registry/"))
    assert f"file=ml/registry/{VERSION}," in text
    assert "file=ml/registry/modelops.yaml,title=MOG203" in text


def test_nothing_that_is_quoted_ends_a_property_a_command_or_a_line():
    commands = [read(line) for line in render(report()).splitlines() if line.startswith("::")]
    (hostile,) = [said for _, said, _ in commands if said["title"].startswith("MOG301")]
    assert hostile == {
        "file": r"models/a%, b:c\x1b[2J\n::error::x/ü.yaml",
        "line": "3",
        "col": "4",
        "title": "MOG301 version-changed",
    }
    assert {name for name, _, _ in commands} == {"error", "warning"}
    assert len(render(report()).splitlines()) == len(commands) + 1
    assert "\x1b" not in render(report())


def test_errors_come_first_since_only_ten_of_a_kind_are_shown_and_the_others_are_counted():
    found = (*errors(11, Severity.WARNING), *errors(12))
    *commands, notice, summary = lines(*found)
    kinds = [read(line)[0] for line in commands]
    assert kinds == ["error"] * 12 + ["warning"] * 11
    assert read(notice)[0] == "notice"
    assert "the other 2 errors and 1 warning" in notice
    assert summary.startswith("12 errors, 11 warnings")
    assert not any(line.startswith("::notice") for line in lines(*errors(10)))


def test_what_was_not_checked_is_a_warning_with_its_reason():
    line, summary = lines(skipped=(Skipped(VERSION, "MOG305", "its parent cannot be read"),))
    assert read(line) == (
        "warning",
        {"file": VERSION, "title": "not checked"},
        f"MOG305 of {VERSION}: its parent cannot be read",
    )
    assert summary == "no findings in 0 files, 1 check skipped"


def test_a_command_without_properties_has_none():
    assert command("error", {"file": ""}, "a", "", "b") == "::error::a%0Ab"
