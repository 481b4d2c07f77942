"""Instances in, answers out: every datatype, every shape, and all that does not fit."""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from modelops_git.edges.loaders.base import BadInputError, ModelError
from modelops_git.engine.serving.loaded import MOST_INSTANCES
from modelops_git.engine.serving.loading import load_version
from served import ALLOWED, FLOAT, INT64, MODEL, STRING, doubling, echo, graph, serve_onnx

TYPES = {
    "BOOL": (TensorProto.BOOL, [True, False]),
    "INT8": (TensorProto.INT8, [-128, 127]),
    "INT16": (TensorProto.INT16, [-32768, 32767]),
    "INT32": (TensorProto.INT32, [-(2**31), 2**31 - 1]),
    "INT64": (TensorProto.INT64, [-(2**63), 2**63 - 1]),
    "UINT8": (TensorProto.UINT8, [0, 255]),
    "UINT16": (TensorProto.UINT16, [0, 65535]),
    "UINT32": (TensorProto.UINT32, [0, 2**32 - 1]),
    "UINT64": (TensorProto.UINT64, [0, 2**64 - 1]),
    "FP16": (TensorProto.FLOAT16, [0.5, -65504.0]),
    "FP32": (TensorProto.FLOAT, [0.5, -1.0e30]),
    "FP64": (TensorProto.DOUBLE, [0.1, -1e300]),
    "BYTES": (TensorProto.STRING, ["", "zwölf\x00"]),
}


@pytest.fixture
def load(tmp_path):
    def load(data, interface=None):
        at = serve_onnx(tmp_path, data, interface)
        return load_version(at.root, MODEL, at.route, ALLOWED)

    return load


@pytest.mark.parametrize("datatype", TYPES)
def test_every_datatype_goes_in_and_comes_out(load, datatype):
    kind, values = TYPES[datatype]
    loaded = load(echo(kind))
    assert loaded.inputs[0].datatype == datatype
    assert loaded.predict(values) == pytest.approx(values)
    assert [type(one) for one in loaded.predict(values)] == [type(one) for one in values]
    assert [loaded.refusal(one) for one in values] == [None, None]


class Wrong(NamedTuple):
    datatype: str
    value: object
    message: str


WRONGS = (
    Wrong("INT8", 128, "128 does not fit into INT8"),
    Wrong("INT32", 2**31, "2147483648 does not fit into INT32"),
    Wrong("INT32", -(2**31) - 1, "-2147483649 does not fit into INT32"),
    Wrong("INT64", 2**63, "9223372036854775808 does not fit into INT64"),
    Wrong("UINT64", -1, "-1 does not fit into UINT64"),
    Wrong("UINT8", 10**5000, "a number of more than 40 digits does not fit into UINT8"),
    Wrong("INT64", 1.5, "1.5 is not a whole number"),
    Wrong("INT64", float("inf"), "Infinity is not a whole number"),
    Wrong("INT64", float("nan"), "NaN is not a number"),
    Wrong("INT64", "1", '"1" is not a number'),
    Wrong("FP16", 1e5, "100000.0 does not fit into FP16"),
    Wrong("FP32", 1e39, "1e+39 does not fit into FP32"),
    Wrong("FP64", 10**400, "a number of more than 40 digits does not fit into FP64"),
    Wrong("FP32", float("nan"), "NaN is not a number"),
    Wrong("FP32", float("-inf"), "-Infinity does not fit into FP32"),
    Wrong("FP32", "1", '"1" is not a number'),
    Wrong("FP32", None, "null is not a number"),
    Wrong("FP32", [1], "an array is not a number"),
    Wrong("FP32", {}, "an object is not a number"),
    Wrong("BOOL", 1, "1 is not true or false"),
    Wrong("BOOL", "true", '"true" is not true or false'),
    Wrong("BYTES", 1, "1 is not a text"),
    Wrong("BYTES", None, "null is not a text"),
)


@pytest.mark.parametrize("wrong", WRONGS, ids=lambda one: f"{one.datatype}, {one.message}")
def test_a_value_that_does_not_fit_is_named_by_its_place(load, wrong):
    kind, values = TYPES[wrong.datatype]
    with pytest.raises(BadInputError) as error:
        load(echo(kind)).predict([values[0], wrong.value])
    assert (error.value.pointer, error.value.message) == ("/1", wrong.message)


