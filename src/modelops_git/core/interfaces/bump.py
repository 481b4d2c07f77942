"""The least bump that semantic versioning asks for, given what changed between a version and its parent.

| what changed                                                                             | least bump |
|------------------------------------------------------------------------------------------|------------|
| the interface is incompatible; the parent is 1.0.0 or later                              | major      |
| the interface is incompatible; the parent is 0.y.z                                       | minor      |
| the interface is compatible, but not equal                                               | minor      |
| the interface is equal and the artifacts are the same bytes under the same paths         | patch      |
| the interface is equal and the training is the same (below), the artifacts are not       | patch      |
| the interface is equal and anything of the training differs or is not stated             | minor      |
| the comparison is undecided, and the author states no `interface_review`                 | undecided  |

*Equal* interfaces take the same inputs and give the same outputs: `compare` proves it both ways, so a new
description changes nothing. *The same training* means: both state at least one set of training data, each
with its digest, and these digests are the same; hyperparameters, seed, algorithm and base models are equal.
The framework and the training code may differ: a fix is what they are for. A review by the author counts only
where the comparison is undecided, never against a witness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.interfaces.budget import GaveUpError
from modelops_git.core.interfaces.compare import compare
from modelops_git.core.interfaces.jsonvalues import identity, measure
from modelops_git.core.interfaces.verdicts import Comparison, Verdict

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from modelops_git.core.versions import Bump

TRAINED_BY = (
    ("training", "hyperparameters"),
    ("training", "seed"),
    ("algorithm",),
    ("base_models",),
)


class BumpVerdict(NamedTuple):
    """What a new version must be called, at least.

    Attributes:
        bump: The least bump; None where the interfaces cannot be compared and nobody reviewed them.
        reasons: Why, one sentence each.
        comparison: What is known about the interfaces.
        reviewed: Whether the author's `interface_review` decided, which reviewers should see.
    """

    bump: Bump | None
    reasons: tuple[str, ...]
    comparison: Comparison
    reviewed: bool = False


def least_bump(parent: Mapping[str, Any], new: Mapping[str, Any]) -> BumpVerdict:
    """The least legal bump from `parent` to `new`, two ModelVersion manifests as written.

    `parent` is the newest ancestor that is no pre-release. See the module's table for the rules.
    """
    comparison = compare(parent.get("interface") or {}, new.get("interface") or {})
    if comparison.verdict == Verdict.INCOMPATIBLE:
        return BumpVerdict(_breaking(parent), (comparison.reason,), comparison)
    if comparison.verdict == Verdict.COMPATIBLE:
        bump, reason = _compatible(parent, new)
        return BumpVerdict(bump, (reason,), comparison)
    return _reviewed(parent, new, comparison)


def _reviewed(parent: Mapping[str, Any], new: Mapping[str, Any], comparison: Comparison) -> BumpVerdict:
    """What the author's review says where the comparison says nothing."""
    review = new.get("interface_review")
    verdict = review.get("verdict") if isinstance(review, dict) else None
    if verdict == Verdict.COMPATIBLE:
        bump, reason = _compatible(parent, new)
        stated = "the author's interface_review states that the interfaces are compatible"
        return BumpVerdict(bump, (comparison.reason, stated, reason), comparison, reviewed=True)
    if verdict == Verdict.INCOMPATIBLE:
        stated = "the author's interface_review states that the interfaces are incompatible"
        return BumpVerdict(_breaking(parent), (comparison.reason, stated), comparison, reviewed=True)
    return BumpVerdict(None, (comparison.reason,), comparison)


def _breaking(parent: Mapping[str, Any]) -> Bump:
    return "minor" if str(parent.get("version", "")).startswith("0.") else "major"


def _compatible(parent: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Bump, str]:
    if not _equal_interfaces(parent, new):
        return "minor", "the interface is compatible but not equal, which is a new capability"
    try:
        if _same_artifacts(parent, new):
            return "patch", "the artifacts and the interface are the same, so that only metadata changed"
        return _by_training(parent, new)
    except GaveUpError as error:
        return "minor", f"whether the training is the same cannot be told: {error.reason}"


def _equal_interfaces(parent: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether each takes what the other takes; `compare` the other way round gives the second half."""
    if parent.get("interface") is new.get("interface"):
        return True
    back = compare(new.get("interface") or {}, parent.get("interface") or {})
    forth = compare(parent.get("interface") or {}, new.get("interface") or {})
    return back.verdict == forth.verdict == Verdict.COMPATIBLE


def _by_training(parent: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Bump, str]:
    if _training_data(parent) != _training_data(new):
        return "minor", "the training data changed"
    if not _training_data(new):
        return (
            "minor",
            "training data with digests is not stated for both versions, so they count as different",
        )
    for path in TRAINED_BY:
        if _key(_at(parent, path)) != _key(_at(new, path)):
            return "minor", f"`{'.'.join(path)}` changed"
    return (
        "patch",
        "the training data, the hyperparameters and the interface are the same, so that this is a fix",
    )


def _key(value: Any) -> Hashable:
    measure(value)
    return identity(value)


def _same_artifacts(parent: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    before, after = (_files(version.get("artifacts")) for version in (parent, new))
    return bool(before) and before == after


def _files(artifacts: Any) -> frozenset[Hashable]:
    rows = artifacts if isinstance(artifacts, list) else []
    return frozenset([_file(row) for row in rows if isinstance(row, dict)])


def _file(row: Mapping[str, Any]) -> Hashable:
    path, digest, size = row.get("path"), row.get("sha256"), row.get("size")
    plain = path.__class__ is digest.__class__ is str and size.__class__ is int
    return (path, digest, size) if plain else _key([path, digest, size])


def _training_data(version: Mapping[str, Any]) -> frozenset[str]:
    """The digests of the training data; none where one of them has no digest."""
    data = _at(version, ("training", "data"))
    rows = data if isinstance(data, list) else []
    digests = [row.get("sha256") if isinstance(row, dict) else None for row in rows]
    return (
        frozenset(digest for digest in digests if isinstance(digest, str))
        if all(map(_is_text, digests))
        else frozenset()
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _at(version: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    node: Any = version
    for name in path:
        node = node.get(name) if isinstance(node, dict) else None
    return node
