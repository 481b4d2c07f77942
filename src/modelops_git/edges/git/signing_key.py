"""The SSH key that git signs with, as its configuration says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.edges.git.plumbing import decode

if TYPE_CHECKING:
    from modelops_git.edges.git.plumbing import Git


def signing_key(git: Git) -> str:
    """What `user.signingkey` is, a file or a public key, where git signs with SSH; else empty."""
    _, kind, _ = git.outcome("config", "gpg.format")
    code, out, _ = git.outcome("config", "--type=path", "user.signingkey")
    return "" if code or decode(kind).strip() != "ssh" else decode(out).strip()
