"""Hold a change against the rules: who asks for it, who approved, who is missing. Pure.

- Every rule that matches an act must hold: its `authors`, its `approvals`.
- Once an environment has rules, an act there that none of them is about is denied.
- An approval counts if it is bound to what the change does now, and is by nobody who had a part in it.
- Each person counts once, whichever of their identities they used.
- Where it is not known who had a part in it, no approval counts: nobody could tell them apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.authorizing.directory import Directory
from modelops_git.core.authorizing.verdict import Need, Verdict
from modelops_git.core.checks.lifecycle import matches
from modelops_git.core.checks.people import (
    Asker,
    Deed,
    Lack,
    Own,
    approval_stale,
    approvals_missing,
    approved_by_author,
    not_allowed,
    not_allowed_to_register,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from modelops_git.core.authorizing.facts import Approval, Binding, Known, Participant
    from modelops_git.core.authorizing.verdict import Act
    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.manifests.rules import Rule

LIVE = ("promote", "rollback", "operate")
"""The actions that rules about an environment are about."""
_DONE = {
    "opened": "opened it",
    "pushed": "pushed to it",
    "wrote": "wrote some of it",
    "co-wrote": "wrote some of it with others",
    "asked": "had a bot make it",
}
_WORDS = {
    "register": "register a version of",
    "promote": "promote",
    "rollback": "roll back",
    "operate": "operate",
    "describe": "describe",
    "administer": "change",
}


class Asked(NamedTuple):
    """A change, and what is known of it.

    Attributes:
        acts: What is done in it.
        registry: `modelops.yaml` as it was before the change: rules, groups and people.
        known: Who made it, and who approved.
        binding: What it does now, which approvals must be bound to.
    """

    acts: tuple[Act, ...]
    registry: Registry
    known: Known
    binding: Binding


def judge(asked: Asked) -> Verdict:
    """What the rules say of a change."""
    court = _Court(asked)
    needs: list[Need] = []
    findings: list[Finding] = []
    for act in asked.acts:
        found, needed = court.of_act(act)
        findings += found
        needs += needed
    findings += court.uncounted([need for need in needs if need.missing])
    return Verdict(asked.acts, tuple(needs), tuple(dict.fromkeys(findings)), court.counting)


def matching(rules: Sequence[Rule], act: Act) -> list[tuple[int, Rule]]:
    """The rules that an act must meet, each with its place in the list."""
    return [(index, rule) for index, rule in enumerate(rules) if _is_about(rule, act)]


def is_protected(rules: Iterable[Rule], environment: str) -> bool:
    """Whether an environment has rules, so that what none of them is about is denied there."""
    return any(rule.action in LIVE and _is_in(rule, environment) for rule in rules)


def deed_of(act: Act) -> Deed:
    """An act in words."""
    what = act.model or act.path
    where = f" in {act.environment}" if act.environment else ""
    return Deed(act.path, f"{_WORDS[act.action]} {what}{where}", act.environment)


def _is_about(rule: Rule, act: Act) -> bool:
    if rule.action != act.action or not matches(act.model, rule.models):
        return False
    if rule.risk and act.risk not in rule.risk:
        return False
    return _is_in(rule, act.environment) if act.environment else not rule.environments


def _is_in(rule: Rule, environment: str) -> bool:
    return not rule.environments or "*" in rule.environments or environment in rule.environments


class _Court:
    """What is known of the people, looked at from all sides."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._directory = Directory(asked.registry, asked.known.teams)
        self._parts = {self._directory.person(one.identity): one for one in asked.known.participants}
        self._doubts = tuple(_doubts(asked.known, self._directory))
        fresh = [one for one in asked.known.approvals if one.binding and one.binding.holds_for(asked.binding)]
        self._stale = tuple(one for one in asked.known.approvals if one not in fresh)
        self._own = tuple(one for one in fresh if self._person(one) in self._parts)
        counting = [] if self._doubts else [one for one in fresh if self._person(one) not in self._parts]
        self._given = {self._person(one): one for one in counting}

    @property
    def counting(self) -> tuple[Approval, ...]:
        """The approvals that count, one of each person."""
        return tuple(self._given.values())

    def of_act(self, act: Act) -> tuple[list[Finding], list[Need]]:
        """What is wrong with an act, and what rules ask of it."""
        rules = self._asked.registry.rules
        found = matching(rules, act)
        if not found and act.environment and is_protected(rules, act.environment):
            return list(not_allowed(deed_of(act), Asker(self._asked.known.author))), []
        findings = [one for _, rule in found for one in self._authors(act, rule)]
        needs = [need for index, rule in found for need in self._needs(act, index, rule)]
        return [*findings, *(one for need in needs for one in _missing(need))], needs

    def uncounted(self, lacking: Sequence[Need]) -> Iterator[Finding]:
        """Why approvals that there are do not count, where some are missing."""
        if not lacking:
            return
        deed = deed_of(lacking[0].act)
        could = self._directory.members({group for need in lacking for group in need.groups})
        for doubt in self._doubts:
            yield from approved_by_author(deed, doubt)
        for word in self._own:
            if self._person(word) in could:
                part = _DONE[self._parts[self._person(word)].part]
                yield from approved_by_author(deed, Own(word.by, part))
        for word in self._stale:
            if self._person(word) in could:
                yield from approval_stale(deed, word.by, _why_stale(word))

    def _person(self, word: Approval) -> str:
        return self._directory.person(word.by)

    def _authors(self, act: Act, rule: Rule) -> Iterator[Finding]:
        who = self._asked.known.author
        if not rule.authors or (who and self._directory.person(who) in self._directory.members(rule.authors)):
            return
        defect = not_allowed_to_register if act.action == "register" else not_allowed
        yield from defect(deed_of(act), Asker(who, rule.authors))

    def _needs(self, act: Act, index: int, rule: Rule) -> Iterator[Need]:
        if rule.approvals is None:
            return
        groups = rule.approvals.from_
        members = self._directory.members(groups)
        given = tuple(word.by for person, word in self._given.items() if person in members)
        others = members.difference(self._given, self._parts)
        could = tuple(sorted(map(self._directory.shown, others)))
        yield Need(act, index, groups, rule.approvals.count, given, could)


def _missing(need: Need) -> Iterator[Finding]:
    if need.missing:
        lack = Lack(need.groups, need.wanted, need.given, need.candidates)
        yield from approvals_missing(deed_of(need.act), lack)


def _why_stale(word: Approval) -> str:
    if word.binding is None:
        return "what was approved can no longer be found out"
    return "what the change does is not what they approved"


def _doubts(known: Known, directory: Directory) -> Iterator[Own]:
    """What makes it impossible to tell who had a part in a change."""
    unknown = [one for one in known.participants if one.part == "wrote" and not one.is_certain]
    brought = any(one.is_certain and one.part in ("opened", "pushed") for one in known.participants)
    if unknown and not brought:
        whom = unknown[0].identity.partition(":")[2] or "somebody"
        yield Own("", whom, "wrote some of it, as a commit says that nobody has signed")
        return
    systems = {word.by.partition(":")[0] for word in known.approvals}
    for one in known.participants:
        if _is_obscure(one, directory) and systems - {"ssh", "email"}:
            address = one.identity.partition(":")[2]
            yield Own("", address, "wrote some of it, and is known by this address only")


def _is_obscure(participant: Participant, directory: Directory) -> bool:
    """Whether somebody is known by an address that nobody says the owner of."""
    return participant.identity.startswith("email:") and not directory.is_known(participant.identity)
