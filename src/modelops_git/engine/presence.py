"""Whether what a rollback goes back to is still there: names and sizes only, for that is quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.checks import artifacts
from modelops_git.core.errors import StoreError
from modelops_git.engine.stores import Stores
from modelops_git.engine.verify import How, Mode, verify_version

if TYPE_CHECKING:
    from modelops_git.core.manifests.parse import Document
    from modelops_git.engine.ground import Ground

GONE = {check.code for check in (artifacts.MISSING, artifacts.SIZE_DIFFERS, artifacts.LFS_POINTER)}


def what_is_gone(ground: Ground, version: Document) -> tuple[str, ...]:
    """What is missing of the stored files of a version, in words; nothing where all are there.

    Raises:
        RefusedError: modelops.yaml has no store of the name that the version gives.
        StoreError: The store cannot be asked.
    """
    stores = Stores(ground.registry, ground.repository.root)
    found = verify_version(version, stores, How(mode=Mode.METADATA))
    unknown = next((one for one in found if one.code == artifacts.COULD_NOT_VERIFY.code), None)
    if unknown is not None:
        raise StoreError(unknown.message.removesuffix("."), hint=unknown.hint)
    return tuple(one.message.removesuffix(".") for one in found if one.code in GONE)
