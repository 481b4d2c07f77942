"""What a check is: a code, a slug, a severity, a page, and one function that yields defects.

A check function says only what is wrong and where. Code, slug and severity are said once, in the decorator;
the function's docstring is the check's page in the documentation. Nothing is registered anywhere: each module
lists its checks in `CHECKS`, and one table in the package lists the modules.
"""

from __future__ import annotations

import inspect
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVarTuple

from modelops_git.core.findings import Finding, Place, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from modelops_git.core.findings import Edit

Subject = TypeVarTuple("Subject")
Named = tuple[str, str]
"""A JSON pointer, and the name that is written there."""

MOST_NAMES = 2000
"""How many known names a misspelt one is compared with at most: a message must never take long."""
LIKELY = 50
"""How many of them are looked at closely."""
MOST_DEFECTS = 100
"""How many findings of one check on one manifest are kept; who has more has one mistake, made often."""


class Scope(StrEnum):
    """What a check looks at.

    `document`: one file alone. `catalog`: a file and those it refers to. `change`: a file before and after.
    `plan`: what a target or the journal knows. `artifact`: stored bytes. `policy`: people.
    """

    DOCUMENT = "document"
    CATALOG = "catalog"
    CHANGE = "change"
    PLAN = "plan"
    ARTIFACT = "artifact"
    POLICY = "policy"


class UncheckedError(Exception):
    """A check cannot be made, since something that it needs is not there; the message says what.

    The runner turns it into a `Skipped`: what could not be checked is neither a finding nor a pass.
    """


class Defect(NamedTuple):
    """What a check function yields: a finding without what all findings of the check share.

    Attributes:
        message: What is wrong, in one sentence that names the values.
        place: Where.
        hint: What to do, in one sentence.
        edits: What `--fix` would write.
        severity: Where it differs from the check's own.
    """

    message: str
    place: Place
    hint: str = ""
    edits: tuple[Edit, ...] = ()
    severity: Severity | None = None


class Check(NamedTuple, Generic[*Subject]):
    """One check. Calling it with what it looks at gives its findings.

    Attributes:
        code: `MOG` and three digits; never reused.
        slug: The defect in two or three words.
        scope: What it looks at.
        kinds: The kinds of manifests that it is for; empty for those that are not run for one.
        severity: What its findings weigh, where a defect does not say otherwise.
        text: Its page as it stands in the source, indented.
        function: What finds the defects; None where something else does, as the parser for MOG1xx.
    """

    code: str
    slug: str
    scope: Scope
    kinds: tuple[str, ...]
    severity: Severity
    text: str
    function: Callable[[*Subject], Iterable[Defect]] | None = None

    def __call__(self, *subject: *Subject) -> tuple[Finding, ...]:
        """The findings on `subject`.

        Raises:
            UncheckedError: Something that the check needs is not there.
        """
        if self.function is None:
            return ()
        return tuple([self.finding(defect) for defect in self.function(*subject)])  # faster than a generator

    def finding(self, defect: Defect) -> Finding:
        """`defect` as a finding of this check."""
        return Finding(
            code=self.code,
            slug=self.slug,
            severity=defect.severity or self.severity,
            message=defect.message,
            place=defect.place,
            hint=defect.hint,
            edits=defect.edits,
        )

    @property
    def page(self) -> str:
        """Its page: one sentence, then why, then `Wrong:` and `Right:` with an example each."""
        return inspect.cleandoc(self.text)

    @property
    def summary(self) -> str:
        """The first sentence of the page."""
        return self.page.partition("\n")[0]

    @property
    def suppressible(self) -> bool:
        """Whether a comment with a reason can switch it off where it is found."""
        is_law = self.code.startswith(("MOG1", "MOG4", "MOG6")) or "MOG301" <= self.code <= "MOG306"
        return not is_law and self.scope is not Scope.PLAN


def check(
    code: str,
    slug: str,
    *,
    scope: Scope = Scope.CATALOG,
    kinds: tuple[str, ...] = (),
    severity: Severity = Severity.ERROR,
) -> Callable[[Callable[[*Subject], Iterable[Defect]]], Check[*Subject]]:
    """Make a check of a function that yields defects; its docstring becomes the page."""

    def make(function: Callable[[*Subject], Iterable[Defect]]) -> Check[*Subject]:
        return Check(code, slug, scope, kinds, severity, function.__doc__ or "", function)

    return make


def bounded(defects: Iterable[Defect], path: str) -> list[Defect]:
    """Those of one check on the manifest at `path`; of too many, the first ones and a word about the others.

    That word has no line, so that no comment can switch it off: what is not shown is not excused.
    """
    kept = list(islice(defects, MOST_DEFECTS + 1))
    if len(kept) <= MOST_DEFECTS:
        return kept
    message = f"There are more than {MOST_DEFECTS} findings of this kind; the others are not shown."
    return [*kept[:MOST_DEFECTS], Defect(message, Place(path), "Mend those above, then check again.")]


def define(
    code: str, slug: str, page: str, *, scope: Scope = Scope.DOCUMENT, severity: Severity = Severity.ERROR
) -> Check[()]:
    """A check that something else makes: its code, slug, severity and page only."""
    return Check(code, slug, scope, (), severity, page)


def pointer(*parts: str | int) -> str:
    """The RFC 6901 JSON Pointer of `parts`: `pointer("a/b", 0)` is `/a~1b/0`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def each(names: Iterable[str], *at: str | int) -> list[Named]:
    """The names in the list at `at`, each with its pointer."""
    return [(pointer(*at, index), name) for index, name in enumerate(names)]


def did_you_mean(name: str, known: Collection[str], what: str) -> str:
    """A hint for a name that is unknown: the nearest one, else all that there are, else that there are none.

    Args:
        name: What was written.
        known: The names that there are.
        what: What they name, in the plural: `models`.
    """
    from difflib import get_close_matches

    names = sorted(known)[:MOST_NAMES]
    near = get_close_matches(name, _likely(name, names), n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]}?"
    few = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")  # noqa: PLR2004 - as many as fit a line
    return f"Known {what}: {few}." if names else f"There are no {what} yet."


def _likely(name: str, names: list[str]) -> list[str]:
    """Those of `names` that share the longest beginning and end with `name`; looking closely takes long."""
    if len(names) <= LIKELY:
        return names
    from heapq import nlargest

    backwards = name[::-1]
    return nlargest(LIKELY, names, key=lambda one: _shared(one, name) + _shared(one[::-1], backwards))


def _shared(left: str, right: str) -> int:
    """How many characters two texts have in common at their beginning."""
    return next(
        (at for at, (one, other) in enumerate(zip(left, right, strict=False)) if one != other),
        min(len(left), len(right)),
    )
