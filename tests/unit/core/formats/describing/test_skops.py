"""What skops files say, as skops itself writes them, and what hostile ones are spared."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
import sklearn
import skops.io
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from modelops_git.core.formats.describing.skops import describe

X = np.array([[0.0, 1, 2, 3], [1, 2, 3, 4], [5, 6, 7, 8], [0, 0, 1, 1]])
NAMES = np.array(["no", "yes", "no", "yes"])
NUMBERS = np.array([0.5, 1.5, 2.5, 3.5])
FOUR = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}


def said(model):
    return describe("model.skops", io.BytesIO(skops.io.dumps(model)))


@pytest.mark.parametrize(
    ("model", "target", "algorithm", "output"),
    [
        (LogisticRegression(), NAMES, "LogisticRegression", {"type": "string", "enum": ["no", "yes"]}),
        (
            DecisionTreeClassifier(),
            [1, 2, 7, 2],
            "DecisionTreeClassifier",
            {"type": "integer", "enum": [1, 2, 7]},
        ),
        (
            make_pipeline(StandardScaler(), make_pipeline(LogisticRegression())),
            np.array([True, False, True, False]),
            "LogisticRegression",
            {"type": "boolean", "enum": [False, True]},
        ),
        (LinearRegression(), NUMBERS, "LinearRegression", {"type": "number"}),
        (RandomForestRegressor(n_estimators=2), NUMBERS, "RandomForestRegressor", {"type": "number"}),
    ],
)
def test_what_is_certain_is_told(model, target, algorithm, output):
    found = said(model.fit(X, target))
    assert found.fields == {
        "framework": {"name": "scikit-learn", "version": sklearn.__version__},
        "algorithm": algorithm,
        "interface": {"protocol": "json", "input": FOUR, "output": output},
    }
    assert found.notes == (f"model.skops was written by skops {skops.__version__}.",)
    assert found.why_no_interface == ("", "")


@pytest.mark.parametrize(
    ("model", "target", "why"),
    [
        (LinearRegression(), np.stack([NUMBERS, NUMBERS], axis=1), "what it gives cannot be told"),
        (RidgeClassifier(), np.array([[0, 1], [1, 0], [1, 1], [0, 0]]), "what it gives cannot be told"),
        (
            make_pipeline(make_column_transformer((OneHotEncoder(), [0])), LogisticRegression()),
            NAMES,
            "whether it takes numbers only cannot be told",
        ),
        (StandardScaler(), None, "what it gives cannot be told"),
    ],
)
def test_what_is_not_certain_is_not_guessed(model, target, why):
    found = said(model.fit(X, target))
    assert "interface" not in found.fields
    assert why in found.why_no_interface[0]


def test_a_model_of_named_columns_leaves_the_shape_of_its_input_to_people():
    model = LogisticRegression().fit(X, NAMES)
    model.feature_names_in_ = np.array(list("abcd"), dtype=object)
    assert "was fitted on named columns" in said(model).why_no_interface[0]


def test_what_is_no_estimator_says_little():
    found = said({"weights": [1, 2]})
    assert (found.fields, "whether it takes numbers" in found.why_no_interface[0]) == (
        {"algorithm": "dict"},
        True,
    )


def zipped(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_json", ".json"), data)
    return made


def changed(file, mark, at, data):
    """The archive with other bytes behind the last place of `mark`."""
    text = bytearray(file.getvalue())
    begin = text.rfind(mark) + at
    text[begin : begin + len(data)] = data
    return io.BytesIO(bytes(text))


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (io.BytesIO(b"no zip"), "not a zip file"),
        (zipped(other="x"), "no item named"),
        (zipped(schema_json="{"), "line 1"),
        (zipped(schema_json="[" * 10_000 + "]" * 10_000), "more than 64 levels"),
        (zipped(schema_json='{"a": 1, "a": 2}'), "written twice"),
        (zipped(schema_json=b"\x00" * (33 * 2**20)), "larger than"),
        (zipped(schema_json=b"\xff"), "not UTF-8"),
        (
            changed(zipped(schema_json="{}"), b"PK\x05\x06", 12, b"\xff\xff\xff\x0f"),
            "list of files is too long",
        ),
        (changed(zipped(schema_json="{}"), b"PK\x01\x02", 10, b"\x0e"), "compressed in an unusual way"),
        (changed(zipped(schema_json="x" * 99), b"PK\x03\x04", 41, b"\xff\xff\xff"), "cannot be read: Error"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(file, why):
    found = describe("model.skops", file)
    assert (found.fields, why in found.why_no_interface[0]) == ({}, True)


@pytest.mark.parametrize(
    "schema",
    [
        [],
        {},
        {"__class__": 1, "__module__": [], "content": "x"},
        {"__class__": "Pipeline", "content": {"content": {"steps": {"content": [1, {"content": [1]}, []]}}}},
        {
            "__module__": "sklearn.tree",
            "content": {"content": {"n_features_in_": {"__loader__": "JsonNode", "content": "1e9"}}},
        },
        {
            "__module__": "sklearn.tree",
            "content": {"content": {"n_features_in_": {"__loader__": "JsonNode", "content": "{"}}},
        },
    ],
)
def test_a_schema_of_another_shape_says_nothing_certain(schema):
    found = describe("model.skops", zipped(schema_json=json.dumps(schema)))
    assert "interface" not in found.fields
    assert found.why_no_interface[0]
