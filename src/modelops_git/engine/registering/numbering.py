"""The number of a new version: what it follows, what has to rise, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelops_git.core.checks.base import Defect, UncheckedError, did_you_mean
from modelops_git.core.checks.context import Context
from modelops_git.core.checks.lineage import is_same, nothing_new
from modelops_git.core.checks.semantics import bump_undecided
from modelops_git.core.errors import RefusedError, UsageError
from modelops_git.core.findings import Place
from modelops_git.core.places import Home
from modelops_git.core.versions import is_prerelease, is_version, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelops_git.core.catalog import Catalog
    from modelops_git.core.interfaces import BumpVerdict
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.versions import Bump, Semver
    from modelops_git.engine.registering.request import Numbering

FIRST = "1.0.0"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number for a version.

    Attributes:
        version: The number.
        bump: Which of its numbers rises; None for a first version, and where the number was given.
        why: The reason, as the end of a sentence.
    """

    version: str
    bump: Bump | None
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """What a new version comes after.

    Attributes:
        model: The model's name.
        asked: What is asked of the number.
        parent: The version that it names as its parent; None for the first.
        ancestor: The newest one up from there that is no pre-release, against which it is judged.
        taken: All numbers that are taken, here or on the default branch.
    """

    model: str
    asked: Numbering
    parent: Document | None
    ancestor: Document | None
    taken: frozenset[str]


def line_of(catalog: Catalog, model: str, asked: Numbering, merged: frozenset[str]) -> Line:
    """What a new version of `model` comes after; `merged` are the numbers on the default branch.

    Raises:
        UsageError: A number is none, there is no such parent, or the first version cannot be bumped.
        RefusedError: The number is taken, or a version before it cannot be read.
    """
    known = catalog.versions(model)
    _refuse_number(model, asked, frozenset((*known, *merged)))
    parent = _parent(catalog, model, asked.parent, known)
    if parent is None and asked.bump:
        raise UsageError(
            f"{model} has no version yet that a {asked.bump.upper()} could follow",
            hint=f"Leave --bump out for {FIRST}, or give --version.",
        )
    return Line(model, asked, parent, _ancestor(catalog, parent), frozenset((*known, *merged)))


def _refuse_number(model: str, asked: Numbering, taken: frozenset[str]) -> None:
    if asked.version and asked.bump:
        raise UsageError("give --version or --bump, not both")
    if asked.version and not is_version(asked.version):
        raise UsageError(
            f"{asked.version!r} is not a semantic version", hint="Write for example 1.2.0 or 2.0.0-rc.1."
        )
    if asked.version in taken:
        raise RefusedError(
            f"{model} {asked.version} exists already, and a version is written once",
            hint="Leave --version out to take the next number, or name another one.",
        )


def _parent(catalog: Catalog, model: str, named: str, known: tuple[str, ...]) -> Document | None:
    releases = [number for number in known if not is_prerelease(number)]
    number = named or (releases or [*known] or [""])[-1]
    if not number:
        return None
    if number not in known:
        raise UsageError(
            f"{model} has no version {number!r} to be the parent",
            hint=did_you_mean(number, known, "versions"),
        )
    parsed = catalog.document(Home("ModelVersion", model, number).path)
    if parsed is None or parsed.document is None:
        raise RefusedError(
            f"the manifest of the parent {model} {number} cannot be read",
            findings=parsed.findings if parsed else (),
        )
    return parsed.document


def _ancestor(catalog: Catalog, parent: Document | None) -> Document | None:
    if parent is None or not is_prerelease(parent.home.name):
        return parent
    try:
        return Context(catalog).ancestor(parent)
    except UncheckedError as error:
        raise RefusedError(f"what the version comes after cannot be told: {error}") from None


def choose(line: Line, written: Mapping[str, Any]) -> Numbered:
    """The number for a version whose manifest says `written`; the given one, or the least legal one.

    Whether a given one is legal is left to the checks.

    Raises:
        RefusedError: Nobody can tell which one is legal (MOG306).
    """
    if line.ancestor is None:
        first = line.asked.version or (str(parse(line.parent.home.name).release) if line.parent else FIRST)
        return Numbered(first, None, "the first version" if line.parent is None else "the first release")
    from modelops_git.core.interfaces import least_bump

    verdict = least_bump(line.ancestor.written, dict(written))
    least = f"the least legal bump after {line.ancestor.home.name}"
    if line.asked.version:
        told = f"{least} is {_named(verdict)}, since {reason(verdict)}"
        return Numbered(line.asked.version, None, f"as asked; {told}")
    bump = line.asked.bump or verdict.bump
    if bump is None:
        raise _undecided(line, verdict)
    asked = f"as asked; {least} is {_named(verdict)}, " if line.asked.bump not in {None, verdict.bump} else ""
    number, skipped = _next(line, line.ancestor, bump)
    return Numbered(number, bump, f"{asked}since {reason(verdict)}{skipped}")


def _next(line: Line, ancestor: Document, bump: Bump) -> tuple[str, str]:
    """The next free number, and a remark where others are taken."""
    number: Semver = parse(ancestor.home.name).bumped(bump)
    parent = parse(line.parent.home.name) if line.parent else number
    if number.parts.compare(parent.parts) <= 0:
        number = parent.bumped(bump)
    skipped = []
    while str(number) in line.taken:
        skipped.append(str(number))
        number = number.bumped(bump)
    return str(number), f" ({', '.join(skipped)} is taken)" if skipped else ""


def reason(verdict: BumpVerdict) -> str:
    """Why the least bump is what it is."""
    said = "; ".join(verdict.reasons)
    about_training = verdict.comparison.verdict == "compatible" and "interface" not in said
    return f"{said}; the interface is equal" if about_training else said


def _named(verdict: BumpVerdict) -> str:
    return verdict.bump.upper() if verdict.bump else "unknown"


def _undecided(line: Line, verdict: BumpVerdict) -> RefusedError:
    older = line.ancestor.home.name if line.ancestor else ""
    breaking = parse(older).bumped("minor" if older.startswith("0.") else "major")
    finding = bump_undecided.finding(
        Defect(
            f"A new version against {older}: {verdict.comparison.reason}.",
            Place(f"models/{line.model}/versions", pointer="/interface" + verdict.comparison.pointer),
            "State `interface_review: {verdict: compatible, reason: …}` in the file of --metadata, "
            f"or make it {breaking} with --version.",
        )
    )
    return RefusedError("which number is legal cannot be decided; nothing was written", findings=[finding])


def refuse_nothing_new(catalog: Catalog, line: Line, number: str, written: Mapping[str, Any]) -> None:
    """Refuse a version that says the same as one that there is; the release of a pre-release may.

    Raises:
        RefusedError: It does (MOG309).
    """
    for older in reversed(catalog.versions(line.model)):
        document = catalog.version(line.model, older)
        if document and is_same(document.written, written) and not _is_release_of(number, older):
            finding = nothing_new.finding(
                Defect(
                    f"{line.model} {older} is the very same: bytes, interface, training and evaluations.",
                    Place(document.path),
                    f"It is registered already; see `modelops show {line.model}@{older}`.{_release(older)}",
                )
            )
            raise RefusedError(f"there is nothing new since {line.model} {older}", findings=[finding])


def _release(older: str) -> str:
    number = parse(older)
    return f" To release it, say --version {number.release}." if number.prerelease else ""


def _is_release_of(number: str, older: str) -> bool:
    new, old = parse(number), parse(older)
    return bool(old.prerelease) and not new.prerelease and new.release == old.release
