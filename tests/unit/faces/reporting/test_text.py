import pytest

from modelops_git.core.checks.run import Skipped
from modelops_git.core.findings import Finding, Place, Severity
from modelops_git.core.snapshot import DictSnapshot
from modelops_git.faces.reporting.lines import render
from modelops_git.faces.reporting.sources import LONGEST_QUOTED, SnapshotSources
from modelops_git.faces.reporting.text import (
    NoSources,
    Tally,
    finding_lines,
    overview_lines,
    skipped_lines,
    summary_line,
)

PATH = "models/iris/versions/1.0.0.yaml"


def found(line=0, column=0, **more):
    fields = {"message": "this is wrong", "hint": "", "path": PATH, **more}
    place = Place(fields["path"], line, column)
    return Finding("MOG301", "version-changed", Severity.ERROR, fields["message"], place, fields["hint"])


def shown(findings, files=None):
    lines = finding_lines(findings, SnapshotSources(DictSnapshot(files or {})))
    return [render(line, colour=False) for line in lines]


def test_a_finding_shows_place_line_caret_sentence_and_what_to_do():
    files = {PATH: "one: 1\ntwo: 2\n  accuracy: 0.99\n"}
    assert shown([found(3, 13, hint="Write a new version.")], files) == [
        f"{PATH}:3:13: error MOG301 version-changed",
        "  3 |   accuracy: 0.99",
        "    |             ^",
        "  this is wrong",
        "  -> Write a new version.",
        "",
    ]


def test_the_caret_stands_below_its_character_whatever_stands_before_it():
    _, quoted, pointed, *_ = shown([found(1, 4)], {PATH: "\t東京x: 1\n"})
    assert quoted == "  1 | \\t東京x: 1"
    assert pointed.index("^") == len("  1 | ") + len("\\t") + 4


def test_a_very_long_line_is_shown_around_the_column_only():
    _, quoted, pointed, *_ = shown([found(1, 50_001)], {PATH: "a" * 50_000 + "X" + "b" * 40_000})
    assert len(quoted) < 120
    assert quoted[pointed.index("^")] == "X"


def test_a_line_that_nobody_could_read_is_not_quoted():
    assert shown([found(1, 7)], {PATH: "a" * (LONGEST_QUOTED + 1)}) == [
        f"{PATH}:1:7: error MOG301 version-changed",
        "  this is wrong",
        "",
    ]


def test_a_file_that_is_gone_has_no_line_to_show():
    assert shown([found(3, 1)]) == [
        f"{PATH}:3:1: error MOG301 version-changed",
        "  this is wrong",
        "",
    ]


def test_a_finding_about_the_registry_as_a_whole_says_so():
    assert shown([found(path="")])[0] == "(registry): error MOG301 version-changed"


def test_hostile_paths_messages_and_lines_are_escaped():
    files = {"\x1b[2J.yaml": "name: \x1b[31mred\n"}
    text = "\n".join(shown([found(1, 1, path="\x1b[2J.yaml", message="\x1b]0;x\x07")], files))
    assert "\x1b" not in text
    assert "\\x1b[2J.yaml:1:1" in text
    assert "name: \\x1b[31mred" in text


def test_a_message_cannot_grow_without_bound():
    assert max(map(len, shown([found(message="x" * 100_000)]))) < 2100


def test_findings_are_sorted_by_file_and_line():
    findings = [found(9, 1), found(2, 1), found(1, 1, path="a.yaml")]
    places = [line.split(": ")[0] for line in shown(findings) if "MOG301" in line]
    assert places == ["a.yaml:1:1", f"{PATH}:2:1", f"{PATH}:9:1"]


def test_on_a_terminal_several_findings_of_one_file_have_a_heading():
    findings = [found(9, 1), found(2, 1), found(1, 1, path="a.yaml")]
    lines = [render(line, colour=False) for line in finding_lines(findings, NoSources(), room=80)]
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "a.yaml:1:1: error MOG301 version-changed",
        f"{PATH}: 2 errors",
        f"{PATH}:2:1: error MOG301 version-changed",
        f"{PATH}:9:1: error MOG301 version-changed",
    ]


def test_lines_past_the_end_of_a_file_and_no_sources_at_all_show_nothing():
    assert SnapshotSources(DictSnapshot({PATH: "a\r\nb"})).line(PATH, 1) == "a"
    assert SnapshotSources(DictSnapshot({PATH: "a\nb"})).line(PATH, 3) is None
    assert NoSources().line(PATH, 1) is None


def test_what_was_not_checked_is_said_with_its_reason_once_for_each_file():
    few = [Skipped("a.yaml", code, "it is broken") for code in ("MOG301", "MOG302")]
    many = [Skipped("b.yaml", f"MOG20{number}", "b is \x1b") for number in range(4)]
    assert [render(line, colour=False) for line in skipped_lines([*few, *many])] == [
        "not checked: MOG301, MOG302 of a.yaml, since it is broken",
        "not checked: 4 checks of b.yaml, since b is \\x1b",
        "",
    ]
    assert skipped_lines([]) == []


WARNING = Finding("MOG212", "orphan", Severity.WARNING, "m", Place(PATH))


@pytest.mark.parametrize(
    ("findings", "tally", "text"),
    [
        ([], Tally(12), "no findings in 12 files"),
        ([found(), found(), WARNING], Tally(12), "2 errors, 1 warning in 12 files"),
        ([WARNING], Tally(1, 2), "1 warning in 1 file, 2 checks skipped"),
        ([], Tally(12_000, 1), "no findings in 12,000 files, 1 check skipped"),
    ],
)
def test_the_summary_counts_and_says_what_was_skipped(findings, tally, text):
    assert render(summary_line(findings, tally), colour=False) == text


def test_many_findings_in_several_files_are_counted_by_file():
    many = [found(line, 1) for line in range(1, 11)]
    assert overview_lines(many) == []
    lines = [
        render(line, colour=False) for line in overview_lines([*many, WARNING, found(1, 1, path="a.yaml")])
    ]
    assert [line.split() for line in lines] == [
        ["FILE", "FINDINGS"],
        [PATH, "10", "errors,", "1", "warning"],
        ["a.yaml", "1", "error"],
        [],
    ]
    assert overview_lines([*many, *many]) == []


def test_of_many_files_those_with_the_most_findings_are_named_and_the_first_that_were_not_checked():
    findings = [found(path=f"{number:02}.yaml") for number in range(30)] + [found(path="29.yaml")]
    lines = [render(line, colour=False) for line in overview_lines(findings)]
    assert lines[1].split() == ["29.yaml", "2", "errors"]
    assert lines[2].split() == ["00.yaml", "1", "error"]
    assert lines[-2:] == ["and 20 more files", ""]
    skipped = [Skipped(f"{number:02}.yaml", "MOG301", "it is broken") for number in range(11)]
    lines = [render(line, colour=False) for line in skipped_lines(skipped)]
    assert len(lines) == 12
    assert lines[-2:] == ["not checked: checks of 1 more file; --format json names them", ""]
