"""What describes files ends in a description, whatever the bytes are, and says what can be written."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from modelops_git.core.formats.describing import mlmodel, safetensors, skops, transformers
from modelops_git.core.formats.describing.model_card import card_of
from modelops_git.core.formats.describing.npy import values_of

FOLDER = Path(__file__).parents[1] / "mlflow"
REAL = [path.read_bytes() for path in sorted(FOLDER.iterdir())]
NODES = st.sampled_from(["Pipeline", "JsonNode", "ndarray", "sklearn.tree", "4", "1e9", "a.npy", "[]", "{"])
KEYS = st.sampled_from(
    [
        *("__class__", "__module__", "__loader__", "content", "steps", "n_features_in_", "classes_", "file"),
        *("name", "version", "framework", "hyperparameters", "training_data", "performance", "input_schema"),
        *(
            "output_schema",
            "limitations",
            "value",
            "metric",
            "metrics",
            "dataset",
            "uri",
            "type",
            "properties",
        ),
        *("architectures", "transformers_version", "model_type", "__metadata__", "format", "dtype"),
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | NODES
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(), inner, max_size=6)
)
MAPPINGS = st.dictionaries(KEYS, VALUES, max_size=8)


def is_sound(said):
    json.dumps(said.fields, allow_nan=False)
    assert all(isinstance(note, str) for note in said.notes)
    assert ("interface" in said.fields) <= (said.why_no_interface == ("", ""))


@given(st.binary())
def test_any_bytes_are_described(data):
    for describe in (mlmodel.describe, skops.describe, safetensors.describe):
        is_sound(describe("file", io.BytesIO(data)))
    is_sound(transformers.describe(io.BytesIO(data)))


@given(MAPPINGS, st.binary(max_size=200))
def test_any_schema_of_skops_is_described(schema, array):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
        archive.writestr("a.npy", array)
    is_sound(skops.describe("file", made))


@given(MAPPINGS)
def test_any_header_and_any_configuration_is_described(value):
    data = json.dumps(value).encode()
    is_sound(safetensors.describe("file", io.BytesIO(len(data).to_bytes(8, "little") + data)))
    is_sound(transformers.describe(io.BytesIO(data)))


@given(st.sampled_from(REAL), st.integers(0, 2000), st.integers(0, 40), st.binary(max_size=10))
def test_a_changed_file_of_mlflow_is_described(data, at, gone, put):
    is_sound(mlmodel.describe("MLmodel", io.BytesIO(data[:at] + put + data[at + gone :])))


@given(MAPPINGS)
def test_any_card_is_read_and_names_what_it_leaves(written):
    card = card_of(written, lambda _: "holdout")
    json.dumps(card.fields, allow_nan=False)
    assert all(isinstance(note, str) for note in card.notes)
    unknown = [name for name in ("uri", "type", "steps", "file") if written.get(name) is not None]
    assert all(any(repr(name) in note for note in card.notes) for name in unknown)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_any_array_gives_values_or_is_refused(head, rest):
    for data in (head, b"\x93NUMPY\x01\x00" + head + rest):
        with contextlib.suppress(ValueError):
            assert values_of(data, 100)


def test_there_are_files_of_mlflow():
    assert len(REAL) == 6
