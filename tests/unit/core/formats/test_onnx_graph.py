"""The interface of real ONNX models, of made-up graphs, and of junk."""

from __future__ import annotations

import random
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from jsonschema import Draft202012Validator
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from modelops_git.core.errors import UsageError
from modelops_git.core.formats.onnx_graph import OnnxError, summary_of
from modelops_git.core.interfaces import check_schema, compare

FOUR = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
THREE = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}


def interface_of(data):
    return summary_of(data).interface


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


def export(iris, *, zipmap, features=4):
    rows, labels = iris[0][:, :features].astype(np.float32), iris[1]
    fitted = LogisticRegression(max_iter=500).fit(rows, labels)
    return to_onnx(fitted, rows[:1], options={"zipmap": zipmap}, target_opset=18).SerializeToString()


def graph(inputs, outputs, initializer=()):
    made = helper.make_graph([], "g", inputs, outputs, initializer=list(initializer))
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)]).SerializeToString()


def tensor(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def input_of(shape, kind=TensorProto.FLOAT):
    return interface_of(graph([tensor("x", shape, kind)], [tensor("y", [None])]))["input"]


def test_a_classifier_without_zipmap_gives_a_label_and_three_probabilities(iris):
    summary = summary_of(export(iris, zipmap=False))
    assert summary.interface == {
        "protocol": "json",
        "input": FOUR,
        "output": {
            "type": "object",
            "properties": {"label": {"type": "integer"}, "probabilities": THREE},
            "required": ["label", "probabilities"],
        },
    }
    assert (summary.producer, summary.opset) == ("skl2onnx", 18)
    assert summary.producer_version


def test_a_classifier_with_zipmap_gives_an_object_of_numbers(iris):
    output = interface_of(export(iris, zipmap=True))["output"]
    assert output["properties"] == {
        "output_label": {"type": "integer"},
        "output_probability": {"type": "object", "additionalProperties": {"type": "number"}},
    }


@pytest.mark.parametrize("zipmap", [True, False])
def test_what_the_runtime_takes_and_gives_fits_the_interface(iris, zipmap):
    data = export(iris, zipmap=zipmap)
    interface = interface_of(data)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    for row in iris[0][::30]:
        assert Draft202012Validator(interface["input"]).is_valid(row.tolist())
        given = session.run(None, {session.get_inputs()[0].name: row.astype(np.float32)[None, :]})
        first = dict(zip(names, (_as_json(output[0]) for output in given), strict=True))
        Draft202012Validator(interface["output"]).validate(first)


def _as_json(value):
    if isinstance(value, dict):
        return {str(key): float(item) for key, item in value.items()}
    return value.tolist()


def test_a_fifth_feature_is_another_interface(iris):
    more = (np.hstack([iris[0], iris[0][:, :1] * 2]), iris[1])
    found = compare(
        interface_of(export(iris, zipmap=False)), interface_of(export(more, zipmap=False, features=5))
    )
    assert found.verdict == "incompatible"
    assert found.witness.value == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("shape", "schema"),
    [
        ([None, 4], FOUR),
        (["batch", 4], FOUR),
        ([0, 4], FOUR),
        ([-1, 4], FOUR),
        ([1, 4], FOUR),
        ([4], FOUR),
        ([16, 4], {"type": "array", "items": FOUR, "minItems": 16, "maxItems": 16}),
        ([None, None], {"type": "array", "items": {"type": "number"}}),
        ([None, "length", 4], {"type": "array", "items": FOUR}),
        ([None], {"type": "number"}),
        ([], {"type": "number"}),
    ],
)
def test_the_batch_is_dropped_and_other_dimensions_are_arrays(shape, schema):
    assert input_of(shape) == schema


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (TensorProto.FLOAT16, "number"),
        (TensorProto.BFLOAT16, "number"),
        (TensorProto.FLOAT8E4M3FN, "number"),
        (TensorProto.DOUBLE, "number"),
        (TensorProto.UINT8, "integer"),
        (TensorProto.INT64, "integer"),
        (TensorProto.STRING, "string"),
        (TensorProto.BOOL, "boolean"),
    ],
)
def test_elements_have_json_types(kind, name):
    assert input_of([None], kind) == {"type": name}


def test_several_inputs_are_a_closed_object_and_defaults_are_no_inputs():
    weight = helper.make_tensor("w", TensorProto.FLOAT, [1], [0.5])
    data = graph(
        [tensor("a", [None, 4]), tensor("b", [None]), tensor("w", [1])], [tensor("y", [None])], [weight]
    )
    interface = interface_of(data)
    assert interface["input"] == {
        "type": "object",
        "properties": {"a": FOUR, "b": {"type": "number"}},
        "required": ["a", "b"],
        "additionalProperties": False,
    }
    assert interface["output"] == {"type": "number"}
    assert check_schema(interface["input"]) is None


def test_sequences_and_optional_values_are_told():
    texts = helper.make_tensor_sequence_value_info("s", TensorProto.STRING, [None])
    maybe = helper.make_value_info(
        "o", helper.make_optional_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT, []))
    )
    output = interface_of(graph([tensor("x", [None, 4])], [texts, maybe]))["output"]["properties"]
    assert output["s"] == {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}
    assert output["o"] == {"anyOf": [{"type": "number"}, {"type": "null"}]}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no input"),
        (b"junk", "parsed"),
        (b"\x08\x08\x12\xff", "parsed"),
        (graph([], [tensor("y", [1])]), "no input"),
        (graph([tensor("x", [1])], []), "no output"),
        (graph([tensor("x", [1])] * 2, [tensor("y", [1])]), "same name"),
        (graph([tensor("", [1])], [tensor("y", [1])]), "without a name"),
        (graph([tensor("x", None)], [tensor("y", [1])]), "unknown number of dimensions"),
        (graph([tensor("x", [1], TensorProto.COMPLEX64)], [tensor("y", [1])]), "COMPLEX64"),
        (graph([tensor("x", [1], 99)], [tensor("y", [1])]), "99"),
        (graph([tensor("x", [None] * 40)], [tensor("y", [1])]), "dimensions"),
        (graph([tensor("x", [None, 2**60])], [tensor("y", [1])]), "dimensions"),
        (graph([onnx.ValueInfoProto(name="x")], [tensor("y", [1])]), "no type"),
        (
            graph([helper.make_sparse_tensor_value_info("x", TensorProto.FLOAT, [3])], [tensor("y", [1])]),
            "sparse tensor",
        ),
    ],
)
def test_what_cannot_be_told_is_an_error_that_says_why(data, says):
    with pytest.raises(OnnxError, match=says):
        summary_of(data)


def test_a_model_with_any_byte_changed_is_read_or_refused(iris):
    whole = export(iris, zipmap=True)
    chance = random.Random(1)
    for _ in range(300):
        data = bytearray(whole)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        try:
            interface = interface_of(bytes(data))
        except OnnxError:
            continue
        assert interface["protocol"] == "json"


def test_without_the_onnx_package_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(UsageError) as caught:
        interface_of(b"")
    assert 'pip install "modelops-git[onnx]"' in caught.value.hint
