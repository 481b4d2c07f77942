from math import inf, nan

import pytest

from modelops_git.core.assessing.points import LARGEST, Measured, ratio


@pytest.mark.parametrize(
    ("measured", "problem"),
    [
        (Measured(0.0), ""),
        (Measured(-LARGEST), ""),
        (Measured(), "has no value"),
        (Measured(nan), "has a value that is no finite number"),
        (Measured(-inf), "has a value that is no finite number"),
        (Measured(-LARGEST * 1.1), "has a value too large to be compared"),
        (ratio(3, 0), "had no requests"),
        (ratio(0, 0), "had no requests"),
        (ratio(None, 5), "has no value"),
        (ratio(5, None), "has no value"),
        (ratio(1, inf), "has a count that is no finite number"),
        (ratio(1, nan), "has a count that is no finite number"),
        (ratio(1, 2), ""),
    ],
)
def test_what_cannot_be_compared_says_why(measured, problem):
    assert measured.problem == problem


@pytest.mark.parametrize(
    ("of", "over", "problem"),
    [
        (1, 2, ""),
        (2, 2, ""),
        (0, 0, ""),
        (None, 2, "has no counts"),
        (nan, 2, "has counts that are no finite numbers"),
        (3, 2, "counts 3 of 2, which is no share"),
        (-1, 2, "counts -1 of 2, which is no share"),
    ],
)
def test_counts_are_of_successes_and_failures(of, over, problem):
    assert Measured(None, of, over).counts_problem == problem
