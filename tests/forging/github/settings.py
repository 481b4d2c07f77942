"""How the fake GitHub is set, and what can be asked about that."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from forging.github import views
from forging.serving import Page, Response, Route

REPO = "/repos/{owner}/{repo}"
ACTIONS_APP = 15368


@dataclass
class Settings:
    """How a repository is set.

    Attributes:
        rulesets: (pattern of branches, rules, who may go round them).
        protections: Branch -> what the older kind of protection says of it.
        environments: Name -> whether only some branches may deploy there.
        owners: The mistakes in CODEOWNERS; None where there is no such file.
        workflows_write: Whether workflows may write by default.
        workflows_approve: Whether they may approve.
    """

    rulesets: list = field(default_factory=list)
    protections: dict = field(default_factory=dict)
    environments: dict = field(default_factory=dict)
    owners: list | None = None
    workflows_write: bool = True
    workflows_approve: bool = True


def safe(registry="acme", checks=("modelops",), environments=("production",)):
    """Settings with which nothing is wrong."""
    pull_request = {
        "required_approving_review_count": 1,
        "dismiss_stale_reviews_on_push": True,
        "require_code_owner_review": True,
        "require_last_push_approval": True,
        "required_review_thread_resolution": False,
    }
    required = [{"context": name, "integration_id": ACTIONS_APP} for name in checks]
    statuses = {"required_status_checks": required, "strict_required_status_checks_policy": False}
    rules = [
        {"type": "pull_request", "parameters": pull_request},
        {"type": "required_status_checks", "parameters": statuses},
    ]
    kept = [{"type": "deletion"}, {"type": "non_fast_forward"}]
    return Settings(
        rulesets=[("main", rules, []), (f"modelops/{registry}/journal/*", kept, [])],
        environments=dict.fromkeys(environments, True),
        owners=[],
        workflows_write=False,
        workflows_approve=False,
    )


def _rules(fake, _request, _owner, _repo, branch):
    found = []
    for number, (pattern, rules, _) in enumerate(fake.settings.rulesets, 1):
        if fnmatchcase(branch, pattern):
            source = {"ruleset_source_type": "Repository", "ruleset_source": fake.state.repository}
            found += [{**rule, **source, "ruleset_id": number} for rule in rules]
    return Page(found)


def _ruleset(fake, _request, _owner, _repo, number):
    pattern, rules, bypass = fake.settings.rulesets[int(number) - 1]
    actors = [{"actor_id": 5, "actor_type": kind, "bypass_mode": "always"} for kind in bypass or ()]
    document = {
        "id": int(number),
        "name": f"ruleset {number}",
        "target": "branch",
        "source_type": "Repository",
        "source": fake.state.repository,
        "enforcement": "active",
        "node_id": f"RRS_{number}",
        "conditions": {"ref_name": {"include": [f"refs/heads/{pattern}"], "exclude": []}},
        "rules": rules,
        "created_at": views.BEGAN,
        "updated_at": views.BEGAN,
        "current_user_can_bypass": "never",
    }
    # Only who may change a ruleset is shown who may go round it.
    return Response(200, document if bypass is None else {**document, "bypass_actors": actors})


def _protection(fake, _request, _owner, _repo, branch):
    if branch not in fake.state.git.tips():
        return Response(404, {"message": "Branch not found", "documentation_url": "https://docs.invalid"})
    said = fake.settings.protections.get(branch)
    if said is None:
        return Response(404, {"message": "Branch not protected", "documentation_url": "https://docs.invalid"})
    return Response(200, said)


def protection(fake, *, admins=True, checks=("modelops",), app=ACTIONS_APP):
    """The older kind of protection, as GitHub writes it."""
    base = f"{fake.url}/repos/{fake.state.repository}/branches/main/protection"
    reviews = {
        "url": f"{base}/required_pull_request_reviews",
        "dismiss_stale_reviews": True,
        "require_code_owner_reviews": True,
        "required_approving_review_count": 2,
        "require_last_push_approval": False,
    }
    statuses = {
        "url": f"{base}/required_status_checks",
        "strict": False,
        "contexts": list(checks),
        "contexts_url": f"{base}/required_status_checks/contexts",
        "checks": [{"context": name, "app_id": app} for name in checks],
    }
    return {
        "url": base,
        "required_pull_request_reviews": reviews,
        "required_status_checks": statuses,
        "enforce_admins": {"url": f"{base}/enforce_admins", "enabled": admins},
        "allow_force_pushes": {"enabled": False},
        "allow_deletions": {"enabled": False},
    }


def _environments(fake, _request, _owner, _repo):
    found = [_environment(fake, *one) for one in enumerate(fake.settings.environments.items(), 1)]
    return Response(200, {"total_count": len(found), "environments": found})


def _environment(fake, number, said):
    name, is_limited = said
    base = f"{fake.url}/repos/{fake.state.repository}/environments/{name}"
    policy = {"protected_branches": True, "custom_branch_policies": False} if is_limited else None
    return {
        "id": number,
        "node_id": f"EN_{number}",
        "name": name,
        "url": base,
        "html_url": base,
        "created_at": views.BEGAN,
        "updated_at": views.BEGAN,
        "protection_rules": [],
        "deployment_branch_policy": policy,
    }


def _owners(fake, _request, _owner, _repo):
    if fake.settings.owners is None:
        return Response(404, {"message": "Not Found", "documentation_url": "https://docs.invalid"})
    place = {"line": 1, "column": 1, "kind": "Unknown owner", "path": "CODEOWNERS", "source": "* @acme/none"}
    return Response(200, {"errors": [{**place, "message": message} for message in fake.settings.owners]})


def _workflows(fake, _request, _owner, _repo):
    said = {"default_workflow_permissions": "write" if fake.settings.workflows_write else "read"}
    return Response(200, {**said, "can_approve_pull_request_reviews": fake.settings.workflows_approve})


ROUTES = (
    Route("GET", REPO + "/rules/branches/{branch}", _rules),
    Route("GET", REPO + "/rulesets/{ruleset_id}", _ruleset),
    Route("GET", REPO + "/branches/{branch}/protection", _protection),
    Route("GET", REPO + "/environments", _environments),
    Route("GET", REPO + "/codeowners/errors", _owners, query=("ref",)),
    Route("GET", REPO + "/actions/permissions/workflow", _workflows),
)
