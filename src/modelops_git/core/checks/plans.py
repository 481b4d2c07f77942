"""What only a plan can check: what journals, targets and stores know. Planning calls these."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from modelops_git.core.checks.base import Defect, Scope, check
from modelops_git.core.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.manifests.environment import Environment
    from modelops_git.core.manifests.experiment import Experiment
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.rollout import Rollout
    from modelops_git.core.manifests.strategy import Strategy


class Promotion(NamedTuple):
    """What the journals know about a promotion.

    Attributes:
        rollout: The rollout's manifest.
        promote_from: The environments where the version must have completed before.
        completed: The digests of the version manifests that completed, by environment.
    """

    rollout: Document
    promote_from: tuple[str, ...] = ()
    completed: Mapping[str, frozenset[str]] = field(default_factory=dict)


class RollbackTarget(NamedTuple):
    """What a rollback goes back to.

    Attributes:
        rollout: The rollout's manifest.
        gone: What is missing of the version's stored files, in words.
    """

    rollout: Document
    gone: tuple[str, ...] = ()


class Held(NamedTuple):
    """What a hold keeps from going live.

    Attributes:
        rollout: The rollout's manifest, which wants just that.
        serves: The version that is served instead; empty for none.
        reason: In the words of whoever set the hold.
        is_brought: Whether the change that is planned brings the wish; otherwise it is merged already.
    """

    rollout: Document
    serves: str
    reason: str
    is_brought: bool


class Capabilities(Protocol):
    """What a target can express."""

    @property
    def any_weight(self) -> bool:
        """Shares of the requests in whole percent."""

    @property
    def two_weights(self) -> bool:
        """Two versions side by side."""

    @property
    def mirror(self) -> bool:
        """A version that sees the requests and whose answers are dropped."""

    @property
    def header_match(self) -> bool:
        """Routing by a header."""

    @property
    def sticky(self) -> bool:
        """The same caller always meets the same version."""


@check("MOG503", "promotion-order", scope=Scope.PLAN, kinds=("Rollout",))
def promotion_order(promotion: Promotion) -> Iterator[Defect]:
    """A version is promoted before it completed where it must have been first.

    `promote_from` of an environment names the environments that come before. What counts is the journal,
    and the digest of the version's manifest: the same version, not the same number.

    Wrong:
    ```yaml
    # models/iris/rollouts/production.yaml; only 1.0.0 has completed in staging
    version: 1.1.0
    ```
    Right:
    ```yaml
    # models/iris/rollouts/production.yaml; 1.1.0 has completed in staging
    version: 1.1.0
    ```
    """
    rollout = cast("Rollout", promotion.rollout.manifest)
    for environment in promotion.promote_from:
        if rollout.manifest_digest not in promotion.completed.get(environment, frozenset()):
            yield Defect(
                f"{rollout.model} {rollout.version} has not completed in {environment}, "
                f"which {rollout.environment} is promoted from.",
                promotion.rollout.place("/version"),
                f"Promote it to {environment} first, and apply.",
            )


@check("MOG505", "target-cannot", scope=Scope.PLAN, kinds=("Rollout", "Experiment"))
def target_cannot(
    document: Document, strategy: Strategy | None, capabilities: Capabilities
) -> Iterator[Defect]:
    """A target cannot express what a rollout or an experiment asks of it.

    A strategy that a target does not know is refused, never ignored in silence.

    Wrong:
    ```yaml
    strategy: standard            # a canary; the target can serve one version at a time
    ```
    Right:
    ```yaml
    strategy: at-once
    ```
    """
    lacking = [what for what, can in _asked(document, strategy, capabilities) if not can]
    if lacking:
        asked = f"A {strategy.type} rollout" if strategy else f"A {document.written['type']} experiment"
        yield Defect(
            f"{asked} needs {' and '.join(lacking)}, which the target in {document.home.name} cannot do.",
            document.place("/strategy" if strategy else "/type"),
            f"The target can do {', '.join(possible(capabilities))}.",
        )


def _asked(
    document: Document, strategy: Strategy | None, capabilities: Capabilities
) -> list[tuple[str, bool]]:
    """What is asked of a target, in words, and whether it can."""
    if strategy is not None:
        return {
            "immediate": [],
            "canary": [("traffic shared by weight", can_split(capabilities))],
            "blue_green": [("two versions side by side", capabilities.two_weights)],
        }[strategy.type]
    experiment = cast("Experiment", document.manifest)
    if experiment.type == "mirror":
        return [("mirrored requests", capabilities.mirror)]
    asked = [("traffic shared by weight", can_split(capabilities))]
    if experiment.assign_by is not None:
        by = "cookie" if experiment.assign_by.cookie else "header"
        can = capabilities.sticky and (by == "cookie" or capabilities.header_match)
        asked.append((f"callers assigned by a {by}", can))
    return asked


def can_split(capabilities: Capabilities) -> bool:
    """Whether a target lets two versions share the traffic by weight."""
    return capabilities.any_weight and capabilities.two_weights


def possible(capabilities: Capabilities) -> list[str]:
    """What rollouts and experiments a target can carry out, in words."""
    known = [
        ("immediate rollouts", True),
        ("blue_green rollouts", capabilities.two_weights),
        ("canary rollouts", can_split(capabilities)),
        ("split experiments", can_split(capabilities)),
        ("mirror experiments", capabilities.mirror),
    ]
    return [what for what, can in known if can]


@check("MOG509", "rollback-target-gone", scope=Scope.PLAN, kinds=("Rollout",))
def rollback_target_gone(target: RollbackTarget) -> Iterator[Defect]:
    """A rollback goes back to a version whose files are no longer all there.

    Names and sizes are compared when the rollback is planned, and every byte before it is served. What is
    still live stays live.

    Wrong:
    ```yaml
    # models/iris/rollouts/production.yaml; model.onnx of 1.0.0 is not in the store any more
    version: 1.0.0
    ```
    Right:
    ```yaml
    # models/iris/rollouts/production.yaml; a version that is there
    version: 1.1.0
    ```
    """
    if target.gone:
        rollout = cast("Rollout", target.rollout.manifest)
        more = f", and {len(target.gone) - 1} more" if len(target.gone) > 1 else ""
        yield Defect(
            f"{rollout.model} {rollout.version} cannot be gone back to: {target.gone[0]}{more}.",
            target.rollout.place("/version"),
            "Restore the files from a copy, or go back to another version.",
        )


@check("MOG510", "held-generation", scope=Scope.PLAN, kinds=("Rollout",))
def held_generation(held: Held) -> Iterator[Defect]:
    """A version is wanted that a hold keeps from going live.

    `rollback --now` and an aborted rollout leave a hold against what they took back. While it stands, apply
    leaves that version alone. The hold ends when another version is merged and has gone live. It is an error
    in a change that wants the held version, and a warning where that is merged.

    Wrong:
    ```yaml
    # models/iris/rollouts/production.yaml; 1.1.0 was rolled back from yesterday, and is held
    version: 1.1.0
    ```
    Right:
    ```yaml
    # models/iris/rollouts/production.yaml; the version that serves, or a new one
    version: 1.0.0
    ```
    """
    rollout = cast("Rollout", held.rollout.manifest)
    instead = f"{held.serves} serves instead" if held.serves else "nothing is served instead"
    yield Defect(
        f"{rollout.model} {rollout.version} is held back in {rollout.environment}: "
        f"{held.reason.removesuffix('.')}; {instead}.",
        held.rollout.place("/version"),
        "Promote another version, or merge the rollback.",
        severity=Severity.ERROR if held.is_brought else Severity.WARNING,
    )


@check("MOG515", "judged-without-controller", scope=Scope.PLAN, kinds=("Rollout",), severity=Severity.WARNING)
def judged_without_controller(
    rollout: Document, strategy: Strategy | None, environment: Environment
) -> Iterator[Defect]:
    """A rollout is judged by metrics where nobody looks at them all the time.

    A failed analysis takes traffic away when somebody looks: within seconds where a controller
    (`modelops reconcile --watch`) is at work, and else when CI runs the next time, which may be minutes, and
    which no forge promises. Say `controller: true` in the environment where there is one.

    Wrong:
    ```yaml
    # models/iris/rollouts/production.yaml; judged by serving-health, and no controller in production
    strategy: standard
    ```
    Right:
    ```yaml
    # modelops.yaml
    - name: production
      …
      controller: true
    # models/iris/rollouts/production.yaml
    strategy: standard
    ```
    """
    if strategy is not None and not environment.controller and is_judged(strategy):
        yield Defect(
            f"The rollout is judged by metrics, and no controller looks at them in {environment.name}.",
            rollout.place("/strategy"),
            "A bad version keeps its share until CI runs again. Start `modelops reconcile --watch`, and say"
            " `controller: true` in the environment.",
        )


def is_judged(strategy: Strategy) -> bool:
    """Whether a strategy runs analyses."""
    if strategy.type == "canary":
        return bool(strategy.analysis) or any(step.analysis for step in strategy.steps)
    return strategy.type == "blue_green" and bool(strategy.pre_promotion or strategy.post_promotion)


CHECKS = (promotion_order, target_cannot, rollback_target_gone, held_generation, judged_without_controller)
