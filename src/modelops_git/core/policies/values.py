"""The values of the variables: from manifests to what CEL takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.clock import parse_time
from modelops_git.core.policies.variables import OF_A_VERSION
from modelops_git.core.versions import is_prerelease

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelops_git.core.manifests.environment import Environment
    from modelops_git.core.manifests.model import MetricGoal, Model
    from modelops_git.core.manifests.rollout import Rollout
    from modelops_git.core.manifests.strategy import Strategy
    from modelops_git.core.manifests.version import ModelVersion
    from modelops_git.core.places import Home

Values = dict[str, Any]
"""By the whole names of the variables; one that has no value is left out."""


class Happening(NamedTuple):
    """What a change does.

    Attributes:
        action: `promote`, `rollback`, `register`, `describe` or `administer`.
        homes: By path, what of the registry it adds, alters or deletes.
    """

    action: str
    homes: Mapping[str, Home]


def of_no_version(root: str) -> Values:
    """The values of `live` or `parent` where there is none: collections are empty, all else has no value."""
    empty: Values = {
        f"{root}.{name}": {} if "mapping" in kind else []
        for name, kind, _ in OF_A_VERSION
        if kind.is_collection
    }
    return {**empty, f"{root}.exists": False}


def of_version(root: str, version: ModelVersion, goals: Mapping[str, MetricGoal]) -> Values:
    """The values of `candidate`, `live` or `parent`.

    Args:
        root: Which of the three.
        version: The version that it is.
        goals: The metrics of `model.yaml`, by name.
    """
    framework, training = version.framework, version.training
    evaluations = {one.name: dict(one.metrics) for one in version.evaluations}
    fields = {
        "exists": True,
        "version": version.version,
        "prerelease": is_prerelease(version.version),
        "parent": version.parent or "",
        "summary": version.summary or "",
        "created_at": parse_time(version.created_at),
        "authors": list(version.authors),
        "algorithm": version.algorithm or "",
        "framework.name": framework.name if framework else "",
        "framework.version": framework.version or "" if framework else "",
        "metrics": _metrics(evaluations, goals),
        "evaluations": evaluations,
        "datasets": [one.name for one in training.data] if training else [],
        "base_models": [one.uri for one in version.base_models],
        "formats": [one.format for one in version.artifacts if one.role == "model" and one.format],
        "size": float(sum(one.size for one in version.artifacts)),
        "image": version.image or "",
        "signed": version.signature is not None,
        "limitations": list(version.limitations),
        "ethical_considerations": list(version.ethical_considerations),
    }
    return {f"{root}.{name}": value for name, value in fields.items()}


def _metrics(
    evaluations: Mapping[str, Mapping[str, float]], goals: Mapping[str, MetricGoal]
) -> dict[str, float]:
    found = {name: evaluations.get(goal.evaluation, {}).get(name) for name, goal in goals.items()}
    return {name: float(value) for name, value in found.items() if value is not None}


def of_model(model: Model) -> Values:
    """The values of `model`."""
    return {
        "model.name": model.name,
        "model.risk": model.risk,
        "model.lifecycle": model.lifecycle,
        "model.license": model.license or "",
        "model.owners": list(model.owners),
        "model.tags": list(model.tags),
    }


def of_environment(environment: Environment) -> Values:
    """The values of `environment`."""
    return {
        "environment.name": environment.name,
        "environment.promote_from": list(environment.promote_from),
    }


def of_rollout(rollout: Rollout, strategies: Mapping[str, Strategy]) -> Values:
    """The values of `rollout`; its type has none where there is no strategy of that name."""
    strategy = rollout.strategy
    is_named = isinstance(strategy, str)
    written = strategies.get(strategy) if isinstance(strategy, str) else strategy
    values: Values = {
        "rollout.version": rollout.version,
        "rollout.strategy": strategy if is_named else "",
        "rollout.breaks_interface": rollout.allow_interface_break is not None,
    }
    return {**values, "rollout.type": written.type} if written else values


def of_change(happening: Happening) -> Values:
    """The values of `change`."""
    return {
        "change.action": happening.action,
        "change.paths": sorted(happening.homes),
        "change.kinds": sorted({home.kind for home in happening.homes.values()}),
    }


def shown(values: Mapping[str, Any], reads: Iterable[tuple[str, tuple[str, ...]]]) -> list[str]:
    """What a policy looked at, in words: `candidate.metrics.accuracy is 0.9`."""
    return [_shown(values.get(name), name, keys) for name, keys in reads]


def _shown(value: Any, name: str, keys: tuple[str, ...]) -> str:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    spoken = ".".join([name, *keys])
    if value is None:
        return f"{spoken} has no value"
    if isinstance(value, bool):
        return f"{spoken} is {str(value).lower()}"
    if isinstance(value, float):
        return f"{spoken} is {value:.10g}"
    if isinstance(value, list | dict):
        return f"{spoken} has {len(value)} {'entry' if len(value) == 1 else 'entries'}"
    text = str(value)
    return f"{spoken} is {text if len(text) <= 60 else text[:59] + '…'}"  # noqa: PLR2004 - as much as a line bears
