"""References between manifests of one model: models, versions, parents, digests, nested names."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from modelops_git.core.checks.base import Defect, check, did_you_mean, pointer
from modelops_git.core.checks.context import version_of
from modelops_git.core.digests import short
from modelops_git.core.places import Home
from modelops_git.core.versions import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.context import Context
    from modelops_git.core.findings import Edit
    from modelops_git.core.manifests.experiment import Experiment
    from modelops_git.core.manifests.parse import Document

IN_MODEL = ("ModelVersion", "Notice", "Rollout", "Experiment")
MOST_VERSIONS = 100
"""How many versions are searched for a digest: a message must never take long."""

PINNING = ("Notice", "Rollout", "Experiment")


@check("MOG201", "unknown-model", kinds=IN_MODEL)
def unknown_model(document: Document, context: Context) -> Iterator[Defect]:
    """A manifest belongs to a model that has no model.yaml.

    Without `model.yaml` nobody owns the model, and nothing says how its versions are judged.

    Wrong:
    ```yaml
    # models/irsi/versions/1.0.0.yaml, where only models/iris/model.yaml exists
    kind: ModelVersion
    model: irsi
    ```
    Right:
    ```yaml
    # models/iris/versions/1.0.0.yaml
    kind: ModelVersion
    model: iris
    ```
    """
    name = document.home.model
    path = Home("Model", name).path
    if not context.catalog.holds(path):
        hint = did_you_mean(name, context.catalog.models(), "models")
        yield Defect(
            f"There is no model {name!r}: {path} is missing.",
            document.place("/model"),
            f"{hint} Otherwise write {path}.",
        )


@check("MOG202", "unknown-version", kinds=PINNING)
def unknown_version(document: Document, context: Context) -> Iterator[Defect]:
    """A rollout, an experiment or a notice names a version that does not exist.

    Wrong:
    ```yaml
    # models/iris/rollouts/staging.yaml; there is no version 1.1.1
    version: 1.1.1
    ```
    Right:
    ```yaml
    # models/iris/rollouts/staging.yaml
    version: 1.2.0
    # models/iris/versions/1.2.0.yaml
    version: 1.2.0
    ```
    """
    model = document.home.model
    for at, number, _ in pins(document):
        if not context.catalog.holds(Home("ModelVersion", model, number).path):
            known = context.catalog.versions(model)
            hint = did_you_mean(number, known[::-1], "versions")
            yield Defect(f"{model} has no version {number}.", document.place(f"{at}/version"), hint)


@check("MOG204", "digest-mismatch", kinds=PINNING)
def digest_mismatch(document: Document, context: Context) -> Iterator[Defect]:
    """The pinned digest is not that of the version's manifest.

    The digest is what was reviewed. If it does not fit, then either the version or its manifest was
    exchanged, or the pin was forgotten when the version was raised. `promote` writes both lines.

    Wrong:
    ```yaml
    version: 1.2.0
    manifest_digest: sha256:a7fa9c…        # that of 1.1.0
    ```
    Right:
    ```yaml
    version: 1.2.0
    manifest_digest: sha256:e9fd7d…        # what `modelops show iris@1.2.0` prints
    ```
    """
    model = document.home.model
    for at, number, pinned in pins(document):
        right = context.version(model, number)
        if pinned == right.digest:
            continue
        message = f"The digest {short(pinned)}… is not that of {model} {number}, {short(right.digest)}…"
        place = document.place(f"{at}/manifest_digest")
        if pinned == _digest_before(right, context):
            yield Defect(f"{message}: the version was changed.", place, f"Restore {right.path}.")
            continue
        owner = _version_with(pinned, document, context)
        yield Defect(
            message + (f", but of version {owner}." if owner else "."),
            place,
            f"If {number} is what you mean, write {right.digest}.",
            _repin(document, f"{at}/manifest_digest", right.digest, is_safe=not owner),
        )


@check("MOG209", "unknown-parent", kinds=("ModelVersion",))
def unknown_parent(document: Document, context: Context) -> Iterator[Defect]:
    """A version names a parent that does not exist.

    The parent is what the number, the interface and the metrics of a version are judged against.

    Wrong:
    ```yaml
    version: 1.2.0
    parent: 1.1.9         # models/iris/versions/1.1.9.yaml does not exist
    ```
    Right:
    ```yaml
    version: 1.2.0
    parent: 1.1.0
    ```
    """
    model, number = document.home.model, version_of(document).parent
    if number is not None and not context.catalog.holds(Home("ModelVersion", model, number).path):
        others = [version for version in context.catalog.versions(model) if version != document.home.name]
        hint = did_you_mean(number, others, "versions")
        yield Defect(f"{model} has no version {number} to be the parent.", document.place("/parent"), hint)


@check("MOG210", "parent-cycle", kinds=("ModelVersion",))
def parent_cycle(document: Document, context: Context) -> Iterator[Defect]:
    """A version is, through its parents, its own ancestor.

    It is said of the member of the circle whose parent is not an older version.

    Wrong:
    ```yaml
    # models/iris/versions/1.2.0.yaml
    parent: 1.3.0
    # models/iris/versions/1.3.0.yaml
    parent: 1.2.0
    ```
    Right:
    ```yaml
    # models/iris/versions/1.2.0.yaml
    parent: 1.1.0
    # models/iris/versions/1.3.0.yaml
    parent: 1.2.0
    ```
    """
    memo, parent = context.memo, version_of(document).parent
    if parent is None or parse(parent) < parse(document.home.name):
        return  # every circle has an edge that does not go down; it is found from there
    if document.path not in memo.rooted and document.path not in memo.circular:
        _trace(document, context)
    if document.path in memo.circular:
        yield Defect(
            f"The parents of {document.home.name} lead back to it, by way of {version_of(document).parent}.",
            document.place("/parent"),
            "Name the version that this one was really made from.",
        )


def _trace(document: Document, context: Context) -> None:
    """Follow the parents, and note of each version on the way whether it is in a circle."""
    memo, trail = context.memo, dict[str, None]()
    node: Document | None = document
    while node is not None and not any(node.path in known for known in (trail, memo.rooted, memo.circular)):
        trail[node.path] = None
        node = _known_parent(node, context)
    paths = list(trail)
    circle = paths[paths.index(node.path) :] if node is not None and node.path in trail else []
    memo.circular.update(circle)
    memo.rooted.update(trail.keys() - set(circle))


def _known_parent(document: Document, context: Context) -> Document | None:
    """The parent, if it can be read; the circle through one that cannot is found when that is mended."""
    number = version_of(document).parent
    return None if number is None else context.catalog.version(document.home.model, number)


@check("MOG117", "bad-name", kinds=("Model",))
def nested_model(document: Document, context: Context) -> Iterator[Defect]:
    """A name is not one: characters, a reserved word, too long, or a model inside a model.

    Names become folders, branches, keys of object stores and routes. Segments are lower-case letters and
    digits with single `.`, `_` or `-` between them; `versions`, `rollouts`, `experiments` and `notices`
    are reserved; none ends in `.lock`, `.json` or `.yaml`; a name has at most 128 characters. A model
    contains no model.

    Wrong:
    ```yaml
    # models/Iris_2/model.yaml
    name: Iris_2
    ```
    Right:
    ```yaml
    # models/flowers/iris-2.x/model.yaml
    name: flowers/iris-2.x
    ```
    """
    segments = document.home.model.split("/")
    for length in range(1, len(segments)):
        outer = "/".join(segments[:length])
        if context.catalog.holds(Home("Model", outer).path):
            yield Defect(
                f"The model {document.home.model!r} lies inside the model {outer!r}.",
                document.place("/name"),
                "A folder holds either a model or other folders; move one of the two.",
            )


def pins(document: Document) -> list[tuple[str, str, str]]:
    """What a rollout, a notice or an experiment pins: (pointer to the mapping, version, manifest digest)."""
    if document.kind == "Experiment":
        candidates = cast("Experiment", document.manifest).candidates
        return [
            (pointer("candidates", index), one.version, one.manifest_digest)
            for index, one in enumerate(candidates)
        ]
    written = document.written
    return [("", written["version"], written["manifest_digest"])]


def _digest_before(version: Document, context: Context) -> str:
    """The digest that a version had before the change; empty where it was not there."""
    before = context.document_before(version.path)
    return before.digest if before else ""


def _version_with(digest: str, document: Document, context: Context) -> str:
    """The version of the same model that has this digest; empty where none of the newest has."""
    model = document.home.model
    for number in context.catalog.versions(model)[-MOST_VERSIONS:]:
        version = context.catalog.version(model, number)
        if version is not None and version.digest == digest:
            return number
    return ""


def _repin(document: Document, at: str, digest: str, *, is_safe: bool) -> tuple[Edit, ...]:
    """The edit that writes the right digest; not a safe one where another version may have been meant."""
    from modelops_git.core.manifests.edit import replace_value

    return tuple(edit._replace(safe=is_safe) for edit in replace_value(document, at, digest))


CHECKS = (unknown_model, unknown_version, digest_mismatch, unknown_parent, parent_cycle, nested_model)
