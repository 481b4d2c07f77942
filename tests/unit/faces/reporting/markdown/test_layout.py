from __future__ import annotations

import markdowns
from modelops_git.faces.reporting.markdown.layout import LIMIT, Part, Section, document, table

REST = "See the rest elsewhere."


def size(text):
    return len(text.encode())


def test_what_fits_is_there_in_its_order():
    text = document([Section((Part("a"), Part("b", 9))), Section((Part("c", 1),), "title")], REST)
    assert text == "a\n\nb\n\n<details>\n<summary>title</summary>\n\nc\n\n</details>\n"


def test_a_section_without_parts_leaves_nothing():
    assert document([Section((), "title"), Section((Part("a"),))], REST) == "a\n"


def test_what_matters_least_is_left_out_first_and_counted():
    parts = [Part("head"), *(Part("x" * 3000, rank, f"rank {rank}") for rank in (3, 1, 2) for _ in range(10))]
    text = document([Section(tuple(parts))], REST)
    assert size(text) < LIMIT
    assert "10 rank 3s" not in text.split("_Left out")[0]
    assert text.endswith(f"than a comment may be: 1 rank 2, 10 rank 3s. {REST}_\n")


def test_nothing_of_a_higher_rank_comes_in_once_one_was_left_out():
    parts = (Part("x" * 70_000, 1, "giant"), Part("small", 1, "dwarf"), Part("tiny", 2, "mouse"))
    assert document([Section(parts)], REST).startswith("small\n\n_Left out")


def test_bytes_count_and_not_characters():
    parts = tuple(Part("日" * 1000, 1, "part") for _ in range(60))
    assert size(document([Section(parts)], REST)) < LIMIT


def test_a_table_has_as_many_cells_in_each_row():
    for page in markdowns.pages(table(("a", "b"), [("1", "2"), ("3", "4")], right=(1,))):
        assert page.tables == [[2, 2, 2]]
