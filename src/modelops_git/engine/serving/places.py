"""Where an environment is served from: the folders of its gateways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import UsageError
from modelops_git.core.manifests.target import GatewayTarget
from modelops_git.edges.targets.gateway import open_target
from modelops_git.engine.intent import environment_named, target_of

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.manifests.environment import Environment
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.edges.targets.gateway import Gateway, RouteTable


class Gateways:
    """The gateways of an environment, as one: each model is in that one whose patterns match it first.

    Raises:
        UsageError: The environment has none.
        TargetError: An address makes no sense.
    """

    def __init__(self, environment: Environment, root: Path) -> None:
        manifests = [one for one in environment.targets if isinstance(one, GatewayTarget)]
        if not manifests:
            raise UsageError(
                f"{environment.name} has no target of type gateway, so there is nothing to serve",
                hint="Targets of other types are served by the systems that they name.",
            )
        self._environment = environment
        self._gateways = {one.uri: open_target(one, root) for one in manifests}

    @property
    def roots(self) -> list[Path]:
        """Their folders."""
        return [one.root for one in self._gateways.values()]

    def of(self, model: str) -> Gateway | None:
        """The gateway that a model is live on; None where it is on none of them."""
        manifest = target_of(self._environment, model)
        return self._gateways[manifest.uri] if isinstance(manifest, GatewayTarget) else None

    def signatures(self) -> dict[str, object]:
        """Of all models on any of them (see `Gateway.signatures`)."""
        found: dict[str, object] = {}
        for gateway in self._gateways.values():
            found |= {model: one for model, one in gateway.signatures().items() if self.of(model) is gateway}
        return found

    def table(self, model: str) -> RouteTable | None:
        """A model's route table.

        Raises:
            TargetError: It cannot be read.
        """
        gateway = self.of(model)
        return gateway.table(model) if gateway else None


def gateways_of(registry: Registry, environment: str, root: Path) -> Gateways:
    """The gateways of an environment; relative addresses are relative to the registry's `root`.

    Raises:
        UsageError: There is no such environment, or it has no gateway.
        TargetError: An address makes no sense.
    """
    return Gateways(environment_named(registry, environment), root)
