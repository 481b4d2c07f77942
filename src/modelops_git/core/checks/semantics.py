"""Semantic versioning: what a version's number says against what the version is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.checks.base import Defect, UncheckedError, check
from modelops_git.core.checks.context import version_of
from modelops_git.core.findings import Severity
from modelops_git.core.versions import Bump, bump_between, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.context import Context
    from modelops_git.core.interfaces import BumpVerdict, Comparison
    from modelops_git.core.manifests.parse import Document

VERSION = ("ModelVersion",)
RANK: dict[Bump | None, int] = {None: 0, "patch": 1, "minor": 2, "major": 3}


@check("MOG304", "not-greater-than-parent", kinds=VERSION)
def not_greater_than_parent(document: Document, _context: Context) -> Iterator[Defect]:
    """A version's number is not greater than its parent's.

    Numbers order versions by precedence as semver 2.0.0 says: a pre-release comes before its release, and
    build metadata (`+…`) does not count.

    Wrong:
    ```yaml
    version: 1.0.5
    parent: 1.1.0
    ```
    Right:
    ```yaml
    version: 1.2.0-rc.1
    parent: 1.1.0
    ```
    """
    number = version_of(document).parent
    if number is not None and parse(document.home.name).parts.compare(parse(number).parts) <= 0:
        yield Defect(
            f"{document.home.name} is not greater than its parent {number}.",
            document.place("/version"),
            f"Take a greater number, such as {parse(number).bumped('minor')}.",
        )


@check("MOG305", "bump-too-small", kinds=VERSION)
def bump_too_small(document: Document, context: Context) -> Iterator[Defect]:
    """A version's number promises callers more than its interface keeps.

    Against the newest ancestor that is no pre-release: an input that is refused now, or an output that
    callers do not know, needs a MAJOR (under 0.y a MINOR); any other difference of the interface a MINOR.
    The hint shows a value that one side takes and the other does not.

    Wrong:
    ```yaml
    version: 1.2.0                # 1.1.0 took four numbers
    parent: 1.1.0
    …
    input: {type: array, items: {type: number}, minItems: 5, maxItems: 5}
    ```
    Right:
    ```yaml
    version: 2.0.0
    parent: 1.1.0
    …
    input: {type: array, items: {type: number}, minItems: 5, maxItems: 5}
    ```
    """
    older = context.ancestor(document)
    bump = _bump(older, document)
    if older is None or bump is None or _asks_for_nothing(bump, older, document):
        return
    least = context.least_bump(older, document)
    if least.bump and RANK[bump] < RANK[least.bump] and interface_changed(older, document, least):
        right = parse(older.home.name).bumped(least.bump)
        yield Defect(
            f"{document.home.name} is a {bump.upper()} after {older.home.name}, but {least.reasons[-1]}.",
            document.place("/interface" + least.comparison.pointer),
            f"This needs a {least.bump.upper()}, {right}.{shown(least.comparison)}",
        )


@check("MOG306", "bump-undecided", kinds=VERSION)
def bump_undecided(document: Document, context: Context) -> Iterator[Defect]:
    """Whether the interface is still compatible cannot be decided, and nobody says so.

    The comparison never guesses. Where it cannot decide, the author states the verdict, with the reason,
    and the reviewer sees it.

    Wrong:
    ```yaml
    # models/iris/versions/2.1.0.yaml; the pattern of 2.0.0 is ^[a-f]+$
    input: {type: array, items: {type: string, pattern: "^[a-h]+$"}}
    …
    output: {type: integer, enum: [0, 1, 2]}
    training:
    ```
    Right:
    ```yaml
    # models/iris/versions/2.1.0.yaml
    input: {type: array, items: {type: string, pattern: "^[a-h]+$"}}
    …
    interface_review: {verdict: compatible, reason: The new pattern only adds letters.}
    training:
    ```
    """
    older = context.ancestor(document)
    bump = _bump(older, document)
    if older is None or bump is None or _asks_for_nothing(bump, older, document):
        return
    if version_of(document).interface_review is not None:
        return
    comparison = context.least_bump(older, document).comparison
    if comparison.verdict == "undecided" and problem_in(document):
        raise UncheckedError(f"the interface of {document.path} is no JSON Schema")
    breaking: Bump = "minor" if parse(older.home.name).major == 0 else "major"
    if comparison.verdict == "undecided" and RANK[bump] < RANK[breaking]:
        yield Defect(
            f"{document.home.name} against {older.home.name}: {comparison.reason}.",
            document.place("/interface" + comparison.pointer),
            f"State `interface_review: {{verdict: compatible, reason: …}}`, or make it a {breaking.upper()}.",
        )


@check("MOG307", "bump-too-large", kinds=VERSION, severity=Severity.WARNING)
def bump_too_large(document: Document, context: Context) -> Iterator[Defect]:
    """A MAJOR version has an interface that callers of the last one can go on using.

    Callers take a MAJOR as a call to change something. Where the meaning changed though the schema did
    not, say so: `interface_review: {verdict: incompatible, reason: …}`.

    Wrong:
    ```yaml
    version: 2.0.0        # with the interface of 1.1.0
    parent: 1.1.0
    …
    output: {type: integer, enum: [0, 1, 2]}
    training:
    ```
    Right:
    ```yaml
    version: 2.0.0
    parent: 1.1.0
    …
    interface_review: {verdict: incompatible, reason: The classes are numbered anew.}
    ```
    """
    older = context.ancestor(document)
    if older is None or _bump(older, document) != "major" or parse(older.home.name).major == 0:
        return
    is_stated = version_of(document).interface_review is not None
    if not is_stated and context.least_bump(older, document).comparison.verdict == "compatible":
        yield Defect(
            f"{document.home.name} is a MAJOR, but callers of {older.home.name} can go on as before.",
            document.place("/version"),
            f"{parse(older.home.name).bumped('minor')} would do; "
            "if the meaning changed, state `interface_review: {verdict: incompatible, reason: …}`.",
        )


@check("MOG308", "patch-changes-training", kinds=VERSION)
def patch_changes_training(document: Document, context: Context) -> Iterator[Defect]:
    """A PATCH is trained otherwise than the version before, or does not say how it is trained.

    A PATCH is a fix. A model that learned from other data, or with other parameters, answers differently,
    which callers expect of a MINOR. Training is the same where both versions state training data with
    digests, and data, hyperparameters, seed, algorithm and base models are equal.

    Wrong:
    ```yaml
    version: 1.1.1
    parent: 1.1.0
    …
    data: [{name: iris, sha256: cccccc…}]          # 1.1.0 was trained on bbbbbb…
    ```
    Right:
    ```yaml
    version: 1.1.1
    parent: 1.1.0
    …
    data: [{name: iris, sha256: bbbbbb…}]
    ```
    """
    older = context.ancestor(document)
    bump = _bump(older, document)
    if older is None or bump is None or _asks_for_nothing(bump, older, document):
        return
    least = context.least_bump(older, document)
    if least.bump and RANK[bump] < RANK[least.bump] and not interface_changed(older, document, least):
        yield Defect(
            f"{document.home.name} is a {bump.upper()} after {older.home.name}, but {least.reasons[-1]}.",
            document.place("/training" if "training" in document.written else "/version"),
            f"Make it a {least.bump.upper()}, {parse(older.home.name).bumped(least.bump)}.",
        )


def compared(older: Document, newer: Document) -> Comparison:
    """The interfaces of two versions compared, for callers of the older one."""
    from modelops_git.core.interfaces import compare

    return compare(older.written["interface"], newer.written["interface"])


def problem_in(document: Document) -> bool:
    """Whether a side of the interface is no JSON Schema, which is MOG311."""
    from modelops_git.core.interfaces import check_schema

    return any(check_schema(document.written["interface"][side]) for side in ("input", "output"))


def interface_changed(older: Document, newer: Document, least: BumpVerdict) -> bool:
    """Whether it is the interface, and not the training, that asks for the bump."""
    return least.comparison.verdict != "compatible" or compared(newer, older).verdict != "compatible"


def shown(comparison: Comparison) -> str:
    """The witness as a sentence behind another; empty where there is none."""
    witness = comparison.witness
    if witness is None:
        return ""
    from modelops_git.core.interfaces.explain import show

    sides = f"the {witness.accepted_by} version allows it, the {witness.rejected_by} one does not"
    return f" For example {show(witness.value)} as {witness.side}: {sides}."


def _bump(older: Document | None, newer: Document) -> Bump | None:
    """The number that rises; None where none does, which MOG304 is about."""
    if older is None:
        return None
    try:
        return bump_between(older.home.name, newer.home.name)
    except ValueError:
        return None


def _asks_for_nothing(bump: Bump, older: Document, newer: Document) -> bool:
    """Whether no check can ask for a larger bump: it is no PATCH, and the interface is the very same.

    Most versions are retrained and nothing else; documents share what they have alike, so this costs nothing.
    """
    return bump != "patch" and older.written["interface"] is newer.written["interface"]


CHECKS = (
    not_greater_than_parent,
    bump_too_small,
    bump_undecided,
    bump_too_large,
    patch_changes_training,
)
