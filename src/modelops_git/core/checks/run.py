"""Run the checks: files in, findings out. Pure: the same input gives the same result.

For each file, in this order: is it a plain file, does it parse, then the checks of its kind. What cannot be
checked since an earlier step failed, or since a check misses something that it needs, is recorded as skipped.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.artifacts import LFS_POINTER
from modelops_git.core.catalog import Catalog
from modelops_git.core.checks import all_checks
from modelops_git.core.checks.base import MOST_DEFECTS, Defect, Scope, UncheckedError, bounded
from modelops_git.core.checks.context import Context, Facts
from modelops_git.core.checks.fields import NOT_A_REGULAR_FILE
from modelops_git.core.checks.secrets import Secrets
from modelops_git.core.checks.suppression import Suppressions
from modelops_git.core.findings import Place, Severity, sort_key
from modelops_git.core.places import home_of
from modelops_git.core.snapshot import EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from modelops_git.core.checks.base import Check
    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.places import Home
    from modelops_git.core.snapshot import Change

    Runnable = tuple[Check[*tuple[Any, ...]], Callable[..., Iterable[Defect]]]

OF_HEAD = (Scope.DOCUMENT, Scope.CATALOG)
OF_CHANGE = (Scope.CHANGE,)
MOST_TOGETHER = 500
"""How many manifests are held in memory at once; each takes some kilobytes."""
LINKS = {"120000": "a symbolic link", "160000": "a submodule"}


class Skipped(NamedTuple):
    """A check that was not made.

    Attributes:
        path: The file that it was not made for.
        code: The check.
        because: Why.
    """

    path: str
    code: str
    because: str


class Result(NamedTuple):
    """What came of a run.

    Attributes:
        findings: Sorted by place, each once.
        skipped: What could not be checked, sorted.
        files: The files that were looked at, deleted ones included, sorted.
        suppressed: Findings that a comment with a reason switched off.
    """

    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    files: tuple[str, ...] = ()
    suppressed: tuple[Finding, ...] = ()

    @classmethod
    def merged(cls, results: Iterable[Result]) -> Result:
        """What came of several runs, on different files of one registry, as one."""
        several = tuple(results)
        return cls(
            tuple(sorted({one for each in several for one in each.findings}, key=sort_key)),
            tuple(sorted({one for each in several for one in each.skipped})),
            tuple(sorted([one for each in several for one in each.files])),
            tuple(sorted({one for each in several for one in each.suppressed}, key=sort_key)),
        )

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found, nothing skipped, and nothing switched off."""
        return not (self.findings or self.skipped or self.suppressed)

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return len(self.findings) - self.errors


def run(catalog: Catalog, change: Change | None, paths: Iterable[str], facts: Facts | None = None) -> Result:
    """Check the files at `paths`.

    Args:
        catalog: The registry.
        change: What the registry is compared with; None for nothing, which judges every version as a new one.
        paths: The files to check; those that were deleted by `change` count too.
        facts: What the files do not say.
    """
    return Result.merged(run_each(catalog, change, together(paths), facts))


def run_each(
    catalog: Catalog, change: Change | None, groups: Iterable[tuple[str, ...]], facts: Facts | None = None
) -> Iterator[Result]:
    """As `run`, for one group of files after another, of those that `together` makes."""
    facts = facts or Facts()
    base = Catalog(change.base if change else EMPTY)
    tip = Catalog(facts.tip) if facts.tip else None
    context = Context(catalog, base, tip, facts, frozenset(change.changed if change else ()))
    for group in groups:
        yield _Session(context).check(group)


def together(paths: Iterable[str]) -> list[tuple[str, ...]]:
    """The paths in groups of which each is best checked at once: neighbours in the folder of a model."""
    groups: list[tuple[str, ...]] = []
    for _, neighbours in groupby(sorted(set(paths)), key=folder_of):
        while group := tuple(islice(neighbours, MOST_TOGETHER)):
            groups.append(group)
    return groups


def folder_of(path: str) -> str:
    """The folder outside of which no file has a say in the checks of `path`, but modelops.yaml and analyses.

    That of a model, without those nested in it; else the first one, for whose checks all files count.
    """
    home = home_of(path)
    return f"models/{home.model}" if home and home.model else path.partition("/")[0]


