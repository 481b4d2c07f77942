import pytest

from modelops_git.faces.reporting.lines import Span, Style, clipped, hint_lines, printable, render, width


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("two\nlines", "two\\nlines"),
        ("back\rto start", "back\\rto start"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb", "a\\u202eb"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("nul\0", "nul\\x00"),
        ("del\x7f", "del\\x7f"),
        ("lone\udc80", "lone\\udc80"),
        ("line\u2028separator", "line\\u2028separator"),
    ],
)
def test_what_does_not_print_is_shown_as_its_escape(hostile, shown):
    assert printable(hostile) == shown


def test_letters_of_all_scripts_are_shown_as_they_are():
    assert printable("Größe 東京 ✓") == "Größe 東京 ✓"


def test_a_style_becomes_a_colour_only_where_colour_is_wanted():
    line = (Span("error", Style.BAD), ": no")
    assert render(line, colour=False) == "error: no"
    assert render(line, colour=True) == "\x1b[1;31merror\x1b[0m: no"


@pytest.mark.parametrize("colour", [True, False])
def test_no_part_of_a_line_can_bring_its_own_escape_sequence(colour):
    line = ("\x1b[8mhidden", Span("\x1b[0mout", Style.BAD))
    rendered = render(line, colour=colour)
    assert rendered.count("\x1b") == (2 if colour else 0)
    assert "\\x1b[8mhidden" in rendered


def test_the_width_counts_columns_of_a_terminal():
    assert width("abc") == 3
    assert width("東京") == 4
    assert width("e\u0301") == 1
    assert width(Span("\x1b", Style.BAD)) == 4


def test_what_is_too_long_is_cut_with_an_ellipsis():
    assert clipped("abcdef", 3) == "abc…"
    assert clipped("abc", 3) == "abc"


def test_a_hint_of_several_lines_stays_readable():
    shown = [render(line, colour=False) for line in hint_lines("one\ntwo \x1b[2J\n")]
    assert shown == ["hint: one", "      two \\x1b[2J"]
    assert hint_lines("") == []


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("e\u0301", 1),  # a letter and its accent
        ("\u2764\ufe0e", 1),  # a heart, and what says that it is no emoji
        ("\u1112\u1161\u11ab", 2),  # a Hangul syllable in three letters
        ("ｆｕｌｌ", 8),
        ("🎉", 2),
        ("a\tb", 4),
    ],
)
def test_a_character_takes_as_many_columns_as_terminals_give_it(text, columns):
    assert width(text) == columns
