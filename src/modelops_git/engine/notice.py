"""Write a notice: what became known about a version after it was written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import RefusedError
from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.manifests.write import dump
from modelops_git.core.places import Home
from modelops_git.core.references import find_version

if TYPE_CHECKING:
    from modelops_git.core.catalog import Catalog
    from modelops_git.core.references import Reference

TYPES = ("deprecated", "revoked", "erratum", "validation")


@dataclass(frozen=True, slots=True)
class Known:
    """What became known.

    Attributes:
        type: One of `TYPES`.
        reason: In words.
        evidence: URIs of what shows it.
    """

    type: str
    reason: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A manifest that is ready to be written.

    Attributes:
        path: Relative to the registry's root.
        text: Its content.
    """

    path: str
    text: str


def compose_notice(catalog: Catalog, about: Reference, known: Known) -> Written:
    """The manifest of a new notice about a version; nothing is written yet.

    Raises:
        UsageError: There is no such version.
        RefusedError: The notice would not pass the checks of its own file.
    """
    version = find_version(catalog, about.model, about.at)
    path = _next_path(catalog, about)
    text = dump(_manifest(about, known, version.digest))
    parsed = parse_document(path, text.encode())
    if parsed.document is None or parsed.findings:
        raise RefusedError("this would be no valid notice", findings=parsed.findings)
    return Written(path, text)


def _manifest(about: Reference, known: Known, digest: str) -> dict[str, Any]:
    manifest: dict[str, Any] = {
        "api_version": "modelops/v1",
        "kind": "Notice",
        "model": about.model,
        "version": about.at,
        "manifest_digest": digest,
        "type": known.type,
        "reason": known.reason,
    }
    evidence = [{"uri": uri} for uri in known.evidence]
    return {**manifest, "evidence": evidence} if evidence else manifest


def _next_path(catalog: Catalog, about: Reference) -> str:
    """The first free number behind all that are taken: notices are never replaced."""
    name = re.compile(re.escape(about.at) + r"-(\d{1,9})", re.ASCII)
    folder = f"models/{about.model}/notices"
    stems = [path.removeprefix(folder + "/") for path in catalog.snapshot.paths(folder)]
    matches = [name.fullmatch(stem.removesuffix(".yaml")) for stem in stems]
    taken = [int(match[1]) for match in matches if match]
    return Home("Notice", about.model, f"{about.at}-{max(taken, default=0) + 1}").path
