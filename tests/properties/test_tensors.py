"""Instances that become tensors and come back are the same, and nothing at all ends in a traceback."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_git.edges.loaders.base import NUMPY, BadInputError, TensorSpec
from modelops_git.engine.serving.answers import answers_of
from modelops_git.engine.serving.arrays import array_of
from modelops_git.engine.serving.sides import Side

LIMITS = {name: np.iinfo(kind) for name, kind in NUMPY.items() if "INT" in name}
ELEMENTS = {
    "BOOL": st.booleans(),
    "BYTES": st.text(max_size=5),
    **{f"FP{width}": st.floats(width=width, allow_nan=False, allow_infinity=False) for width in (16, 32, 64)},
    **{name: st.integers(int(limits.min), int(limits.max)) for name, limits in LIMITS.items()},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=12,
)


def nested(element, lengths):
    for length in reversed(lengths):
        element = st.lists(element, min_size=length, max_size=length)
    return element


@st.composite
def batches(draw):
    datatype = draw(st.sampled_from(sorted(NUMPY)))
    inner = draw(st.lists(st.integers(0, 3), max_size=2))
    values = draw(st.lists(nested(ELEMENTS[datatype], inner), max_size=4))
    shape = tuple(draw(st.sampled_from([length, -1])) for length in inner)
    return datatype, shape, values


@given(batches())
@settings(max_examples=80)
def test_what_goes_in_comes_back(batch):
    datatype, shape, values = batch
    spec = TensorSpec("x", datatype, (-1, *shape))
    tensor = array_of(values, datatype, spec.shape)
    assert tensor.dtype == np.dtype(NUMPY[datatype])
    back = answers_of({"x": tensor}, Side((spec,), None, (True,)), len(values))
    assert back == values


@given(JSON, st.sampled_from(sorted(NUMPY)), st.lists(st.integers(-1, 3), max_size=3))
@settings(max_examples=150)
def test_any_json_is_an_array_of_the_type_or_refused_with_a_pointer_to_what_is_there(value, datatype, shape):
    try:
        tensor = array_of(value, datatype, shape)
    except BadInputError as error:
        node = value
        for step in error.pointer.split("/")[1:]:
            node = node[int(step)]
    else:
        assert tensor.dtype == np.dtype(NUMPY[datatype])
        assert len(tensor.shape) == len(shape)
