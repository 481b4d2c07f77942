"""What authors of loaders try them with."""

from __future__ import annotations

import numpy as np

from modelops_git.edges.loaders import loader_of
from modelops_git.edges.loaders.trying import unverified
from served import NUMBERS, doubling


def test_a_folder_is_loaded_without_a_version(tmp_path):
    (tmp_path / "model.onnx").write_bytes(doubling())
    source = unverified(tmp_path, {"input": NUMBERS, "output": NUMBERS})
    found = loader_of(source)(source).infer({"x": np.ones((1, 4), np.float32)})
    assert found["y"].tolist() == [[2, 2, 2, 2]]


def test_a_format_that_content_does_not_tell_is_named(tmp_path):
    (tmp_path / "words.txt").write_text("a b")
    source = unverified(tmp_path, {"input": {}, "output": {}}, "lookup")
    assert [tuple(one) for one in source.files] == [("words.txt", "model", "lookup")]
    assert source.read("words.txt") == b"a b"
