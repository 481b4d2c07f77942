"""Changes as a reviewer is told of them, made up: of any size, and with anything in them."""

from __future__ import annotations

from modelops_git.core.authorizing.facts import Binding
from modelops_git.core.authorizing.verdict import Act, Need
from modelops_git.core.checks.run import Result
from modelops_git.core.digests import of_bytes
from modelops_git.core.findings import Finding, Place, Severity
from modelops_git.core.journal.runs import Step
from modelops_git.core.planning.plan import Plan, PlannedAction
from modelops_git.core.routes import Route
from modelops_git.engine.forecasting import Forecasts
from modelops_git.engine.plan import Planned
from modelops_git.engine.reviewed_change import ReviewedChange
from modelops_git.engine.reviewing.models import ReviewedModel
from modelops_git.engine.reviewing.ruling import Ruled

DIGEST = of_bytes(b"")


def route(version, weight=100, role="stable"):
    digest = of_bytes(version.encode())
    return Route(role=role, version=version, digest=digest, artifacts=digest, weight=weight)


def canary(number, weight=10):
    old, new = route("1.0.0"), route("1.1.0")
    steps = (
        Step(
            action="shift",
            routes=(route("1.0.0", 100 - weight), route("1.1.0", weight, "candidate")),
            lasts=3600,
            analysis=("serving",),
        ),
        Step(action="promote", routes=(new,)),
    )
    action = PlannedAction(
        environment="production",
        model=f"model-{number}",
        action="promote",
        before=(old,),
        after=(new,),
        strategy="canary",
        steps=steps,
        deadline=90_000,
        generation_after=DIGEST,
    )
    return ReviewedModel("production", f"model-{number}", action, live=old, asked="1.1.0", size=10**9)


def change(*models, findings=(), problems=(), needs=(), wrong=()):
    plan = Plan(registry="acme", commit="a" * 40, actions=tuple(one.action for one in models if one.action))
    return ReviewedChange(
        registry="acme",
        base="b" * 40,
        head="a" * 40,
        is_offline=False,
        models=models,
        planned=Planned(plan, (), ()),
        validated=Result(),
        findings=tuple(findings),
        problems=tuple(problems),
        forecasts=Forecasts(),
        ruled=Ruled(tuple(needs), is_known=True),
        binding=Binding(DIGEST, DIGEST, DIGEST),
        wrong=tuple(wrong),
    )


def finding(code="MOG101", message="Wrong.", severity=Severity.ERROR, hint=""):
    return Finding(code, "some-slug", severity, message, Place("models/a/model.yaml", 1, 1), hint)


def need(given=(), wanted=1, model="iris"):
    act = Act("promote", f"models/{model}/rollouts/production.yaml", model, "production", "high")
    return Need(act, 0, ("leads",), wanted, given, ("github:lea",))


OLD, NEW = (route("1.0.0"),), (route("1.1.0"),)


def rollout(*steps, before=OLD, after=NEW, action="promote", name="iris"):
    """One model that is rolled out by such steps."""
    planned = PlannedAction(
        environment="production",
        model=name,
        action=action,
        before=before,
        after=after,
        strategy="canary",
        steps=steps,
        deadline=3600,
        generation_after=DIGEST,
    )
    return ReviewedModel("production", name, planned, live=before[0] if before else None, asked="1.1.0")
