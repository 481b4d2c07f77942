"""Values of small npy files, as numpy writes them."""

from __future__ import annotations

import io

import numpy as np
import pytest

from modelops_git.core.formats.describing.npy import values_of


def saved(array, **more):
    made = io.BytesIO()
    np.lib.format.write_array(made, np.asarray(array), **more)
    return made.getvalue()


@pytest.mark.parametrize("kind", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?", "U7"])
@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_values_are_what_numpy_wrote(kind, version):
    values = ["a", "bcdefgh", "é"] if kind == "U7" else [0, 1, 1] if kind == "?" else [0, 1, 100]
    array = np.array(values, dtype=kind)
    assert values_of(saved(array, version=version), 10) == array.tolist()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x93NUMPY",
        b"\x93NUMPY\x01\x00\xff\xff",
        saved(np.zeros(3)),
        saved(np.zeros((2, 2), int)),
        saved(np.zeros((), int)),
        saved(np.array(["x"], dtype=object), allow_pickle=True),
        saved(np.zeros(11, int)),
        saved(np.zeros(3, int))[:-1],
        saved(np.zeros(3, ">i8")),
    ],
)
def test_all_else_is_refused(data):
    with pytest.raises(ValueError):
        values_of(data, 10)
