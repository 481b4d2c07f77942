"""How the fake GitLab is set, and what can be asked about that."""

from __future__ import annotations

from dataclasses import dataclass, field

from forging.gitlab.views import PROJECT
from forging.serving import Page, Response, Route

ABSENT = Response(404, {"message": "404 Not Found"})


@dataclass
class Settings:
    """How a project is set.

    Attributes:
        is_premium: Whether it has what costs money.
        project: What its settings say.
        branches: The protected branches, wildcards among them.
        rules: The approval rules.
        approvals: The approval settings.
        push_rule: The push rules.
        environments: The protected environments.
    """

    is_premium: bool = True
    project: dict = field(default_factory=dict)
    branches: list = field(default_factory=list)
    rules: list = field(default_factory=list)
    approvals: dict = field(default_factory=dict)
    push_rule: dict | None = None
    environments: list = field(default_factory=list)


def branch(name, *, pushers=(), is_forced=False, has_owners=True):
    """A protected branch."""
    levels = [{"id": 1, "access_level": level, "access_level_description": "…"} for level in pushers or (0,)]
    said = {"id": 1, "name": name, "push_access_levels": levels, "merge_access_levels": levels}
    return {**said, "allow_force_push": is_forced, "code_owner_approval_required": has_owners}


def safe(registry="acme", environments=("production",)):
    """Settings with which nothing is wrong."""
    return Settings(
        project={"only_allow_merge_if_pipeline_succeeds": True, "allow_merge_on_skipped_pipeline": False},
        branches=[branch("main"), branch(f"modelops/{registry}/journal/*", pushers=(40,))],
        rules=[{"id": 1, "name": "all", "rule_type": "any_approver", "approvals_required": 1}],
        approvals={
            "reset_approvals_on_push": True,
            "merge_requests_author_approval": False,
            "merge_requests_disable_committers_approval": True,
            "disable_overriding_approvers_per_merge_request": True,
        },
        push_rule={"id": 1, "project_id": PROJECT, "commit_committer_check": True},
        environments=[{"name": name, "deploy_access_levels": []} for name in environments],
    )


_LOOSE = {"only_allow_merge_if_pipeline_succeeds": False, "allow_merge_on_skipped_pipeline": None}


def _project(fake, _request, _project):
    said = {"id": PROJECT, "path_with_namespace": fake.state.repository, "default_branch": "main"}
    return Response(200, {**said, **_LOOSE, **fake.settings.project})


def _branches(fake, _request, _project):
    return Page(list(fake.settings.branches))


def _premium(show):
    def answer(fake, _request, _project):
        return Response(200, show(fake.settings)) if fake.settings.is_premium else ABSENT

    return answer


HERE = "/projects/{id}"
ROUTES = (
    Route("GET", HERE, _project),
    Route("GET", HERE + "/protected_branches", _branches),
    Route("GET", HERE + "/approval_rules", _premium(lambda settings: settings.rules)),
    Route("GET", HERE + "/approvals", _premium(lambda settings: settings.approvals)),
    Route("GET", HERE + "/push_rule", _premium(lambda settings: settings.push_rule)),
    Route("GET", HERE + "/protected_environments", _premium(lambda settings: settings.environments)),
)
