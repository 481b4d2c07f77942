"""Texts: JSON, XGBoost's and LightGBM's, cut off and made up."""

from __future__ import annotations

import json

import pytest

from modelfiles import LIGHTGBM, XGBOOST, judged
from modelops_git.core.formats import texts

MODEL = json.dumps(XGBOOST).encode()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (MODEL, "xgboost-json"),
        (json.dumps({"version": [1, 0, 0], "learner": {}}).encode(), "xgboost-json"),
        (json.dumps(XGBOOST, indent=2).encode(), "xgboost-json"),
        (b'{"learner": 1}', "json"),
        (b'{"learner": {}}', "json"),
        (b'{"a": {"learner": {}}, "version": 1}', "json"),
        (b"[1, 2]", "json"),
        (b'\xef\xbb\xbf{"a": 1}', "json"),
        (b'{"a": "\xff and more"}', "unknown"),
        (b'{"a": "\0"}', "unknown"),
        (b"tree house", "unknown"),
        (LIGHTGBM.encode(), "lightgbm-text"),
        (LIGHTGBM.replace("\n", "\r\n").encode(), "lightgbm-text"),
    ],
)
def test_what_a_text_is(data, kind):
    found = judged(data, "model.json")
    assert found.format == kind


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (MODEL[:-1], "no JSON"),
        (MODEL.replace(b'"version"', b'"learner"'), "twice"),
        (MODEL[:-1] + b', "more": 1}', "writes no 'more'"),
        (MODEL.replace(b'"attributes": {}', b'"attributes": ' + b"[" * 99_999), "too deep"),
        (LIGHTGBM.encode()[:-50], "cut off"),
        (LIGHTGBM.encode() + b"\0", "no text"),
        (b"{L" + bytes(7) + b"\x07learner{", "cut off"),
    ],
)
def test_what_is_wrong_is_named(data, says):
    assert says in judged(data, "model.json").mismatch


def test_a_large_model_is_judged_by_both_ends(monkeypatch):
    monkeypatch.setattr(texts, "MAX_JSON", 100)
    assert judged(MODEL)[:3] == ("xgboost-json", "", "")
    assert "cut off" in judged(MODEL[:-2]).mismatch
