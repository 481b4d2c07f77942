from modelops_git.faces.reporting.lines import Span, Style, render
from modelops_git.faces.reporting.tables import columns, table


def shown(lines):
    return [render(line, colour=False) for line in lines]


def test_columns_are_as_wide_as_their_widest_cell_and_the_last_is_not_padded():
    rows = [("iris", "1.0.0", "short"), ("team/fraud", "2", "a longer text")]
    assert shown(table(("MODEL", "NEWEST", "WHAT"), rows)) == [
        "MODEL       NEWEST  WHAT",
        "iris        1.0.0   short",
        "team/fraud  2       a longer text",
    ]


def test_a_table_without_rows_has_no_header_either():
    assert table(("MODEL",), []) == []


def test_wide_characters_and_styles_keep_the_columns_aligned():
    rows = [(Span("東京", Style.GOOD), "x"), ("abcde", "y")]
    assert shown(columns(rows)) == ["東京   x", "abcde  y"]


def test_a_hostile_cell_is_escaped_and_still_aligned():
    assert shown(columns([("\x1b[2J", "x"), ("y", "z")])) == ["\\x1b[2J  x", "y        z"]
