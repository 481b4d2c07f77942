"""Suppression: `# modelops: ignore[MOG204] reason`, in the line of the finding or alone in the one above.

A comment that suppresses nothing is told (MOG119): whoever reads it would think that something is wrong
there. That it suppresses nothing is known only where its check was made on the file in this run; one that
looks at what was before says nothing about a file that has not changed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.checks.base import Defect, bounded, did_you_mean
from modelops_git.core.checks.fields import UNUSED_SUPPRESSION
from modelops_git.core.findings import Place
from modelops_git.core.manifests.nodes import ListNode, MapNode, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.checks.base import Check
    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.nodes import Node
    from modelops_git.core.manifests.parse import Document

HINT = "ignore"
_MEANT = re.compile(r"(?ai)#[\s#]*modelops\s*:\s*ignore.*")
_COMMENT = re.compile(r"(?a)#\s*modelops: ignore\[([A-Z0-9, ]+)\](.*)")
EXAMPLE = "Write `# modelops: ignore[MOG209] the parent is in the archive`."


class Comment(NamedTuple):
    """A comment that is meant to suppress something.

    Attributes:
        line: From 1.
        column: From 1.
        codes: What it names; empty where it is not of the form.
        reason: Why, as it says; may be empty.
        alone: Whether there is nothing else in its line, so that it counts for the line below as well.
    """

    line: int
    column: int
    codes: tuple[str, ...]
    reason: str
    alone: bool

    def covers(self, finding: Finding) -> bool:
        """Whether it is for this finding."""
        lines = (self.line, self.line + 1) if self.alone else (self.line,)
        return bool(self.reason) and finding.code in self.codes and finding.place.line in lines


class Suppressions:
    """The comments of one document, and what came of them in a run."""

    def __init__(self, document: Document | None = None) -> None:
        self._path = document.path if document else ""
        self._comments = tuple(_comments(document)) if document and HINT in document.text else ()
        self._by_line = {comment.line: comment for comment in self._comments}
        self._used: set[tuple[Comment, str]] = set()
        self._made: dict[str, bool] = {}

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._comments)

    def covers(self, finding: Finding) -> bool:
        """Whether a comment, with a reason, switches the finding off; whether one can, the caller knows."""
        if not self._comments or finding.place.path != self._path:
            return False
        near = (self._by_line.get(finding.place.line - above) for above in (0, 1))
        used = {(comment, finding.code) for comment in near if comment and comment.covers(finding)}
        self._used |= used
        return bool(used)

    def note(self, code: str, *, compares: bool) -> None:
        """Note that a check was made; `compares` tells whether it looked at what was before."""
        self._made[code] = compares

    def unused(
        self, known: Mapping[str, Check[*tuple[Any, ...]]], kind: str, *, is_new: bool
    ) -> Iterator[Finding]:
        """What is wrong with the comments.

        Args:
            known: Every check, by code.
            kind: The kind of the document.
            is_new: Whether the change brings the document as it is.
        """
        defects = (
            Defect(message, Place(self._path, comment.line, comment.column), hint)
            for comment in self._comments
            for message, hint in self._wrong(comment, known, kind, is_new=is_new)
        )
        return map(UNUSED_SUPPRESSION.finding, bounded(defects, self._path))

    def _wrong(
        self, comment: Comment, known: Mapping[str, Check[*tuple[Any, ...]]], kind: str, *, is_new: bool
    ) -> Iterator[tuple[str, str]]:
        if not comment.codes:
            yield "The comment suppresses nothing: it is not of the form.", EXAMPLE
        elif not comment.reason:
            yield "The comment suppresses nothing: it gives no reason.", EXAMPLE
        for code in comment.codes:
            check = known.get(code)
            if check is None:
                yield f"There is no check {code!r}.", did_you_mean(code, known, "checks")
            elif not check.suppressible:
                yield (
                    f"{code} cannot be suppressed.",
                    f"Mend what it finds; `modelops explain {code}` says how.",
                )
            elif comment.reason and kind not in check.kinds:
                yield f"{code} is not about a {kind}, so the comment suppresses nothing.", "Remove it."
            elif comment.reason and self._is_unused(comment, code, is_new=is_new):
                yield (
                    f"{code} finds nothing here, so the comment suppresses nothing.",
                    ("Remove it, or put it in the line of the finding, or alone in the one above."),
                )

    def _is_unused(self, comment: Comment, code: str, *, is_new: bool) -> bool:
        was_made = code in self._made and (is_new or not self._made[code])
        return was_made and (comment, code) not in self._used


def _comments(document: Document) -> Iterator[Comment]:
    """The comments that are meant to suppress something; the same words in a text are none."""
    begin = 0
    texts: list[tuple[int, int]] | None = None
    for number, line in enumerate(document.text.split("\n"), 1):
        meant = _MEANT.search(line) if HINT in line.lower() else None
        if meant:
            texts = _texts(document.root) if texts is None else texts
            at = begin + meant.start()
            before = bisect_right(texts, (at, len(document.text) + 1)) - 1
            if before < 0 or at >= texts[before][1]:
                yield _comment(number, line, meant.start())
        begin += len(line) + 1


def _comment(number: int, line: str, start: int) -> Comment:
    found = _COMMENT.match(line, start)
    codes = tuple(dict.fromkeys(found[1].replace(",", " ").split())) if found else ()
    reason = found[2].strip() if found and found[2][:1].isspace() else ""
    return Comment(number, start + 1, codes, reason, not line[:start].strip())


def _texts(node: Node) -> list[tuple[int, int]]:
    """Where the texts of a document begin and end."""
    if isinstance(node, MapNode):
        return [span for entry in node.entries for part in entry for span in _texts(part)]
    if isinstance(node, ListNode):
        return [span for item in node.items for span in _texts(item)]
    return [(node.start.offset, node.end.offset)] if isinstance(node, Scalar) else []
