"""The rules of safetensors, each broken once, and judged by the library's own reader."""

from __future__ import annotations

import numpy as np
import pytest
from safetensors import SafetensorError
from safetensors.numpy import load, save

from modelfiles import judged, safetensors_of
from modelops_git.core.formats.safetensors import BITS

W = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
DATA = bytes(8)


def reads(data):
    """Whether the library reads it."""
    try:
        load(data)
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return True


GOOD = {
    "one": ({"w": W}, DATA),
    "metadata": ({"__metadata__": {"a": "b", "c": ""}, "w": W}, DATA),
    "nothing": ({}, b""),
    "padded": (b'{"w": {"dtype":"F32","shape":[2],"data_offsets":[0,8]}}      ', DATA),
    "other order": (b'{ "w" :{"data_offsets":[ 0 , 8],\n"shape":[2] ,"dtype":"F32"} }', DATA),
    "scalar": ({"w": {"dtype": "F64", "shape": [], "data_offsets": [0, 8]}}, DATA),
    "escapes": (b'{"\\u00e4\\ud83d\\ude00\\n": {"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', DATA),
    "any language": ({"模型": W}, DATA),
}
BAD = {
    "hole": ({"w": {**W, "data_offsets": [8, 16]}}, bytes(16), "hole"),
    "overlap": ({"w": W, "v": {**W, "data_offsets": [4, 12]}}, bytes(12), "overlap"),
    "trailing bytes": ({"w": W}, bytes(9), "bytes follow"),
    "cut off": ({"w": W}, bytes(7), "cut off"),
    "size": ({"w": {**W, "shape": [3]}}, DATA, "do not fit"),
    "backwards": ({"w": {**W, "data_offsets": [8, 0]}}, DATA, "do not fit"),
    "dtype": ({"w": {**W, "dtype": "F31"}}, DATA, "unknown dtype"),
    "no shape": ({"w": {"dtype": "F32", "data_offsets": [0, 8]}}, DATA, "not an object of"),
    "twice in one": (b'{"w":{"dtype":"F32","dtype":"F32","data_offsets":[0,8]}}', DATA, "lacks"),
    "twice": (b'{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"w":%s}', DATA, "twice"),
    "twice by escape": (
        b'{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0077":%s}',
        DATA,
        "twice",
    ),
    "metadata of numbers": ({"__metadata__": {"a": 1}, "w": W}, DATA, "not an object of"),
    "metadata twice": (b'{"__metadata__":{"a":"b","a":"c"}}', b"", "has a key twice"),
    "metadata as a tensor": ({"__metadata__": W}, DATA, "something else than texts"),
    "texts as a tensor": ({"w": {"a": "b"}}, b"", "lacks dtype"),
    "no JSON": (b'{"w": oops}', b"", "not an object of"),
    "no comma": (b'{"w":%s "v":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}', DATA, "no JSON"),
    "a comma too many": (b'{"w":%s,}', DATA, "no JSON"),
    "more behind": (b'{"w":%s}x', DATA, "something follows"),
    "leading zeros": (b'{"w":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}', DATA, "begins with 0"),
    "other digits": (
        '{"w":{"dtype":"F32","shape":[٢],"data_offsets":[0,8]}}'.encode(),
        DATA,
        "not an object",
    ),
    "half a character": (b'{"\\ud800":%s}', DATA, "half a character"),
    "no UTF-8": (b'{"\xff":%s}', DATA, "not UTF-8"),
    "too large": ({"w": {**W, "shape": [2**62, 4, 0]}}, b"", "larger than there can be"),
    "far too large": ({"w": {**W, "shape": [2**63]}}, b"", "too large"),
    "never ends": (b'{"w": {"dtype":"F32"', b"", "not an object of"),
}
TENSOR = b'{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'


def made(header, data):
    header = header.replace(b"%s", TENSOR) if isinstance(header, bytes) else header
    return safetensors_of(header, data)


@pytest.mark.parametrize("case", GOOD)
def test_a_sound_file_is_sound_and_the_library_reads_it(case):
    data = made(*GOOD[case])
    assert judged(data)[:3] == ("safetensors", "", "")
    assert reads(data)


@pytest.mark.parametrize("case", BAD)
def test_a_broken_rule_is_named(case):
    header, data, says = BAD[case]
    found = judged(made(header, data), "m.safetensors")
    assert found.format == "safetensors"
    assert says in found.mismatch


def test_every_type_of_the_library_is_known():
    types = [np.bool_, *(np.dtype(f"{kind}{size}") for kind in "iu" for size in (1, 2, 4, 8))]
    arrays = {
        str(n): np.zeros(3, kind) for n, kind in enumerate([*types, np.float16, np.float32, np.float64])
    }
    assert judged(save(arrays))[:3] == ("safetensors", "", "")
    names = [
        "BOOL",
        "U8",
        "I8",
        "F8_E5M2",
        "F8_E4M3",
        "F8_E8M0",
        "I16",
        "U16",
        "F16",
        "BF16",
        "I32",
        "U32",
        "F32",
        "I64",
        "U64",
        "F64",
        "C64",
    ]
    assert set(names) < set(BITS)
    for name in names:
        data = made({"w": {"dtype": name, "shape": [0], "data_offsets": [0, 0]}}, b"")
        assert judged(data)[:3] == ("safetensors", "", "")


def test_a_header_that_is_longer_than_the_file_or_than_is_looked_at():
    assert "longer than the file" in judged((500).to_bytes(8, "little") + b'{"w":').mismatch
    assert judged((200_000_000).to_bytes(8, "little") + b'{"w":').format == "unknown"
    header = b'{"__metadata__": {"a": "%s"}}' % (b"x" * (17 << 20))
    assert "larger than 16 MiB" in judged(safetensors_of(header)).unscannable


def test_many_tensors_are_read_in_a_moment():
    count = 50_000
    header = {f"layer.{n}": {**W, "data_offsets": [8 * n, 8 * n + 8]} for n in range(count)}
    assert judged(safetensors_of(header, bytes(8 * count)))[:3] == ("safetensors", "", "")
