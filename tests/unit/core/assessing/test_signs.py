from math import comb

import pytest

from modelops_git.core.assessing.signs import evidence, fewest


def test_the_stake_is_one():
    assert evidence(0, 0) == 1


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_fair_game_wins_nothing_on_average(count):
    expected = (
        sum(comb(count, worse) * evidence(worse, count - worse) for worse in range(count + 1)) / 2**count
    )
    assert expected == pytest.approx(1)


def test_ever_more_against_it_is_ever_more_evidence():
    assert evidence(5, 0) < evidence(6, 0) < evidence(60, 0) < evidence(10_000, 0)
    assert evidence(5, 5) < evidence(6, 5)
    assert evidence(0, 10_000) < 1


def test_so_few_comparisons_are_enough():
    assert [fewest(alpha) for alpha in (0.5, 0.1, 0.01)] == [2, 5, 9]
    assert evidence(fewest(0.01) - 1, 0) < 100 <= evidence(fewest(0.01), 0)
    assert fewest(5e-324) > 100
