"""Pull requests that the tool opens, and comments that it writes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import UsageError
from modelops_git.engine.intent import intent_at

if TYPE_CHECKING:
    from modelops_git.edges.forges.base import Forge
    from modelops_git.edges.git.repository import Repository

_NO_FORGE = "Add `forge: {type: github}` (or gitlab) to modelops.yaml, and merge it."


def forge_at(repository: Repository, commit: str | None) -> Forge:
    """The forge that `modelops.yaml` names at a commit, which is merged: a change does not choose its own.

    Raises:
        UsageError: It names none, or there is none.
        ForgeError: It cannot be reached as it is named.
    """
    from modelops_git.engine.forges import forge_of

    forge = forge_of(repository, intent_at(repository, commit).registry) if commit else None
    if forge is None:
        raise UsageError("modelops.yaml, as it is merged, names no forge", hint=_NO_FORGE)
    return forge
