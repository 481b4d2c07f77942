"""The checks: one module for each family, one table of them here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelops_git.core.checks.base import Check

MODULES = (
    "documents",
    "fields",
    "secrets",
    "references",
    "environments",
    "registry",
    "notifications",
    "lifecycle",
    "immutability",
    "semantics",
    "lineage",
    "provenance",
    "metrics",
    "artifacts",
    "formats",
    "strategies",
    "conditions",
    "sql_queries",
    "rollouts",
    "plans",
    "people",
    "governance",
    "policies",
)
"""Every module with checks, in the order of their codes; each lists them in `CHECKS`."""


@cache
def all_checks() -> tuple[Check[*tuple[Any, ...]], ...]:
    """Every check there is, by code."""
    found: list[Check[*tuple[Any, ...]]] = []
    for name in MODULES:
        found += import_module(f"{__name__}.{name}").CHECKS
    return tuple(sorted(found, key=lambda check: check.code))
