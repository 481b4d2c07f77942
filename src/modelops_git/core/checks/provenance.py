"""What a version must say about itself: metadata, interface, fixed references, time."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from modelops_git.core import artifacts
from modelops_git.core.checks.base import Defect, Scope, UncheckedError, check, pointer
from modelops_git.core.checks.context import version_of
from modelops_git.core.clock import parse_time
from modelops_git.core.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.context import Context
    from modelops_git.core.manifests.parse import Document

VERSION = ("ModelVersion",)
SKEW = timedelta(minutes=5)
IMAGE_DIGEST = r"(?a)[^\s@]+@sha256:[0-9a-f]{64}"
HUB_REVISION = r"(?a)hf://[^\s@]+@[0-9a-f]{40}(?:/.+)?"


@check("MOG310", "missing-metadata", kinds=VERSION)
def missing_metadata(document: Document, context: Context) -> Iterator[Defect]:
    """A field that modelops.yaml requires of every version is not filled in.

    The list is `required_metadata`, as it was before the change. Versions that are merged already are not
    asked again when it grows. An empty list or text does not count as filled in; an empty mapping does,
    since a model may have no hyperparameters. Below a list, every item must have the field.

    Wrong:
    ```yaml
    # modelops.yaml
    required_metadata: [training.data, evaluations]
    # models/iris/versions/1.2.0.yaml
    training:
      data: []
    ```
    Right:
    ```yaml
    # models/iris/versions/1.2.0.yaml
    training:
      data: [{name: iris, sha256: cccccc…}]
    ```
    """
    if not context.is_new(document):
        return
    for field in context.rules_before().required_metadata:
        if not _is_given(document.written, field.split(".")):
            nearest = _nearest(document.written, field.split("."))
            yield Defect(
                f"{field} is required of every version and not given.",
                document.place(pointer(*nearest)),
                f"Fill in {field}; required_metadata in modelops.yaml asks for it.",
            )


def _is_given(value: Any, fields: list[str]) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_is_given(item, fields) for item in value)
    if not fields:
        return value is not None and value != ""
    return isinstance(value, dict) and fields[0] in value and _is_given(value[fields[0]], fields[1:])


def _nearest(value: Any, fields: list[str]) -> list[str]:
    """The longest beginning of `fields` that there is."""
    found: list[str] = []
    for field in fields:
        if not isinstance(value, dict) or field not in value:
            break
        found.append(field)
        value = value[field]
    return found


@check("MOG311", "bad-interface-schema", scope=Scope.DOCUMENT, kinds=VERSION)
def bad_interface_schema(document: Document, context: Context) -> Iterator[Defect]:
    """The input or the output of an interface is no JSON Schema 2020-12.

    Wrong:
    ```yaml
    input: {type: array, items: {type: float}, …}
    ```
    Right:
    ```yaml
    input: {type: array, items: {type: number, description: centimetres}, …}
    ```
    """
    from modelops_git.core.interfaces import check_schema

    for side in ("input", "output"):
        schema = document.written["interface"][side]
        if id(schema) in context.memo.sound:
            continue
        problem = check_schema(schema)
        if problem is None:
            context.memo.sound[id(schema)] = schema  # kept, so that no other object gets its id
        else:
            yield Defect(
                f"The {side} of the interface is not JSON Schema 2020-12: {problem.message.rstrip('.')}.",
                document.place(f"/interface/{side}{problem.pointer}"),
                "See https://json-schema.org/draft/2020-12 for what there is.",
            )


@check("MOG312", "mutable-reference", scope=Scope.DOCUMENT, kinds=VERSION)
def mutable_reference(document: Document, _context: Context) -> Iterator[Defect]:
    """Something is referred to by a name that can come to mean something else.

    A tag, a branch or `latest` is not the same tomorrow. Images are pinned by digest, repositories of the
    Hugging Face hub by the 40 hex digits of a commit, objects of an S3 store by their version.

    Wrong:
    ```yaml
    image: registry.example/iris:latest
    ```
    Right:
    ```yaml
    image: registry.example/iris@sha256:ffffff…
    base_models: [{uri: "hf://org/base@012345…", relation: finetune}]
    ```
    """
    version = version_of(document)
    if version.image is not None and not re.fullmatch(IMAGE_DIGEST, version.image):
        yield Defect(
            f"The image {version.image} is not pinned by a digest.",
            document.place("/image"),
            "Write name@sha256:<64 hex digits>; `docker buildx imagetools inspect` prints it.",
        )
    for index, base in enumerate(version.base_models):
        if base.uri.startswith("hf:") and not re.fullmatch(HUB_REVISION, base.uri):
            yield _unpinned(document, pointer("base_models", index, "uri"), base.uri)
    for index, artifact in enumerate(version.artifacts):
        if artifact.uri is None:
            continue
        at = pointer("artifacts", index, "uri")
        if artifact.uri.startswith("hf:") and not re.fullmatch(HUB_REVISION, artifact.uri):
            yield _unpinned(document, at, artifact.uri)
        if artifact.uri.startswith("s3:") and artifact.version_id is None:
            yield Defect(
                f"{artifact.uri} is not pinned to a version of the object.",
                document.place(at),
                "Give its version_id, or leave the uri out and let `register` store the file.",
            )


def _unpinned(document: Document, at: str, uri: str) -> Defect:
    return Defect(
        f"{uri} is not pinned to a commit.",
        document.place(at),
        "Write hf://org/name@<40 hex digits of the commit>.",
    )


@check("MOG316", "time-in-future", kinds=VERSION, severity=Severity.WARNING)
def time_in_future(document: Document, context: Context) -> Iterator[Defect]:
    """A version says that it was made in the future.

    Retention counts from that time. Five minutes are granted to clocks.

    Wrong:
    ```yaml
    created_at: 2062-06-01T15:30:00Z
    ```
    Right:
    ```yaml
    created_at: 2026-06-10T00:04:00Z      # in four minutes
    ```
    """
    if context.facts.now is None:
        raise UncheckedError("the time is not known")
    made = version_of(document).created_at
    if parse_time(made) > context.facts.now + SKEW:
        yield Defect(
            f"{document.home.name} says that it was made at {made}, which is still to come.",
            document.place("/created_at"),
            "Correct the time, or the clock of the machine that wrote it.",
        )


@check("MOG405", "empty-model", scope=Scope.DOCUMENT, kinds=VERSION)
def empty_model(document: Document, _context: Context) -> Iterator[Defect]:
    """A version has no bytes; its page is with the other checks of bytes."""
    if not any(artifact.size for artifact in version_of(document).artifacts):
        yield Defect(
            f"{document.home.model} {document.home.name} has artifacts without a single byte.",
            document.place("/artifacts"),
            "Register the version with its files.",
        )


@check("MOG406", "unsafe-path", scope=Scope.DOCUMENT, kinds=VERSION)
def unsafe_path(document: Document, _context: Context) -> Iterator[Defect]:
    """An artifact's path is not safe; its page is with the other checks of bytes."""
    paths = [artifact.path for artifact in version_of(document).artifacts]
    clashing = artifacts.clashes(paths)
    for index, path in enumerate(paths):
        reason = artifacts.unsafe_path(path) or clashing.get(index, "")
        if reason:
            yield Defect(
                f"{artifacts.printable(path)} {reason}.",
                document.place(pointer("artifacts", index, "path")),
                "Register the version with another path.",
            )


FROM_MANIFEST = (empty_model, unsafe_path)
"""Checks of bytes of which a part can be made before there are any: a bad version must not get merged."""

CHECKS = (missing_metadata, bad_interface_schema, mutable_reference, time_in_future)