class _Session:
    """What is found while the files of a group are walked through."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._findings: set[Finding] = set()
        self._suppressed: set[Finding] = set()
        self._skipped: set[Skipped] = set()
        self._files: list[str] = []
        self._secrets = Secrets()

    def check(self, paths: tuple[str, ...]) -> Result:
        """Check files that are read at once, and let go of them."""
        catalog, base = self._context.catalog, self._context.base
        catalog.snapshot.preload(path for path in paths if catalog.holds(path) and home_of(path))
        for path in paths:
            self._check(path)
        folder = folder_of(paths[0])
        catalog.forget(folder)
        base.forget(folder)
        self._context.memo.clear()
        return Result(
            tuple(map(self._secrets.masked, self._findings)),
            tuple(self._skipped),
            tuple(self._files),
            tuple(map(self._secrets.masked, self._suppressed)),
        )

    def _check(self, path: str) -> None:
        home = home_of(path)
        entry = self._context.catalog.entry(path)
        if entry is not None and not entry.is_regular:
            what = LINKS.get(entry.mode, f"no plain file (mode {entry.mode})")
            self._refuse(path, home, what)
        elif home is None:
            self._check_stray(path)
        else:
            self._files.append(path)
            if entry is not None:
                self._check_head(path, home)
            if path in self._context.changed:
                alteration = self._context.alteration(path, home)
                self._run(_checks(home.kind, OF_CHANGE), path, alteration, Suppressions())

    def _check_stray(self, path: str) -> None:
        from modelops_git.core.manifests.naming import misplaced

        finding = misplaced(path) if self._context.catalog.holds(path) else None
        if finding is not None:
            self._files.append(path)
            self._findings.add(finding)

    def _check_head(self, path: str, home: Home) -> None:
        parsed = self._context.catalog.document(path)
        document = parsed.document if parsed else None
        data = self._context.catalog.snapshot.read(path) if document is None else b""
        if data.startswith(LFS_POINTER):
            self._refuse(path, home, "a Git LFS pointer")
            return
        text = document.text if document else data.decode("utf-8", "replace")
        self._findings.update(self._secrets.findings(path, text))
        self._findings.update(parsed.findings if parsed else ())
        if document is None:
            self._skip(path, home, f"{path} has mistakes of its own")
        else:
            self._check_document(path, document)

    def _check_document(self, path: str, document: Document) -> None:
        suppressions = Suppressions(document)
        self._run(_checks(document.kind, OF_HEAD), path, document, suppressions)
        if suppressions:
            is_new = self._context.is_new(document)
            self._findings.update(suppressions.unused(_by_code(), document.kind, is_new=is_new))

    def _refuse(self, path: str, home: Home | None, what: str) -> None:
        """Record that a path is no plain file."""
        defect = Defect(
            f"{path} is {what}, not a plain file.",
            Place(path),
            "Put the file itself there; what a registry says must be in its own commits.",
        )
        self._files.append(path)
        self._findings.add(NOT_A_REGULAR_FILE.finding(defect))
        if home is not None:
            self._skip(path, home, f"{path} is no plain file")

    def _skip(self, path: str, home: Home, because: str) -> None:
        checks = _checks(home.kind, OF_HEAD)
        self._skipped.update(Skipped(path, check.code, because) for check, _ in checks)

    def _run(
        self,
        checks: tuple[Runnable, ...],
        path: str,
        subject: Any,
        suppressions: Suppressions,
    ) -> None:
        context, is_watched = self._context, bool(suppressions)
        for check, function in checks:
            if is_watched:
                context.memo.compared.clear()
            try:
                defects = list(islice(function(subject, context), MOST_DEFECTS + 1))
            except UncheckedError as error:
                self._skipped.add(Skipped(path, check.code, str(error)))
                continue
            if is_watched:
                suppressions.note(check.code, compares=bool(context.memo.compared))
            if defects:
                self._keep(check, bounded(defects, path), suppressions)

    def _keep(
        self, check: Check[*tuple[Any, ...]], defects: list[Defect], suppressions: Suppressions
    ) -> None:
        """Sort findings into those that count and those that a comment switches off."""
        for finding in map(check.finding, defects):
            is_off = check.suppressible and suppressions.covers(finding)
            (self._suppressed if is_off else self._findings).add(finding)


@cache
def _by_code() -> dict[str, Check[*tuple[Any, ...]]]:
    """Every check there is, by code."""
    return {check.code: check for check in all_checks()}


@cache
def _checks(kind: str, scopes: tuple[Scope, ...]) -> tuple[Runnable, ...]:
    """The checks that are run on manifests of `kind`, each with its function."""
    from modelops_git.core.checks.provenance import FROM_MANIFEST

    known = (check for check in (*all_checks(), *FROM_MANIFEST) if check.scope in scopes)
    return tuple((check, check.function) for check in known if check.function and kind in check.kinds)
