"""Files of models: real ones, as the libraries write them that own the formats, and hostile ones by hand."""

from __future__ import annotations

import io
import json
import lzma
import os
import pickle
import struct
import tarfile
import tempfile
import zipfile
import zlib
from functools import cache
from pathlib import Path

import numpy as np

from modelops_git.core.formats.inspect import inspect


class Loads:
    """Its pickle calls something, as a dangerous one does."""

    def __reduce__(self):
        return (os.system, ("true",))


def judged(data, name="model.bin"):
    """What is found of a file with this content."""
    return inspect(name, io.BytesIO(data), len(data))


def written(write, name="model"):
    """What `write` puts into the file whose path it is given."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def zipped(members, method=zipfile.ZIP_STORED, **settings):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method, **settings) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(members, mode="w", **settings):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, **settings) as archive:
        for name, data in members.items():
            about = tarfile.TarInfo(name)
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))
    return buffer.getvalue()


def array(value, **settings):
    buffer = io.BytesIO()
    np.save(buffer, value, **settings)
    return buffer.getvalue()


def arrays(save, **values):
    buffer = io.BytesIO()
    save(buffer, **values)
    return buffer.getvalue()


def safetensors_of(header, data=b""):
    """A file of safetensors with this header, a text or what JSON makes one of."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def torch_zip(pickled=None, *, streamed=True):
    """What `torch.save` writes: stored members, aligned to 64 bytes, sizes and checksums behind them."""
    members = {
        "archive/data.pkl": pickled or pickle.dumps({"weight": Loads()}, protocol=2),
        "archive/byteorder": b"little",
        "archive/data/0": np.arange(8, dtype=np.float32).tobytes(),
        "archive/version": b"3\n",
    }
    out, directory = bytearray(), bytearray()
    for name, data in members.items():
        start, crc, flags = len(out), zlib.crc32(data), 0x808 if streamed else 0x800
        sizes = (0, 0, 0) if streamed else (crc, len(data), len(data))
        padding = (
            b"FB"
            + struct.pack("<H", -(start + 34 + len(name)) % 64)
            + b"Z" * (-(start + 34 + len(name)) % 64)
        )
        out += struct.pack("<4s5H3L2H", b"PK\x03\x04", 0, flags, 0, 0, 0, *sizes, len(name), len(padding))
        out += name.encode() + padding + data
        out += struct.pack("<4s3L", b"PK\x07\x08", crc, len(data), len(data)) if streamed else b""
        entry = (
            b"PK\x01\x02",
            0,
            0,
            flags,
            0,
            0,
            0,
            crc,
            len(data),
            len(data),
            len(name),
            0,
            0,
            0,
            0,
            0,
            start,
        )
        directory += struct.pack("<4s6H3L5H2L", *entry) + name.encode()
    end = (b"PK\x05\x06", 0, 0, len(members), len(members), len(directory), len(out), 0)
    return bytes(out + directory) + struct.pack("<4s4H2LH", *end)


@cache
def classifier():
    from sklearn.linear_model import LogisticRegression

    flowers = np.random.default_rng(1).random((20, 3))
    return LogisticRegression().fit(flowers, [0, 1] * 10)


@cache
def forest():
    from sklearn.ensemble import RandomForestClassifier

    flowers = np.random.default_rng(1).random((40, 3))
    return RandomForestClassifier(3, random_state=1).fit(flowers, ["a", "b"] * 20)


def joblib_file(value, compress=0):
    import joblib

    return written(lambda path: joblib.dump(value, path, compress=(compress, 3) if compress else 0))


def gguf_file(*, template=False):
    import gguf

    def write(path):
        writer = gguf.GGUFWriter(path, "llama")
        writer.add_token_list(["a", "b", "c"])
        writer.add_token_scores([0.1, 0.2, 0.3])
        if template:
            writer.add_chat_template("{% for message in messages %}{{ message }}{% endfor %}")
        writer.add_tensor("weight", np.zeros((3, 32), np.float32))
        writer.add_tensor("bias", np.zeros(5, np.float16))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()

    return written(write)


