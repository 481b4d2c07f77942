"""A desk with files to register beside the registry, and ONNX files made in a moment, without training."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from desk import Desk

NEW = ("--summary", "First.", "--description", "A model.", "--owner", "ml", "--risk", "low")
"""Words that are enough for the first version of a new model."""


class Workshop(Desk):
    """A desk with files to register beside the registry."""

    def registry(self, lease):
        return {**super().registry(lease), "groups": {"ml": []}}

    def file(self, name, data):
        path = self.folder / "out" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def register(self, *words, model="iris", check=False):
        return self.modelops("register", model, *words, check=check)

    def written(self, number, model="iris"):
        return self.read_version(model, number)

    def first(self, *words):
        """iris 1.0.0, of four numbers, trained on `data.csv`."""
        model, data = self.file("model.onnx", onnx_bytes()), self.file("data.csv", "a,b")
        self.register(model, "--data", f"iris={data}", *NEW, *words, check=True)
        return model, data


def refused(done, *says, code=1):
    assert done.code == code, done
    assert "Traceback" not in done.err
    for text in says:
        assert text in done.err, done.err


def onnx_bytes(features=4, *, classes=3, weight=1.0, inputs=None):
    """A linear model from `features` numbers to `classes`; another `weight` makes other bytes.

    `inputs` names several inputs instead, of one number each.
    """
    taken = (
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None]) for name in inputs]
        if inputs
        else [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, features])]
    )
    given = helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, classes])
    weights = numpy_helper.from_array(np.full((features, classes), weight, np.float32), "w")
    graph = helper.make_graph([], "g", taken, [given], initializer=[weights])
    opset = helper.make_opsetid("", 18)
    return helper.make_model(graph, producer_name="skl2onnx", opset_imports=[opset]).SerializeToString()
