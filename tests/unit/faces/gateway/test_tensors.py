"""Tensors of the Open Inference Protocol: JSON and bytes to arrays, and back."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from modelops_git.faces.gateway.refusals import RefusalError
from modelops_git.faces.gateway.tensors import (
    DTYPES,
    datatype_of,
    declared,
    from_bytes,
    from_json,
    to_bytes,
    to_json,
)


def tensor(datatype, *shape):
    return declared({"name": "x", "datatype": datatype, "shape": list(shape)}, "/inputs/0")


def refusal(call, *arguments):
    with pytest.raises(RefusalError) as caught:
        call(*arguments)
    assert caught.value.status == 422
    return caught.value.message, caught.value.pointer


@pytest.mark.parametrize("data", [[1, 2, 3, 4], [[1, 2], [3, 4]]])
def test_data_is_flat_or_nested(data):
    assert from_json(tensor("FP32", 2, 2), data).tolist() == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    ("datatype", "data"),
    [
        ("BOOL", [True, False]),
        ("UINT8", [0, 255]),
        ("INT8", [-128, 127]),
        ("INT64", [-(2**63), 2**63 - 1]),
        ("UINT64", [0, 2**64 - 1]),
        ("FP16", [1.5, -2.0]),
        ("FP64", [1e300, 5e-324]),
        ("BYTES", ["a", "ä\0b"]),
    ],
)
def test_every_datatype_comes_and_goes(datatype, data):
    wanted = tensor(datatype, 2)
    array = from_json(wanted, data)
    assert datatype_of(array) == datatype
    assert to_json(array) == data
    assert to_json(from_bytes(wanted, to_bytes(array))) == data


@pytest.mark.parametrize(
    ("datatype", "data", "said"),
    [
        ("FP32", ["1.5", "2"], "x: data is not all FP32"),
        ("FP32", [True, False], "x: data is not all FP32"),
        ("FP32", [1.0, None], "x: data is not all FP32"),
        ("FP32", [1e39, 1], "x: a value is beyond FP32"),
        ("INT8", [1, 128], "x: a value is beyond INT8"),
        ("INT64", [1, 2**63], "x: a value is beyond INT64"),
        ("INT64", [1, 2**70], "x: a value is beyond INT64"),
        ("INT64", [1.0, 2.0], "x: data is not all INT64"),
        ("UINT8", [-1, 0], "x: a value is beyond UINT8"),
        ("BOOL", [0, 1], "x: data is not all BOOL"),
        ("BYTES", ["a", 1], "x: data is not all texts"),
        ("FP32", [1], "x: there are 1 values, and its shape has 2"),
        ("FP32", [[1, 2], [3]], "x: its rows are of different lengths"),
        ("FP32", {}, "x: data is a list"),
        ("FP32", None, "x: data is a list"),
    ],
)
def test_what_would_have_to_be_bent_is_refused(datatype, data, said):
    assert refusal(from_json, tensor(datatype, 2), data) == (said, "/inputs/0/data")


def test_nothing_at_all_is_a_tensor_too():
    assert from_json(tensor("FP32", 0, 4), []).shape == (0, 4)
    assert from_bytes(tensor("BYTES", 0), b"").shape == (0,)


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        (None, "/inputs/0"),
        ([], "/inputs/0"),
        ({"name": 1}, "/inputs/0"),
        ({"name": "x"}, "/inputs/0/datatype"),
        ({"name": "x", "datatype": ["FP32"]}, "/inputs/0/datatype"),
        ({"name": "x", "datatype": "FP31", "shape": [1]}, "/inputs/0/datatype"),
        ({"name": "x", "datatype": "FP32"}, "/inputs/0/shape"),
        ({"name": "x", "datatype": "FP32", "shape": 4}, "/inputs/0/shape"),
        ({"name": "x", "datatype": "FP32", "shape": [-1]}, "/inputs/0/shape"),
        ({"name": "x", "datatype": "FP32", "shape": [True]}, "/inputs/0/shape"),
        ({"name": "x", "datatype": "FP32", "shape": [1.0]}, "/inputs/0/shape"),
        ({"name": "x", "datatype": "FP32", "shape": [1] * 17}, "/inputs/0/shape"),
        ({"name": "x", "datatype": "FP32", "shape": [2**40, 2**40]}, "/inputs/0/shape"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused_where_it_is(value, pointer):
    assert refusal(declared, value, "/inputs/0")[1] == pointer


@pytest.mark.parametrize(
    ("datatype", "data", "said"),
    [
        ("FP32", b"\0" * 7, "x: there are 7 bytes, and its shape has 8"),
        ("BYTES", b"\1\0\0", "x: its binary data ends within a length"),
        ("BYTES", b"\5\0\0\0abc", "x: its binary data ends within a text"),
        ("BYTES", b"\1\0\0\0a", "x: there are 1 texts, and its shape has 2"),
        ("BYTES", b"\1\0\0\0\xff\0\0\0\0", "x: a text is no UTF-8"),
    ],
)
def test_binary_data_of_another_length_is_refused(datatype, data, said):
    assert refusal(from_bytes, tensor(datatype, 2), data)[0] == said


@given(
    st.sampled_from([name for name in DTYPES if name != "BYTES"]).flatmap(
        lambda name: arrays.arrays(
            DTYPES[name],
            arrays.array_shapes(max_dims=3, max_side=4),
            elements={"allow_nan": False, "allow_infinity": False} if name.startswith("FP") else None,
        )
    )
)
def test_an_array_comes_back_as_it_was(array):
    wanted = tensor(datatype_of(array), *array.shape)
    for again in (from_json(wanted, to_json(array)), from_bytes(wanted, to_bytes(array))):
        assert again.dtype == array.dtype
        np.testing.assert_array_equal(again, array)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists),
    st.sampled_from(sorted(DTYPES)),
)
def test_any_data_is_an_array_or_refused(data, datatype):
    with suppress(RefusalError):
        assert from_json(tensor(datatype, 1), data).shape == (1,)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("held", "name"), [("f4", "FP32"), ("i8", "INT64"), ("u2", "UINT16"), ("?", "BOOL")])
def test_the_order_of_bytes_is_no_part_of_a_datatype(order, held, name):
    assert datatype_of(np.zeros(2, order + held)) == name


def test_a_long_text_among_numbers_takes_no_memory_for_all_of_them():
    import tracemalloc

    data = ["a" * 20_000, *[""] * 2_000]
    tracemalloc.start()
    assert refusal(from_json, tensor("FP32", 1, 4), data) == ("x: data is not all FP32", "/inputs/0/data")
    assert tracemalloc.get_traced_memory()[1] < 10 << 20
    tracemalloc.stop()


def test_a_tensor_without_elements_is_not_of_any_size():
    assert tensor("FP32", 1 << 16, 0).elements == 0
    said, where = refusal(tensor, "FP32", 1, 1 << 40, 0)
    assert (said, where) == ("x: shape is a list of lengths", "/inputs/0/shape")