@pytest.mark.parametrize(
    ("instances", "pointer", "message"),
    [
        ([[1, 2, 3]], "/0", "it has 3 items where 4 are needed"),
        ([[1, 2, 3, 4], [1, 2, 3, 4, 5]], "/1", "it has 5 items where 4 are needed"),
        ([[1, 2, 3, [4]]], "/0/3", "an array is not a number"),
        ([[1, 2, 3, 4], 7], "/1", "7 is not an array"),
        (["1234"], "/0", '"1234" is not an array'),
        ([{}], "/0", "an object is not an array"),
        ([None], "/0", "null is not an array"),
    ],
)
def test_shapes_that_do_not_fit_are_named_by_their_place(load, instances, pointer, message):
    with pytest.raises(BadInputError) as error:
        load(doubling()).predict(instances)
    assert (error.value.pointer, error.value.message) == (pointer, message)


def test_whole_numbers_may_be_written_as_fractions(load):
    assert load(echo(INT64)).predict([1.0, 2, -0.0]) == [1, 2, 0]
    assert load(echo(TensorProto.UINT64)).predict([2**63, 1.0]) == [2**63, 1]
    assert load(echo(INT64)).predict([2**62 + 1, 1.0]) == [2**62 + 1, 1]


def test_numbers_beyond_64_bits_are_numbers(load):
    assert load(echo(TensorProto.DOUBLE)).predict([2**70, 1]) == [2.0**70, 1.0]


def test_no_instance_gives_no_answer(load):
    assert load(doubling()).predict([]) == []


def test_an_array_of_open_length_may_be_empty(load):
    assert load(echo(INT64, ("n", "m"))).predict([[], []]) == [[], []]
    with pytest.raises(BadInputError, match="it has 1 items where 2 are needed"):
        load(echo(INT64, ("n", "m"))).predict([[1, 2], [1]])


def test_far_too_many_instances_are_refused(load):
    loaded = load(echo(INT64))
    with pytest.raises(BadInputError, match="too many for one request"):
        loaded.predict([1] * (MOST_INSTANCES + 1))
    with pytest.raises(BadInputError, match="too many for one request"):
        loaded.infer({"x": np.zeros(MOST_INSTANCES + 1, np.int64)})


def two():
    """Two inputs, three outputs."""
    nodes = [
        helper.make_node("Add", ["a", "b"], ["sum"]),
        helper.make_node("Sub", ["a", "b"], ["difference"]),
        helper.make_node("Identity", ["word"], ["same"]),
    ]
    inputs = [("a", FLOAT, ["n"]), ("b", FLOAT, ["n"]), ("word", STRING, ["n", 2])]
    outputs = [("sum", FLOAT, ["n"]), ("difference", FLOAT, ["n"]), ("same", STRING, ["n", 2])]
    return graph(nodes, inputs, outputs)


def test_several_tensors_are_an_object_by_name(load):
    loaded = load(two())
    instances = [{"a": 1, "b": 2, "word": ["x", "y"]}, {"b": 3, "a": 5, "word": ["", "z"]}]
    assert loaded.predict(instances) == [
        {"sum": 3, "difference": -1, "same": ["x", "y"]},
        {"sum": 8, "difference": 2, "same": ["", "z"]},
    ]


@pytest.mark.parametrize(
    ("instance", "pointer", "message"),
    [
        ({"a": 1, "b": 2}, "/1", '"word" is missing'),
        ({"a": 1, "b": "2", "word": ["", ""]}, "/1/b", '"2" is not a number'),
        ({"a": 1, "b": 2, "word": ["", 1]}, "/1/word/1", "1 is not a text"),
        ([1], "/1", "an array is not an object"),
    ],
)
def test_properties_that_do_not_fit_are_named_by_their_place(load, instance, pointer, message):
    with pytest.raises(BadInputError) as error:
        load(two()).predict([{"a": 1, "b": 2, "word": ["x", "y"]}, instance])
    assert (error.value.pointer, error.value.message) == (pointer, message)


def test_outputs_that_the_interface_does_not_name_are_left_out(load):
    some = {"type": "object", "properties": {"sum": {"type": "number"}}, "required": ["sum"]}
    loaded = load(two(), {"input": {"type": "object"}, "output": some})
    assert loaded.predict([{"a": 1, "b": 2, "word": ["x", "y"]}]) == [{"sum": 3}]


