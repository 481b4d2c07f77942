"""What was signed, against what a version lists: every difference at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.artifacts import printable
from modelops_git.core.digests import short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_git.core.artifacts import ArtifactRow
    from modelops_git.core.signing.statement import Resource


class Difference(NamedTuple):
    """One file about which a signature and a version do not agree.

    Attributes:
        message: The end of a sentence about the signature.
        pointer: The part of the version's manifest that it is about.
    """

    message: str
    pointer: str


def differences(signed: Sequence[Resource], listed: Sequence[ArtifactRow]) -> Iterator[Difference]:
    """Where the list that was signed and that of the version differ; nothing only if they are the same."""
    digests = {one.name: one.sha256 for one in signed}
    for index, row in enumerate(listed):
        name, digest = printable(row.path), digests.get(row.path)
        if digest is None:
            yield Difference(f"does not cover {name}", f"/artifacts/{index}/path")
        elif digest != row.sha256:
            message = f"is over {name} with SHA-256 {short(digest)}…, not {short(row.sha256)}…"
            yield Difference(message, f"/artifacts/{index}/sha256")
    known = {row.path for row in listed}
    for one in signed:
        if one.name not in known:
            yield Difference(f"covers {printable(one.name)}, which the version does not list", "/signature")
