"""`register --card`, on the command line in this process."""

from __future__ import annotations

import json

import pytest

from workshop import NEW, Workshop, onnx_bytes, refused

CARD = {
    "name": "Iris",
    "version": "2.5.0",
    "description": "Names irises.",
    "summary": "From the card.",
    "framework": "scikit-learn 1.5.2",
    "hyperparameters": {"depth": 1, "width": 2},
    "training_data": [{"name": "iris", "rows": 150}],
    "performance": {"accuracy": 0.9, "f1": 0.8},
    "limitations": "Three species.",
    "carbon": 3,
}


@pytest.fixture
def desk(tmp_path):
    return Workshop(tmp_path / "shop")


def test_a_card_fills_in_what_nobody_else_says(desk):
    card = desk.file("card.json", json.dumps(CARD))
    model = desk.file("model.onnx", onnx_bytes())
    done = desk.register(model, "--card", card, "--owner", "ml", "--risk", "low", check=True)
    written = desk.written("2.5.0")
    assert written["summary"] == "From the card."
    assert written["framework"] == {"name": "scikit-learn", "version": "1.5.2"}
    assert written["training"]["data"] == [{"name": "iris", "rows": 150}]
    assert written["limitations"] == ["Three species."]
    assert "description: Names irises." in (desk.clone / "models/iris/model.yaml").read_text()
    assert "The card's 'carbon' is not taken over" in done.err
    assert desk.modelops("validate").code == 0


def test_words_win_over_metadata_and_those_over_the_card(desk):
    fields = {
        "framework": {"name": "xgboost"},
        "summary": "M.",
        "training": {"hyperparameters": {"depth": 5}},
    }
    words = (
        "--metadata",
        desk.file("fields.json", json.dumps(fields)),
        "--card",
        desk.file("c.json", json.dumps(CARD)),
    )
    model, data = desk.file("model.onnx", onnx_bytes()), desk.file("data.csv", "a")
    more = ("--param", "width=9", "--metric", "accuracy=0.95", "--data", f"iris={data}", "--version", "1.0.0")
    desk.register(model, *words, *more, *NEW, check=True)
    written = desk.written("1.0.0")
    assert written["summary"] == "First."
    assert written["framework"] == {"name": "xgboost"}
    assert written["training"]["hyperparameters"] == {"depth": 5, "width": 9}
    assert (written["training"]["data"][0]["rows"], len(written["training"]["data"])) == (150, 1)
    assert written["evaluations"][0]["metrics"] == {"accuracy": 0.95, "f1": 0.8}


def test_a_card_of_another_model_and_of_one_that_is_described_is_noted(desk):
    desk.first()
    card = desk.file("card.json", json.dumps({**CARD, "name": "roses"}))
    done = desk.register(desk.file("model.onnx", onnx_bytes(weight=2)), "--card", card, check=True)
    assert "The card is of 'roses', and iris is being registered." in done.err
    assert "models/iris/model.yaml describes the model" in done.err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1"),
        ("[]", "no object of fields"),
        ('{"name": "a", "name": "b"}', "the key 'name' is written twice"),
        ('{"hyperparameters": {"a": NaN}}', "NaN is no number"),
        ('{"a":' * 70 + "1" + "}" * 70, "more than 64 levels"),
        (" " * 1_100_000, "larger than 1 MiB"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_what_is_no_card_is_refused(desk, text, says):
    card = desk.file("card.json", text)
    refused(
        desk.register(desk.file("model.onnx", onnx_bytes()), "--card", card, *NEW), "--card", says, code=2
    )
    assert desk.git("status", "--porcelain") == ""


def test_a_card_that_is_not_there_is_refused(desk):
    model = desk.file("model.onnx", onnx_bytes())
    refused(desk.register(model, "--card", "none.json", *NEW), "--card none.json", code=2)


def test_what_is_wrong_in_a_card_is_told_like_all_else(desk):
    bad = {"training_data": {"name": "iris", "sha256": "short"}, "summary": "a\u202eb"}
    card = desk.file("card.json", json.dumps(bad))
    done = desk.register(desk.file("model.onnx", onnx_bytes()), "--card", card, *NEW[2:])
    refused(done, "nothing was stored or written")


def test_the_same_bytes_are_refused_whatever_their_order_the_card_and_the_metadata(desk):
    model, other = desk.file("model.onnx", onnx_bytes()), desk.file("labels.json", "[]")
    desk.register(model, other, *NEW, check=True)
    card = desk.file("card.json", json.dumps({"summary": "Of the card."}))
    fields = desk.file("fields.json", json.dumps({"summary": "Of the metadata."}))
    for words in (("--summary", "S"), ("--card", card), ("--metadata", fields)):
        refused(
            desk.register(other, model, *words),
            "MOG309",
            "iris 1.0.0 is the very same",
            "modelops show iris@1.0.0",
        )
    assert [path.name for path in (desk.clone / "models/iris/versions").iterdir()] == ["1.0.0.yaml"]
