"""What a version is beside its parent: named, and different from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.checks.base import Defect, check
from modelops_git.core.checks.context import version_of
from modelops_git.core.versions import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.checks.context import Context
    from modelops_git.core.manifests.parse import Document

VERSION = ("ModelVersion",)
SAYS_NOTHING = ("version", "parent", "created_at", "summary")
"""The fields that may differ between a version and its parent although nothing is new."""
OF_STORES = ("version_id", "blake3")
"""The same of an artifact: where its bytes are, and a second digest of them."""


@check("MOG309", "nothing-new", kinds=VERSION)
def nothing_new(document: Document, context: Context) -> Iterator[Defect]:
    """A version differs from its parent in number, parent, time and summary only.

    The same bytes would be live under two numbers. The release of a pre-release is exempt: it may carry
    what was tried out. What became known about a version later goes into a notice.

    Wrong:
    ```yaml
    version: 1.1.1        # everything else is as in 1.1.0
    parent: 1.1.0
    summary: Again.
    ```
    Right:
    ```yaml
    version: 1.2.0
    parent: 1.2.0-rc.1    # a release may carry what its candidate did
    ```
    """
    parent = context.parent(document)
    if parent is None or _is_release_of(document.home.name, parent.home.name):
        return
    if _says_the_same(parent, document):
        yield Defect(
            f"{document.home.name} differs from its parent {parent.home.name} in nothing that matters.",
            document.place("/version"),
            "Register what is really new, or write a notice about the parent.",
        )


@check("MOG317", "parent-not-named", kinds=VERSION)
def parent_not_named(document: Document, context: Context) -> Iterator[Defect]:
    """A new version names no parent although the model has older versions.

    Number, interface and metrics are judged against the parent. A version without one would be judged against
    nothing, whatever it breaks.

    Wrong:
    ```yaml
    version: 1.2.0        # 1.1.0 exists
    summary: Retrained on June's data.
    ```
    Right:
    ```yaml
    version: 1.2.0
    parent: 1.1.0
    ```
    """
    if version_of(document).parent is not None or not context.is_new(document):
        return
    known = context.catalog.versions(document.home.model)
    index = known.index(document.home.name)
    if index:
        yield Defect(
            f"{document.home.name} names no parent, but {document.home.model} has {known[index - 1]}.",
            document.place("/version"),
            f"Name the version that this one follows, such as `parent: {known[index - 1]}`.",
        )


def _says_the_same(older: Document, newer: Document) -> bool:
    """Whether two manifests differ in nothing but the fields that say nothing."""
    return is_same(older.written, newer.written)


def is_same(older: Mapping[str, Any], newer: Mapping[str, Any]) -> bool:
    """The same of manifests as written; files may be listed in any order."""
    fields = (older.keys() | newer.keys()).difference(SAYS_NOTHING, ("artifacts",))
    same = all(older.get(field) == newer.get(field) for field in fields)
    return same and _files(older) == _files(newer)


def _files(written: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The artifacts in the order of their paths, without what stores add."""
    rows = [{key: row[key] for key in row if key not in OF_STORES} for row in written["artifacts"]]
    return sorted(rows, key=lambda row: str(row["path"]))


def _is_release_of(number: str, parent: str) -> bool:
    new, old = parse(number), parse(parent)
    return bool(old.prerelease) and not new.prerelease and new.release == old.release


CHECKS = (nothing_new, parent_not_named)
