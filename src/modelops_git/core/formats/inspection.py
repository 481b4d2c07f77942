"""What is said of a file once its content was looked at."""

from __future__ import annotations

from typing import Final, NamedTuple

UNKNOWN: Final = "unknown"
RUNS_CODE: Final = frozenset({"pickle", "joblib", "torch", "keras-lambda", "h5"})
"""The pickle family: to load such a file can run code that is in it."""
CLAIMS: Final = {
    "onnx": frozenset({"onnx"}),
    "safetensors": frozenset({"safetensors"}),
    "gguf": frozenset({"gguf"}),
    "skops": frozenset({"skops"}),
    "npy": frozenset({"npy"}),
    "npz": frozenset({"npz"}),
    "keras": frozenset({"keras", "keras-lambda", "h5"}),
    "h5": frozenset({"h5"}),
    "hdf5": frozenset({"h5"}),
    "ubj": frozenset({"xgboost-ubj"}),
}
"""What the end of a file's name says that it is, where there is no doubt what is meant."""
KNOWN: Final = RUNS_CODE | {
    *("onnx", "safetensors", "gguf", "skops", "npy", "npz", "keras", "xgboost-json", "xgboost-ubj"),
    *("lightgbm-text", "zip", "tar", "gzip", "bzip2", "xz", "zlib", "lz4", "7z", "rar", "zstd", "catboost"),
}
"""The formats that are told by content. A manifest may name others, and then nobody can contradict it."""


class Inspection(NamedTuple):
    """What a file is.

    Attributes:
        format: Its canonical name, such as `onnx` or `pickle`; `unknown` rather than a guess.
        mismatch: Why it is not soundly of the format that it begins as; empty where it is.
        unscannable: Why nobody can tell what is in it; empty where that can be told.
        inside: Which part of it decided on `format`, such as `archive/data.pkl`; empty for the whole.
        notes: What people should know beside.
    """

    format: str
    mismatch: str = ""
    unscannable: str = ""
    inside: str = ""
    notes: tuple[str, ...] = ()

    @property
    def runs_code(self) -> bool:
        """Whether loading it can run code that is in it."""
        return self.format in RUNS_CODE


class UnsoundError(Exception):
    """A file begins as one of a format, and is none; the message ends a sentence that says why."""


class UnscannableError(Exception):
    """Nobody can tell what is in a file; the message ends a sentence that says why."""
