"""Intervals: ends, and integers inside."""

from __future__ import annotations

from fractions import Fraction

from modelops_git.core.interfaces.intervals import Interval, meet

HALF = Fraction(1, 2)


def between(low, high):
    return Interval(Fraction(low), None if high is None else Fraction(high))


def test_the_integers_inside():
    assert Interval(HALF, Fraction(5, 2)).whole() == between(1, 2)
    assert Interval(Fraction(1), Fraction(3), open_low=True, open_high=True).whole() == between(2, 2)
    assert Interval(Fraction(1), Fraction(2), open_low=True, open_high=True).whole().empty


def test_the_tighter_end_wins_a_meeting():
    assert meet(between(0, 9), Interval(Fraction(0), open_low=True)) == Interval(
        Fraction(0), Fraction(9), open_low=True
    )
