"""Canonical JSON has one writer in the standards' words and one that is fast: they write the same."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from modelops_git.core.digests import LARGEST, canonical_json

SCALARS = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text() | st.floats(-1e30, 1e30)
FRACTIONS = st.floats(1e-7, 1e17) | st.floats(-1, 1) | st.decimals(0, 1000, places=3).map(float)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=12,
)


@given(VALUES | FRACTIONS)
@example({"b": 1, "a": ['\x00\x1f\x7f\u2028"\\/', True, None], "": {}})
@example({"\ue000": 1, "\U00010000": 2})
@example([-0.0, 1e21, 5])
def test_what_is_written_fast_is_what_the_standard_says(value):
    assert canonical_json(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", [LARGEST + 1, [-LARGEST - 1], float("nan"), "\ud800", {"\ud800": 1}, {1: 2}]
)
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(ValueError):
        canonical_json(value)
