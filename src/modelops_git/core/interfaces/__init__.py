"""Compatibility of two interfaces: verdict, witness, and the least bump that semantic versioning asks for."""

from __future__ import annotations

from modelops_git.core.interfaces.bump import BumpVerdict, least_bump
from modelops_git.core.interfaces.compare import compare
from modelops_git.core.interfaces.validity import SchemaProblem, check_schema
from modelops_git.core.interfaces.verdicts import Comparison, Verdict, Witness

__all__ = [
    "BumpVerdict",
    "Comparison",
    "SchemaProblem",
    "Verdict",
    "Witness",
    "check_schema",
    "compare",
    "least_bump",
]
