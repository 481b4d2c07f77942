"""Whatever is done to a file, the answer is a judgement; and no reader is more lenient than the owner's."""

from __future__ import annotations

import io
import json
import pickle
import pickletools
import zipfile

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import SafetensorError
from safetensors.numpy import load

from modelfiles import Loads, judged, real_files, safetensors_of, tarred, zipped
from modelops_git.core.formats.inspection import Inspection, UnscannableError
from modelops_git.core.formats.joblib_arrays import without_arrays
from modelops_git.core.formats.reading import FileView

REAL = {f"{kind}:{name}": (name, data) for name, data, kind in real_files()}
FEW = settings(max_examples=100, deadline=None)
SAFE = {"onnx", "safetensors", "skops", "xgboost-json", "lightgbm-text", "gguf"}


@st.composite
def damaged(draw, names=tuple(REAL)):
    """A real file that was cut, or some of whose bytes were changed, put in or taken out."""
    name, data = REAL[draw(st.sampled_from(names))]
    for _ in range(draw(st.integers(1, 3))):
        at, end = sorted(draw(st.tuples(*[st.integers(0, len(data))] * 2)))
        how = draw(st.sampled_from(["cut", "byte", "insert", "remove", "double"]))
        if how == "cut":
            data = data[:at]
        elif how == "byte" and at < len(data):
            data = data[:at] + bytes([draw(st.integers(0, 255))]) + data[at + 1 :]
        elif how == "insert":
            data = data[:at] + draw(st.binary(max_size=20)) + data[at:]
        elif how == "remove":
            data = data[:at] + data[end:]
        else:
            data = data[:end] + data[at:]
    return name, data


@FEW
@given(damaged())
def test_a_damaged_file_is_judged(file):
    name, data = file
    assert isinstance(judged(data, name), Inspection)


@FEW
@given(st.sampled_from(["a.onnx", "a.skops", "a.txt"]), st.binary(max_size=300))
def test_any_bytes_are_judged(name, data):
    assert isinstance(judged(data, name), Inspection)


@FEW
@given(damaged(tuple(name for name in REAL if name.startswith("safetensors"))))
def test_what_safetensors_refuses_is_not_sound(file):
    _, data = file
    found = judged(data)
    if found[:3] == ("safetensors", "", ""):
        load(data)


NUMBERS = st.one_of(st.integers(0, 20), st.sampled_from([-1, 2**32, 2**62, 2**63, 2**64, 1.5, "4", None]))
TENSOR = st.fixed_dictionaries(
    {},
    optional={
        "dtype": st.sampled_from(["F32", "U8", "BOOL", "F8_E4M3", "F4", "I65", 1]),
        "shape": st.lists(NUMBERS, max_size=3),
        "data_offsets": st.lists(NUMBERS, max_size=3),
        "more": NUMBERS,
    },
)
FITTING = st.integers(0, 5).map(lambda n: {"dtype": "U8", "shape": [n], "data_offsets": [0, n]})
HEADER = st.dictionaries(
    st.sampled_from(["a", "b", "ä", "__metadata__"]), st.one_of(TENSOR, FITTING), max_size=3
)


@FEW
@given(HEADER, st.integers(0, 12), st.sampled_from([None, 1]))
def test_a_header_that_safetensors_refuses_is_not_sound(header, length, indent):
    data = safetensors_of(json.dumps(header, indent=indent).encode(), bytes(length))
    found = judged(data)
    if found[:3] == ("safetensors", "", ""):
        load(data)
    try:
        load(data)
    except (SafetensorError, ValueError, KeyError, TypeError):
        return
    assert found.format == "safetensors"


@FEW
@given(damaged(tuple(name for name in REAL if name.startswith("onnx"))))
def test_what_protobuf_refuses_is_no_sound_onnx(file):
    _, data = file
    if judged(data)[:3] == ("onnx", "", ""):
        onnx.ModelProto.FromString(data)


@FEW
@given(damaged(("npy:w.npy", "npy:texts.npy", "npy:days.npy")))
def test_what_numpy_refuses_is_no_sound_array(file):
    _, data = file
    if judged(data)[:3] == ("npy", "", ""):
        np.load(io.BytesIO(data), allow_pickle=False)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.just(Loads())),
    lambda inner: st.one_of(st.lists(inner), st.tuples(inner, inner), st.dictionaries(st.text(), inner)),
    max_leaves=10,
)


@FEW
@given(VALUES, st.integers(0, pickle.HIGHEST_PROTOCOL), st.booleans())
def test_every_pickle_is_one_with_and_without_its_mark(value, protocol, optimized):
    data = pickle.dumps(value, protocol)
    data = pickletools.optimize(data) if optimized else data
    assert judged(data, "a.txt").format == "pickle"
    unmarked = data.removeprefix(bytes([0x80, protocol]))
    if b"Loads" in data or b"system" in data:
        assert judged(unmarked, "a.txt").format == "pickle"


@FEW
@given(
    VALUES,
    st.sampled_from(["zip", "deflated", "tar"]),
    st.text("abc.", min_size=1, max_size=5).map("m".__add__),
)
def test_a_pickle_in_an_archive_is_found(value, how, name):
    members = {"first.txt": b"text", name: pickle.dumps(value, 4)}
    data = (
        tarred(members) if how == "tar" else zipped(members, 8 if how == "deflated" else zipfile.ZIP_STORED)
    )
    assert judged(data, "a.txt").runs_code


@FEW
@given(damaged(tuple(name for name in REAL if name.startswith(("joblib", "pickle")))))
def test_a_damaged_joblib_file_is_read_or_refused(file):
    _, data = file
    try:
        assert isinstance(b"".join(without_arrays(FileView(io.BytesIO(data), len(data)))), bytes)
    except UnscannableError:
        return


@pytest.mark.parametrize("kind", sorted(SAFE))
def test_what_is_safe_by_default_is_told_from_all_else(kind):
    mine = [name for name in REAL if name.startswith(f"{kind}:")]
    assert mine
    assert all(judged(data, name).format == kind for name, data in map(REAL.__getitem__, mine))
