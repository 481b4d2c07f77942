"""Find the signed approvals of what was merged, whichever way it was merged.

A merge and a squash bring a change in one commit, a rebase in several, and no commit says which. So the span
of commits is looked for whose change is the one that was signed: from the commit that brought the manifest,
some way to both sides.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from modelops_git.core.authorizing.facts import Known
from modelops_git.engine.approving import signed_approvals
from modelops_git.engine.binding import span_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.authorizing.facts import Binding
    from modelops_git.engine.permitting import Merge

FARTHEST = 20
"""How many commits of the branch a rebased change is looked for on either side."""


def signed_merges(merge: Merge) -> Iterator[tuple[Known, Binding]]:
    """Who made and approved what may be the change that was merged, and what it does; likely ones first."""
    repository = merge.ground.repository
    for base, head in _spans(merge):
        span = span_of(repository, base, head)
        if merge.is_brought_by(span):
            said = signed_approvals(repository, base, head, merge.law.commit)
            yield Known(said.participants, said.approvals, said.author), span.binding


def _spans(merge: Merge) -> Iterator[tuple[str, str]]:
    """From where to where the change may be, the likely ones first."""
    older = _first_parents(merge, "--max-count", str(FARTHEST + 1), merge.commit)[1:]
    newer = _first_parents(merge, f"{merge.commit}..{merge.head}")[-FARTHEST:]
    pairs = product(enumerate(older), enumerate([merge.commit, *reversed(newer)]))
    yield from ((base, head) for (_, base), (_, head) in sorted(pairs, key=_distance))


def _distance(pair: tuple[tuple[int, str], tuple[int, str]]) -> int:
    (back, _), (ahead, _) = pair
    return back + ahead


def _first_parents(merge: Merge, *words: str) -> list[str]:
    """Commits of the default branch, the newest first."""
    return merge.ground.repository.git.text("rev-list", "--first-parent", *words).split()
