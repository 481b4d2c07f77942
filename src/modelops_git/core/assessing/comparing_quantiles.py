"""One look at the quantiles of two versions."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.assessing.limits import allowed, limit
from modelops_git.core.assessing.quantiles import Between, between

if TYPE_CHECKING:
    from modelops_git.core.assessing.buckets import Buckets
    from modelops_git.core.assessing.points import Measured
    from modelops_git.core.manifests.analysis import Test


class Pair(NamedTuple):
    """What is known of the quantile of both versions; each may be wrong in half of the cases."""

    new: Between
    old: Between


def pair(candidate: Measured, stable: Measured, quantile: float, alpha: float) -> Pair:
    """Where the quantiles are, at one look."""
    new, old = (between(one.buckets or ((inf, 0.0),), quantile, alpha / 2) for one in (candidate, stable))
    return Pair(new, old)


def is_worse(found: Pair, test: Test) -> bool:
    """Whether the quantile of the new version is beyond doubt worse than allowed.

    Each is above its lower end and at most its upper one. So two ends that are equal are enough, but where
    the limit is 0 whatever the stable version's quantile is.
    """
    if test.worse_when == "higher":
        return isfinite(found.new.lower) and found.new.lower >= limit(found.old.upper, test)
    if not isfinite(found.old.lower):
        return False
    most = limit(found.old.lower, test)
    return found.new.upper <= most if allowed(test) else found.new.upper < most


def said(found: Pair, quantile: float) -> str:
    """Where the quantiles are, as the begin of a sentence."""
    name = named(quantile)
    return f"{name} of the new version is {_said(found.new)}, that of the stable one {_said(found.old)}"


def named(quantile: float) -> str:
    """A quantile in short: p99."""
    return f"p{quantile * 100:g}"


def insufficient(candidate: Measured, stable: Measured, quantile: float, test: Test) -> str:
    """Why the new version could not have been found to be worse, however bad; empty where it could."""
    worst = candidate._replace(buckets=_worst(candidate.buckets or (), test))
    if is_worse(pair(worst, stable, quantile, test.alpha), test):
        return ""
    if _is_out_of_reach(candidate.buckets or (), stable, test):
        side = "above" if test.worse_when == "higher" else "below"
        return f"no bound of a bucket is far enough {side} {named(quantile)} of the stable version"
    return "there are too few requests for the test"


def _worst(buckets: Buckets, test: Test) -> Buckets:
    """As many requests, all of them in the last bucket, or in the first."""
    total = buckets[-1][1] if buckets else 0.0
    if test.worse_when == "lower":
        return tuple((upper, total) for upper, _ in buckets)
    return tuple((upper, 0.0 if isfinite(upper) else total) for upper, _ in buckets)


def _is_out_of_reach(buckets: Buckets, stable: Measured, test: Test) -> bool:
    """Whether no number of requests would do, if the quantile of the stable version is as estimated."""
    bounds = [upper for upper, _ in buckets if isfinite(upper)]
    if stable.value is None or not bounds:
        return True
    if test.worse_when == "higher":
        return bounds[-1] < limit(stable.value, test)
    return bounds[0] > limit(stable.value, test)


def _said(found: Between) -> str:
    ends = [f"above {found.lower:.4g}"] if isfinite(found.lower) else []
    ends += [f"at most {found.upper:.4g}"] if isfinite(found.upper) else []
    return " and ".join(ends) or "not known yet"