def hdf5_file(userblock=0):
    import h5py

    def write(path):
        with h5py.File(path, "w", userblock_size=userblock) as file:
            file["weights"] = np.zeros(4)

    return written(write)


def keras_file(config):
    metadata = json.dumps({"keras_version": "3.5.0"})
    texts = {"metadata.json": metadata, "config.json": json.dumps(config)}
    return zipped({**texts, "model.weights.h5": hdf5_file()})


DENSE = {
    "module": "keras",
    "class_name": "Sequential",
    "config": {"layers": [{"module": "keras.layers", "class_name": "Dense", "config": {"units": 3}}]},
}
LAMBDA = {
    "module": "keras",
    "class_name": "Sequential",
    "config": {
        "layers": [{"module": "keras.layers", "class_name": "Lambda", "config": {"function": "4wEA"}}]
    },
}
XGBOOST = {
    "learner": {"attributes": {}, "gradient_booster": {"name": "gbtree"}, "learner_model_param": {}},
    "version": [2, 1, 0],
}
LIGHTGBM = "tree\nversion=v4\nnum_class=1\n\nTree=0\nnum_leaves=2\n\nend of trees\n\nend of parameters\n"


def onnx_file():
    from skl2onnx import to_onnx

    model = to_onnx(classifier(), np.zeros((1, 3), np.float32), options={"zipmap": False})
    return model.SerializeToString()


def skops_file(model=None, **settings):
    import skops.io

    return skops.io.dumps(model or classifier(), **settings)


@cache
def real_files():
    """One real file of each format, by a name that fits: (name, content, format)."""
    from safetensors.numpy import save

    weights = {"w": np.zeros((3, 4), np.float32), "b": np.arange(3), "none": np.zeros((0, 3))}
    return (
        ("model.safetensors", save(weights, {"format": "np"}), "safetensors"),
        ("model.onnx", onnx_file(), "onnx"),
        ("model.gguf", gguf_file(), "gguf"),
        ("model.skops", skops_file(), "skops"),
        ("forest.skops", skops_file(forest(), compression=zipfile.ZIP_DEFLATED), "skops"),
        ("model.json", json.dumps(XGBOOST).encode(), "xgboost-json"),
        ("model.ubj", b"{L" + bytes(7) + b"\x07learner{L" + bytes(7) + b"\x01a[]}}", "xgboost-ubj"),
        ("model.txt", LIGHTGBM.encode(), "lightgbm-text"),
        ("labels.json", b'["setosa", "versicolor"]', "json"),
        ("w.npy", array(np.zeros((3, 4))), "npy"),
        ("texts.npy", array(np.array(["a", "bc"])), "npy"),
        ("days.npy", array(np.array(["2026-01-01"], "M8[D]")), "npy"),
        ("records.npy", array(np.zeros(3, [("a", "<f4"), ("b", "U4")])), "npy"),
        ("w.npz", arrays(np.savez, a=np.zeros(3), b=np.arange(4)), "npz"),
        ("z.npz", arrays(np.savez_compressed, a=np.zeros(3)), "npz"),
        ("model.h5", hdf5_file(), "h5"),
        ("user.h5", hdf5_file(userblock=1024), "h5"),
        ("model.keras", keras_file(DENSE), "keras"),
        ("model.keras", keras_file(LAMBDA), "keras-lambda"),
        ("model.pkl", pickle.dumps(classifier()), "pickle"),
        ("model.joblib", joblib_file(forest()), "joblib"),
        ("model.pt", torch_zip(), "torch"),
        ("model.pt", torch_zip(streamed=False), "torch"),
        ("notes.txt", b"In the beginning", "unknown"),
        ("table.csv", b"a,b\n1,2\n", "unknown"),
        ("table.csv.gz", zlib.compress(b"a,b\n1,2\n", wbits=31), "gzip"),
        ("files.zip", zipped({"a.txt": b"text"}), "zip"),
        ("files.tar", tarred({"a.txt": b"text"}), "tar"),
        ("files.tar.xz", lzma.compress(tarred({"a.txt": b"text"})), "xz"),
    )
