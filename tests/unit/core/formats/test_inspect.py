"""`inspect`: real files are what they are, and a pickle is one in every disguise."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import pickletools
import struct
import zipfile
import zlib

import numpy as np
import pytest

from modelfiles import (
    Loads,
    array,
    arrays,
    gguf_file,
    hdf5_file,
    joblib_file,
    judged,
    keras_file,
    onnx_file,
    real_files,
    safetensors_of,
    skops_file,
    tarred,
    torch_zip,
    zipped,
)
from modelops_git.core.formats.inspect import inspect
from modelops_git.core.formats.inspection import RUNS_CODE, Inspection
from modelops_git.core.formats.reading import MAX_UNPACKED

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
EVIL = pickle.dumps(Loads(), protocol=2)
REAL = real_files()
NAMES = ("model.onnx", "labels.json", "notes.txt", "model", "model.safetensors")


@pytest.mark.parametrize(("name", "data", "kind"), REAL, ids=[f"{kind}-{name}" for name, _, kind in REAL])
def test_what_a_real_file_is(name, data, kind):
    found = judged(data, name)
    assert (found.format, found.mismatch, found.unscannable) == (kind, "", "")


@pytest.mark.parametrize(
    ("data", "kind"),
    [one[1:] for one in REAL if one[2] not in {"skops", "unknown", "json"}],
    ids=[one[0] for one in REAL if one[2] not in {"skops", "unknown", "json"}],
)
def test_a_name_changes_nothing(data, kind):
    assert {judged(data, other).format for other in NAMES} <= {kind, "pickle" if kind == "joblib" else kind}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [Loads(), [1, 2.5, "text", {"a": (None, True)}]], ids=["code", "data"])
def test_a_pickle_is_one_whatever_its_protocol_and_name(protocol, name, value):
    assert judged(pickle.dumps(value, protocol), name) == Inspection("pickle")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_pickle_without_its_mark_is_found(protocol):
    long = pickletools.optimize(pickle.dumps(["x" * 200_000, Loads()], protocol))
    unmarked = long.removeprefix(bytes([0x80, protocol]))
    assert pickle.loads(unmarked)  # noqa: S301 - our own: it shows that the mark is not needed
    assert judged(unmarked, "notes.txt").format == "pickle"


def test_a_pickle_is_found_behind_a_lot_of_nothing():
    assert judged(b"(" * 10_000 + b"1" * 10_000 + b"cos\nsystem\n(S'true'\ntR.", "a.txt").format == "pickle"
    assert judged(b"N0" * 300_000 + b"cos\nsystem\n(S'true'\ntR.", "a.txt").unscannable


@pytest.mark.parametrize(
    "text",
    [
        *(
            b"b\n",
            b"broken words here",
            b"class,x\n1,2\n",
            b"c\n\n",
            b"o",
            b"R2 = 0.9\n",
            b"cat\ndog\nbird\n",
        ),
        *(
            b"I am here.\n",
            b"Van Gogh\nand others",
            b"N.B. this",
            b"(see below)\n",
            b"]\n",
            b".",
            b"0.5",
        ),
        *(b"Some words", b"import os\nimport sys\n", b"int\nstr\nRed", b"]" * 70_000, b"\0" * 70_000),
    ],
)
def test_a_text_is_no_pickle_because_of_how_it_begins(text):
    assert judged(text, "notes.txt") in {Inspection("unknown"), Inspection("json")}


DISGUISES = {
    "zip": zipped({"a/weights": EVIL}),
    "deflated zip": zipped({"weights": EVIL}, zipfile.ZIP_DEFLATED),
    "bzip2 zip": zipped({"weights": EVIL}, zipfile.ZIP_BZIP2),
    "zip in zip": zipped({"inner.zip": zipped({"x": EVIL}, zipfile.ZIP_DEFLATED)}, zipfile.ZIP_DEFLATED),
    "tar": tarred({"a": b"text", "weights": EVIL}),
    "tar with a long name": tarred({"x" * 300: EVIL}),
    "pax tar": tarred({"ä" * 150: EVIL}, format=1),
    "tar.gz": tarred({"weights": EVIL}, "w:gz"),
    "tar.bz2": tarred({"weights": EVIL}, "w:bz2"),
    "tar.xz": tarred({"weights": EVIL}, "w:xz"),
    "gz": gzip.compress(EVIL),
    "gz of two parts": gzip.compress(b"") + bytes(100) + gzip.compress(EVIL),
    "bz2": bz2.compress(EVIL),
    "xz": lzma.compress(EVIL),
    "lzma": lzma.compress(EVIL, lzma.FORMAT_ALONE),
    "zlib": zlib.compress(EVIL),
    "old joblib": b"ZF" + hex(len(EVIL)).ljust(19).encode() + zlib.compress(EVIL),
    "torch zip": torch_zip(EVIL),
    "torch before 1.6": pickle.dumps(0x1950A86A20F9469CFC6C, 2) + EVIL,
    "npy": array(np.array([Loads()], object), allow_pickle=True),
    "npz": arrays(np.savez, a=np.array([Loads()], object)),
    "skops": zipped({"schema.json": b"{}", "0.bin": EVIL}),
    "h5": hdf5_file(),
    "appended zip": onnx_file() + zipped({"archive/data.pkl": EVIL}),
    "appended to json": b'{"a": 1}   ' + zipped({"archive/data.pkl": EVIL}),
    "truncated": EVIL[:-9],
    "truncated gz": gzip.compress(EVIL + b"x" * 100_000)[:-20],
    **{
        f"joblib by {how}": joblib_file({"a": np.arange(9.0)}, how)
        for how in ("zlib", "gzip", "bz2", "lzma", "xz", "lz4")
    },
}


@pytest.mark.parametrize("name", ["model.onnx", "labels.json"])
@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_pickle_is_found_in_every_disguise(disguise, name):
    found = judged(DISGUISES[disguise], name)
    assert found.runs_code or found.unscannable, found
    assert found.runs_code or disguise.startswith("appended")


def flagged(data, flag, *, everywhere=True):
    """A zip file with a flag set in the directory, and before each member as well."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = changed.find(mark)
        while at >= 0 and (everywhere or mark == b"PK\x01\x02"):
            changed[at + offset] |= flag
            at = changed.find(mark, at + 4)
    return bytes(changed)


