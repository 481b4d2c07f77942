"""How traffic moves: the steps, pauses and conditions of strategies and analyses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from modelops_git.core.checks.base import Defect, Scope, check, each, pointer
from modelops_git.core.checks.environments import analyses_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.context import Context
    from modelops_git.core.manifests.analysis import Analysis
    from modelops_git.core.manifests.environment import Requirements
    from modelops_git.core.manifests.experiment import Experiment
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.manifests.rollout import Rollout
    from modelops_git.core.manifests.strategy import Canary, Strategy

WITH_STRATEGIES = ("Registry", "Rollout")
ALL_TRAFFIC = 100
MEASURED = re.compile(r"\b(candidate|stable)\b", re.ASCII)


@check("MOG501", "bad-steps", scope=Scope.DOCUMENT, kinds=WITH_STRATEGIES)
def bad_steps(document: Document, _context: Context) -> Iterator[Defect]:
    """The weights of a canary's steps do not rise from step to step, or are not within 1 to 100.

    A canary only ever gives more traffic; less is an abort. The last step, 100, is implied.

    Wrong:
    ```yaml
    steps:
      - {weight: 60, for: 10m}
      - {weight: 50, until: resumed}
    ```
    Right:
    ```yaml
    steps:
      - {weight: 5, for: 10m}
      - {weight: 50, until: resumed}
    ```
    """
    for at, strategy in strategies_in(document):
        if strategy.type != "canary":
            continue
        before = 0
        for index, step in enumerate(strategy.steps):
            if step.weight <= before:
                than = f"not more than the {before} before it" if before else "not within 1 to 100"
                yield Defect(
                    f"Step {index + 1} has the weight {step.weight}, {than}.",
                    document.place(f"{at}/steps/{index}/weight"),
                    "Let the weights rise from step to step, within 1 to 100.",
                )
            before = max(before, step.weight)


@check("MOG502", "weights-not-100", scope=Scope.DOCUMENT, kinds=("Experiment",))
def weights_not_100(document: Document, _context: Context) -> Iterator[Defect]:
    """The candidates of a split leave nothing for what is live, or one of them gets nothing.

    What is live keeps the rest, and the rest is what the candidates are compared with.

    Wrong:
    ```yaml
    type: split
    candidates:
      - {version: 1.1.0, …, weight: 100}
    ```
    Right:
    ```yaml
    type: split
    candidates:
      - {version: 1.1.0, …, weight: 99}
    ```
    """
    experiment = cast("Experiment", document.manifest)
    for index, candidate in enumerate(experiment.candidates):
        if candidate.weight == 0:
            yield Defect(
                f"The candidate {candidate.version} gets no traffic.",
                document.place(pointer("candidates", index, "weight")),
                "Give it a weight of at least 1, or leave it out.",
            )
    total = sum(candidate.weight for candidate in experiment.candidates)
    if experiment.type == "split" and total >= ALL_TRAFFIC:
        yield Defect(
            f"The candidates get {total} % of the traffic, which leaves nothing for what is live.",
            document.place("/candidates"),
            "Let the weights add up to less than 100.",
        )


@check("MOG506", "decides-without-condition", scope=Scope.DOCUMENT, kinds=("Analysis",))
def decides_without_condition(document: Document, _context: Context) -> Iterator[Defect]:
    """A condition of a metric never looks at what was measured.

    It must name `candidate` or `stable`, the two measured values; otherwise it decides the same every
    time. (A metric with neither test nor condition is refused when the file is read.)

    Wrong:
    ```yaml
    failure_condition: "0.5 > 1"
    ```
    Right:
    ```yaml
    failure_condition: "candidate > 1.5 * stable"
    ```
    """
    for index, metric in enumerate(cast("Analysis", document.manifest).metrics):
        conditions = {
            "failure_condition": metric.failure_condition,
            "success_condition": metric.success_condition,
        }
        for field, condition in conditions.items():
            if condition is not None and not MEASURED.search(condition):
                yield Defect(
                    f"The {field.replace('_', ' ')} of {metric.name} looks at nothing that was measured.",
                    document.place(pointer("metrics", index, field)),
                    "Name candidate or stable in it, such as `candidate > 0.5`.",
                )


@check("MOG511", "pause-without-deadline", scope=Scope.DOCUMENT, kinds=WITH_STRATEGIES)
def pause_without_deadline(document: Document, _context: Context) -> Iterator[Defect]:
    """A strategy waits for somebody, and nothing ends it if nobody comes.

    A step with `until: resumed`, or `promote: by_hand`, waits for a person. Without `deadline` two
    versions share the traffic for ever, and nothing newer gets through.

    Wrong:
    ```yaml
    strategy: {type: blue_green, promote: by_hand}
    ```
    Right:
    ```yaml
    strategy: {type: blue_green, promote: by_hand, deadline: 2h}
    ```
    """
    for at, strategy in strategies_in(document):
        if strategy.type == "immediate" or strategy.deadline is not None:
            continue
        where = _pause(strategy) if strategy.type == "canary" else ""
        if strategy.type == "blue_green" and strategy.promote == "by_hand":
            where = "/promote"
        if where:
            yield Defect(
                "The strategy waits for somebody, and has no deadline.",
                document.place(at + where),
                "Add `deadline: 24h`, or however long somebody may take.",
            )


def _pause(strategy: Canary) -> str:
    """The pointer to the first step that waits for somebody; empty where none does."""
    steps = enumerate(strategy.steps)
    return next((pointer("steps", index, "until") for index, step in steps if step.until is not None), "")


@check("MOG512", "weaker-than-required", kinds=("Rollout",))
def weaker_than_required(document: Document, context: Context) -> Iterator[Defect]:
    """A rollout is weaker than its environment requires: another strategy, or an analysis less.

    Wrong:
    ```yaml
    # modelops.yaml
    require: {strategies: [standard], analysis: [serving-health]}
    # models/iris/rollouts/production.yaml
    strategy: at-once
    ```
    Right:
    ```yaml
    # modelops.yaml
    require: {strategies: [standard], analysis: [serving-health]}
    # models/iris/rollouts/production.yaml
    strategy: standard
    ```
    """
    rules = context.rules()
    environments = {environment.name: environment for environment in rules.environments}
    if document.home.name not in environments:
        return
    required = environments[document.home.name].require
    named = cast("Rollout", document.manifest).strategy
    if required.strategies and named not in required.strategies:
        yield Defect(
            f"{document.home.name} does not allow {_called(named)}.",
            document.place("/strategy"),
            f"Use {' or '.join(required.strategies)}.",
        )
    elif not isinstance(named, str) or named in rules.strategies:
        yield from _analyses_missing(document, context, required)


def _analyses_missing(document: Document, context: Context, required: Requirements) -> Iterator[Defect]:
    strategy = document.written["strategy"]
    if isinstance(strategy, str):
        strategy = context.registry().written["strategies"][strategy]
    run = {name for _, name in analyses_of(strategy)}
    for _, name in each(required.analysis):
        if name not in run:
            yield Defect(
                f"{document.home.name} requires the analysis {name}, which the strategy does not run.",
                document.place("/strategy"),
                f"Use a strategy that runs {name}.",
            )


def _called(strategy: str | Strategy) -> str:
    return (
        f"the strategy {strategy}" if isinstance(strategy, str) else f"a {strategy.type} strategy of its own"
    )


def strategies_in(document: Document) -> list[tuple[str, Strategy]]:
    """Every strategy that a registry or a rollout spells out, with the pointer to it."""
    if document.kind == "Registry":
        strategies = cast("Registry", document.manifest).strategies
        return [(pointer("strategies", name), strategy) for name, strategy in strategies.items()]
    strategy = cast("Rollout", document.manifest).strategy
    return [] if isinstance(strategy, str) else [("/strategy", strategy)]


CHECKS = (bad_steps, weights_not_100, decides_without_condition, pause_without_deadline, weaker_than_required)