@pytest.mark.parametrize(
    ("interface", "message"),
    [
        ({"output": {"type": "number"}}, "the interface names no properties for them"),
        ({"output": {"type": "object", "properties": {"x": {}}}}, "knows none of what the model gives"),
        (
            {"output": {"type": "object", "properties": {"sum": {}}, "required": ["x"]}},
            "the interface asks for x, and the model gives difference, same, sum",
        ),
        ({"input": {"type": "array"}}, "the interface names no properties for them"),
        ({"input": {"type": "object", "properties": {"a": {}}}}, "takes b, word, which the input"),
    ],
)
def test_an_interface_that_does_not_fit_the_model_is_refused(load, interface, message):
    with pytest.raises(ModelError, match=message):
        load(two(), {"input": {"type": "object"}, "output": {"type": "object"}} | interface)


def test_a_property_of_another_name_may_hold_the_one_tensor(load):
    named = {"type": "object", "properties": {"flower": {}}, "required": ["flower"]}
    loaded = load(doubling(), {"input": named, "output": named})
    assert loaded.predict([{"flower": [1, 2, 3, 4]}]) == [{"flower": [2, 4, 6, 8]}]


def zipped(kind):
    """A classifier as skl2onnx exports one unless zipmap is off."""
    keys = {"classlabels_int64s": [7, 9]} if kind == "int64" else {"classlabels_strings": ["no", "yes"]}
    node = helper.make_node("ZipMap", ["x"], ["p"], domain="ai.onnx.ml", **keys)
    label = helper.make_node("ArgMax", ["x"], ["label"], axis=1, keepdims=0)
    key = TensorProto.INT64 if kind == "int64" else TensorProto.STRING
    value = helper.make_tensor_type_proto(FLOAT, None)
    sequence = helper.make_sequence_type_proto(helper.make_map_type_proto(key, value))
    outputs = [("label", INT64, ["n"]), helper.make_value_info("p", sequence)]
    return graph([node, label], [("x", FLOAT, ["n", 2])], outputs)


@pytest.mark.parametrize(("kind", "keys"), [("int64", ("7", "9")), ("string", ("no", "yes"))])
def test_probabilities_by_class_are_an_object_as_the_interface_says(load, kind, keys):
    answers = load(zipped(kind)).predict([[0.25, 0.75], [1, 0]])
    assert answers == [
        {"label": 1, "p": dict(zip(keys, (0.25, 0.75), strict=True))},
        {"label": 0, "p": dict(zip(keys, (1, 0), strict=True))},
    ]


def test_probabilities_by_class_are_an_array_as_a_tensor(load):
    loaded = load(zipped("int64"))
    assert loaded.outputs[1][1:] == ("FP32", (-1, -1))
    tensor = loaded.infer({"x": np.array([[0.25, 0.75]], np.float32)})["p"]
    assert (tensor.dtype, tensor.tolist()) == (np.float32, [[0.25, 0.75]])


def test_probabilities_by_class_are_an_array_where_the_interface_says_so(load):
    output = {"type": "object", "properties": {"p": {"type": "array"}}}
    loaded = load(zipped("string"), {"input": {"type": "array"}, "output": output})
    assert loaded.predict([[0.25, 0.75]]) == [{"p": [0.25, 0.75]}]


def test_an_output_that_nothing_can_hold_is_an_error_when_it_is_loaded(load):
    sequence = helper.make_sequence_type_proto(helper.make_tensor_type_proto(FLOAT, ["n"]))
    node = helper.make_node("SequenceConstruct", ["x"], ["s"])
    data = graph([node], [("x", FLOAT, ["n"])], [helper.make_value_info("s", sequence)])
    with pytest.raises(ModelError, match=r"s of the ONNX graph is a seq\(tensor\(float\)\)"):
        load(data, {"input": {}, "output": {}})


def test_a_batch_of_one_that_the_graph_fixes_is_run_for_each_instance(load):
    loaded = load(echo(FLOAT, (1, 2)))
    assert loaded.predict([[1, 2], [3, 4], [5, 6]]) == [[1, 2], [3, 4], [5, 6]]
    with pytest.raises(BadInputError) as error:
        loaded.predict([[1, 2], [3, "4"]])
    assert error.value.pointer == "/1/1"


def test_a_first_dimension_that_the_graph_fixes_is_part_of_the_instance(load):
    loaded = load(echo(FLOAT, (2, 3)))
    matrix = [[1, 2, 3], [4, 5, 6]]
    assert loaded.predict([matrix, matrix]) == [matrix, matrix]
    assert loaded.refusal(matrix) is None


def test_a_scalar_is_an_instance(load):
    assert load(echo(FLOAT, ())).predict([1.5, 2]) == [1.5, 2]


