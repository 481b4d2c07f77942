"""Promotions and experiments against what they replace or stand beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from modelops_git.core.checks.base import Defect, UncheckedError, check, pointer
from modelops_git.core.checks.context import version_of
from modelops_git.core.checks.semantics import compared, shown
from modelops_git.core.places import Home
from modelops_git.core.versions import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.context import Context
    from modelops_git.core.interfaces import Comparison
    from modelops_git.core.manifests.experiment import Experiment
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.rollout import Rollout


@check("MOG504", "interface-break-in-traffic-split", kinds=("Rollout", "Experiment"))
def interface_break_in_traffic_split(document: Document, context: Context) -> Iterator[Defect]:
    """Two versions with interfaces that do not fit would share the traffic.

    A caller does not choose which of the two answers, so the same request would sometimes be refused.
    This holds for a canary, also with `allow_interface_break`, and for a split.

    Wrong:
    ```yaml
    version: 2.0.0                # 1.0.0 is live, and takes four numbers
    …
    strategy: standard            # a canary
    ```
    Right:
    ```yaml
    version: 2.0.0
    …
    strategy: {type: blue_green, after: 1h}
    allow_interface_break: {reason: All send five.}
    ```
    """
    for at, number, comparison in _sharing(document, context):
        if comparison is not None and comparison.verdict != "compatible":
            yield Defect(
                f"{number} would share the traffic with a version whose callers it does not fit: "
                f"{comparison.reason}.",
                document.place(at),
                f"Use a strategy that moves all traffic at once.{shown(comparison)}",
            )


def _sharing(document: Document, context: Context) -> Iterator[tuple[str, str, Comparison | None]]:
    """The versions that share traffic with what is live: pointer, version, comparison with what is live."""
    model, number = document.home.model, document.written.get("version", "")
    if document.kind == "Rollout":
        if _splits(document, context):
            yield "/version", number, _against_live(document, context)
        return
    experiment = cast("Experiment", document.manifest)
    live = context.catalog.rollout(model, document.home.name)
    if experiment.type == "split" and live is not None:
        stable = context.version(model, cast("Rollout", live.manifest).version)
        for index, candidate in enumerate(experiment.candidates):
            newer = context.version(model, candidate.version)
            yield pointer("candidates", index, "version"), candidate.version, _judged(stable, newer)


def _splits(document: Document, context: Context) -> bool:
    """Whether a rollout lets two versions share the traffic."""
    strategy = cast("Rollout", document.manifest).strategy
    if isinstance(strategy, str):
        named = context.rules().strategies.get(strategy)
        if named is None:
            raise UncheckedError(f"modelops.yaml declares no strategy {strategy}")
        strategy = named
    return strategy.type == "canary"


@check("MOG513", "interface-break-not-allowed", kinds=("Rollout",))
def interface_break_not_allowed(document: Document, context: Context) -> Iterator[Defect]:
    """A promotion breaks the interface of the version before, and nobody says that callers are ready.

    Compared are the version that the rollout named before the change and the one that it names now. Going
    back to an older version is exempt: that is what callers had.

    Wrong:
    ```yaml
    # models/iris/rollouts/production.yaml; before, it was 1.0.0, which took four numbers
    version: 2.0.0
    manifest_digest: sha256:0ada7d…
    strategy: at-once
    ```
    Right:
    ```yaml
    version: 2.0.0
    manifest_digest: sha256:0ada7d…
    allow_interface_break: {reason: All send five.}
    strategy: at-once
    ```
    """
    if cast("Rollout", document.manifest).allow_interface_break is not None:
        return
    comparison = _against_live(document, context)
    if comparison is not None and comparison.verdict != "compatible":
        yield Defect(
            f"{document.written['version']} may break callers in {document.home.name}: {comparison.reason}.",
            document.place("/version"),
            f"When callers are ready, state `allow_interface_break: {{reason: …}}`.{shown(comparison)}",
        )


@check("MOG514", "split-and-rollout", kinds=("Rollout",))
def split_and_rollout(document: Document, context: Context) -> Iterator[Defect]:
    """A new version is rolled out while a split divides the traffic of the same model there.

    Neither could be judged: what the candidates are compared with would change under them. End the
    experiment first, by deleting its file in a change of its own.

    Wrong:
    ```yaml
    # models/iris/experiments/production.yaml
    type: split
    # models/iris/rollouts/production.yaml, before the change
    version: 1.0.0
    # models/iris/rollouts/production.yaml
    version: 1.1.0
    ```
    Right:
    ```yaml
    # models/iris/experiments/production.yaml
    type: mirror
    # models/iris/rollouts/production.yaml
    version: 1.1.0
    ```
    """
    home = document.home
    experiment = context.catalog.experiment(home.model, home.name)
    is_split = experiment is not None and cast("Experiment", experiment.manifest).type == "split"
    before = named_before(document, context)
    if is_split and before is not None and before != document.written["version"]:
        yield Defect(
            f"{home.model} has a split running in {home.name}, and a rollout from {before} would begin.",
            document.place("/version"),
            "End the experiment first: delete its file, or keep the version.",
        )


def named_before(document: Document, context: Context) -> str | None:
    """The version that a rollout named before the change; None where there was no rollout."""
    before = context.before(document.path)
    if before is None:
        return None
    if before.document is None:
        raise UncheckedError(f"{document.path} cannot be read as it was before the change")
    return cast("Rollout", before.document.manifest).version


def _against_live(document: Document, context: Context) -> Comparison | None:
    """A rollout's version against the one before; None where nothing was, or the version is no newer."""
    model, number = document.home.model, cast("Rollout", document.manifest).version
    before = named_before(document, context)
    if before is None or parse(number) <= parse(before):
        return None
    older = context.document_before(Home("ModelVersion", model, before).path)
    if older is None:
        raise UncheckedError(f"version {before} of {model} cannot be read as it was before the change")
    return _judged(older, context.version(model, number))


def _judged(older: Document, newer: Document) -> Comparison | None:
    """The comparison of two versions; None where it is undecided and the author vouches for it."""
    comparison = compared(older, newer)
    review = version_of(newer).interface_review
    vouched = review is not None and review.verdict == "compatible"
    return None if vouched and comparison.verdict == "undecided" else comparison


CHECKS = (interface_break_in_traffic_split, interface_break_not_allowed, split_and_rollout)
