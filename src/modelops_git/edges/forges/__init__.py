"""Forges: GitHub, GitLab and servers like them, behind one small protocol."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from modelops_git.edges.forges.base import Forge, Site

FORGES = {"github": "github", "gitlab": "gitlab"}
"""The type that `modelops.yaml` names, and the module here whose `open_forge` opens it."""


def open_forge(kind: str, site: Site) -> Forge:
    """The forge of type `kind` at `site`; nothing is asked yet."""
    module = import_module(f"{__name__}.{FORGES[kind]}")
    return cast("Forge", module.open_forge(site))
