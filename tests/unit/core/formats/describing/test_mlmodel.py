"""What MLflow folders say: files in tests/mlflow, written by MLflow 3.17.2, and others by hand."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from modelops_git.core.formats.describing.mlmodel import describe

FOLDER = Path(__file__).parents[4] / "mlflow"
NUMBER, INTEGER, TEXT = {"type": "number"}, {"type": "integer"}, {"type": "string"}
SKLEARN = {"name": "scikit-learn", "version": "1.9.1"}


def numbers(count):
    return {"type": "array", "items": NUMBER, "minItems": count, "maxItems": count}


def named(required=None, **properties):
    return {"type": "object", "properties": properties, "required": required or list(properties)}


COLUMNS = named(
    ["sepal length", "n", "b", "t", "bin"],
    **{
        "sepal length": NUMBER,
        "n": INTEGER,
        "s": TEXT,
        "b": {"type": "boolean"},
        "t": TEXT,
        "bin": {"type": "string", "contentEncoding": "base64"},
    },
)
PARAMS = {
    "type": "object",
    "properties": {"temperature": NUMBER, "ids": {"type": "array", "items": INTEGER}},
    "additionalProperties": False,
}
MESSAGE = named(content=TEXT, role=TEXT)
SQUARE = {"type": "array", "minItems": 2, "maxItems": 2}
REAL = {
    "tensor": (numbers(4), INTEGER),
    "named_tensors": (named(a=numbers(4), b={**SQUARE, "items": numbers(2)}), numbers(4)),
    "cols": (named(["inputs"], inputs=COLUMNS, params=PARAMS), INTEGER),
    "nested": (named(messages={"type": "array", "items": MESSAGE}, n=INTEGER), TEXT),
    "unnamed": (
        {"type": "array", "prefixItems": [NUMBER, NUMBER], "minItems": 2, "maxItems": 2},
        named(p=NUMBER, q=NUMBER),
    ),
    "pandas": (named(a=NUMBER, b=TEXT), INTEGER),
}


@pytest.mark.parametrize("name", REAL)
def test_what_mlflow_wrote_is_understood(name):
    said = describe("MLmodel", io.BytesIO((FOLDER / f"{name}.yaml").read_bytes()))
    given, answered = REAL[name]
    assert said.fields["interface"] == {"protocol": "json", "input": given, "output": answered}
    assert said.fields["training"]["run"] == {"tracker": "mlflow", "id": "abc123" * 5}
    assert said.notes == ("MLmodel was written by MLflow 3.17.2.",)
    if name == "tensor":
        assert said.fields["framework"] == {"name": "onnx", "version": "1.19.0"}
    else:
        assert said.fields["framework"] == SKLEARN
        assert said.fields["training"]["environment"] == {"python": "3.11.7"}


def signature(inputs, outputs=({"type": "long"},), params=None):
    return f"signature: {json.dumps({'inputs': inputs, 'outputs': json.dumps(outputs), 'params': params})}\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("run_id: abc\n", "it has no signature"),
        (signature(None), "says nothing of the input"),
        (signature("[]"), "says nothing of the input"),
        (signature("{"), "its inputs cannot be read"),
        (signature("[1]"), "no list of columns"),
        (signature('[{"type": "any"}]'), "of any type"),
        (signature('[{"type": "object"}]'), "a type that is not known"),
        (signature('[{"type": "tensor"}]'), "the type of a tensor is not known"),
        (
            signature('[{"type": "tensor", "tensor-spec": {"dtype": "object", "shape": [-1]}}]'),
            "may be anything",
        ),
        (
            signature('[{"type": "tensor", "tensor-spec": {"dtype": "int8", "shape": [-2]}}]'),
            "shape of a tensor",
        ),
        (
            signature('[{"type": "tensor", "tensor-spec": {"dtype": "int8", "shape": [true]}}]'),
            "shape of a tensor",
        ),
        (signature('[{"type": "long", "name": "a"}, {"type": "long"}]'), "some of its inputs have names"),
        (signature('[{"type": "long", "name": "a"}, {"type": "long", "name": "a"}]'), "some of its inputs"),
        (signature('[{"type": "array"}]'), "a type that is not known"),
        (
            signature("[" + '{"type":"array","items":' * 40 + '{"type":"long"}' + "}" * 40 + "]"),
            "too deep",
        ),
        (signature('[{"type": "long"}]', params='[{"type": "long"}]'), "a parameter has no name"),
    ],
)
def test_what_a_signature_leaves_open_is_said(text, why):
    said = describe("MLmodel", io.BytesIO(text.encode()))
    assert "interface" not in said.fields
    assert why in said.why_no_interface[0]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"a: !!python/object/apply:os.system ['x']\n",
        b"a: &x [*x]\n",
        b"a: 1\na: 2\n",
        b"[" * 100_000,
        b"a: " + b"x" * 2**21,
    ],
)
def test_what_cannot_be_read_is_not_run_and_says_so(text):
    said = describe("MLmodel", io.BytesIO(text))
    assert said.fields == {} or "flavors" not in said.fields
    assert said.why_no_interface[0]


@pytest.mark.parametrize(
    ("flavors", "framework"),
    [
        ("{xgboost: {xgb_version: 2.10.1}, python_function: {}}", {"name": "xgboost", "version": "2.10.1"}),
        ("{keras: {keras_version: '3.10'}}", {"name": "keras", "version": "3.10"}),
        ("{pytorch: {pytorch_version: 2.10}}", {"name": "pytorch", "version": "2.10"}),
        ("{sklearn: {}}", {"name": "scikit-learn"}),
        ("{python_function: {loader_module: own}}", None),
        ("[]", None),
    ],
)
def test_flavors_tell_the_framework(flavors, framework):
    said = describe("MLmodel", io.BytesIO(f"flavors: {flavors}\n".encode()))
    assert said.fields.get("framework") == framework
