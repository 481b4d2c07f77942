"""What `sign` did, and what `verify` found out about signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.faces.reporting.lines import Span, Style
from modelops_git.faces.reporting.tables import columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelops_git.engine.sign import Signed
    from modelops_git.engine.signing import Checked
    from modelops_git.faces.reporting.lines import Line


def signed_data(done: Signed) -> dict[str, Any]:
    """For programs: the version, its bundle and where it is, and whose signature it is."""
    manifest = done.ready.document.manifest
    return {
        "model": manifest.model,
        "version": manifest.version,
        "manifest": done.ready.document.path,
        "manifest_digest": done.manifest_digest,
        "bundle": {"key": done.key, "sha256": done.sha256, "size": len(done.bundle)},
        "store": done.ready.store.uri,
        "signed_by": list(done.signed_by),
    }


def signed_lines(done: Signed) -> list[Line]:
    """For people."""
    manifest = done.ready.document.manifest
    count = len(manifest.artifacts)
    facts = {
        "signer": " and ".join(done.signed_by) or "nobody that the merged modelops.yaml knows",
        "files": f"{count:,}",
        "bundle": f"{done.key}, {len(done.bundle):,} bytes",
        "manifest": done.ready.document.path,
        "digest": done.manifest_digest,
    }
    lines: list[Line] = [
        (Span("Signed ", Style.GOOD), f"{manifest.model} {manifest.version}"),
        "",
        *columns([(f"  {name}", value) for name, value in facts.items()]),
    ]
    return lines if done.signed_by else [*lines, "", *_UNKNOWN]


_UNKNOWN: tuple[Line, ...] = (
    "The signature counts once the public key is merged: declare it under `signers` in modelops.yaml, in a",
    "change of its own.",
)


def signers_to_json(checked: Mapping[str, Checked], path: str) -> dict[str, Any]:
    """For programs: whose signature holds over the version whose manifest is at `path`."""
    found = checked.get(path)
    return {"signed_by": list(found.signed_by) if found else []}


def signers_lines(checked: Iterable[Checked], *, are_bytes_proved: bool) -> list[Line]:
    """Whose signatures held, in one line; none where no version has one.

    Args:
        checked: The signatures.
        are_bytes_proved: Whether the bytes were compared with the digests that were signed.
    """
    names = sorted({name for one in checked for name in one.signed_by})
    count = sum(bool(one.signed_by) for one in checked)
    only = "" if are_bytes_proved else "; that is over SHA-256, which the bytes were not compared with"
    return [f"{count} signed, by {', '.join(names)}{only}"] if names else []
