"""What GitHub should be set to for a registry, and whether it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.base import Guard
from modelops_git.edges.forges.github import asking
from modelops_git.edges.forges.github.proposing import WORKFLOW_USER, own_login
from modelops_git.edges.forges.github.protection import Protection, protection_of
from modelops_git.edges.forges.records import Record, short
from modelops_git.edges.forges.web import Ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.edges.forges.base import Wanted
    from modelops_git.edges.forges.web import Client

_OK, _ABSENT = 200, 404
_MAY = f"Ask with a token that has the permission {asking.ADMINISTRATION}, or look there: "
_RULES = "Settings > Rules > Rulesets"


def guards_of(client: Client, wanted: Wanted) -> tuple[Guard, ...]:
    """Everything, the gravest first."""
    protection = protection_of(client, wanted.branch)
    return (
        *_branch(protection, wanted),
        *(_check(protection, name, wanted.branch) for name in wanted.checks),
        _owners_file(client, wanted.branch),
        *_journals(client, wanted),
        *_environments(client, wanted),
        _workflow_token(client),
        *([_reverts(client)] if wanted.reverts else []),
    )


def _judged(*, holds: bool, is_whole: bool) -> Literal["ok", "missing", "unknown"]:
    if holds:
        return "ok"
    return "missing" if is_whole else "unknown"


def _guard(name: str, protection: Protection, said: tuple[bool, str, str], hint: str) -> Guard:
    """A guard from (whether it holds, what is said then, what is said otherwise)."""
    holds, good, bad = said
    state = _judged(holds=holds, is_whole=protection.is_whole)
    if state == "unknown":
        return Guard(name, state, "the token may not see all protection", f"{_MAY}{hint}")
    return Guard(name, state, good if holds else bad, "" if holds else hint)


def _branch(protection: Protection, wanted: Wanted) -> Iterator[Guard]:
    branch, where = wanted.branch, f"{_RULES} > the ruleset of {wanted.branch}"
    count = protection.approvals or 0
    yield _guard(
        f"{branch} takes approved pull requests only",
        protection,
        (count > 0, f"{count} needed", f"{branch} can be changed without an approval"),
        f"{where} > Require a pull request before merging > Required approvals: 1 or more.",
    )
    yield _guard(
        "a push takes approvals back",
        protection,
        (protection.drops_stale, "it does", "approvals stay when something else is pushed"),
        f"{where} > Require a pull request before merging > Dismiss stale pull request approvals.",
    )
    yield _guard(
        "code owners must approve",
        protection,
        (protection.wants_owners, "they must", "CODEOWNERS is only a proposal"),
        f"{where} > Require a pull request before merging > Require review from Code Owners.",
    )
    yield _bypass(protection, where)


def _bypass(protection: Protection, where: str) -> Guard:
    name, hint = "nobody goes round the rules", f"{where} > Bypass list: nobody."
    if protection.bypass is None or (protection.approvals is None and not protection.is_whole):
        return Guard(name, "unknown", "the token may not see who may", f"{_MAY}{hint}")
    if protection.approvals is None:
        return Guard(name, "missing", "there are no rules about pull requests", hint)
    if protection.bypass:
        return Guard(name, "missing", f"these may: {', '.join(protection.bypass)}", hint)
    return Guard(name, "ok", "nobody may")


def _check(protection: Protection, name: str, branch: str) -> Guard:
    pins = [is_pinned for context, is_pinned in protection.checks if context == name]
    hint = (
        f"{_RULES} > the ruleset of {branch} > Require status checks to pass > {name}, from GitHub Actions."
    )
    bad = f"anybody who may write statuses can say that {name} succeeded" if pins else "it is not required"
    return _guard(f"check {name} is required", protection, (any(pins), "it is, from one app", bad), hint)


def _owners_file(client: Client, branch: str) -> Guard:
    path, name = f"/repos/{client.site.repository}/codeowners/errors", "CODEOWNERS is understood"
    ask = Ask(path, "CODEOWNERS", asking.CONTENTS, (("ref", branch),), asking.HIDDEN)
    reply = client.get(ask)
    if reply.status == _ABSENT:
        return Guard(name, "missing", f"{branch} has none", "Commit what `modelops codeowners` writes.")
    if reply.status != _OK:
        return Guard(name, "unknown", "the token may not see it", f"It needs {asking.CONTENTS}.")
    errors = [short(one.text("message")) for one in Record.of(reply.document, ask.about).records("errors")]
    if errors:
        hint = "Correct the groups in modelops.yaml; teams need write access to the repository."
        return Guard(name, "missing", f"GitHub finds {len(errors)} mistakes in it: {errors[0]}", hint)
    return Guard(name, "ok", "it is")


def _journals(client: Client, wanted: Wanted) -> Iterator[Guard]:
    for environment in wanted.environments or ("any",):
        branch = wanted.journals.replace("*", environment)
        protection = protection_of(client, branch)
        holds = protection.keeps_history and protection.stays
        yield _guard(
            f"the journal {branch} is append-only",
            protection,
            (holds, "it can be neither forced nor deleted", "it can be forced or deleted"),
            f"{_RULES} > New branch ruleset for {wanted.journals} > Restrict deletions and Block force "
            "pushes, with nobody on the bypass list.",
        )


def _environments(client: Client, wanted: Wanted) -> Iterator[Guard]:
    if not wanted.environments:
        return
    path = f"/repos/{client.site.repository}/environments"
    ask = Ask(path, "the deployment environments", asking.ACTIONS, (("per_page", "100"),), asking.HIDDEN)
    reply = client.get(ask)
    found = {}
    if reply.status == _OK:
        found = {
            one.text("name"): one for one in Record.of(reply.document, ask.about).records("environments")
        }
    for name in wanted.environments:
        what = f"environment {name} is there for {wanted.branch} only"
        if reply.status != _OK:
            yield Guard(what, "unknown", "the token may not see them", f"It needs {asking.ACTIONS}.")
        else:
            yield _environment(what, found.get(name), f"Settings > Environments > {name}", wanted.branch)


def _environment(what: str, record: Record | None, where: str, branch: str) -> Guard:
    if record is None:
        hint = (
            f"{where} (New environment) > Deployment branches: selected, {branch}; its secrets go there too."
        )
        return Guard(what, "missing", "there is none of this name", hint)
    if record.value.get("deployment_branch_policy") is None:
        hint = f"{where} > Deployment branches and tags: selected, {branch}."
        return Guard(what, "missing", "workflows of any branch get its secrets", hint)
    return Guard(what, "ok", "it is")


def _workflow_token(client: Client) -> Guard:
    name = "workflows may not approve, and read unless they say otherwise"
    path = f"/repos/{client.site.repository}/actions/permissions/workflow"
    ask = Ask(path, "the permissions of workflows", asking.ADMINISTRATION, accepts=asking.HIDDEN)
    where = "Settings > Actions > General > Workflow permissions"
    reply = client.get(ask)
    if reply.status != _OK:
        return Guard(name, "unknown", "the token may not see it", f"{_MAY}{where}.")
    record = Record.of(reply.document, ask.about)
    wrong = ["workflows may approve"] if record.flag("can_approve_pull_request_reviews") else []
    wrong += (
        ["their token may write by default"] if record.text("default_workflow_permissions") != "read" else []
    )
    hint = f"{where} > Read repository contents; do not allow GitHub Actions to approve pull requests."
    return Guard(name, "missing", " and ".join(wrong), hint) if wrong else Guard(name, "ok", "they may not")


def _reverts(client: Client) -> Guard:
    """Whether checks run on the pull requests that the token opens."""
    name = "checks run on the reverts that the tool opens"
    hint = (
        "GitHub starts no workflows for what its own workflow token opens. Make a GitHub App with Contents: "
        f"write and Pull requests: write, and put its token into {client.site.setting} "
        "(actions/create-github-app-token)."
    )
    try:
        login = own_login(client)
    except ForgeError as error:
        return Guard(name, "unknown", error.message, hint)
    if WORKFLOW_USER in {login, f"{login}[bot]"}:
        return Guard(name, "missing", f"the token is that of {WORKFLOW_USER}", hint)
    return Guard(name, "ok", f"the token is that of {short(login)}")
