"""Model cards, in the shapes that people write them in, as fields of a version."""

from __future__ import annotations

import pytest

from modelops_git.core.formats.describing.model_card import card_of

FOUR = {"type": "array", "items": {"type": "number"}}


def evaluation_of(metric):
    return "latency" if metric == "ms" else "holdout"


def made(**fields):
    return card_of(fields, evaluation_of)


def performance(name, **metrics):
    return {"name": name, "kind": "performance", "metrics": metrics}


def test_the_common_fields_map_one_to_one():
    card = made(
        name="iris",
        version="1.2.0",
        framework="scikit-learn 1.5.2",
        hyperparameters={"depth": 3},
        training_data={"name": "iris", "uri": "s3://data/iris.csv", "sha256": "a" * 64, "rows": 150},
        performance={"accuracy": 0.97, "ms": 4},
        input_schema=FOUR,
        output_schema={"type": "integer"},
        limitations=["Three species."],
    )
    assert card.notes == []
    assert (card.name, card.version) == ("iris", "1.2.0")
    assert card.fields == {
        "framework": {"name": "scikit-learn", "version": "1.5.2"},
        "training": {
            "hyperparameters": {"depth": 3},
            "data": [{"name": "iris", "uri": "s3://data/iris.csv", "sha256": "a" * 64, "rows": 150}],
        },
        "evaluations": [performance("holdout", accuracy=0.97), performance("latency", ms=4)],
        "interface": {"protocol": "json", "input": FOUR, "output": {"type": "integer"}},
        "limitations": ["Three species."],
    }


@pytest.mark.parametrize(
    ("written", "framework"),
    [
        ("xgboost", {"name": "xgboost"}),
        ("scikit-learn==1.5.2", {"name": "scikit-learn", "version": "1.5.2"}),
        ("scikit-learn=1.5", {"name": "scikit-learn", "version": "1.5"}),
        ("PyTorch v2.10", {"name": "PyTorch", "version": "2.10"}),
        ("PyTorch Lightning 2.0.1+cu118", {"name": "PyTorch Lightning", "version": "2.0.1+cu118"}),
        ({"name": "keras", "version": "3.10"}, {"name": "keras", "version": "3.10"}),
        ({"name": "keras", "version": None}, {"name": "keras"}),
        ({"name": "keras", "version": 3.1}, None),
        ({"name": "keras", "url": "x"}, None),
        ({}, None),
        (["keras"], None),
        ("1.2", None),
    ],
)
def test_frameworks(written, framework):
    card = made(framework=written)
    assert card.fields.get("framework") == framework
    assert ("'framework'" in "".join(card.notes)) == (framework is None)


@pytest.mark.parametrize(
    ("written", "data"),
    [
        ("UCI iris", [{"name": "UCI iris"}]),
        ("s3://acme/iris.csv", [{"name": "iris.csv", "uri": "s3://acme/iris.csv"}]),
        (["a", {"name": "b", "num_rows": 3}], [{"name": "a"}, {"name": "b", "rows": 3}]),
        ({"url": "https://x/y.csv"}, [{"name": "y.csv", "uri": "https://x/y.csv"}]),
        ({"name": "a", "sha256": "sha256:" + "b" * 64}, [{"name": "a", "sha256": "b" * 64}]),
    ],
)
def test_training_data(written, data):
    card = made(training_data=written)
    assert (card.fields["training"]["data"], card.notes) == (data, [])


@pytest.mark.parametrize(
    ("written", "rows"),
    [
        ({"test": {"accuracy": 0.9}, "site-b": {"accuracy": 0.8}}, [("test", 0.9), ("site-b", 0.8)]),
        ([{"metric": "accuracy", "value": 0.9}], [("holdout", 0.9)]),
        ([{"name": "accuracy", "value": 0.9, "dataset": "test"}], [("test", 0.9)]),
        ([{"dataset": "test", "metrics": {"accuracy": 0.9}}], [("test", 0.9)]),
        ([{"name": "test", "metrics": {"accuracy": 0.9}}], [("test", 0.9)]),
        ({"test": [{"name": "accuracy", "value": 0.9}]}, [("test", 0.9)]),
    ],
)
def test_performance(written, rows):
    card = made(performance=written)
    assert card.fields["evaluations"] == [performance(name, accuracy=value) for name, value in rows]
    assert card.notes == []


def test_texts_lists_and_versions_in_other_shapes():
    card = made(limitations=" Few. ", version="v2.0.0-rc.1", hyperparameters=[{"name": "a", "value": [1]}])
    assert (card.fields["limitations"], card.version) == (["Few."], "2.0.0-rc.1")
    assert card.fields["training"]["hyperparameters"] == {"a": [1]}
    assert made(summary="New.", algorithm="tree", limitations=None).fields == {
        "summary": "New.",
        "algorithm": "tree",
    }


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("carbon", 3, "'carbon'"),
        ("a\x1b[1m", 3, "'a[1m'"),
        ("version", "1.2", "'version'"),
        ("version", 2, "'version'"),
        ("name", 1, "'name'"),
        ("description", [], "'description'"),
        ("summary", "", "'summary'"),
        ("hyperparameters", "depth 3", "'hyperparameters'"),
        ("training_data", 3, "'training_data'"),
        ("training_data", [{"name": "a", "license": "x"}], "'training_data[0].license'"),
        ("training_data", {"rows": 3}, "'training_data'"),
        ("training_data", {"name": "a", "path": "data/x"}, "'training_data.path'"),
        ("performance", 0.9, "'performance'"),
        ("performance", {"accuracy": "0.9"}, "'performance.accuracy'"),
        ("performance", {"accuracy": True}, "'performance.accuracy'"),
        ("performance", {"test": {"a": {"b": 1}}}, "'performance.test.a'"),
        ("performance", [3], "'performance[0]'"),
        ("performance", [{"value": 1}], "'performance[0]'"),
        ("performance", [{"name": "a", "value": 1, "unit": "s"}], "'performance[0].unit'"),
        ("limitations", {"a": 1}, "'limitations'"),
        ("input_schema", {"a": "float"}, "'input_schema'"),
        ("input_schema", {"type": "float"}, "'input_schema'"),
        ("input_schema", [1], "'input_schema'"),
        ("input_schema", FOUR, "needs output_schema as well"),
    ],
)
def test_what_cannot_be_taken_over_is_noted_by_its_name(field, value, named):
    (note,) = made(**{field: value}).notes
    assert named in note


@pytest.mark.parametrize(
    ("name", "is_of"),
    [("", True), ("iris", True), ("Team/Iris", True), ("Iris", True), ("IRIS ", True), ("iris 2", False)],
)
def test_whose_card_it_is(name, is_of):
    assert made(name=name).is_of("team/iris") == is_of


def test_what_is_no_object_is_no_card():
    with pytest.raises(ValueError, match="no object"):
        card_of([], evaluation_of)
