"""What `register --renumber` did, and what to do next."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

from modelops_git.faces.reporting.lines import Span, Style
from modelops_git.faces.reporting.tables import columns

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.engine.renumber import Renumbered
    from modelops_git.faces.reporting.lines import Line


def renumbered_data(done: Renumbered) -> dict[str, Any]:
    """For programs: both numbers and why, and all files that were changed."""
    wanted, home = done.renumbering, done.document.home
    return {
        "model": home.model,
        "before": wanted.sides.number,
        "version": home.name,
        "parent": done.document.manifest.parent,
        "bump": wanted.numbered.bump,
        "why": wanted.numbered.why,
        "manifest": done.document.path,
        "manifest_digest": done.document.digest,
        "store": {"uri": wanted.store.uri, "prefix": done.prefix},
        "kept": wanted.sides.mine.path,
        "brought": list(done.brought),
        "pinned": sorted(done.pins.texts),
        "removed": list(done.pins.gone),
        "unread": list(done.pins.unread),
    }


def renumbered_lines(done: Renumbered, here: Path) -> list[Line]:
    """For people; the command is written such that it works in the folder `here`."""
    wanted, home = done.renumbering, done.document.home
    bump = f"{wanted.numbered.bump.upper()}, " if wanted.numbered.bump else ""
    rows = [
        ("  manifest", done.document.path),
        ("  digest", done.document.digest),
        ("  parent", done.document.manifest.parent or "none"),
        ("  key", done.prefix),
        ("  kept", f"{wanted.sides.mine.path} is now the one that was there first"),
        *(("  brought", f"{path}, which is merged and was not here") for path in done.brought),
        *(("  pinned", path) for path in sorted(done.pins.texts)),
        *(("  removed", path) for path in done.pins.gone),
        *(
            ("  unread", f"{path} cannot be read; does it name {wanted.sides.number}?")
            for path in done.pins.unread
        ),
    ]
    root = wanted.repository.root
    folder = os.path.relpath(root / "models" / home.model, here.resolve())
    add = shlex.join(["git", "add", "--all", folder])
    commit = shlex.join(
        ["git", "commit", "-m", f"Renumber {home.model} {wanted.sides.number} to {home.name}"]
    )
    return [
        (
            Span("Renumbered ", Style.GOOD),
            f"{home.model} {wanted.sides.number} to {home.name}: ",
            f"{bump}{wanted.numbered.why}.",
        ),
        "",
        *columns(rows),
        "",
        "next:",
        f"  {add} && {commit}",
    ]
