"""How much worse than the stable version a new one may be before it is held against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelops_git.core.manifests.analysis import Test


def allowed(test: Test) -> float:
    """What the stable version's value is multiplied by before the new one is held against it."""
    if test.worse_when == "higher":
        return 1 + share(test.allowed_increase)
    return max(1 - share(test.allowed_decrease), 0.0)


def limit(value: float, test: Test) -> float:
    """What the new version's value is held against where the stable one's is `value`; it rises with that.

    Of a value below 0 the size is what the percentage is of, as of one above; it is not made to change sign.
    """
    factor = allowed(test) if value >= 0 else max(2 - allowed(test), 0.0)
    return value * factor if factor else 0.0


def share(percent: str) -> float:
    """A percentage of a manifest as a number: 0.05 for `5%`."""
    return float(percent.removesuffix("%")) / 100
