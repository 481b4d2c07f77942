"""What `register` made, and what to do next."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

from modelops_git.faces.reporting.json_output import finding_to_json
from modelops_git.faces.reporting.lines import Span, Style
from modelops_git.faces.reporting.outlines import outline
from modelops_git.faces.reporting.tables import columns, table

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.engine.register import Draft
    from modelops_git.faces.reporting.lines import Line

SHORT = 12
MOST = 50
"""Of so many files a line is printed."""


def registered_data(draft: Draft) -> dict[str, Any]:
    """For programs: the version, where its bytes and its manifest are, its number and why."""
    written = draft.document.written
    return {
        "model": written["model"],
        "version": written["version"],
        "parent": written.get("parent"),
        "bump": draft.numbered.bump,
        "why": draft.numbered.why,
        "manifest": draft.document.path,
        "written": list(draft.files),
        "manifest_digest": draft.document.digest,
        "store": {"name": _store(draft), "uri": draft.gathered.store.uri, "prefix": draft.prefix},
        "size": draft.size,
        "artifacts": written["artifacts"],
        "interface": written["interface"],
        "notes": list(draft.notes),
        "findings": [finding_to_json(finding) for finding in draft.warnings],
    }


def registered_lines(draft: Draft, here: Path) -> list[Line]:
    """For people; commands are written such that they work in the folder `here`."""
    manifest = draft.document.manifest
    rows = [
        (row.path, row.role, row.format or "-", f"{row.size:,}", row.sha256[:SHORT])
        for row in manifest.artifacts[:MOST]
    ]
    more = len(manifest.artifacts) - len(rows)
    return [
        (Span("Registered ", Style.GOOD), f"{manifest.model} {manifest.version}", *_why(draft)),
        "",
        *_facts(draft),
        "",
        *table(("PATH", "ROLE", "FORMAT", "BYTES", "SHA-256"), rows),
        *([f"and {more:,} more; the manifest lists them all"] if more else []),
        "",
        "next:",
        *(f"  {step}" for step in _next(draft, here)),
    ]


def _why(draft: Draft) -> tuple[str, ...]:
    bump = draft.numbered.bump
    return (f": {bump.upper()}, {draft.numbered.why}." if bump else f": {draft.numbered.why}.",)


def _facts(draft: Draft) -> list[Line]:
    interface = draft.document.manifest.interface
    facts = {
        "manifest": draft.document.path,
        "digest": draft.document.digest,
        "parent": draft.document.manifest.parent or "none",
        "store": f"{_store(draft)}, {draft.gathered.store.uri}",
        "key": draft.prefix,
        "size": f"{draft.size:,} bytes",
        "interface": f"{interface.protocol}, {outline(interface.input)} -> {outline(interface.output)}",
    }
    return columns([(f"  {name}", value) for name, value in facts.items()])


def _store(draft: Draft) -> str:
    registry = draft.gathered.catalog.registry
    return draft.document.manifest.store or (registry.manifest.default_store if registry else "")


def _next(draft: Draft, here: Path) -> list[str]:
    """The commands that bring the version into git, and then to the first environment."""
    manifest, registry = draft.document.manifest, draft.gathered.catalog.registry
    root = draft.gathered.repository.root
    git = (
        ["git"] if here.resolve().is_relative_to(draft.gathered.repository.top) else ["git", "-C", str(root)]
    )
    base = here if len(git) == 1 else root
    folder = os.path.relpath(root / "models" / manifest.model, base.resolve())
    subject = f"Register {manifest.model} {manifest.version}"
    environments = registry.manifest.environments if registry else ()
    target = environments[0].name if environments else "ENV"
    add, commit = shlex.join([*git, "add", folder]), shlex.join([*git, "commit", "-m", subject])
    return [f"{add} && {commit}", f"modelops promote {manifest.model} {manifest.version} --to {target}"]
