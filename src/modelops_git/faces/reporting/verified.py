"""What `verify` found, for people and for programs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.engine.attempts import Proof
from modelops_git.faces.reporting.lines import Span, Style
from modelops_git.faces.reporting.text import counted

if TYPE_CHECKING:
    from modelops_git.engine.verify import Verified
    from modelops_git.faces.reporting.lines import Line

_WORDS = {
    Proof.SHA256: "by SHA-256",
    Proof.BLAKE3: "by BLAKE3",
    Proof.REMEMBERED: "unchanged since they were read",
    Proof.STORED: "by the SHA-256 that the store computed",
    Proof.SIZE: "by size alone, which proves no content",
}
_READ = frozenset({Proof.SHA256, Proof.BLAKE3, Proof.REMEMBERED})


class Told(NamedTuple):
    """What is told.

    Attributes:
        results: Of each version.
        unreadable: How many manifests could not be read.
        files: How many files were to be looked at.
        size: How many bytes they have.
        shard: `I/N`; empty where all was done here.
    """

    results: tuple[Verified, ...]
    unreadable: int
    files: int
    size: int
    shard: str

    @property
    def proofs(self) -> Counter[Proof]:
        """What proved how many files."""
        found: Counter[Proof] = Counter()
        for one in self.results:
            found.update(one.proofs)
        return Counter({proof: found[proof] for proof in Proof if found[proof]})


def summary(told: Told) -> Line:
    """One line: how much was verified, and by what; or how many versions are not."""
    bad = sum(bool(one.findings) for one in told.results) + told.unreadable
    share = f"share {told.shard} of " if told.shard else ""
    if bad:
        total = counted(len(told.results) + told.unreadable, "version")
        return (Span(f"{share}{bad} of {total} not verified", Style.BAD),)
    amount = (
        f"{share}{counted(len(told.results), 'version')}, {counted(told.files, 'file')}, {told.size:,} bytes"
    )
    proofs = told.proofs
    done = "verified" if _READ.issuperset(proofs) else "compared, nothing read"
    if list(proofs) in ([], [Proof.SHA256]):
        return f"{amount} {done}"
    how = ", ".join(f"{count:,} {_WORDS[proof]}" for proof, count in proofs.items())
    return f"{amount} {done}: {how}"


def version_to_json(one: Verified) -> dict[str, Any]:
    """The result for one version; of one of which nothing is done in this share, it is not known."""
    manifest = one.document.manifest
    return {
        "model": manifest.model,
        "version": manifest.version,
        "verified": not one.findings if one.findings or one.proofs else None,
        "proofs": {proof.value: one.proofs[proof] for proof in Proof if proof in one.proofs},
    }
