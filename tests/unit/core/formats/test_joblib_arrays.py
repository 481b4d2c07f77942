"""What a scanner is given of a joblib file is the pickle, all of it and nothing else."""

from __future__ import annotations

import io
import pickletools

import numpy as np
import pytest

from modelfiles import Loads, classifier, forest, joblib_file
from modelops_git.core.formats.inspection import UnscannableError
from modelops_git.core.formats.joblib_arrays import without_arrays
from modelops_git.core.formats.reading import FileView

VALUES = {
    "nothing": None,
    "classifier": classifier(),
    "forest": forest(),
    "arrays": [
        np.arange(5),
        np.zeros((0, 3)),
        np.zeros(3, np.float16),
        np.array([True]),
        np.array(["a", "bc"]),
    ],
    "order": np.asfortranarray(np.zeros((3, 4))),
    "days": np.array(["2026-01-01"], "M8[D]"),
    "records": np.zeros(3, [("a", "<f4"), ("b", "U4")]),
    "objects": {"a": np.array(["x", None, 1.5], object), "b": np.arange(3)},
    "same twice": [np.arange(3)] * 3,
    "large": np.zeros(300_000),
}


def stripped(data):
    return b"".join(without_arrays(FileView(io.BytesIO(data), len(data))))


@pytest.mark.parametrize("value", VALUES)
def test_the_rest_is_a_pickle_from_beginning_to_end(value):
    rest = io.BytesIO(stripped(joblib_file(VALUES[value])))
    size = len(rest.getvalue())
    pickles = 0
    while rest.tell() < size:
        assert [code.name for code, _, _ in pickletools.genops(rest)][-1] == "STOP"
        pickles += 1
    assert pickles == (2 if value == "objects" else 1)


def test_what_comes_behind_and_in_an_array_is_kept():
    assert b"system" in stripped(joblib_file([np.zeros(1000), Loads()]))
    assert b"system" in stripped(joblib_file([np.array([Loads()], object), np.zeros(9)]))


@pytest.mark.parametrize("data", [b"", b"\x80\x04", b"\x80\x04N", b"0.", b"\xff", b"\x80\x04\x8c\xffabc"])
def test_damage_is_an_error_of_its_own(data):
    with pytest.raises(UnscannableError):
        stripped(data)


def test_every_cut_is_an_error_of_its_own():
    data = joblib_file({"a": np.arange(5), "b": np.array([None])})
    for length in range(len(data)):
        with pytest.raises(UnscannableError):
            stripped(data[:length])
