"""A different choice for each place, where that can be."""

from __future__ import annotations

import pytest

from modelops_git.core.interfaces.matching import matching


@pytest.mark.parametrize(
    ("choices", "matched"),
    [
        ([], []),
        (["ab", "a"], ["b", "a"]),
        (["abc", "ab", "a"], ["c", "b", "a"]),
        ([[None], [None, 1]], [None, 1]),
        (["a", "a"], None),
        (["ab", "ab", "ab"], None),
        (["ab", ""], None),
    ],
)
def test_places_are_moved_until_each_has_a_choice_of_its_own(choices, matched):
    assert matching(choices) == matched
