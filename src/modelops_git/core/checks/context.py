"""What a check is given beside the file it looks at: the catalog, what was before, facts from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.base import UncheckedError
from modelops_git.core.places import REGISTRY_FILE, Home
from modelops_git.core.snapshot import EMPTY
from modelops_git.core.versions import is_prerelease

if TYPE_CHECKING:
    from datetime import datetime

    from modelops_git.core.interfaces import BumpVerdict
    from modelops_git.core.manifests.model import Model
    from modelops_git.core.manifests.parse import Document, Parsed
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.manifests.version import ModelVersion
    from modelops_git.core.snapshot import Snapshot


class Facts(NamedTuple):
    """What the files do not say.

    Attributes:
        now: The time; None where it is not known.
        tip: The newest state of the default branch, which may be ahead of what the change began from.
        merged: Whether what is checked is merged already, as `apply` checks it: then its own rules count, and
            not those of the commit that wanted what is live now.
    """

    now: datetime | None = None
    tip: Snapshot | None = None
    merged: bool = False


class Alteration(NamedTuple):
    """One file before and after a change.

    Attributes:
        path: The file.
        home: What belongs there.
        before: What it was; None where it was not.
        after: What it is; None where it is no more.
    """

    path: str
    home: Home
    before: Parsed | None
    after: Parsed | None

    def documents(self) -> tuple[Document, Document]:
        """The file's manifest before and after.

        Raises:
            UncheckedError: It does not parse at one end, or is not there.
        """
        before = self.before.document if self.before else None
        after = self.after.document if self.after else None
        if before is None or after is None:
            when = "before" if before is None else "after"
            raise UncheckedError(f"{self.path} cannot be read as it was {when} the change")
        return before, after


class Memo:
    """What was found out about versions of one model already; nothing that could not be found out again.

    Attributes:
        parents: By path, the version that one was made from.
        ancestors: By path, the newest ancestor that is no pre-release, or why it cannot be known.
        bumps: By the paths of the older and the newer version, the least bump.
        rooted: The paths of versions that are not their own ancestors.
        circular: The paths of versions that are.
        before: What was at a path before the change.
        sound: Schemas that are JSON Schema 2020-12, by identity: sister versions share what they have alike.
        compared: The paths that were asked for as they were before, since the runner last cleared this.
    """

    __slots__ = ("ancestors", "before", "bumps", "circular", "compared", "parents", "rooted", "sound")

    def __init__(self) -> None:
        """Nothing yet."""
        self.parents: dict[str, Document | None] = {}
        self.ancestors: dict[str, Document | UncheckedError | None] = {}
        self.bumps: dict[tuple[str, str], BumpVerdict] = {}
        self.rooted: set[str] = set()
        self.circular: set[str] = set()
        self.before: dict[str, Parsed | None] = {}
        self.sound: dict[int, Any] = {}
        self.compared: set[str] = set()

    def clear(self) -> None:
        """Forget it all."""
        self.parents.clear()
        self.ancestors.clear()
        self.bumps.clear()
        self.rooted.clear()
        self.circular.clear()
        self.before.clear()
        self.sound.clear()
        self.compared.clear()


class Context:
    """The surroundings of a check.

    Attributes:
        catalog: The registry that is checked.
        base: The registry that the change began from; empty for none.
        tip: The default branch's newest state, which may be ahead of `base`; None where it is not known.
        facts: What the files do not say.
        changed: Every path that the change adds, alters or deletes.
        memo: What was found out already.
    """

    __slots__ = ("base", "catalog", "changed", "facts", "memo", "tip")

    def __init__(
        self,
        catalog: Catalog,
        base: Catalog | None = None,
        tip: Catalog | None = None,
        facts: Facts | None = None,
        changed: frozenset[str] = frozenset(),
    ) -> None:
        """Put together what is known; nothing was found out yet."""
        self.catalog = catalog
        self.base = base or Catalog(EMPTY)
        self.tip = tip
        self.facts = facts or Facts()
        self.changed = changed
        self.memo = Memo()

    def registry(self) -> Document:
        """`modelops.yaml`.

        Raises:
            UncheckedError: It is not there or does not parse.
        """
        return _need(self.catalog.registry, "modelops.yaml")

    def rules(self) -> Registry:
        """What `modelops.yaml` says. Raises UncheckedError as `registry` does."""
        return cast("Registry", self.registry().manifest)

    def rules_before(self) -> Registry:
        """What `modelops.yaml` said before the change; what it says now where there was none.

        Rules that a change is judged by are read from here, so that no change can bring its own.
        """
        before = None if self.facts.merged else self.document_before(REGISTRY_FILE)
        return cast("Registry", before.manifest) if before else self.rules()

    def model_before(self, name: str) -> Model:
        """What `model.yaml` said before the change; what it says now where there was none.

        Raises:
            UncheckedError: Neither is there, or neither parses.
        """
        path = Home("Model", name).path
        before = None if self.facts.merged else self.document_before(path)
        document = before or self.catalog.model(name)
        return cast("Model", _need(document, path).manifest)

    def version(self, model: str, number: str) -> Document:
        """The manifest of a version.

        Raises:
            UncheckedError: It is not there or does not parse.
        """
        return _need(self.catalog.version(model, number), Home("ModelVersion", model, number).path)

    def notices(self, model: str, number: str) -> tuple[Document, ...]:
        """All notices about a version.

        Raises:
            UncheckedError: One does not parse.
        """
        paths = self.catalog.notice_paths(model, number)
        found = self.catalog.documents(paths)
        if len(found) < len(paths):
            readable = {document.path for document in found}
            raise UncheckedError(f"{next(path for path in paths if path not in readable)} cannot be read")
        return found

    def parent(self, document: Document) -> Document | None:
        """The version that a version was made from; None where it names none.

        Raises:
            UncheckedError: The parent is not there or does not parse.
        """
        known = self.memo.parents
        if document.path not in known:
            number = version_of(document).parent
            known[document.path] = None if number is None else self.version(document.home.model, number)
        return known[document.path]

    def ancestor(self, document: Document) -> Document | None:
        """The newest ancestor that is no pre-release: what a version's number is judged against.

        Raises:
            UncheckedError: One in between is not there or does not parse, or the parents form a circle.
        """
        if document.path not in self.memo.ancestors:
            self._find_ancestor(document)
        found = self.memo.ancestors[document.path]
        if isinstance(found, UncheckedError):
            raise found
        return found

    def _find_ancestor(self, document: Document) -> None:
        """Note the ancestor of a version, and of all pre-releases on the way, so that each is walked once."""
        chain = {document.path}
        try:
            found = self._walk(document, chain)
        except UncheckedError as error:
            found = error
        self.memo.ancestors.update(dict.fromkeys(chain, found))

    def _walk(self, document: Document, chain: set[str]) -> Document | UncheckedError | None:
        older = self.parent(document)
        while older is not None and is_prerelease(older.home.name):
            if older.path in self.memo.ancestors:
                return self.memo.ancestors[older.path]
            if older.path in chain:
                raise UncheckedError(f"the parents of {document.path} form a circle")
            chain.add(older.path)
            older = self.parent(older)
        return older

    def least_bump(self, older: Document, newer: Document) -> BumpVerdict:
        """The least bump that `newer` may be after `older`; several checks ask, and it is found out once."""
        key = (older.path, newer.path)
        if key not in self.memo.bumps:
            from modelops_git.core import interfaces

            self.memo.bumps[key] = interfaces.least_bump(older.written, newer.written)
        return self.memo.bumps[key]

    def is_new(self, document: Document) -> bool:
        """Whether the change brings this content; what is merged is not judged again by newer rules."""
        old = self.document_before(document.path)
        return old is not document and (old is None or old.digest != document.digest)

    def alteration(self, path: str, home: Home) -> Alteration:
        """The file at `path` before and after."""
        return Alteration(path, home, self.before(path), self.catalog.document(path))

    def before(self, path: str) -> Parsed | None:
        """What was at `path` before the change; read only once where it has not changed."""
        self.memo.compared.add(path)
        known = self.memo.before
        if path not in known:
            same = self.base.entry(path) == self.catalog.entry(path)
            known[path] = (self.catalog if same else self.base).document(path)
        return known[path]

    def document_before(self, path: str) -> Document | None:
        """The manifest at `path` before the change; None where there was none, or none that parses."""
        before = self.before(path)
        return before.document if before else None


def version_of(document: Document) -> ModelVersion:
    """What the manifest of a version says."""
    return cast("ModelVersion", document.manifest)


def _need(document: Document | None, path: str) -> Document:
    if document is None:
        raise UncheckedError(f"{path} is not there or cannot be read")
    return document
