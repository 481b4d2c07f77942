"""However large and hostile a change is: its comment is short, closed, and does nothing but show text."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

import markdowns
from modelops_git.core.findings import Finding, Place, Severity
from modelops_git.core.markdown import code, html_code, prose
from modelops_git.faces.reporting.markdown.layout import LIMIT, Part, Section, document, table

NASTY = st.text(
    alphabet=st.one_of(
        st.sampled_from("`|\\<>[](){}*_~#@!$%^&:;=+-./\n\r\t \"'0123456789abcdefGH\u200b\u202e\u2028é日"),
        st.characters(),
    ),
    max_size=60,
)
PIECES = (
    *(
        "@acme",
        "#1",
        "GH-1",
        "https://",
        "evil.example",
        "www.",
        "</details>",
        "<b>",
        "```",
        "`",
        "||",
        "\\|",
    ),
    *("![", "](", "[[", "]]", "\n/close\n", "\n# x\n", "&#64;", "$x$", ":tada:", "0123456789", "abcdef", " "),
)
WORDS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
TEXTS = NASTY | WORDS


@given(TEXTS, TEXTS)
@example("", "0.")
@example("", "0\rwww.`")
@example("+ x", "12) y")
def test_any_text_is_shown_and_does_nothing(one, other):
    body = (
        f"Before {prose(one)} and {code(other)}.\n\n"
        f"{table(('a', 'b'), [(prose(other), code(one)), (code(other), prose(one))])}\n\n"
        f"<details>\n<summary>{html_code(one)}</summary>\n\n- {prose(other)}\n\n</details>\n\nEnd"
    )
    for page in markdowns.pages(body):
        assert page.links == []
        assert page.references == []
        assert page.headings == []
        assert page.tables == [[2, 2, 2]]
        assert page.tags.count("details") == 1
        assert set(page.tags) <= {
            *("p", "code", "span", "table", "thead", "tbody", "tr", "th", "td"),
            *("details", "summary", "ul", "li"),
        }
        assert page.shown.rstrip().endswith("End")


PARTS = st.builds(
    Part,
    st.integers(0, 4000).map(lambda size: "x" * size),
    st.integers(1, 9),
    st.sampled_from(["chart", "table"]),
)
SECTIONS = st.lists(
    st.builds(Section, st.lists(PARTS, max_size=20).map(tuple), st.sampled_from(["", "title"]))
)


@given(SECTIONS)
def test_a_document_is_never_too_long_and_says_what_it_lacks(sections):
    text = document(sections, "Elsewhere.")
    assert len(text.encode()) < LIMIT
    whole = sum(len(part.text) + 2 for one in sections for part in one.parts) + 80 * len(sections)
    assert whole > LIMIT - 2000 or "_Left out" not in text
    assert text.count("<details") == text.count("</details>")


def _finding(text):
    return Finding("MOG101", "not-utf8", Severity.ERROR, text, Place(text, 1, 1), text)


@given(st.lists(TEXTS, min_size=1, max_size=5), st.integers(1, 10_000))
def test_a_hint_of_a_megabyte_is_cut(texts, times):
    from modelops_git.faces.reporting.markdown.comment import finding_text

    for text in texts:
        assert len(finding_text(_finding(text * times)).encode()) < 20_000
