"""Carets, judged by what an emulated terminal shows."""

import pyte
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modelops_git.faces.reporting.excerpts import excerpt, wrapped
from modelops_git.faces.reporting.lines import render

TALL = 40


def on_screen(lines, columns):
    """The rows that a terminal of `columns` shows."""
    screen = pyte.Screen(columns, TALL)
    pyte.Stream(screen).feed("".join(render(line, colour=True) + "\r\n" for line in lines))
    return [[screen.buffer[row][column].data for column in range(columns)] for row in range(TALL)]


def pointed_at(text, column, columns):
    """What stands above the caret on a terminal of `columns`."""
    quoted, below, *rest = on_screen(excerpt(text, (7, column), columns), columns)
    assert not "".join(map("".join, rest)).strip(), "a line was broken"
    assert "".join(quoted).startswith("  7 | ")
    return quoted[below.index("^")]


@pytest.mark.parametrize(
    ("text", "column", "char"),
    [
        ("summary: no", 10, "n"),
        ("\tsummary: no", 11, "n"),
        ("東京: x", 5, "x"),
        ("東京: x", 2, "京"),
        ("🎉🎉 x", 4, "x"),
        ("e\u0301te\u0301: x", 8, "x"),
        ("한국: x", 5, "x"),
        ("a\u200db\x1b[31m\u202ec", 10, "c"),
        ("x" * 50_000 + "Y" + "z" * 50_000, 50_001, "Y"),
        ("東" * 500 + "Y" + "京" * 500, 501, "Y"),
        ("Y" + "z" * 500, 1, "Y"),
        ("z" * 500 + "Y", 501, "Y"),
    ],
)
@pytest.mark.parametrize("columns", [30, 80, 300])
def test_the_caret_stands_below_its_character(text, column, char, columns):
    assert pointed_at(text, column, columns) == char


ASSIGNED = st.characters(exclude_categories=["Cs", "Cn", "Co"])
"""How wide a character is that no Unicode knows is for each terminal to guess, and pyte drops some."""


@given(st.text(ASSIGNED, max_size=300), st.integers(1, 400), st.integers(26, 200))
@example("", 1, 26)
@example("東" * 10, 10, 26)
@settings(max_examples=150)
def test_no_line_is_ever_broken_and_the_caret_is_on_the_screen(text, column, columns):
    rows = [row for row in on_screen(excerpt(text, (7, column), columns), columns) if "".join(row).strip()]
    assert len(rows) == 2
    assert rows[1].count("^") == 1


def test_what_is_cut_off_has_an_ellipsis_in_its_place():
    quoted, _ = (render(line, colour=False) for line in excerpt("a" * 300 + "X" + "b" * 300, (7, 301), 80))
    assert quoted.startswith("  7 | …a")
    assert quoted.endswith("b…")
    quoted, _ = (render(line, colour=False) for line in excerpt("short", (7, 1), 80))
    assert quoted == "  7 | short"


def test_without_a_terminal_lines_are_as_long_as_is_pleasant_to_read():
    quoted, _ = (render(line, colour=False) for line in excerpt("a" * 300, (7, 1), 0))
    assert len(quoted) == len("  7 | ") + 100


def test_without_a_column_there_is_no_caret():
    assert len(excerpt("a", (7, 0), 80)) == 1


def test_sentences_are_broken_between_words_and_only_for_a_terminal():
    text = "Restore it, 東京 and models/iris/versions/1.0.0.yaml too."
    assert wrapped("  -> ", text, 0) == [f"  -> {text}"]
    assert wrapped("  -> ", text, 21) == [
        "  -> Restore it, 東京",
        "     and",
        "     models/iris/versions/1.0.0.yaml",
        "     too.",
    ]
    assert wrapped("  ", "", 10) == ["  "]
