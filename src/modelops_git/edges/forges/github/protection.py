"""How a branch on GitHub is protected: what rulesets and classic protection together ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.edges.forges.github import asking
from modelops_git.edges.forges.records import Record, short
from modelops_git.edges.forges.web import Ask

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.edges.forges.web import Client

_OK = 200
_UNPROTECTED = frozenset({"Branch not protected", "Branch not found"})
_ANY_APP = -1


class Protection(NamedTuple):
    """What must hold before a branch moves.

    Attributes:
        is_whole: Whether the token saw all there is; what is not here may be elsewhere otherwise.
        approvals: How many approvals a pull request needs; None where none is needed at all.
        drops_stale: Whether a push takes approvals back.
        wants_owners: Whether code owners must approve.
        checks: Required check -> whether only one app may say that it succeeded.
        keeps_history: Whether no push may be forced.
        stays: Whether the branch cannot be deleted.
        bypass: Who may go round the rule about pull requests, in words; None where that is not shown.
    """

    is_whole: bool = True
    approvals: int | None = None
    drops_stale: bool = False
    wants_owners: bool = False
    checks: tuple[tuple[str, bool], ...] = ()
    keeps_history: bool = False
    stays: bool = False
    bypass: tuple[str, ...] | None = ()


def protection_of(client: Client, branch: str) -> Protection:
    """All protection of a branch, which need not exist for rulesets to be about it."""
    parts = [*_by_rulesets(client, branch), _classic(client, branch)]
    with_approvals = [one for one in parts if one.approvals is not None]
    counts = [one.approvals for one in with_approvals if one.approvals is not None]
    return Protection(
        is_whole=all(one.is_whole for one in parts),
        approvals=max(counts, default=None),
        drops_stale=any(one.drops_stale for one in parts),
        wants_owners=any(one.wants_owners for one in parts),
        checks=tuple(sorted({check for one in parts for check in one.checks})),
        keeps_history=any(one.keeps_history for one in parts),
        stays=any(one.stays for one in parts),
        bypass=_least(one.bypass for one in with_approvals),
    )


def _least(said: Iterable[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    """Who may go round all rules: of several, the strictest holds."""
    known = list(said)
    told = [one for one in known if one is not None]
    if any(not one for one in told) or not known:
        return ()
    return min(told, key=len) if told else None


def _by_rulesets(client: Client, branch: str) -> list[Protection]:
    path = f"/repos/{client.site.repository}/rules/branches/{asking.word(branch)}"
    ask = Ask(path, f"the rules about {branch}", asking.METADATA, accepts=asking.HIDDEN)
    if client.get(ask).status != _OK:
        return [Protection(is_whole=False)]
    grouped: dict[int, list[Record]] = {}
    for one in client.pages(ask):
        rule = Record.of(one, ask.about)
        grouped.setdefault(rule.number("ruleset_id"), []).append(rule)
    return [_of_rules(client, number, rules) for number, rules in grouped.items()]


def _of_rules(client: Client, ruleset: int, rules: list[Record]) -> Protection:
    """What one ruleset asks for."""
    found = Protection()
    for rule in rules:
        kind, said = rule.text("type"), rule.record("parameters")
        if kind == "pull_request":
            found = found._replace(
                approvals=said.number("required_approving_review_count"),
                drops_stale=bool(said.flag("dismiss_stale_reviews_on_push")),
                wants_owners=bool(said.flag("require_code_owner_review")),
                bypass=_bypass(client, ruleset),
            )
        elif kind == "required_status_checks":
            checks = said.records("required_status_checks")
            found = found._replace(
                checks=tuple((one.text("context"), bool(one.number("integration_id"))) for one in checks)
            )
        found = found._replace(
            keeps_history=found.keeps_history or kind == "non_fast_forward",
            stays=found.stays or kind == "deletion",
        )
    return found


def _bypass(client: Client, ruleset: int) -> tuple[str, ...] | None:
    """Who may go round a ruleset; only who may change it is shown that."""
    path = f"/repos/{client.site.repository}/rulesets/{ruleset}"
    ask = Ask(path, f"ruleset {ruleset}", asking.ADMINISTRATION, accepts=asking.HIDDEN)
    reply = client.get(ask)
    record = Record.of(reply.document, ask.about)
    if reply.status != _OK or record.value.get("bypass_actors") is None:
        return None
    return tuple(short(one.text("actor_type")) for one in record.records("bypass_actors"))


def _classic(client: Client, branch: str) -> Protection:
    """What the older kind of protection asks for."""
    path = f"/repos/{client.site.repository}/branches/{asking.word(branch)}/protection"
    ask = Ask(path, f"the protection of {branch}", asking.ADMINISTRATION, accepts=asking.HIDDEN)
    reply = client.get(ask)
    record = Record.of(reply.document, ask.about)
    if reply.status != _OK:
        return Protection(is_whole=record.text("message") in _UNPROTECTED)
    return _of_protection(record)


def _of_protection(record: Record) -> Protection:
    reviews, checks = record.record("required_pull_request_reviews"), record.record("required_status_checks")
    has_reviews = record.value.get("required_pull_request_reviews") is not None
    return Protection(
        approvals=reviews.number("required_approving_review_count") if has_reviews else None,
        drops_stale=bool(reviews.flag("dismiss_stale_reviews")),
        wants_owners=bool(reviews.flag("require_code_owner_reviews")),
        checks=tuple((one.text("context"), _is_pinned(one)) for one in checks.records("checks")),
        keeps_history=record.record("allow_force_pushes").flag("enabled") is not True,
        stays=record.record("allow_deletions").flag("enabled") is not True,
        bypass=_classic_bypass(record, reviews),
    )


def _is_pinned(check: Record) -> bool:
    """Whether one app must have said it; -1 stands for any, which is no number of an app."""
    return check.value.get("app_id") != _ANY_APP and check.number("app_id") > 0


def _classic_bypass(record: Record, reviews: Record) -> tuple[str, ...]:
    allowed = reviews.record("bypass_pull_request_allowances")
    named = [kind for kind in ("users", "teams", "apps") if any(True for _ in allowed.records(kind))]
    admins = [] if record.record("enforce_admins").flag("enabled") else ["administrators"]
    return tuple(admins + named)
