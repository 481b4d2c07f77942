"""Who acted and who approved, and how that is known."""

from __future__ import annotations

from typing import Literal

from modelops_git.core.records import Instant, Record


class Evidence(Record):
    """How it is known who acted: by an OIDC subject and run, an SSH signature, or not at all."""

    type: Literal["oidc", "ssh", "unverified"]
    subject: str | None = None
    run: str | None = None


class Actor(Record):
    """Who acted, and how that is known."""

    name: str
    evidence: Evidence = Evidence(type="unverified")


class Approval(Record):
    """One person's approval, as it stood when the work was done."""

    by: str
    at: Instant | None = None
    source: str


class PastRules(Record):
    """That somebody went past the rules about people: why, and where that is followed up."""

    reason: str
    ticket: str

    @property
    def text(self) -> str:
        """Both, for people."""
        return f"{self.reason} ({self.ticket})"
