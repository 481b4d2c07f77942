"""Intervals: ends, integers inside, and what is left after a subtraction."""

from __future__ import annotations

from fractions import Fraction

import pytest

from modelops_git.core.interfaces.intervals import Interval, between, meet, point, subtract

HALF = Fraction(1, 2)


def test_the_integers_inside():
    assert Interval(HALF, Fraction(5, 2)).whole() == between(1, 2)
    assert Interval(Fraction(1), Fraction(3), open_low=True, open_high=True).whole() == between(2, 2)
    assert Interval(Fraction(1), Fraction(2), open_low=True, open_high=True).whole().empty


@pytest.mark.parametrize(
    ("one", "other", "left"),
    [
        (
            between(0, 9),
            between(3, 5),
            (
                Interval(Fraction(0), Fraction(3), open_high=True),
                Interval(Fraction(5), Fraction(9), open_low=True),
            ),
        ),
        (between(0, 9), between(0, 9), ()),
        (between(0, None), between(0, 9), (Interval(Fraction(9), open_low=True),)),
        (Interval(), point(HALF), (Interval(high=HALF, open_high=True), Interval(low=HALF, open_low=True))),
        (between(0, 1), between(5, 9), (between(0, 1),)),
        (between(0, 1), Interval(Fraction(0), Fraction(1), open_low=True), (point(Fraction(0)),)),
    ],
)
def test_what_a_subtraction_leaves(one, other, left):
    assert subtract(one, other) == left


def test_the_tighter_end_wins_a_meeting():
    assert meet(between(0, 9), Interval(Fraction(0), open_low=True)) == Interval(
        Fraction(0), Fraction(9), open_low=True
    )