def test_a_zip_that_claims_to_be_encrypted_is_looked_into_all_the_same():
    data = flagged(zipped({"archive/data.pkl": EVIL}), 1)
    with pytest.raises(RuntimeError, match="encrypted"):
        zipfile.ZipFile(io.BytesIO(data)).read("archive/data.pkl")
    assert judged(data) == Inspection("torch", inside="archive/data.pkl")
    assert judged(flagged(zipped({"a.txt": b"text"}), 1)).unscannable == "it is encrypted"


def test_a_zip_with_a_wrong_checksum_is_looked_into_all_the_same():
    data = zipped({"archive/data.pkl": EVIL, "a.txt": b"some text"})
    crc = struct.pack("<L", zlib.crc32(EVIL))
    assert judged(data.replace(crc, b"\1\2\3\4")).format == "torch"
    text = zipped({"a.txt": b"some text"})
    assert judged(text.replace(b"some text", b"same text")).unscannable == "its checksum is wrong"


@pytest.mark.parametrize("kind", ["7z", "rar", "zstd"])
def test_what_there_is_no_reader_for_is_unscannable(kind):
    data = {
        "7z": b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(24) + EVIL,
        "rar": b"Rar!\x1a\x07\x01\x00" + bytes(50),
        "zstd": b"\x28\xb5\x2f\xfd" + bytes(50),
    }[kind]
    found = judged(data, "tokenizer.json")
    assert found.format == kind
    assert found.unscannable


def test_bombs_are_unscannable_and_cost_little():
    big = bytes(MAX_UNPACKED + 1)
    assert "MiB" in judged(zipped({"a.zip": b"PK\3\4" + big}, zipfile.ZIP_DEFLATED)).unscannable
    assert "MiB" in judged(gzip.compress(tarred({"a": big, "b": EVIL}))).unscannable
    assert "MiB" in judged(gzip.compress(b"PK\3\4" + big)).unscannable


def test_boxes_in_boxes_end():
    data = EVIL
    for _ in range(10):
        data = gzip.compress(data)
    assert "in one another" in judged(data).unscannable


def test_too_many_parts_end():
    assert "too many parts" in judged(zipped({f"{n}": b"" for n in range(20_001)})).unscannable


def test_a_large_file_is_judged_by_its_head():
    data = gzip.compress(EVIL + bytes(MAX_UNPACKED))
    assert judged(data).format == "pickle"


def test_a_stated_length_may_be_any_number():
    for length in (2**63 - 1, 2**63, 2**64 - 1):
        assert judged(b"\x8d" + length.to_bytes(8, "little") + b"abc") == Inspection("unknown")


def test_a_stream_that_ends_early_is_unscannable():
    assert "ended before its end" in inspect("a", io.BytesIO(b"GGUF"), 100).unscannable


def test_few_and_bounded_reads_are_made_of_a_large_file():
    reads = []

    class Counted(io.BytesIO):
        def read(self, count=-1):
            reads.append(count)
            return super().read(count)

    size = 200 << 20
    header = {"w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}
    data = safetensors_of(header, bytes(size))
    assert inspect("m.safetensors", Counted(data), len(data)) == Inspection("safetensors")
    assert len(reads) <= 4
    assert max(reads) <= 1 << 20


def test_a_keras_model_with_foreign_code_runs_it():
    config = {"module": "os", "class_name": "system", "config": {"command": "true"}}
    found = judged(
        keras_file({"module": "keras", "class_name": "Sequential", "config": {"layers": [config]}})
    )
    assert found == Inspection("keras-lambda", inside="os.system")
    assert found.format in RUNS_CODE


def test_templates_of_gguf_are_noted():
    assert judged(gguf_file()).notes == ()
    assert "tokenizer.chat_template" in judged(gguf_file(template=True)).notes[0]


def test_a_sound_file_of_safetensors_that_is_a_pickle_too_is_a_pickle():
    evil = b"cos\nsystem\n(S'true'\ntR."
    header = b"{" + b" " * (0x56 - 3) + b"\n}"
    data = struct.pack("<Q", len(header)) + header + evil
    assert judged(data, "a.safetensors").format == "pickle"


def test_what_runs_code_in_a_box_is_named_as_what_it_is():
    assert judged(zipped({"w/weights.bin": hdf5_file()})) == Inspection("h5", inside="w/weights.bin")
    assert judged(tarred({"m.pt": torch_zip()})) == Inspection("pickle", inside="m.pt/archive/data.pkl")
    assert len(judged(tarred({"n" * 5000: EVIL})).inside) <= 200


class Own:
    def __init__(self):
        self.x = 1


def test_skops_that_names_what_it_must_be_told_to_trust_says_so():
    assert "Own" in judged(skops_file({"model": Own()}), "m.skops").notes[0]
