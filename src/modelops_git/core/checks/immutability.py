"""What was merged stays: versions and notices are written once, and numbers are given once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.checks.base import Defect, Scope, UncheckedError, check, pointer
from modelops_git.core.checks.context import version_of
from modelops_git.core.clock import parse_duration, parse_time
from modelops_git.core.digests import short
from modelops_git.core.findings import Place
from modelops_git.core.versions import is_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.context import Alteration, Context
    from modelops_git.core.manifests.parse import Parsed

WRITTEN_ONCE = ("ModelVersion", "Notice")


@check("MOG301", "version-changed", scope=Scope.CHANGE, kinds=WRITTEN_ONCE)
def version_changed(file: Alteration, _context: Context) -> Iterator[Defect]:
    """A version or a notice that is merged was changed.

    What was reviewed, promoted and recorded under this number must stay what it was. Comments, order and
    layout may change, since they are not part of the manifest digest; anything else needs a new version,
    or a notice of type erratum. A file that could not be read when it was merged may be mended.

    Wrong:
    ```yaml
    # models/iris/versions/1.0.0.yaml, before the change
    - {name: holdout, …, metrics: {accuracy: 0.96}}
    # models/iris/versions/1.0.0.yaml
    - {name: holdout, …, metrics: {accuracy: 0.99}}
    ```
    Right:
    ```yaml
    # models/iris/versions/1.0.0.yaml, before the change
    - {name: holdout, …, metrics: {accuracy: 0.96}}
    # models/iris/versions/1.0.0.yaml, which says the same in another way
    - {name: holdout, …, metrics: {accuracy: 0.960}}
    ```
    """
    if file.before is None or file.before.document is None or file.after is None:
        return
    old, new = file.documents()
    if old.digest != new.digest:
        at = first_difference(old.written, new.written)
        yield Defect(
            f"{_name(file)} is merged and may not change any more{f', but {at} did' if at else ''}.",
            new.place(at),
            f"Restore it (its digest was {short(old.digest)}…), and write {_instead(file)}.",
        )


@check("MOG302", "version-deleted", scope=Scope.CHANGE, kinds=WRITTEN_ONCE)
def version_deleted(file: Alteration, context: Context) -> Iterator[Defect]:
    """A version or a notice that is merged was deleted, or its model's folder renamed.

    The record of what was live refers to it for ever. Old versions may go where `retention` in
    modelops.yaml allows it (as it was before the change), with their notices; a model that was live keeps
    its name. Where nobody should use a version any more, write a notice of type deprecated or revoked.

    Wrong:
    ```sh
    git rm models/iris/versions/1.1.0.yaml
    ```
    Right:
    ```sh
    git rm models/iris/versions/1.0.0.yaml
    ```
    """
    if file.before is None or file.after is not None or context.catalog.holds(file.path):
        return
    because = _why_kept(file, context)
    if because:
        yield Defect(
            f"{_name(file)} is merged and may not be deleted: {because}.",
            Place(file.path),
            f"Restore it with `git checkout HEAD -- {file.path}`; to warn of a version, write a notice.",
        )


@check("MOG303", "version-exists", scope=Scope.CHANGE, kinds=WRITTEN_ONCE)
def version_exists(file: Alteration, context: Context) -> Iterator[Defect]:
    """The same number was given on the default branch meanwhile, to something else.

    Two people registered different versions under one number. The first one that is merged has it.

    Wrong:
    ```yaml
    # models/iris/versions/1.2.0.yaml
    - {name: holdout, …, metrics: {accuracy: 0.97}}
    # models/iris/versions/1.2.0.yaml, on main
    - {name: holdout, …, metrics: {accuracy: 0.98}}
    ```
    Right:
    ```yaml
    # models/iris/versions/1.2.0.yaml
    - {name: holdout, …, metrics: {accuracy: 0.97}}
    # models/iris/versions/1.2.0.yaml, on main, where the same was merged
    - {name: holdout, …, metrics: {accuracy: 0.97}}
    ```
    """
    if file.before is not None or file.after is None:
        return
    if context.tip is None:
        raise UncheckedError("the newest state of the default branch is not known")
    theirs, ours = context.tip.document(file.path), file.after.document
    if theirs is None or theirs.document is None or ours is None:
        return
    if theirs.document.digest != ours.digest:
        yield Defect(
            f"{_name(file)} is on the default branch by now, with another content.",
            ours.place(""),
            _renumbered(file),
        )


def first_difference(old: Any, new: Any, at: str = "") -> str:
    """The pointer to the first place, in the order of `new`, where two documents differ.

    A field that is gone is reported at the mapping that it was in. The depth is that of a manifest, at
    most 64.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        pairs = [(key, old[key], new[key]) for key in new if key in old]
        added = [at + pointer(key) for key in new if key not in old]
    elif isinstance(old, list) and isinstance(new, list):
        pairs = [(index, *both) for index, both in enumerate(zip(old, new, strict=False))]
        added = [at + pointer(len(old))] if len(new) > len(old) else []
    else:
        return at
    for key, before, after in pairs:
        if type(before) is not type(after) or before != after:
            return first_difference(before, after, at + pointer(key))
    return added[0] if added else at


def _why_kept(file: Alteration, context: Context) -> str:
    """Why a deleted file must stay; empty where retention lets it go."""
    number = file.home.name if file.home.kind == "ModelVersion" else file.home.name.rpartition("-")[0]
    model = file.home.model
    retention = context.rules_before().retention
    if retention is None:
        return "modelops.yaml has no retention that would allow it"
    releases = context.base.versions(model)
    if retention.keep_last is not None and number in releases[-retention.keep_last :]:
        return f"it is among the last {retention.keep_last}"
    if retention.min_age is not None and is_version(number):
        return _why_too_young(context, context.base.document(_version_path(model, number)), retention.min_age)
    return ""


def _why_too_young(context: Context, version: Parsed | None, min_age: str) -> str:
    if version is None or version.document is None:
        return "how old its version is cannot be read"
    if context.facts.now is None:
        raise UncheckedError("the time is not known")
    made = parse_time(version_of(version.document).created_at)
    is_old = context.facts.now - made >= parse_duration(min_age)
    return "" if is_old else f"it is younger than {min_age}"


def _version_path(model: str, number: str) -> str:
    return f"models/{model}/versions/{number}.yaml"


def _name(file: Alteration) -> str:
    kind = "Version" if file.home.kind == "ModelVersion" else "Notice"
    return f"{kind} {file.home.name} of {file.home.model}"


def _instead(file: Alteration) -> str:
    return "a new version or a notice" if file.home.kind == "ModelVersion" else "another notice"


def _other_number(file: Alteration) -> str:
    return "take the next number" + ("" if file.home.kind == "ModelVersion" else " for the notice")


def _renumbered(file: Alteration) -> str:
    if file.home.kind != "ModelVersion":
        return f"Merge the default branch, and {_other_number(file)}."
    about = f"{file.home.model}@{file.home.name}"
    return f"Run `modelops register --renumber {about}`, which gives yours the next number."


CHECKS = (version_changed, version_deleted, version_exists)
