"""What a change does, and the values that policies judge it by. Loaded only where there are policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from modelops_git.core.checks.base import UncheckedError
from modelops_git.core.checks.context import version_of
from modelops_git.core.checks.rollouts import named_before
from modelops_git.core.places import Home, home_of
from modelops_git.core.policies import values as of
from modelops_git.core.policies.variables import BY_NAME
from modelops_git.core.versions import parse

if TYPE_CHECKING:
    from modelops_git.core.checks.context import Context
    from modelops_git.core.manifests.environment import Environment
    from modelops_git.core.manifests.model import MetricGoal
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.rollout import Rollout
    from modelops_git.core.policies.language import Expression
    from modelops_git.core.policies.values import Values

ACTIONS = {
    "Registry": "administer",
    "Analysis": "administer",
    "Model": "describe",
    "Notice": "describe",
    "ModelVersion": "register",
}


def action_of(document: Document, context: Context) -> str:
    """What a manifest that a change brings does; a rollout that names an older version is a rollback.

    Raises:
        UncheckedError: A rollout cannot be read as it was before.
    """
    if document.kind != "Rollout":
        return ACTIONS[document.kind]
    before = named_before(document, context)
    version = cast("Rollout", document.manifest).version
    return "rollback" if before is not None and parse(version) < parse(before) else "promote"


def values_for(expression: Expression, action: str, document: Document, context: Context) -> Values:
    """The values of the variables that an expression looks at; those that have none are left out.

    Raises:
        UncheckedError: A manifest that one is read from is not there or does not parse.
    """
    values: Values = {}
    for root in {BY_NAME[name].root for name in expression.variables}:
        values |= _ROOTS[root](document, context, action)
    return values


def _candidate(document: Document, context: Context, _action: str) -> Values:
    return of.of_version("candidate", version_of(_version(document, context)), _goals(document, context))


def _live(document: Document, context: Context, _action: str) -> Values:
    before = named_before(document, context) if document.kind == "Rollout" else None
    if before is None:
        return of.of_no_version("live")
    path = Home("ModelVersion", document.home.model, before).path
    live = context.document_before(path)
    if live is None:
        raise UncheckedError(f"{path} is not there, or cannot be read, as it was before the change")
    return of.of_version("live", version_of(live), _goals(document, context))


def _parent(document: Document, context: Context, _action: str) -> Values:
    parent = context.parent(_version(document, context))
    if parent is None:
        return of.of_no_version("parent")
    return of.of_version("parent", version_of(parent), _goals(document, context))


def _model(document: Document, context: Context, _action: str) -> Values:
    return of.of_model(context.model_before(document.home.model)) if document.home.model else {}


def _environment(document: Document, context: Context, _action: str) -> Values:
    if document.kind != "Rollout":
        return {}
    known: dict[str, Environment] = {}
    for rules in (context.rules(), context.rules_before()):
        known |= {environment.name: environment for environment in rules.environments}
    environment = known.get(document.home.name)
    if environment is None:
        raise UncheckedError(f"modelops.yaml declares no environment {document.home.name}")
    return of.of_environment(environment)


def _rollout(document: Document, context: Context, _action: str) -> Values:
    if document.kind != "Rollout":
        return {}
    strategies = {**context.rules().strategies, **context.rules_before().strategies}
    return of.of_rollout(cast("Rollout", document.manifest), strategies)


def _change(_document: Document, context: Context, action: str) -> Values:
    homes = {path: home_of(path) for path in context.changed}
    return of.of_change(of.Happening(action, {path: home for path, home in homes.items() if home}))


_ROOTS = {
    "candidate": _candidate,
    "live": _live,
    "parent": _parent,
    "model": _model,
    "environment": _environment,
    "rollout": _rollout,
    "change": _change,
}


def _version(document: Document, context: Context) -> Document:
    if document.kind == "ModelVersion":
        return document
    return context.version(document.home.model, cast("Rollout", document.manifest).version)


def _goals(document: Document, context: Context) -> dict[str, MetricGoal]:
    return context.model_before(document.home.model).metrics
