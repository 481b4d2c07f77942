"""What GitLab should be set to for a registry, and whether it is.

Required approvals, code owners, push rules and protected environments come with GitLab Premium. Where they
are not to be had, the job with `modelops authorize` holds the rules, and `apply` asks again.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.base import Guard
from modelops_git.edges.forges.gitlab import asking
from modelops_git.edges.forges.gitlab.proposing import own_identity
from modelops_git.edges.forges.records import Record, short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.edges.forges.base import Wanted
    from modelops_git.edges.forges.web import Client

_OK, _ABSENT = 200, 404
_MAY = "Ask with a token of a Maintainer (scope read_api), or look there: "
_PREMIUM = "GitLab Premium has it; without it the job with `modelops authorize` holds the rules. "
_REQUESTS, _REPOSITORY = "Settings > Merge requests", "Settings > Repository"


def guards_of(client: Client, wanted: Wanted) -> tuple[Guard, ...]:
    """Everything, the gravest first."""
    return (
        *_branches(client, wanted),
        _pipelines(client, wanted),
        *_approvals(client),
        _pushes(client),
        *_environments(client, wanted),
        *([_reverts(client)] if wanted.reverts else []),
    )


def _asked(client: Client, below: str, about: str) -> tuple[int, Any]:
    reply = client.get(asking.settings(client.site, below, about))
    return reply.status, reply.document


def _hidden(name: str, status: int, where: str, *, is_premium: bool = True) -> Guard:
    """The guard for what GitLab does not show: it is not there, or not for this token."""
    if status == _ABSENT and is_premium:
        return Guard(
            name, "unknown", "this GitLab has no such setting, or not for this token", f"{_PREMIUM}{where}"
        )
    return Guard(name, "unknown", "the token may not see it", f"{_MAY}{where}")


def _judged(name: str, *, holds: bool, bad: str, hint: str) -> Guard:
    return Guard(name, "ok", "it is so") if holds else Guard(name, "missing", bad, hint)


def _branches(client: Client, wanted: Wanted) -> Iterator[Guard]:
    where = f"{_REPOSITORY} > Protected branches"
    names = (wanted.branch, *(wanted.journals.replace("*", one) for one in wanted.environments or ("any",)))
    ask = asking.settings(client.site, "/protected_branches", "the protected branches")
    status = client.get(ask).status
    if status != _OK:
        for name in names:
            yield _hidden(f"{name} is protected", status, where, is_premium=False)
        return
    known = [Record.of(one, ask.about) for one in client.pages(ask)]
    for name in names:
        found = [one for one in known if fnmatchcase(name, one.text("name"))]
        yield from _default(name, found, where) if name == wanted.branch else [_journal(name, found, wanted)]


def _default(name: str, found: list[Record], where: str) -> Iterator[Guard]:
    pushers = [level.number("access_level") for one in found for level in one.records("push_access_levels")]
    is_forced = any(one.flag("allow_force_push") for one in found)
    yield _judged(
        f"{name} takes merge requests only",
        holds=bool(found) and not any(pushers) and not is_forced,
        bad="people may push to it" if found else "it is not protected",
        hint=f"{where} > {name} > Allowed to push and merge: No one; Allowed to force push: off.",
    )
    yield _judged(
        "code owners must approve",
        holds=any(one.flag("code_owner_approval_required") for one in found),
        bad="CODEOWNERS is only a proposal",
        hint=f"{_PREMIUM}{where} > {name} > Code owner approval: on.",
    )


def _journal(name: str, found: list[Record], wanted: Wanted) -> Guard:
    holds = bool(found) and not any(one.flag("allow_force_push") for one in found)
    where = f"{_REPOSITORY} > Protected branches > Add protected branch, Create wildcard: {wanted.journals}"
    hint = f"{where}, Allowed to push and merge: the user of the pipelines, Allowed to force push: off."
    bad = "it can be forced" if found else "it is not protected: it can be forced and deleted"
    return _judged(f"the journal {name} is append-only", holds=holds, bad=bad, hint=hint)


def _pipelines(client: Client, wanted: Wanted) -> Guard:
    jobs = ", ".join(wanted.checks)
    name, where = (
        f"a pipeline with {jobs} must succeed" if jobs else "pipelines must succeed",
        f"{_REQUESTS} > Merge checks",
    )
    status, document = _asked(client, "", "the project")
    record = Record.of(document, "the project")
    if status != _OK or record.flag("only_allow_merge_if_pipeline_succeeds") is None:
        return _hidden(name, status, where, is_premium=False)
    skipped = record.flag("allow_merge_on_skipped_pipeline") is True
    return _judged(
        name,
        holds=record.flag("only_allow_merge_if_pipeline_succeeds") is True and not skipped,
        bad="a skipped pipeline counts as one that succeeded" if skipped else "nothing must have succeeded",
        hint=f"{where} > Pipelines must succeed: on; Skipped pipelines are considered successful: off.",
    )


def _approvals(client: Client) -> Iterator[Guard]:
    where = f"{_REQUESTS} > Merge request approvals"
    status, document = _asked(client, "/approval_rules", "the approval rules")
    name = "merge requests need an approval"
    if status == _OK:
        rules = [Record.of(one, "an approval rule") for one in document] if isinstance(document, list) else []
        holds = any(one.number("approvals_required") for one in rules)
        yield _judged(name, holds=holds, bad="none is required", hint=f"{where} > Approval rules: 1 or more.")
    else:
        yield _hidden(name, status, where)
    status, document = _asked(client, "/approvals", "the approval settings")
    yield _settings(status, Record.of(document, "the approval settings"), where)


def _settings(status: int, record: Record, where: str) -> Guard:
    name = "approvals are those of others, and end with a push"
    if status != _OK:
        return _hidden(name, status, where)
    wrong = [
        words
        for field, good, words in (
            ("reset_approvals_on_push", True, "a push does not end approvals"),
            ("merge_requests_author_approval", False, "authors may approve"),
            ("merge_requests_disable_committers_approval", True, "who added commits may approve"),
            ("disable_overriding_approvers_per_merge_request", True, "authors may change the rules"),
        )
        if record.flag(field) is not good
    ]
    hint = f"{where} > Approval settings: prevent all three, and remove all approvals when commits are added."
    return _judged(name, holds=not wrong, bad="; ".join(wrong), hint=hint)


def _pushes(client: Client) -> Guard:
    """Whether commits say the truth about who committed them."""
    name, where = "who pushes is who has committed", f"{_REPOSITORY} > Push rules"
    status, document = _asked(client, "/push_rule", "the push rules")
    if status != _OK:
        return _hidden(name, status, where)
    record = Record.of({} if document is None else document, "the push rules")
    return _judged(
        name,
        holds=record.flag("commit_committer_check") is True,
        bad="anybody's address may be in a commit",
        hint=f"{where} > Reject unverified users: on.",
    )


def _environments(client: Client, wanted: Wanted) -> Iterator[Guard]:
    if not wanted.environments:
        return
    where = "Settings > CI/CD > Protected environments"
    status, document = _asked(client, "/protected_environments", "the protected environments")
    known = [Record.of(one, "an environment") for one in document] if isinstance(document, list) else []
    for name in wanted.environments:
        what = f"environment {name} is protected"
        if status != _OK:
            yield _hidden(what, status, where)
            continue
        holds = any(one.text("name") == name for one in known)
        hint = f"{where} > Protect an environment: {name}; give its variables this environment alone."
        yield _judged(what, holds=holds, bad="any job may deploy there", hint=hint)


def _reverts(client: Client) -> Guard:
    name = "pipelines run on the reverts that the tool opens"
    hint = f"Put a project access token (api, role Developer) into {client.site.setting}, not a job's own."
    try:
        who = own_identity(client)
    except ForgeError as error:
        return Guard(name, "unknown", error.message, hint)
    return Guard(name, "ok", f"the token is that of {short(who.partition(':')[2])}")
