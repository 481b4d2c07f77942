"""What only a plan can check: the order of promotions, and what a target can do. Planning calls these."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from modelops_git.core.checks.base import Defect, Scope, check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    # models/iris/rollouts/production.yaml; staging still has 1.1.0
    version: 1.2.0
    ```
    Right:
    ```yaml
    # models/iris/rollouts/staging.yaml first, then apply, then production
    version: 1.2.0
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
    strategy: {type: immediate}
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
        by_header = capabilities.sticky and capabilities.header_match
        asked.append(("callers assigned by a header", by_header))
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


CHECKS = (promotion_order, target_cannot)
