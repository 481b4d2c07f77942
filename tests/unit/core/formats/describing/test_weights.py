"""What safetensors files and configurations of Transformers say."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from safetensors.numpy import save

from modelops_git.core.formats.describing import safetensors, transformers
from modelops_git.core.formats.describing.said import NOTHING, plain

TENSORS = {"a": np.zeros((2, 2), np.float32), "b": np.zeros(3, np.float16), "c": np.zeros(3, np.float32)}


@pytest.mark.parametrize(
    ("metadata", "framework"),
    [({"format": "pt"}, "pytorch"), ({"format": "tf"}, "tensorflow"), ({"format": "xx"}, ""), (None, "")],
)
def test_safetensors_tell_who_wrote_them_and_never_an_interface(metadata, framework):
    said = safetensors.describe("m.safetensors", io.BytesIO(save(TENSORS, metadata)))
    assert said.fields == ({"framework": {"name": framework}} if framework else {})
    assert said.notes == ("m.safetensors holds 3 tensors: 2 of F32, 1 of F16.",)
    assert "m.safetensors holds weights by name and no graph" in said.why_no_interface[0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff" * 8,
        b"\x02" + b"\0" * 7 + b"[]",
        b"\x05" + b"\0" * 7 + b"{'a'}",
        b"\x09" + b"\0" * 7 + b'{"a":[1]}',
    ],
)
def test_safetensors_of_another_shape_say_no_more(data):
    said = safetensors.describe("m", io.BytesIO(data))
    assert (said.fields, "no graph" in said.why_no_interface[0]) == ({}, True)


def test_a_configuration_of_transformers_tells_architecture_and_version():
    config = {"architectures": ["BertForMaskedLM"], "model_type": "bert", "transformers_version": "4.30.0"}
    said = transformers.describe(io.BytesIO(json.dumps(config).encode()))
    assert said.fields == {
        "framework": {"name": "transformers", "version": "4.30.0"},
        "algorithm": "BertForMaskedLM",
    }


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"a": 1}', b'{"model_type": 1, "model_type": 2}', b" " * 2**21]
)
def test_another_configuration_says_nothing(data):
    assert transformers.describe(io.BytesIO(data)) == NOTHING


def test_texts_of_files_are_fit_for_a_terminal():
    assert plain("a\x1b[31m\u202eb\n") == "a[31mb"
    assert plain("x" * 500) == "x" * 199 + "…"
    assert plain(["x"]) == ""
