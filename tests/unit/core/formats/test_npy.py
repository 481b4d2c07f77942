"""Arrays of numpy: what a header may say, and that it is never evaluated."""

from __future__ import annotations

import numpy as np
import pytest

from modelfiles import Loads, array, judged

KINDS = ["?", "i1", "<i8", ">u4", "<f2", "<f8", "c16", "S5", "<U7", "V3", "M8[ns]", "m8[25s]", "M8"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3)])
def test_what_numpy_writes_is_sound(kind, shape):
    data = array(np.zeros(shape, kind))
    assert judged(data)[:3] == ("npy", "", "")
    assert "bytes follow" in judged(data + b"x").mismatch
    if len(data) > len(array(np.zeros((0,), kind))):
        assert "cut off" in judged(data[:-1]).mismatch


@pytest.mark.parametrize(
    "value",
    [np.array([Loads()], object), np.zeros(2, [("a", "O"), ("b", "<f4")]), np.zeros((), object)],
    ids=["objects", "records", "none"],
)
def test_objects_are_a_pickle(value):
    assert judged(array(value, allow_pickle=True), "w.npy").format == "pickle"


def headed(text, version=b"\x01\x00"):
    width = 2 if version == b"\x01\x00" else 4
    return b"\x93NUMPY" + version + len(text).to_bytes(width, "little") + text.encode("latin-1")


BAD = {
    "code": "__import__('os').system('true')\n",
    "order": "{'shape': (3,), 'descr': '<f4', 'fortran_order': False, }\n",
    "type": "{'descr': '<f3', 'fortran_order': False, 'shape': (3,), }\n",
    "unit": "{'descr': '<M8[parsec]', 'fortran_order': False, 'shape': (3,), }\n",
    "boolean": "{'descr': '<f4', 'fortran_order': 1, 'shape': (3,), }\n",
    "shape": "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,), }\n",
    "huge": "{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999999999, 9999, 0), }\n",
    "more": "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1, }\n",
    "no end": "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
    "empty": "",
}


@pytest.mark.parametrize("case", BAD)
def test_another_header_is_refused(case):
    found = judged(headed(BAD[case]) + bytes(12))
    assert found.format == "npy"
    assert found.mismatch


def test_all_versions_are_read_and_others_are_not():
    text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n"
    for version in (b"\x01\x00", b"\x02\x00", b"\x03\x00"):
        assert judged(headed(text, version) + bytes(12))[:3] == ("npy", "", "")
    assert "version" in judged(headed(text, b"\x04\x00")).mismatch
    assert "longer" in judged(b"\x93NUMPY\x02\x00" + b"\xff" * 4).mismatch
