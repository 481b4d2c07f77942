"""One look at the rates of two versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.assessing.limits import allowed
from modelops_git.core.assessing.points import Measured, ratio
from modelops_git.core.assessing.rates import Counts, are_apart

if TYPE_CHECKING:
    from modelops_git.core.manifests.analysis import Test


def is_worse(candidate: Measured, stable: Measured, test: Test) -> bool:
    """Whether no pair of rates is left in which the new version is no worse than allowed."""
    distance = (candidate.value or 0.0) - allowed(test) * (stable.value or 0.0)
    if distance == 0 or (distance > 0) != (test.worse_when == "higher"):
        return False
    new, old = (Counts(one.of or 0.0, one.over or 0.0) for one in (candidate, stable))
    return are_apart(new, old, allowed(test), test.alpha)


def said(candidate: Measured, stable: Measured) -> str:
    """The rates and their counts, as the begin of a sentence."""
    return f"the new version has {_said(candidate)}, the stable one {_said(stable)}"


def insufficient(candidate: Measured, stable: Measured, test: Test) -> str:
    """Why the new version could not have been found to be worse, however bad; empty where it could."""
    over = candidate.over or 0.0
    worst = ratio(over if test.worse_when == "higher" else 0.0, over)
    return "" if is_worse(worst, stable, test) else "there are too few requests for the test"


def _said(measured: Measured) -> str:
    return f"{measured.value or 0.0:.4g} ({measured.of:,.0f} of {measured.over:,.0f})"
