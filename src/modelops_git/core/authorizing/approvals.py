"""Signed approvals: what is signed, the file that keeps it, and where that file is.

`approvals/<16 hex digits of the change's digest>/<signer>.json` in the registry holds the statement and its
SSH signature, as canonical JSON. What is signed is the canonical JSON of the statement. Everything in such a
file is hostile until the signature holds, so it is read strictly: there is one way to write an approval, at
one place, and any other is refused.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import StringConstraints

from modelops_git.core.authorizing.acts import APPROVALS
from modelops_git.core.authorizing.facts import Binding
from modelops_git.core.records import Instant, Record

if TYPE_CHECKING:
    from datetime import datetime

FOLDER = APPROVALS
NAMESPACE = "modelops-approval"
"""What SSH signatures of approvals are for: a signature made for something else is none."""
MAX_FILE = 64 << 10
"""Bytes; a signature by an RSA certificate, the longest there is, has some 8,000."""
SYSTEM = "ssh:"
PRINCIPAL = re.compile(r"[!-~]{1,252}", re.ASCII)
_PATTERN = re.compile(r"[*?!,]")
_FOLDER_DIGITS = 16
_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9@._+-]{0,99}", re.ASCII)

# These are patterns of pydantic's own engine, where \z is the end.
_Digest = Annotated[str, StringConstraints(pattern=r"\Asha256:[0-9a-f]{64}\z")]
_Armor = Annotated[
    str,
    StringConstraints(
        pattern=r"\A-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=]{1,76}\n)+-----END SSH SIGNATURE-----\n\z",
        max_length=MAX_FILE,
    ),
]


class Statement(Record):
    """What is signed: that one person approves one change.

    Attributes:
        registry: The registry's name, so that an approval does not count in another one.
        by: The principal of the signer, as `allowed_signers` has it.
        at: When it was signed, as the signer's machine said; it also tells two words on the same thing apart.
        tree: What is approved (`facts.Binding`), likewise `change` and `intent`.
    """

    kind: Literal["Approval"] = "Approval"
    format_version: Literal[1] = 1
    decision: Literal["approved"] = "approved"
    registry: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    by: Annotated[str, StringConstraints(pattern=r"\A[!-~]{1,252}\z")]
    at: Instant
    tree: _Digest
    change: _Digest
    intent: _Digest

    @property
    def binding(self) -> Binding:
        """What is approved."""
        return Binding(self.tree, self.change, self.intent)

    @property
    def path(self) -> str:
        """Where the file of this approval is in the registry."""
        digits = self.change.removeprefix("sha256:")[:_FOLDER_DIGITS]
        return f"{FOLDER}/{digits}/{file_name(self.by)}"


class SignedApproval(Record):
    """The file: a statement and its signature, in the armour of `ssh-keygen -Y sign`."""

    statement: Statement
    signature: _Armor


def stated(registry: str, binding: Binding, by: str, at: datetime) -> Statement:
    """The statement that somebody signs.

    Raises:
        ValueError: `by` is no principal that an approval can be by.
    """
    return Statement(
        registry=registry,
        by=by,
        at=at,
        tree=binding.tree,
        change=binding.change,
        intent=binding.intent,
    )


def read_approval(path: str, data: bytes) -> SignedApproval:
    """The approval in the file at `path` of the registry; its signature has not been checked then.

    Raises:
        ValueError: It is none; the message is one line, and follows the name of the file.
    """
    if len(data) > MAX_FILE:
        raise ValueError(f"has more than {MAX_FILE >> 10} KiB")
    try:
        approval = SignedApproval.from_bytes(data)
    except ValueError as error:
        raise ValueError(f"is no signed approval: {error}") from None
    if approval.to_bytes() != data:
        raise ValueError("is not written as `modelops approve` writes it")
    if approval.statement.path != path:
        raise ValueError(f"holds an approval that belongs at {approval.statement.path}")
    return approval


def file_name(principal: str) -> str:
    """The name of a signer's file: no two signers have the same, on no file system."""
    if _PLAIN_NAME.fullmatch(principal):
        return f"{principal}.json"
    plain = re.sub(r"[^a-z0-9@._+-]", "-", principal.lower())[:80].strip(".-") or "signer"
    return f"{plain}-{hashlib.sha256(principal.encode()).hexdigest()[:8]}.json"


def only_principal(found: tuple[str, ...]) -> str:
    """Who signed, from the principals that the signers' file has for a key.

    Raises:
        ValueError: They do not say who it is: none, several, or a pattern. The message is one line.
    """
    if not found:
        raise ValueError("its key is not one of the allowed signers")
    if len(found) > 1:
        raise ValueError(f"its key stands for several people: {', '.join(found[:5])}")
    if _PATTERN.search(found[0]) or not PRINCIPAL.fullmatch(found[0]):
        raise ValueError(f"its key stands for anybody that {found[0]!r} matches, which names no one person")
    return found[0]


def listed_principals(signers: str, public_key: str) -> tuple[str, ...]:
    """What an `allowed_signers` file lists for a key, to propose a name; whether it counts ssh-keygen says.

    Args:
        signers: The file.
        public_key: A line of a `.pub` file: the type, the key in base64, a comment.
    """
    words = public_key.split()
    wanted = words[1] if len(words) > 1 else ""
    for line in signers.splitlines():
        fields = line.split()
        is_key = bool(fields) and not fields[0].startswith("#") and bool(wanted) and wanted in fields[1:]
        if is_key and "cert-authority" not in line:
            return tuple(fields[0].strip('"').split(","))
    return ()
