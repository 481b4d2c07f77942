"""Markdown as two forges' own parsers read it: cmark-gfm is GitHub's, and comrak is what GitLab uses."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import cmarkgfm
import comrak
from cmarkgfm.cmark import Options

OPENS_NOTHING = {"br", "hr", "img", "input"}
QUIET = ("code", "pre")
GITLABS = (
    *("table", "autolink", "strikethrough", "tasklist", "footnotes", "alerts", "description_lists"),
    *("math_code", "math_dollars", "multiline_block_quotes", "shortcodes", "wikilinks_title_before_pipe"),
)
REFERENCES = re.compile(
    r"""(?<!\w)@["\w]|\#["\w]|\bG[HL]-\d|\b[A-Z]+-\d|://|www\.\w|\b[0-9a-f]{7,}\b|:[\w+-]+:|\S@\w
    |[!%&$~^]["\w]|\[\[|[\[{][+-]|\.\.\.\w""",
    re.VERBOSE | re.ASCII,
)
"""What a forge turns into a link or a mention after it has parsed, where it stands in no code."""


class Page(HTMLParser):
    """What is on a rendered page.

    Attributes:
        tags: Every tag that is opened, in order.
        links: Every address that is linked or shown.
        texts: The texts between tags that are in no code.
        code: The texts that are.
        tables: The number of cells of each row of each table.
        headings: Their texts.
        folds: How deep folds are at their deepest.
    """

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.links, self.texts, self.code, self.tables, self.headings = [], [], [], [], [], []
        self.folds, self._open, self._all = 0, [], []
        self.feed(html)
        self.close()
        assert self._open == [], self._open

    @property
    def shown(self):
        """All that a reader sees, in code or not, without the spaces that nobody sees."""
        return "".join(self._all).replace("\u200b", "")

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]
        if tag not in OPENS_NOTHING:
            self._open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append(0)
        if tag in ("td", "th"):
            self.tables[-1][-1] += 1
        if re.fullmatch("h[1-6]", tag):
            self.headings.append("")
        self.folds = max(self.folds, self._open.count("details"))

    def handle_endtag(self, tag):
        if tag not in OPENS_NOTHING:
            assert self._open, f"</{tag}> closes nothing"
            assert self._open.pop() == tag

    def handle_data(self, data):
        self._all.append(data)
        if any(one in QUIET for one in self._open):
            self.code.append(data)
        else:
            self.texts.append(data)
        if self.headings and any(re.fullmatch("h[1-6]", one) for one in self._open):
            self.headings[-1] += data

    @property
    def references(self):
        """What would be linked, or would call somebody."""
        return [found[0] for text in self.texts for found in REFERENCES.finditer(text)]


def by_github(text):
    return Page(cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE))


def by_gitlab(text):
    extensions = comrak.ExtensionOptions()
    for name in GITLABS:
        setattr(extensions, name, True)
    options = comrak.RenderOptions()
    options.unsafe_ = True
    return Page(comrak.render_markdown(text, extension_options=extensions, render_options=options))


def pages(text):
    """The page by each of the parsers."""
    return [by_github(text), by_gitlab(text)]
