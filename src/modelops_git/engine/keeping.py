"""The manifests of what is to serve, handed to the target before its routes name them.

Who serves there has files, routes and digests, and perhaps no clone: what a version takes and gives, and
which bytes it is made of, is in its manifest. It is believed for its digest alone, so it can lie anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.digests import canonical_json
from modelops_git.edges.targets.base import Keeps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.catalog import Catalog
    from modelops_git.core.routes import Route
    from modelops_git.edges.targets.base import Target


def keep_manifests(catalog: Catalog, target: Target, model: str, routes: Iterable[Route]) -> None:
    """Hand over the manifests of `routes`, where the target keeps any.

    One that `catalog` does not have with the digest of its route is left out: what went live from another
    commit has brought its own.

    Raises:
        TargetError: The target cannot keep one.
    """
    if not isinstance(target, Keeps):
        return
    for route in routes:
        version = catalog.version(model, route.version)
        if version is not None and version.digest == route.digest:
            target.keep(route.digest, canonical_json(version.written))
