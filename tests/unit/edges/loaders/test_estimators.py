"""Estimators that skops and joblib stored: what is asked of them is what the interface says."""

from __future__ import annotations

import io
import os
import pickle

import numpy as np
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from modelops_git.core.errors import RefusedError
from modelops_git.edges.loaders.base import BadInputError, ModelError
from modelops_git.engine.inspecting import Rules
from modelops_git.engine.serving.loading import load_version
from served import MODEL, served

ALLOWED = Rules(frozenset({"onnx", "skops"}))
PICKLES = Rules(frozenset({"onnx", "joblib", "pickle"}), frozenset({"joblib", "pickle"}))
NUMBERS = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
SHARES = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}
BY_CLASS = {"type": "object", "additionalProperties": {"type": "number"}}
FLOWERS, SPECIES = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[SPECIES]


@pytest.fixture(scope="module")
def classifier():
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(FLOWERS, NAMES)


@pytest.fixture
def load(tmp_path):
    def load(fitted, output, data=NUMBERS, rules=ALLOWED):
        kind = "skops" if rules is ALLOWED else "joblib"
        stored = skops.io.dumps(fitted) if kind == "skops" else dumped(fitted)
        at = served(tmp_path, {f"model.{kind}": (stored, "model")}, {"input": data, "output": output})
        return load_version(at.root, MODEL, at.route, rules)

    return load


def dumped(fitted):
    import joblib

    stream = io.BytesIO()
    joblib.dump(fitted, stream)
    return stream.getvalue()


@pytest.mark.parametrize("rules", [ALLOWED, PICKLES], ids=["skops", "joblib"])
def test_a_single_value_is_what_predict_gives(load, classifier, rules):
    loaded = load(classifier, {"type": "string", "enum": ["setosa", "versicolor", "virginica"]}, rules=rules)
    assert loaded.predict(FLOWERS[::60].tolist()) == ["setosa", "versicolor", "virginica"]
    assert loaded.refusal([1, 2, 3, "4"]).pointer == "/3"


def test_an_array_of_numbers_is_what_predict_proba_gives(load, classifier):
    (answer,) = load(classifier, SHARES).predict([FLOWERS[0].tolist()])
    assert answer == pytest.approx(classifier.predict_proba(FLOWERS[:1])[0].tolist())


def test_an_object_of_numbers_has_the_names_of_the_classes(load, classifier):
    (answer,) = load(classifier, BY_CLASS).predict([FLOWERS[0].tolist()])
    assert answer.keys() == {"setosa", "versicolor", "virginica"}
    assert sum(answer.values()) == pytest.approx(1)


def test_an_object_has_both(load, classifier):
    output = {"type": "object", "properties": {"label": {"type": "string"}, "scores": BY_CLASS}}
    loaded = load(classifier, output)
    (answer,) = loaded.predict([FLOWERS[0].tolist()])
    assert answer["label"] == "setosa"
    assert max(answer["scores"], key=answer["scores"].get) == "setosa"
    tensors = loaded.infer({"input": FLOWERS[:2]})
    assert tensors["label"].tolist() == ["setosa", "setosa"]
    assert tensors["scores"].shape == (2, 3)
    assert (loaded.outputs[1].datatype, tensors["scores"].dtype) == ("FP64", np.float64)


def test_a_regression_gives_numbers(load):
    fitted = LinearRegression().fit(FLOWERS[:, :3], FLOWERS[:, 3])
    three = NUMBERS | {"minItems": 3, "maxItems": 3}
    (answer,) = load(fitted, {"type": "number"}, three).predict([FLOWERS[0, :3].tolist()])
    assert answer == pytest.approx(fitted.predict(FLOWERS[:1, :3])[0])


def test_one_of_several_outputs_gives_arrays(load):
    fitted = LinearRegression().fit(FLOWERS, FLOWERS[:, :2])
    two = {"type": "array", "items": {"type": "number"}}
    (answer,) = load(fitted, two).predict([FLOWERS[0].tolist()])
    assert answer == pytest.approx(FLOWERS[0, :2].tolist())


def test_a_single_number_is_a_row_of_one(load):
    fitted = LinearRegression().fit(FLOWERS[:, :1], FLOWERS[:, 1])
    (answer,) = load(fitted, {"type": "number"}, {"type": "number"}).predict([5.0])
    assert answer == pytest.approx(fitted.predict([[5.0]])[0])


