"""What the rules say of a change: what is done in it, who had to approve, who did, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from modelops_git.core.authorizing.facts import Approval
    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.rules import Action, Risk


class Act(NamedTuple):
    """One thing that a change does, which rules may be about.

    Attributes:
        action: What.
        path: The changed file, relative to the registry's root.
        model: The model; empty where it is about none.
        environment: Where; empty where that does not matter.
        risk: The model's risk class as it was before the change; empty where it is about no model.
    """

    action: Action
    path: str
    model: str = ""
    environment: str = ""
    risk: Risk | str = ""


class Need(NamedTuple):
    """What one rule asks of one act.

    Attributes:
        act: The act.
        rule: The rule's place in the list of the base's `modelops.yaml`, from 0.
        groups: The groups whose members' approvals count.
        wanted: How many of them must approve.
        given: Those who did, and count.
        candidates: Who else could: identities; empty where nobody knows who is in the groups.
    """

    act: Act
    rule: int
    groups: tuple[str, ...]
    wanted: int
    given: tuple[str, ...]
    candidates: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        """How many more must approve."""
        return max(0, self.wanted - len(self.given))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of a change.

    Attributes:
        acts: What is done in it, sorted.
        needs: What rules ask for; those that are met too.
        findings: What is wrong; empty where all of it is allowed.
        approvals: Those that count for something, as they go into the journal.
    """

    acts: tuple[Act, ...]
    needs: tuple[Need, ...]
    findings: tuple[Finding, ...]
    approvals: tuple[Approval, ...]

    @property
    def is_allowed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings
