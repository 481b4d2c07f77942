"""GGUF as its own package writes it, and with one thing wrong at a time."""

from __future__ import annotations

import struct

import pytest
from gguf.constants import GGML_QUANT_SIZES

from modelfiles import gguf_file, judged
from modelops_git.core.formats.gguf import _BLOCKS


def text(value):
    return struct.pack("<Q", len(value)) + value


def tensor(name=b"w", shape=(4,), kind=0, offset=0):
    numbers = struct.pack(f"<{len(shape)}Q", *shape)
    return text(name) + struct.pack("<L", len(shape)) + numbers + struct.pack("<LQ", kind, offset)


def made(pairs=(), tensors=(), data=b"", version=3, counts=None):
    tensor_count, pair_count = counts or (len(tensors), len(pairs))
    head = b"GGUF" + struct.pack("<LQQ", version, tensor_count, pair_count) + b"".join((*pairs, *tensors))
    return head + (bytes(-len(head) % 32) + data if tensors else b"")


FLAG = text(b"a.flag") + struct.pack("<LB", 7, 1)
LIST = text(b"a.list") + struct.pack("<LLQ", 9, 8, 2) + text(b"x") + text(b"yz")
NUMBERS = text(b"a.numbers") + struct.pack("<LLQ", 9, 4, 3) + bytes(12)
NESTED = text(b"a.nested") + struct.pack("<LLQ", 9, 9, 1) + struct.pack("<LQ", 0, 2) + bytes(2)
DEEP = text(b"a.deep") + struct.pack("<L", 9) + struct.pack("<LQ", 9, 1) * 9

BAD = {
    "version": (made(version=4), "version is 4"),
    "big end first": (made(version=1 << 24), "version is 16777216"),
    "too many tensors": (made(counts=(1 << 40, 0)), "more tensors"),
    "too many keys": (made(counts=(0, 1 << 20)), "more tensors or metadata"),
    "no such pair": (made(counts=(0, 1)), "cut off"),
    "twice": (made([FLAG, FLAG]), "twice"),
    "unknown type": (made([text(b"a") + struct.pack("<L", 99)]), "unknown type"),
    "long text": (made([text(b"a") + struct.pack("<LQ", 8, 1 << 60)]), "cut off"),
    "long list": (made([text(b"a") + struct.pack("<LLQ", 9, 8, 1 << 60)]), "cut off"),
    "empty key": (made([text(b"") + struct.pack("<LB", 7, 1)]), "empty"),
    "key": (made([text(b"\xff") + struct.pack("<LB", 7, 1)]), "not UTF-8"),
    "alignment": (made([text(b"general.alignment") + struct.pack("<LL", 4, 7)]), "multiple of 8"),
    "dimensions": (made(tensors=[tensor(shape=(1,) * 9)]), "more dimensions"),
    "overlap": (made(tensors=[tensor(shape=(99,)), tensor(b"v", offset=32)], data=bytes(999)), "overlap"),
    "unaligned": (made(tensors=[tensor(offset=4)], data=bytes(99)), "not aligned"),
    "same name": (made(tensors=[tensor(), tensor(offset=32)], data=bytes(64)), "one name"),
    "cut off": (made(tensors=[tensor()], data=bytes(15)), "cut off"),
    "behind": (made(tensors=[tensor()], data=bytes(64)), "bytes follow"),
    "quantized": (made(tensors=[tensor(shape=(33,), kind=2)], data=bytes(64)), "does not fit its type"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_named(case):
    data, says = BAD[case]
    found = judged(data)
    assert found.format == "gguf"
    assert says in found.mismatch


def test_what_is_right_is_sound():
    parts = [FLAG, LIST, NUMBERS, NESTED]
    assert judged(made(parts, [tensor(), tensor(b"v", offset=32)], bytes(48)))[:3] == ("gguf", "", "")
    assert judged(made([DEEP])).unscannable
    for data in (gguf_file(), gguf_file(template=True)):
        assert judged(data)[:3] == ("gguf", "", "")


def test_the_sizes_of_blocks_are_those_of_the_package():
    known = {int(kind): sizes for kind, sizes in GGML_QUANT_SIZES.items()}
    assert {kind: known[kind] for kind in _BLOCKS if kind in known} == {
        kind: sizes for kind, sizes in _BLOCKS.items() if kind in known
    }
