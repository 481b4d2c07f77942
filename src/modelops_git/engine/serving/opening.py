"""Open a version for the server: its verified bytes in memory, by the rules of the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.digests import canonical_json
from modelops_git.core.errors import TargetError
from modelops_git.engine.ground import utc_now
from modelops_git.engine.inspecting import rules_for
from modelops_git.engine.intent import known_intent
from modelops_git.engine.serving.loading import Manner, load_version

if TYPE_CHECKING:
    from modelops_git.core.routes import Route
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.serving.loaded import Loaded
    from modelops_git.engine.serving.places import Gateways


class Opening:
    """Loads versions from the gateways of an environment.

    The rules are those that this clone knows at the time: where a format was allowed since, fetch.
    """

    def __init__(self, repository: Repository, gateways: Gateways) -> None:
        self._repository, self._gateways = repository, gateways

    def __call__(self, model: str, route: Route) -> Loaded:
        """Load a routed version.

        Raises:
            ModelopsError: It cannot be loaded, or must not be.
        """
        gateway = self._gateways.of(model)
        if gateway is None:
            raise TargetError(f"no gateway of the environment serves {model}")
        registry = known_intent(self._repository).registry
        rules = rules_for(registry, model, f"{utc_now():%Y-%m-%d}")
        return load_version(gateway.root, model, route, rules, Manner(find=self._known))

    def _known(self, model: str, route: Route) -> bytes | None:
        """The manifest in the newest commit that this clone knows; None where it has none."""
        document = known_intent(self._repository).catalog.version(model, route.version)
        return canonical_json(document.written) if document else None
