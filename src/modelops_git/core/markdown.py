"""Text that anybody may have written, as Markdown that shows it and does nothing else.

Three things happen to Markdown on a forge, and text from a manifest must survive all of them as text:

- It is parsed. So every ASCII punctuation mark is written as a character reference (`&#42;` for `*`), which
  Markdown never takes for markup, in tables and in HTML blocks alike; and there are no line breaks, so that
  no line begins with it (a heading, a fence, a `/command` of GitLab).
- References in the rendered text are turned into links, and people are notified: `@team`, `#12`, `!3`, `%4`,
  `~label`, `GH-12`, addresses, commit ids. So an invisible space (U+200B) stands where such a word would
  begin; what must be copied is `code`, in which neither forge looks for references.
- It is shown. So characters that do not print, or turn the direction of the text, are shown as escapes.
"""

from __future__ import annotations

import re

BREAK = "&#8203;"
"""The zero-width space."""
LONGEST = 600
"""Characters of one text; more of it is not for a comment."""

_MARK = "\ue000"  # of no meaning in Unicode, and not printable: text that holds one has it escaped before
_CALM = re.compile(r"[A-Za-z0-9 ._/+=:,@~^()<>\"'{}\[\]#*%&!?;-]*", re.ASCII)
_QUOTED = re.compile(r"`([^`\s](?:[^`]*[^`\s])?)`")
_SPACIOUS = 8
"""Of so many times the characters that are shown the spaces are counted out; more is not looked at."""
_PLAIN = frozenset(" ,;.?'\"()/+=%-")
_REFERENCES = re.compile(
    r"""
      (?<=[@#!%&~^:])(?=[\w"'\[({+-])   # @team, #12, !3, %4, &5, ~label, ^alert#1, :smile:, scheme:rest
    | (?<=:)(?=//)                      # https://
    | (?<=www)(?=\.)
    | (?<=[A-Za-z]-)(?=[0-9])           # GH-12, PROJ-12
    | (?<=\.\.)(?=\.)                   # a...b
    | (?<=[\[{])(?=[\[+-])              # [[page]], {+added+}
    """,
    re.VERBOSE | re.ASCII,
)
_WEB = re.compile(r"(?<=www)\.", re.IGNORECASE)
_ITEM = re.compile(r"[0-9]{1,9}[.)]|[-+]", re.ASCII)
"""What would begin a list, where nothing stands before it."""
_COMMIT = re.compile(r"[0-9a-fA-F]{7,}", re.ASCII)


def prose(text: str, limit: int = LONGEST) -> str:
    """`text` as a part of a sentence or of a cell; what it puts between backticks is code."""
    shown = plain(text, limit)
    parts = _QUOTED.split(shown)
    said = "".join(code(part) if number % 2 else _words(part) for number, part in enumerate(parts))
    return BREAK + said if _ITEM.match(shown) else said


def code(text: str, limit: int = LONGEST) -> str:
    """`text` as code, to be read and copied literally; a dash where it is empty."""
    shown = plain(text, limit)
    if not shown:
        return "–"
    return f"`{shown}`" if _CALM.fullmatch(shown) else html_code(text, limit)


def html_code(text: str, limit: int = LONGEST) -> str:
    """The same where Markdown is not parsed, as between `<summary>` and its end."""
    shown = plain(text, limit)
    if not shown:
        return "–"
    # Even here GitHub takes what looks like an address of mail for a link.
    parts = "".join(map(_reference, shown.replace("@", "@" + _MARK)))
    return f"<code>{_WEB.sub('&#46;', parts)}</code>"


def label(text: str, limit: int = 80) -> str:
    """`text` as a part of a label in a Mermaid chart, between quotes: nothing there has a meaning."""
    shown = plain(text, limit)
    return re.sub(r"[^\w .,+/()%-]", "_", shown).replace("%%", "% %")


def plain(text: str, limit: int = LONGEST) -> str:
    """`text` in one line that is no Markdown, such as a title: nothing of it is hidden or turns the rest."""
    spaced = " ".join(text[: limit * _SPACIOUS].split())
    shown = "".join(char if char.isprintable() else _escape(char) for char in spaced)
    return shown if len(shown) <= limit else shown[:limit] + "…"


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def paragraphs(text: str) -> str:
    """`text` of several lines, with its paragraphs, and its items behind `- `; each line is `prose`."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(_line(line) for line in lines).strip()


def _line(line: str) -> str:
    item, _, rest = line.partition(" ")
    if item == "-" and rest:
        return f"- {_behind(rest)}"
    return _behind(line) if line else ""


def _behind(text: str) -> str:
    """Prose that stands at the begin of a line, where digits and marks would have a meaning."""
    said = prose(text)
    return said if text[0].isalpha() or said.startswith(BREAK) else BREAK + said


def _words(text: str) -> str:
    apart = _COMMIT.sub(_in_sixes, _REFERENCES.sub(_MARK, text))
    return "".join(map(_reference, apart))


def _in_sixes(digits: re.Match[str]) -> str:
    return _MARK.join(re.findall(".{1,6}", digits[0]))


def _reference(char: str) -> str:
    if char == _MARK:
        return BREAK
    if char == "$":
        return "<span>&#36;</span>"  # as GitHub's own pages advise: else it may begin a formula
    if char.isalnum() or char in _PLAIN or not char.isascii():
        return char
    return f"&#{ord(char)};"
