"""The order of commits: what was applied is never undone by an older commit that comes late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError, RefusedError

if TYPE_CHECKING:
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent


def refuse_out_of_order(ground: Ground, intent: Intent, applied: str | None) -> None:
    """Refuse a commit that does not come after the one that was applied last.

    Raises:
        RefusedError: The default branch was rewound, or rewritten.
        GitError: This clone is too shallow to tell.
    """
    if applied is None or applied == intent.commit:
        return
    git = ground.repository.git
    if git.succeeds("merge-base", "--is-ancestor", applied, intent.commit):
        return
    if ground.repository.shallow:
        raise GitError(
            f"this clone is too shallow to tell whether {intent.commit[:12]} follows {applied[:12]}",
            hint="Run `git fetch --unshallow`; in CI, check out with fetch-depth: 0.",
        )
    raise RefusedError(
        f"{ground.registry.default_branch} at {intent.commit[:12]} does not contain {applied[:12]}, "
        f"which was applied to {ground.name} last: it was rewound or rewritten",
        hint="Restore the branch; to go back to an older version, use `modelops rollback`.",
    )
