from __future__ import annotations

import pytest

import markdowns
from modelops_git.core.markdown import code, html_code, label, paragraphs, plain, prose
from modelops_git.faces.reporting.lines import printable

HOSTILE = [
    "@acme/leads please, and @all",
    "fixes #12, closes GH-13, !14, $15, %16, ~17, &18, ^alert#19, acme/models#20, PROJ-21, %{project_name}",
    "[click](https://evil.example) and <https://evil.example> and https://evil.example and www.evil.example",
    "![i](https://evil.example/x.png)<img src=https://evil.example/x.png>",
    "<script>alert(1)</script></details><details open><summary>x</summary>",
    "</code></pre></td></table>",
    "a | b | c |",
    "a \\| b \\\\| c \\",
    "`code` ``two`` ```three``` `",
    "# heading",
    "/close",
    "one\n\n## Two\n\n/merge\n\n```mermaid\n",
    "- item\n1. item\n> quote\n---\n***",
    "**bold** __bold__ *it* _it_ ~~no~~ $x$ $$y$$ $`z`$",
    "[ref]: https://evil.example\n[^1] [[Page]] {+in+} [-out-]",
    ":tada: :+1: a@b.example mailto:a@b.example 0123456789abcdef0123456789abcdef01234567 deadbeef",
    "a...b 1234567...7654321",
    "&lt;b&gt; &#64;team &amp;copy; &copy;",
    "\u202eevil\u202c \u200b zero \ufeff bom \x1b[31m red \x00 nul \x85 next \u2028 line",
    "<!-- modelops-git: acme -->",
    "\ue000@team",
    "日本語 é 🎉 | `x`",
    "   ",
    "",
]
SPOTS = {
    "paragraph": "Before {} after.",
    "item": "- ❔ {}",
    "cell": "| a | b |\n| :-- | :-- |\n| {} | x |",
}


def _meant(text):
    return printable(" ".join(text.split()))


def _quiet(page):
    assert page.links == []
    assert page.references == []
    return page


@pytest.mark.parametrize("spot", SPOTS)
@pytest.mark.parametrize("text", HOSTILE)
def test_prose_shows_the_text_and_does_nothing(text, spot):
    before = [page.tags for page in markdowns.pages(SPOTS[spot].format("x"))]
    for page, tags in zip(markdowns.pages(SPOTS[spot].format(prose(text))), before, strict=True):
        shown = _quiet(page).shown
        assert _meant(text).replace("`", "") in shown.replace("`", "")
        assert [one for one in page.tags if one not in ("span", "code")] == tags
        assert page.tables in ([], [[2, 2]])


@pytest.mark.parametrize("spot", SPOTS)
@pytest.mark.parametrize("text", HOSTILE)
def test_code_shows_the_text_and_does_nothing(text, spot):
    for page in markdowns.pages(SPOTS[spot].format(code(text))):
        assert (_meant(text) or "–") in _quiet(page).shown
        assert page.tables in ([], [[2, 2]])
        assert page.tags.count("code") == bool(_meant(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_fold_has_a_title_of_any_text(text):
    body = f"<details>\n<summary>{html_code(text)}</summary>\n\ninside\n\n</details>\n\noutside"
    for page in markdowns.pages(body):
        assert (_meant(text) or "–") in _quiet(page).shown
        assert page.tags.count("details") == page.tags.count("summary") == 1
        assert page.headings == []


def test_what_is_calm_is_plain_markdown():
    assert code("models/iris/rollouts/production.yaml:5:10") == "`models/iris/rollouts/production.yaml:5:10`"
    assert (
        prose("Waits until 12:00, 5 % to 1.1.0 (canary)")
        == "Waits until 12&#58;&#8203;00, 5 % to 1.1.0 (canary)"
    )


def test_words_that_our_messages_quote_as_code_are_code():
    assert prose("Say `controller: true` there.") == "Say `controller: true` there."


def test_long_texts_are_cut():
    assert len(prose("x" * 10**6)) == 601
    assert len(code("`" * 10**6)) < 600 * 6 + 20


@pytest.mark.parametrize("text", HOSTILE)
def test_a_label_of_a_chart_has_no_meaning_there(text):
    shown = label(text)
    assert not set('"`<>{}[]|;#&\n\\@$') & set(shown)
    assert "%%" not in shown


def test_the_judges_see_what_is_not_escaped():
    page = markdowns.by_github("@acme/leads fixes #12, see https://evil.example")
    assert page.links == ["https://evil.example"]
    assert page.references == ["@a", "#1", "://"]
    assert markdowns.by_gitlab("www.evil.example [[Page]]").links == ["http://www.evil.example", "Page"]


LINES = "First.\n\n- holdout: accuracy 0.9\n- #12\n/close\n1. one\n---\n## Two\n```\n\n\nLast @acme"


def test_paragraphs_keep_their_lines_and_items_and_nothing_else():
    for page in markdowns.pages(paragraphs(LINES)):
        assert (page.links, page.references, page.headings) == ([], [], [])
        assert page.tags == ["p", "ul", "li", "li", "p"]
        assert page.shown.split() == LINES.replace("- ", "").split()
    assert not any(line.startswith(("/", "1", "#")) for line in paragraphs(LINES).splitlines())


@pytest.mark.parametrize("text", HOSTILE)
def test_a_title_is_one_line_that_hides_nothing(text):
    assert plain(text).isprintable()
    assert len(plain(text * 1000, 200)) <= 201