def test_an_answer_that_json_cannot_say_is_a_failure_of_the_model(load):
    node = helper.make_node("Log", ["x"], ["y"])
    loaded = load(graph([node], [("x", FLOAT, ["n"])], [("y", FLOAT, ["n"])]))
    assert loaded.predict([1]) == [0]
    with pytest.raises(ModelError, match="y holds NaN or infinity"):
        loaded.predict([0])
    assert loaded.infer({"x": np.zeros(1, np.float32)})["y"].tolist() == [float("-inf")]


def test_a_model_that_fails_says_so(load):
    table = numpy_helper.from_array(np.arange(3, dtype=np.float32), "t")
    node = helper.make_node("Gather", ["t", "x"], ["y"])
    loaded = load(graph([node], [("x", INT64, ["n"])], [("y", FLOAT, ["n"])], [table]))
    assert loaded.predict([2]) == [2]
    with pytest.raises(ModelError, match=r"team/iris 1\.0\.0 failed: .*Gather"):
        loaded.predict([3])


def test_a_model_that_gives_fewer_answers_than_it_was_asked_for_fails(load):
    shape = numpy_helper.from_array(np.array([1], np.int64), "axis")
    node = helper.make_node("ReduceSum", ["x", "axis"], ["y"], keepdims=0)
    loaded = load(graph([node], [("x", FLOAT, ["n", 2])], [("y", FLOAT, ["m"])], [shape]))
    assert loaded.predict([[1, 2]]) == [3]
    shape = numpy_helper.from_array(np.array([0], np.int64), "axis")
    loaded = load(graph([node], [("x", FLOAT, ["n", 2])], [("y", FLOAT, ["m"])], [shape]))
    with pytest.raises(ModelError, match=r"y has the shape \[2\], which does not fit 3 instances"):
        loaded.predict([[1, 2]] * 3)


TENSORS = {
    "a": np.ones(2, np.float32),
    "b": np.ones(2, np.float32),
    "word": np.array([["a", "b"], ["c", "d"]], object),
}


def test_tensors_are_taken_as_the_protocol_has_them(load):
    loaded = load(two())
    found = loaded.infer(TENSORS | {"word": np.array([[b"a", b"b"], [b"c", b"\xc3\xa4"]], object)})
    assert found["sum"].tolist() == [2, 2]
    assert found["same"].tolist() == [["a", "b"], ["c", "ä"]]
    assert loaded.instances(TENSORS)[1] == {"a": 1, "b": 1, "word": ["c", "d"]}


@pytest.mark.parametrize(
    ("changed", "pointer", "message"),
    [
        ({"c": np.ones(2)}, "/c", 'the model takes no "c", only a, b, word'),
        ({"a": None}, "/a", "it is missing"),
        ({"a": np.ones(2)}, "/a", "its elements are float64, and the model takes FP32"),
        ({"a": np.ones((2, 1), np.float32)}, "/a", "its shape is [2, 1], and the model takes [-1]"),
        ({"b": np.ones(3, np.float32)}, "/b", "its first dimension is not that of the other inputs"),
        ({"word": np.array([["a"], ["b"]], object)}, "/word", "its shape is [2, 1]"),
        ({"word": np.array([["a", 1], ["b", "c"]], object)}, "/word", "1 is not a text"),
        ({"word": np.array([["a", b"\xff"], ["b", "c"]], object)}, "/word", "one of its texts is not UTF-8"),
    ],
)
def test_tensors_that_do_not_fit_are_named(load, changed, pointer, message):
    with pytest.raises(BadInputError) as error:
        load(two()).infer(TENSORS | changed)
    assert error.value.pointer == pointer
    assert message in error.value.message


def test_tensors_that_json_cannot_say_are_no_instances(load):
    with pytest.raises(BadInputError, match="NaN"):
        load(echo(FLOAT)).instances({"x": np.full(1, np.nan, np.float32)})


def test_many_threads_get_their_own_answers(load):
    loaded, wrong = load(doubling()), []

    def ask(seed):
        for step in range(50):
            row = [seed, step, 0, 1]
            wrong.extend([] if loaded.predict([row]) == [[2 * one for one in row]] else [row])

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_too_many_texts_are_refused_before_any_is_read(load):
    loaded = load(echo(STRING))
    texts = np.array([b"\xff"] * 65_537, dtype=object)
    with pytest.raises(BadInputError, match="65,537 instances are too many"):
        loaded.infer({"x": texts})