def test_texts_are_taken_as_they_are(load):
    fitted = make_pipeline(CountVectorizer(), LogisticRegression()).fit(["good day", "bad day"], [1, 0])
    assert load(fitted, {"type": "integer"}, {"type": "string"}).predict(["good", "bad"]) == [1, 0]


def test_named_columns_are_a_table(load):
    import pandas as pd

    table = pd.DataFrame({"size": [1.0, 2.0, 3.0, 4.0], "kind": ["a", "b", "a", "b"]})
    columns = ColumnTransformer([("kind", OneHotEncoder(), ["kind"])], remainder="passthrough")
    fitted = make_pipeline(columns, LinearRegression()).fit(table, [1, 20, 3, 40])
    house = {"type": "object", "properties": {"kind": {"type": "string"}, "size": {"type": "number"}}}
    (answer,) = load(fitted, {"type": "number"}, house).predict([{"kind": "b", "size": 2}])
    assert answer == pytest.approx(fitted.predict(table)[1])
    other = {"type": "object", "properties": {"sort": {"type": "string"}, "size": {"type": "number"}}}
    with pytest.raises(
        ModelError, match="was fitted on the columns size, kind, and its interface takes size, sort"
    ):
        load(fitted, {"type": "number"}, other)


def test_properties_need_an_estimator_that_was_fitted_on_names(load, classifier):
    with pytest.raises(ModelError, match="was fitted without names"):
        load(classifier, {"type": "string"}, {"type": "object", "properties": {"a": NUMBERS}})


def test_what_predict_gives_has_to_be_what_the_interface_says(load, classifier):
    loaded = load(classifier, {"type": "integer"})
    with pytest.raises(ModelError, match="the interface says INT64"):
        loaded.predict([FLOWERS[0].tolist()])


def test_an_interface_that_leaves_open_what_goes_in_is_refused(load, classifier):
    with pytest.raises(ModelError, match="leaves open what input is"):
        load(classifier, SHARES, {"type": "array"})


def test_what_has_no_predict_is_refused(load):
    with pytest.raises(ModelError, match="is a StandardScaler, which has no `predict`"):
        load(StandardScaler().fit(FLOWERS), SHARES)


def test_types_that_skops_does_not_trust_are_named_and_not_loaded(load):
    forest = RandomForestClassifier(2, random_state=0).fit(FLOWERS, SPECIES)
    with pytest.raises(ModelError, match=r"skops does not trust: sklearn\.tree\._tree\.Tree") as error:
        load(forest, {"type": "integer"})
    assert error.value.hint == "Export the model to ONNX."


class Trap:
    """Touches a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (os.mkdir, (self.path,))


@pytest.mark.parametrize("name", ["model.joblib", "model.pkl", "model.onnx", "weights.bin"])
@pytest.mark.parametrize("role", ["model", "other"])
def test_a_pickle_that_is_not_allowed_is_not_unpickled(tmp_path, name, role):
    trap = tmp_path / "sprung"
    at = served(tmp_path, {name: (pickle.dumps(Trap(str(trap))), role)}, {"input": NUMBERS, "output": SHARES})
    with pytest.raises(RefusedError) as error:
        load_version(at.root, MODEL, at.route, ALLOWED)
    assert {finding.code for finding in error.value.findings} <= {"MOG408", "MOG409", "MOG410"}
    assert not trap.exists()


def test_an_exception_that_has_ended_allows_nothing(tmp_path):
    trap = tmp_path / "sprung"
    files = {"model.joblib": (pickle.dumps(Trap(str(trap))), "model")}
    at = served(tmp_path, files, {"input": NUMBERS, "output": SHARES})
    ended = Rules(frozenset({"onnx"}), ended=(("joblib", "2026-01-01"), ("pickle", "2026-01-01")))
    with pytest.raises(RefusedError, match="ended on 2026-01-01"):
        load_version(at.root, MODEL, at.route, ended)
    assert not trap.exists()


def test_a_pickle_of_something_else_is_refused_where_pickles_are_allowed(load):
    with pytest.raises(ModelError, match="is a dict, which has no `predict`"):
        load({"a": 1}, SHARES, rules=PICKLES)


def test_rows_that_the_estimator_does_not_take_are_its_failure(load, classifier):
    loaded = load(classifier, SHARES, {"type": "array", "items": {"type": "number"}})
    with pytest.raises(ModelError, match="features"):
        loaded.predict([[1, 2]])
    with pytest.raises(BadInputError):
        loaded.predict([["a", 2]])
