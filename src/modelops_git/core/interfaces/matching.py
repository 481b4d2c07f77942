"""Matching: which of its possible values each place gets, so that no two get the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Sequence


def matching(choices: Sequence[Collection[Hashable]]) -> list[Hashable] | None:
    """A different choice for each place, or None if that cannot be: by augmenting paths (Kuhn 1955)."""
    owner: dict[Hashable, int] = {}
    for place in range(len(choices)):
        if not _seat(place, choices, owner, set()):
            return None
    taken = {place: choice for choice, place in owner.items()}
    return [taken[place] for place in range(len(choices))]


def _seat(
    place: int, choices: Sequence[Collection[Hashable]], owner: dict[Hashable, int], tried: set[Hashable]
) -> bool:
    """Give `place` a choice, moving others where they have another one."""
    free = [choice for choice in choices[place] if choice not in owner][:1]
    if free:
        owner[free[0]] = place
        return True
    for choice in choices[place]:
        if choice not in tried:
            tried.add(choice)
            if _seat(owner[choice], choices, owner, tried):
                owner[choice] = place
                return True
    return False
