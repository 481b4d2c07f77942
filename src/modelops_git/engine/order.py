"""The order of commits: what was applied is never undone by an older commit that comes late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError, RefusedError

if TYPE_CHECKING:
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent


class OutOfOrderError(RefusedError):
    """The commit does not come after the one that was applied last."""


def refuse_out_of_order(ground: Ground, intent: Intent, applied: str | None) -> None:
    """Refuse a commit that does not come after the one that was applied last.

    Raises:
        OutOfOrderError: It does not: the default branch was rewound, or a newer apply was faster.
        GitError: This clone is too shallow to tell.
    """
    if applied is None or applied == intent.commit:
        return
    git = ground.repository.git
    code, _, _ = git.outcome("merge-base", "--is-ancestor", applied, intent.commit)
    if code == 0:
        return
    if ground.repository.shallow:
        raise GitError(
            f"this clone is too shallow to tell whether {intent.commit[:12]} follows {applied[:12]}",
            hint="Run `git fetch --unshallow`; in CI, check out with fetch-depth: 0.",
        )
    raise OutOfOrderError(
        f"{ground.registry.default_branch} at {intent.commit[:12]} does not contain {applied[:12]}, "
        f"which was applied to {ground.name} last: it was rewound or rewritten",
        hint="Restore the branch; to go back to an older version, use `modelops rollback`.",
    )


def is_newer(ground: Ground, commit: str, intent: Intent) -> bool:
    """Whether `commit` is no part of what `intent` was read from: something newer was applied meanwhile."""
    code, _, _ = ground.repository.git.outcome("merge-base", "--is-ancestor", commit, intent.commit)
    return code != 0
