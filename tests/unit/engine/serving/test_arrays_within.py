"""What one sum tells of all elements: never that one fits which does not."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from modelops_git.engine.serving.arrays import largest, surely_within

FLOATS = [np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64)]


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", FLOATS)
@pytest.mark.parametrize("shape", [(1,), (3, 4), (1000, 7)])
def test_nothing_that_is_not_finite_is_within_anything(kind, odd, shape):
    array = np.ones(shape, kind)
    array.flat[-1] = odd
    assert not surely_within(array, 1e9)
    assert not surely_within(array[::-1], 1e9)


@pytest.mark.parametrize("kind", FLOATS)
def test_what_is_within_the_largest_of_a_type_becomes_one_without_overflow(kind):
    with warnings.catch_warnings(), np.errstate(over="raise"):
        warnings.simplefilter("error")
        for number in (largest(kind), -largest(kind), largest(kind) / 2, 0.0, 1e-300):
            array = np.array([number, 0.0])
            assert surely_within(array, largest(kind))
            assert np.isfinite(array.astype(kind)).all()
        assert not surely_within(np.array([0.0, np.nextafter(largest(kind), np.inf) * 1.001]), largest(kind))


@pytest.mark.parametrize("kind", FLOATS)
def test_a_sum_that_overflows_tells_nothing_and_warns_nobody(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not surely_within(np.full(1000, np.finfo(kind).max), 1e9)


def test_short_and_whole_numbers_are_looked_at_one_by_one():
    assert not surely_within(np.ones(2, np.float16), 1e9)
    assert not surely_within(np.ones(2, np.int64), 1e9)
    assert surely_within(np.empty((0, 3)), 1.0)
