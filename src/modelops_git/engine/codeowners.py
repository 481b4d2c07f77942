"""The file CODEOWNERS, in which the rules of a registry are a block between two marks; the rest is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from modelops_git.core.authorizing.owners import Owned, escaped, sections
from modelops_git.core.catalog import Catalog
from modelops_git.core.errors import UsageError
from modelops_git.edges.files import read_bounded, write_atomic
from modelops_git.edges.git.reading import worktree_snapshot
from modelops_git.engine.selection import registry_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelops_git.core.authorizing.owners import Kind, Section
    from modelops_git.core.manifests.model import Model
    from modelops_git.edges.git.repository import Repository

PLACES = {
    "github": (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    "gitlab": ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
}
"""Where each forge looks; it takes the first that is there."""
_USUAL = {"github": ".github/CODEOWNERS", "gitlab": ".gitlab/CODEOWNERS"}
_MOST = 3 * 1024 * 1024
"""Bytes; GitHub loads no more."""
_LIMITS = {
    "github": (
        "One owner of a line is enough for GitHub. Not said here, and held by `modelops authorize`: how many",
        "must approve, who may ask, that nobody approves what they had a part in, what is only a rollback.",
    ),
    "gitlab": (
        "Not said here, and held by `modelops authorize`: who may ask, that nobody approves what they had a",
        "part in, and what is only a rollback, which is why a promotion waits for nobody here (^) where",
        "there are rules for both. Counts need a tier of GitLab that has them.",
    ),
}


class Owners(NamedTuple):
    """CODEOWNERS as it should be.

    Attributes:
        path: The file.
        block: What stands between the marks, with them.
        text: The whole file: that block, and what others wrote around it.
        is_fresh: Whether the file is so already.
    """

    path: Path
    block: str
    text: str
    is_fresh: bool


def codeowners(repository: Repository, forge: str = "", out: Path | None = None) -> Owners:
    """What CODEOWNERS should say, by the rules on disk.

    Args:
        repository: The registry.
        forge: `github` or `gitlab`; by default what `modelops.yaml` says.
        out: The file; by default where the forge looks.

    Raises:
        UsageError: It is not known which forge it is for, or `modelops.yaml` is not valid.
    """
    catalog = Catalog(worktree_snapshot(repository))
    registry = registry_of(catalog)
    kind = forge or (registry.forge.type if registry.forge else "")
    if not kind:
        raise UsageError("modelops.yaml names no forge", hint="Write --forge github or --forge gitlab.")
    models = {name: catalog.model(name) for name in catalog.models()}
    risks = {name: cast("Model", one.manifest).risk if one else "high" for name, one in models.items()}
    owned = Owned(registry, risks, cast("Kind", kind), bool(repository.prefix))
    path = out or _place(repository.top, kind)
    block = "".join(f"{line}\n" for line in _lines(owned, repository.prefix))
    found = read_bounded(path, _MOST).decode("utf-8", "surrogateescape") if path.exists() else ""
    text = _placed(found, block, registry.name)
    return Owners(path, block, text, text == found)


def write(owners: Owners) -> None:
    """Write the file.

    Raises:
        OSError: It could not be written.
    """
    write_atomic(owners.path, owners.text.encode("utf-8", "surrogateescape"))


def _place(top: Path, forge: str) -> Path:
    found = (top / place for place in PLACES[forge])
    return next((path for path in found if path.is_file()), top / _USUAL[forge])


def _marks(name: str) -> tuple[str, str]:
    return f"# modelops-git: the rules of {name} begin", f"# modelops-git: the rules of {name} end"


def _lines(owned: Owned, prefix: str) -> Iterator[str]:
    first, last = _marks(owned.registry.name)
    yield first
    yield "# Written by `modelops codeowners`, which replaces all up to the last line."
    yield from (f"# {line}" for line in _LIMITS[owned.forge])
    found = sections(owned)
    if not found:
        yield "# No rule in modelops.yaml asks for approvals."
    for section in found:
        yield from _section(section, owned, prefix)
    yield last


def _section(section: Section, owned: Owned, prefix: str) -> Iterator[str]:
    yield ""
    if section.title and section.lines:
        yield {0: "^[{}]", 1: "[{}]"}.get(section.wanted, f"[{{}}][{section.wanted}]").format(section.title)
    elif section.title:
        yield f"# {section.title}: nobody here can own files."
    yield from (f"# Cannot own files here: {one}" for one in section.unnamed)
    for line in section.lines:
        for place in _places(line.pattern, owned, prefix):
            yield " ".join((f"/{place}", *line.owners))


def _places(pattern: str, owned: Owned, prefix: str) -> Iterator[str]:
    """Where a pattern is in the repository; what rules pipelines is at its top as well."""
    yield f"{escaped(prefix, owned.forge)}{pattern}"
    if owned.has_outside and not pattern.startswith(("models/", "analyses/", "schemas/", "modelops.yaml")):
        yield pattern


def _placed(text: str, block: str, name: str) -> str:
    """A file with the block in place of the one that was there, or at its end, where its lines count most."""
    first, last = _marks(name)
    before, began, rest = text.partition(f"{first}\n")
    _, ended, after = rest.partition(f"{last}\n")
    if began and ended:
        return f"{before}{block}{after}"
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}{block}"
