"""`detect`: by content, and never a guess."""

from __future__ import annotations

import io
import json
import pickle
import pickletools
import zipfile

import pytest

from modelops_git.core.formats.detect import HEAD, detect


class Loads:
    def __reduce__(self):
        return (print, ("run",))


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"content")
    return buffer.getvalue()


def safetensors(header=None):
    text = json.dumps(header or {"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return len(text).to_bytes(8, "little") + text + b"\0\0\0\0"


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("model.gguf", b"GGUF\x03\0\0\0", "gguf"),
        ("model.bin", b"GGUF\x03\0\0\0", "gguf"),
        ("model.safetensors", safetensors(), "safetensors"),
        ("weights", safetensors({"__metadata__": {}}), "safetensors"),
        ("model.json", b'{"learner": {}}', "json"),
        ("labels", b' [\n  "setosa"]', "json"),
        ("labels.json", '["ä"]'.encode(), "json"),
        ("model.onnx", b"\x08\x08\x12\x08skl2onnx", "onnx"),
        ("model.bin", b"\x08\x08\x12\x08skl2onnx", "unknown"),
        ("model.onnx", b"not a model", "unknown"),
        ("model.onnx", pickle.dumps({"a": 1}), "pickle"),
        ("model.pkl", pickle.dumps([1], protocol=0), "pickle"),
        ("model.json", pickle.dumps(Loads(), protocol=0), "pickle"),
        ("model.txt", pickle.dumps(Loads(), protocol=1), "pickle"),
        ("model.skops", zipped("schema.json", "w.npy"), "skops"),
        ("model.zip", zipped("schema.json"), "zip"),
        ("model.skops", zipped("archive/data.pkl"), "pickle"),
        ("model.pt", zipped("archive/data.pkl", "archive/data/0"), "pickle"),
        ("notes.txt", b"In the beginning", "unknown"),
        ("notes.json", b"{oops", "unknown"),
        ("cut.json", b'{"a": "' + "ä".encode()[:1], "json"),
        ("broken.json", b'{"a": "\xff and more than three bytes"}', "unknown"),
        ("empty", b"", "unknown"),
    ],
)
def test_what_a_file_is(name, data, found):
    assert detect(name, data) == found


@pytest.mark.parametrize(
    "text", [b"b\n", b"broken words here", b"class,x\n1,2\n", b"c\n\n", b"o", b"R2 = 0.9\n"]
)
def test_a_text_is_no_pickle_because_of_how_it_begins(text):
    assert detect("model.txt", text) == "unknown"


def test_the_head_of_a_long_pickle_is_enough():
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        long = pickle.dumps([Loads(), "x" * 3 * HEAD], protocol=protocol)
        unmarked = pickletools.optimize(long).removeprefix(bytes([0x80, protocol]))
        assert {detect("model.onnx", one[:HEAD]) for one in (long, unmarked)} == {"pickle"}


@pytest.mark.parametrize("length", range(12))
def test_a_short_file_is_no_error(length):
    for data in (safetensors(), pickle.dumps([1]), zipped("a.pkl"), b"\x80\x04\x95"):
        assert isinstance(detect("x", data[:length]), str)
