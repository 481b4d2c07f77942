"""References to environments, strategies and analyses, and the targets of environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from modelops_git.core.checks.base import Defect, check, did_you_mean, each, pointer
from modelops_git.core.clock import parse_time
from modelops_git.core.places import REGISTRY_FILE, Home, home_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.base import Named
    from modelops_git.core.checks.context import Context
    from modelops_git.core.manifests.experiment import Experiment
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.manifests.rollout import Rollout
    from modelops_git.core.manifests.target import Target


@check("MOG203", "unknown-environment", kinds=("Registry", "Rollout", "Experiment"))
def unknown_environment(document: Document, context: Context) -> Iterator[Defect]:
    """An environment is named that modelops.yaml does not declare, or not before the one that names it.

    Environments stand in promotion order: `promote_from` can only name earlier ones, or nothing would
    ever get there.

    Wrong:
    ```yaml
    # models/iris/rollouts/prod.yaml
    environment: prod     # modelops.yaml declares staging and production
    ```
    Right:
    ```yaml
    # models/iris/rollouts/production.yaml
    environment: production
    ```
    """
    declared = [environment.name for environment in context.rules().environments]
    for at, name in _environments_in(document):
        if name not in declared:
            hint = did_you_mean(name, declared, "environments")
            yield Defect(f"There is no environment {name!r}.", document.place(at), hint)
    if document.kind == "Registry":
        yield from _later_sources(document)


def _later_sources(document: Document) -> Iterator[Defect]:
    environments = cast("Registry", document.manifest).environments
    names = [environment.name for environment in environments]
    for index, environment in enumerate(environments):
        for place, source in enumerate(environment.promote_from):
            if source in names[index:]:
                yield Defect(
                    f"{environment.name} is promoted from {source}, which does not come before it.",
                    document.place(pointer("environments", index, "promote_from", place)),
                    "Environments stand in promotion order: move one, or name an earlier one.",
                )


def _environments_in(document: Document) -> list[Named]:
    if document.kind != "Registry":
        return [("/environment", document.home.name)]
    registry = cast("Registry", document.manifest)
    named: list[Named] = []
    for index, environment in enumerate(registry.environments):
        named += each(environment.promote_from, "environments", index, "promote_from")
    for index, rule in enumerate(registry.rules):
        named += each((name for name in rule.environments if name != "*"), "rules", index, "environments")
    for index, policy in enumerate(registry.policies):
        named += each(policy.environments, "policies", index, "environments")
    for index, one in enumerate(registry.notifications):
        named += each(one.environments or (), "notifications", index, "environments")
    if registry.retention:
        named += each(registry.retention.keep_if_ever_live_in, "retention", "keep_if_ever_live_in")
    return named


@check("MOG207", "unknown-analysis", kinds=("Registry", "Rollout", "Experiment"))
def unknown_analysis(document: Document, context: Context) -> Iterator[Defect]:
    """An analysis is named that has no file in analyses/.

    Wrong:
    ```yaml
    analysis: [serving-helth]     # there is no analyses/serving-helth.yaml
    ```
    Right:
    ```yaml
    # modelops.yaml
    analysis: [serving-health]
    # analyses/serving-health.yaml
    name: serving-health
    ```
    """
    for at, name in _analyses_in(document):
        if not context.catalog.holds(Home("Analysis", name=name).path):
            hint = did_you_mean(name, context.catalog.analyses(), "analyses")
            yield Defect(f"There is no analysis {name!r}.", document.place(at), hint)


def _analyses_in(document: Document) -> list[Named]:
    written = document.written
    if document.kind == "Experiment":
        return each(cast("Experiment", document.manifest).analysis, "analysis")
    if document.kind == "Rollout":
        return analyses_of(written["strategy"], "strategy")
    named: list[Named] = []
    for name, strategy in (written.get("strategies") or {}).items():
        named += analyses_of(strategy, "strategies", name)
    for index, environment in enumerate(cast("Registry", document.manifest).environments):
        named += each(environment.require.analysis, "environments", index, "require", "analysis")
    return named


def analyses_of(strategy: Any, *at: str | int) -> list[Named]:
    """Every analysis that a strategy, as written, names, with the pointer to it."""
    if not isinstance(strategy, dict):
        return []
    named: list[Named] = []
    for field in ("analysis", "pre_promotion", "post_promotion"):
        named += each(strategy.get(field) or (), *at, field)
    for index, step in enumerate(strategy.get("steps") or ()):
        named += each(step.get("analysis") or (), *at, "steps", index, "analysis")
    return named


@check("MOG213", "same-target-twice", kinds=("Registry",))
def same_target_twice(document: Document, _context: Context) -> Iterator[Defect]:
    """Two targets, or two environments, are the same: one would overwrite what the other serves.

    Wrong:
    ```yaml
    - name: staging
      targets: [{models: ["*"], type: gateway, uri: "file:.modelops/live/staging"}]
    - name: production
      targets: [{models: ["*"], type: gateway, uri: "file:./.modelops/live/staging/"}]
    ```
    Right:
    ```yaml
    - name: staging
      targets: [{models: ["*"], type: gateway, uri: "file:.modelops/live/staging"}]
    - name: production
      targets: [{models: ["*"], type: kserve, namespace: ml-prod}]
    ```
    """
    environments = cast("Registry", document.manifest).environments
    yield from _names_twice(document, [environment.name for environment in environments])
    seen: dict[str, str] = {}
    for index, environment in enumerate(environments):
        for number, target in enumerate(environment.targets):
            place = _place_of(target, environment.name)
            if place in seen:
                yield Defect(
                    f"This target of {environment.name} is the same as one of {seen[place]}: {place}.",
                    document.place(pointer("environments", index, "targets", number)),
                    "Give each a place of its own; within an environment, list the models in one target.",
                )
            elif place:
                seen[place] = environment.name


def _names_twice(document: Document, names: list[str]) -> Iterator[Defect]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Defect(
                f"The environment {name!r} is declared twice.",
                document.place(pointer("environments", index, "name")),
                "Give each environment a name of its own.",
            )


def _place_of(target: Target, environment: str) -> str:
    """What tells one target from another; empty where the manifest cannot know (a program, an account)."""
    if target.type in ("gateway", "pointer"):
        return f"{target.type} at {_normal(target.uri)}"
    if target.type == "kserve":
        return f"kserve, namespace {target.namespace}" + (f" of {target.context}" if target.context else "")
    if target.type == "mlflow":
        return f"mlflow at {_normal(target.uri)}, alias {target.alias or environment}"
    return ""


def _normal(uri: str) -> str:
    """`uri` with its path walked: `file:./a//b/../c/` is `file:a/c`."""
    scheme, _, rest = uri.partition(":")
    root = "/" * (len(rest) - len(rest.lstrip("/")))
    walked: list[str] = []
    for segment in rest.split("/"):
        if segment == ".." and walked and walked[-1] != "..":
            walked.pop()
        elif segment not in ("", "."):
            walked.append(segment)
    return f"{scheme}:{root}{'/'.join(walked)}"


@check("MOG216", "unknown-strategy", kinds=("Registry", "Rollout"))
def unknown_strategy(document: Document, context: Context) -> Iterator[Defect]:
    """A strategy is named that modelops.yaml does not declare.

    Wrong:
    ```yaml
    strategy: at-onec            # modelops.yaml declares at-once
    ```
    Right:
    ```yaml
    strategy: at-once
    ```
    """
    strategies = context.rules().strategies
    for at, name in _strategies_in(document):
        if name not in strategies:
            hint = did_you_mean(name, strategies, "strategies")
            yield Defect(f"There is no strategy {name!r}.", document.place(at), hint)


def _strategies_in(document: Document) -> list[Named]:
    if document.kind == "Rollout":
        strategy = cast("Rollout", document.manifest).strategy
        return [("/strategy", strategy)] if isinstance(strategy, str) else []
    named: list[Named] = []
    for index, environment in enumerate(cast("Registry", document.manifest).environments):
        named += each(environment.require.strategies, "environments", index, "require", "strategies")
    return named


@check("MOG220", "empty-freeze", kinds=("Registry",))
def empty_freeze(document: Document, _context: Context) -> Iterator[Defect]:
    """A freeze ends before it begins, or when it does: it would freeze nothing.

    A freeze holds from `from` until just before `until`.

    Wrong:
    ```yaml
    freeze: [{from: 2026-12-20T00:00:00Z, until: 2026-01-03T00:00:00Z, reason: year end}]
    ```
    Right:
    ```yaml
    freeze: [{from: 2026-12-20T00:00:00Z, until: 2027-01-03T00:00:00Z, reason: year end}]
    ```
    """
    for index, environment in enumerate(cast("Registry", document.manifest).environments):
        for number, freeze in enumerate(environment.freeze):
            if parse_time(freeze.until) <= parse_time(freeze.from_):
                yield Defect(
                    f"This freeze of {environment.name} ends before it begins, so nothing is frozen.",
                    document.place(pointer("environments", index, "freeze", number, "until")),
                    f"Write a time after {freeze.from_}; perhaps the year is wrong, or the two are swapped.",
                )


@check("MOG221", "environment-in-use", kinds=("Registry",))
def environment_in_use(document: Document, context: Context) -> Iterator[Defect]:
    """An environment is removed in which models are wanted until this very change.

    Who removes the environment removes what knows its target: nothing would ever take the models off there.
    Delete their rollouts first, and let apply retire them; then the environment may go.

    Wrong:
    ```yaml
    # modelops.yaml, before the change
    - name: production
    # models/iris/rollouts/production.yaml, before the change
    environment: production
    ```
    ```sh
    git rm models/iris/rollouts/production.yaml   # in the same change
    ```
    Right:
    ```yaml
    # modelops.yaml, before the change
    - name: production
    ```
    """
    before = context.document_before(REGISTRY_FILE)
    if before is None:
        return
    declared = {one.name for one in cast("Registry", document.manifest).environments}
    gone = (one for one in cast("Registry", before.manifest).environments if one.name not in declared)
    for environment in gone:
        homes = (home_of(path) for path in context.base.rollout_paths())
        models = sorted(home.model for home in homes if home and home.name == environment.name)
        if models:
            more = f" and {len(models) - 1} more" if len(models) > 1 else ""
            yield Defect(
                f"{environment.name} is removed, and {models[0]}{more} was wanted there until now.",
                document.place("/environments"),
                f"Delete the rollouts in {environment.name} first, merge that, and apply it.",
            )


CHECKS = (
    unknown_environment,
    unknown_analysis,
    same_target_twice,
    unknown_strategy,
    empty_freeze,
    environment_in_use,
)
