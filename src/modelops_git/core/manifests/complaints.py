"""What a YAML parser complains about, told to people who have never read the YAML specification."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_QUOTE = 'If it is part of a text, put the text in double quotes: "…".'
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
_RESOLVE = "Keep the lines that are right, and remove all that begin with <<<<<<<, ======= or >>>>>>>."
_NO_BREAK = "\u00a0"
_UNSPACED = re.compile(r"""[ ]*(?:- +)*(?P<key>[^\s:#'"\[\]{},&*!|>%@`-][^\s:#]*):(?=[^\s/])""")


class Trouble(NamedTuple):
    """Where a parser gave up, and why.

    Attributes:
        text: The whole file.
        problem: The parser's words.
        context: The parser's words on what it was about to do.
        at: Offset in characters of the problem.
        began: Offset of what it was about to read; that of the problem where it does not say.
    """

    text: str
    problem: str
    context: str
    at: int
    began: int

    @property
    def character(self) -> str:
        """The character at the problem; empty at the end of the file."""
        return self.text[self.at : self.at + 1]

    @property
    def before(self) -> str:
        """What stands before the problem on its line."""
        return self.text[self.text.rfind("\n", 0, self.at) + 1 : self.at]


class Complaint(NamedTuple):
    """What to tell.

    Attributes:
        at: Offset of the place to show.
        message: What is wrong, in one sentence.
        hint: What to do, in one sentence.
        code: The finding's code.
    """

    at: int
    message: str
    hint: str
    code: str = "MOG102"


def complaint(trouble: Trouble) -> Complaint:
    """`trouble` in plain words, at the place where a person would mend it."""
    marker = _CONFLICT.search(trouble.text)
    if marker:
        return Complaint(
            marker.start(), "Here is a conflict marker of git: the merge was not finished.", _RESOLVE
        )
    for needle, tell in _TELLERS:
        if needle in trouble.problem or needle in trouble.context:
            found = tell(trouble)
            if found:
                return found
    return Complaint(trouble.at, "YAML cannot be read on from here.", _QUOTE)


def _tab(trouble: Trouble) -> Complaint | None:
    if trouble.character != "\t" and "tab character" not in trouble.problem:
        return None
    line = trouble.text.rfind("\n", 0, trouble.at) + 1
    tab = trouble.text.find("\t", line, trouble.at + 1)
    at = trouble.at if tab < 0 else tab
    return Complaint(at, "A tab is used to indent.", "Indent with spaces, two for each level.")


def _bad_start(trouble: Trouble) -> Complaint:
    message = f"A value cannot begin with {trouble.character or 'nothing'!r}."
    return Complaint(trouble.at, message, _QUOTE)


def _missing_space(trouble: Trouble) -> Complaint | None:
    """A key whose colon no space follows, on this line or one above that runs into it."""
    lines = trouble.text[: trouble.at].splitlines(keepends=True)
    offset = len(trouble.text[: trouble.at])
    for line in reversed(lines[-2:]):
        offset -= len(line)
        match = _UNSPACED.match(trouble.text, offset)
        if match:
            message = f"A space is missing after the colon of {match['key'][:40]!r}."
            return Complaint(match.end(), message, "Write `key: value`.")
    return None


def _second_colon(trouble: Trouble) -> Complaint | None:
    if ": " not in trouble.before:
        return None
    dash = re.match(r"(?:\s*-(?= ))*\s*-(?=[^\s-])", trouble.before)
    if dash:
        at = trouble.at - len(trouble.before) + dash.end()
        return Complaint(at, "A space is missing after the dash.", "Write `- ` before each item of a list.")
    message = "There is a second `: ` on this line, so it is unclear where the key ends."
    return Complaint(trouble.at, message, 'Put a text that holds `: ` in double quotes: "…".')


def _key_below_value(trouble: Trouble) -> Complaint:
    message = "This key is indented below a line that has a value already."
    hint = "Give it the indentation of the key that it stands beside, or remove the value above."
    return Complaint(trouble.at - len(trouble.before.lstrip(" ")), message, hint)


def _no_key(trouble: Trouble) -> Complaint:
    end = trouble.text.find("\n", trouble.began)
    blank = trouble.text.find(_NO_BREAK, trouble.began, end if end >= 0 else None)
    if blank >= 0:
        return Complaint(
            blank, "Here is a no-break space, which is no space to YAML.", "Write a plain space."
        )
    message = "This line is no `key: value`."
    return Complaint(
        trouble.began, message, "Write a colon and a space after the key, or indent a text that goes on."
    )


def _expected_key(trouble: Trouble) -> Complaint:
    if trouble.before.strip(" -"):
        message = "Something follows the end of this value."
        hint = "Remove it, or put the whole value in one pair of quotes."
        if trouble.before.endswith("'"):
            hint = "An apostrophe ends a text in single quotes: put the whole text in double quotes."
        return Complaint(trouble.at, message, hint)
    if trouble.character == "-":
        message = "A list item stands where a key is expected."
        return Complaint(trouble.at, message, "A list belongs below a key that has no other value: `key:`.")
    message = "The indentation of this line fits none of the levels above."
    return Complaint(trouble.at, message, "Keys of one mapping begin in the same column.")


def _expected_dash(trouble: Trouble) -> Complaint:
    if trouble.before.strip(" -"):
        return _expected_key(trouble)
    message = "This line is no item of the list that it stands in."
    return Complaint(trouble.at, message, "Begin it with `- `, or give it the indentation of its mapping.")


def _open_list(trouble: Trouble) -> Complaint:
    message = "The list that begins here with `[` is not closed, or lacks a comma."
    return Complaint(trouble.began, message, "Separate its items by commas and close it with `]`.")


def _open_map(trouble: Trouble) -> Complaint:
    message = "The mapping that begins here with `{` is not closed, or lacks a comma."
    return Complaint(trouble.began, message, "Separate its entries by commas and close it with `}`.")


def _open_quote(trouble: Trouble) -> Complaint:
    quote = trouble.text[trouble.began : trouble.began + 1]
    hint = f"Close it with {quote}."
    if quote == "'":
        hint += " An apostrophe in single quotes is written twice."
    return Complaint(trouble.began, "The quoted text that begins here is not closed.", hint)


def _bad_escape(trouble: Trouble) -> Complaint:
    start = trouble.text.rfind("\\", 0, trouble.at + 1)
    shown = trouble.text[start : start + 2]
    message = f"In double quotes `{shown}` begins no escape that YAML knows, or an incomplete one."
    return Complaint(max(start, 0), message, "Write a backslash twice, or use single quotes.")


def _block_header(trouble: Trouble) -> Complaint:
    message = "After `|` or `>` the line must end; the text begins on the next one."
    return Complaint(trouble.at, message, "Move the text to the next line and indent it.")


def _dash_beside_key(trouble: Trouble) -> Complaint:
    message = "A list item cannot begin on this line."
    return Complaint(
        trouble.at, message, "Begin the list on the line below its key; quote a text that begins with `- `."
    )


def _question_mark(trouble: Trouble) -> Complaint:
    return Complaint(trouble.at, "A value cannot begin with '? '.", _QUOTE)


def _no_content(trouble: Trouble) -> Complaint:
    if not trouble.character:
        return Complaint(trouble.at, "The file ends where a value is expected.", "Complete the last line.")
    message = f"There is no value before {trouble.character!r}."
    return Complaint(trouble.at, message, _QUOTE)


def _bad_alias(trouble: Trouble) -> Complaint:
    at = max(trouble.began, 0)
    message = f"A value cannot begin with {trouble.text[at : at + 1]!r}."
    return Complaint(at, message, 'Put the text in double quotes, such as "*".', "MOG104")


def _bad_tag(trouble: Trouble) -> Complaint:
    message = "A value that begins with '!' is a tag, which manifests do not have."
    return Complaint(trouble.began, message, 'Put the text in double quotes, such as "!".', "MOG106")


def _directive(trouble: Trouble) -> Complaint:
    message = "A line that begins with '%' is a directive, which manifests do not have."
    return Complaint(trouble.began, message, "Remove the line.")


def _after_end(trouble: Trouble) -> Complaint:
    message = "Something follows the end of the document."
    hint = "A manifest is lines of `key: value`: look for a bracket or a quote too many, or remove the rest."
    return Complaint(trouble.at, message, hint)


# The parsers' words, of libyaml and of its port to Python; the first that says something wins.
_TELLERS: tuple[tuple[str, Callable[[Trouble], Complaint | None]], ...] = (
    ("tab character", _tab),
    ("that cannot start any token", _tab),
    ("character that cannot start any token", _bad_start),
    ("found character", _bad_start),
    ("directive", _directive),
    ("incompatible YAML document", _directive),
    ("mapping values are not allowed", _missing_space),
    ("mapping values are not allowed", _second_colon),
    ("mapping values are not allowed", _key_below_value),
    ("could not find expected ':'", _missing_space),
    ("could not find expected ':'", _no_key),
    ("flow sequence", _open_list),
    ("flow mapping", _open_map),
    ("unexpected end of stream", _open_quote),
    ("unexpected document", _open_quote),
    ("escape character", _bad_escape),
    ("escape sequence", _bad_escape),
    ("hexdecimal", _bad_escape),
    ("invalid Unicode character", _bad_escape),
    ("scanning a block scalar", _block_header),
    ("sequence entries are not allowed", _dash_beside_key),
    ("mapping keys are not allowed", _question_mark),
    ("scanning an alias", _bad_alias),
    ("scanning an anchor", _bad_alias),
    ("a tag", _bad_tag),
    ("tag handle", _bad_tag),
    ("node content", _no_content),
    ("block collection", _expected_dash),
    ("block mapping", _expected_key),
    ("document start", _after_end),
)
