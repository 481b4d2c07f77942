"""Real ONNX files of several kinds, and those that no runtime should be given."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data
from sklearn.ensemble import RandomForestClassifier

from modelfiles import judged, onnx_file
from modelops_git.core.formats import protobuf
from workshop import onnx_bytes


def outside(location, where="graph"):
    """A model with a tensor whose bytes lie at `location`, at one of the places where tensors can be."""
    tensor = numpy_helper.from_array(np.zeros(3, np.float32), "w")
    set_external_data(tensor, location)
    tensor.ClearField("raw_data")
    taken = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    inner = helper.make_graph([], "inner", [], [], initializer=[tensor])
    nodes = {
        "graph": [],
        "attribute": [helper.make_node("Constant", [], ["c"], value=tensor)],
        "subgraph": [helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner)],
    }.get(where, [])
    graph = helper.make_graph(nodes, "g", [taken], [taken], initializer=[tensor] if where == "graph" else [])
    model = helper.make_model(graph, producer_name="test")
    if where == "function":
        node = helper.make_node("Constant", [], ["c"], value=tensor)
        model.functions.append(helper.make_function("own", "F", [], ["c"], [node], []))
    if where == "training":
        model.training_info.add().initialization.CopyFrom(inner)
    return model.SerializeToString()


@pytest.mark.parametrize("where", ["graph", "attribute", "subgraph", "function", "training"])
@pytest.mark.parametrize(
    "location", ["../../etc/passwd", "/etc/passwd", "a/../../b", "C:\\b", "a\\..\\b", ""]
)
def test_weights_from_outside_the_folder_are_refused(where, location):
    found = judged(outside(location, where), "m.onnx")
    assert found.format == "onnx"
    assert "it wants weights from" in found.mismatch


@pytest.mark.parametrize(
    "location", ["model.onnx_data", "weights/part-1.bin", "./model.onnx_data", "gewichte-ä.bin"]
)
def test_weights_beside_the_model_are_fine(location):
    assert judged(outside(location), "m.onnx")[:3] == ("onnx", "", "")


@pytest.mark.parametrize("name", ["m.onnx", "m.bin"])
def test_a_model_is_one_by_any_name(name):
    assert judged(onnx_bytes(), name)[:3] == ("onnx", "", "")


def test_every_cut_is_found():
    data = onnx_bytes()
    cut = [judged(data[:length], "m.onnx") for length in range(1, len(data))]
    assert all(found.format == "unknown" or found.mismatch for found in cut[:-12])


def test_two_graphs_or_none_are_no_model():
    assert "no graph" in judged(onnx_file() + onnx_file()).mismatch
    assert "no graph" in judged(b"\x08\x08\x12\x08skl2onnx").mismatch
    assert judged(b"\x08\x08\x12\xff not a model").format in {"onnx", "unknown"}


def test_a_large_forest_is_passed_over_quickly():
    from skl2onnx import to_onnx

    numbers = np.random.default_rng(1).random((2000, 4)).astype(np.float32)
    forest = RandomForestClassifier(30, random_state=1).fit(numbers, numbers[:, 0] > numbers[:, 1] ** 2)
    model = to_onnx(forest, numbers[:1], options={"zipmap": False})
    data = model.SerializeToString()
    assert judged(data)[:3] == ("onnx", "", "")
    assert onnx.ModelProto.FromString(data) == model


def test_a_path_that_comes_before_its_key_or_again_is_seen():
    entry = onnx.StringStringEntryProto
    for order in ([("offset", "../x"), ("location", "../x")], [("location", "a"), ("location", "../x")]):
        model = onnx.ModelProto.FromString(onnx_bytes())
        model.graph.initializer[0].external_data.extend(entry(key=key, value=value) for key, value in order)
        assert "it wants weights from" in judged(model.SerializeToString()).mismatch


def test_more_fields_than_are_looked_at_are_unscannable(monkeypatch):
    monkeypatch.setattr(protobuf, "MAX_FIELDS", 10)
    assert "more parts" in judged(onnx_file()).unscannable


def test_graphs_in_graphs_end():
    graph = helper.make_graph([], "g", [], [])
    for _ in range(30):
        node = helper.make_node("If", ["x"], ["y"], then_branch=graph)
        graph = helper.make_graph([node], "g", [], [])
    assert "too deep" in judged(helper.make_model(graph).SerializeToString()).unscannable
