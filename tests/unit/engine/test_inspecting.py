"""From what a file is to why it is refused: formats, exceptions, their last day, roles, names."""

from __future__ import annotations

import io
import pickle
import zlib

import pytest

from modelfiles import Loads, classifier, joblib_file, onnx_file, torch_zip
from modelops_git.core.formats.inspection import Inspection
from modelops_git.core.manifests.registry import Registry
from modelops_git.engine.inspecting import Inspect, Named, Rules, flaw_of, is_allowed, rules_for

SAFE = frozenset({"onnx", "safetensors"})
RULES = Rules(SAFE)


def registry(*exceptions):
    formats = {"allowed": sorted(SAFE), "exceptions": exceptions}
    needed = {"api_version": "modelops/v1", "kind": "Registry", "name": "acme", "default_store": "a"}
    return Registry.model_validate_json(
        __import__("json").dumps({**needed, "stores": {"a": {"uri": "file:a"}}, "formats": formats})
    )


def exception(until="2026-06-30", models=("legacy/*",), formats=("joblib", "pickle")):
    return {"models": models, "formats": formats, "until": until, "reason": "The runtime knows nothing else."}


def code_of(path, role, found, rules=RULES, stated=None):
    flaw = flaw_of(Named(path, role, stated), found, rules)
    return flaw.code if flaw else None


@pytest.mark.parametrize(
    ("model", "day", "allowed"),
    [
        ("legacy/iris", "2026-06-30", True),
        ("legacy/iris", "2026-07-01", False),
        ("iris", "2026-06-01", False),
        ("legacy/a/b", "2026-06-01", True),
    ],
)
def test_an_exception_holds_for_its_models_until_its_last_day(model, day, allowed):
    rules = rules_for(registry(exception()), model, day)
    assert ("joblib" in rules.allowed) is allowed
    assert ("joblib" in rules.excepted) is allowed
    assert rules.allowed >= SAFE


def test_an_exception_that_has_ended_is_told_with_its_day():
    rules = rules_for(registry(exception()), "legacy/iris", "2026-07-01")
    flaw = flaw_of(Named("m.joblib", "model"), Inspection("joblib"), rules)
    assert flaw.code == "MOG408"
    assert "the exception for joblib ended on 2026-06-30" in flaw.message
    later = rules_for(registry(exception(), exception("2027-01-01")), "legacy/iris", "2026-07-01")
    assert later.ended == ()


@pytest.mark.parametrize(
    ("path", "role", "found", "code"),
    [
        ("m.onnx", "model", Inspection("onnx"), None),
        ("m.bin", "model", Inspection("onnx"), None),
        ("m.onnx", "model", Inspection("pickle"), "MOG408"),
        ("vocab.txt", "tokenizer", Inspection("pickle"), "MOG408"),
        ("data.h5", "other", Inspection("h5"), "MOG408"),
        ("m.bin", "model", Inspection("unknown"), "MOG408"),
        ("m.npz", "model", Inspection("npz"), "MOG408"),
        ("w.npz", "index", Inspection("npz"), None),
        ("notes.md", "other", Inspection("unknown"), None),
        ("m.onnx", "model", Inspection("unknown"), "MOG409"),
        ("m.onnx", "other", Inspection("zip"), "MOG409"),
        ("m.onnx", "model", Inspection("onnx", mismatch="it is cut off"), "MOG409"),
        ("a.7z", "other", Inspection("7z", unscannable="nobody"), "MOG410"),
        ("m.onnx", "model", Inspection("unknown", unscannable="nobody"), "MOG410"),
        ("m.pkl", "model", Inspection("pickle", unscannable="nobody"), "MOG408"),
    ],
)
def test_which_finding_a_file_is_worth(path, role, found, code):
    assert code_of(path, role, found) == code


@pytest.mark.parametrize(
    ("stated", "kind", "code"),
    [
        ("onnx", "safetensors", "MOG409"),
        ("onnx", "unknown", "MOG409"),
        ("pmml", "safetensors", "MOG409"),
        ("json", "unknown", "MOG408"),
        ("joblib", "unknown", "MOG409"),
        ("pmml", "unknown", None),
        ("pmml", "json", None),
        ("pmml", "zip", None),
        (None, "safetensors", None),
    ],
)
def test_what_a_manifest_says_is_held_against_the_content(stated, kind, code):
    assert code_of("model", "model", Inspection(kind), Rules(SAFE | {"pmml"}), stated) == code


def test_the_word_of_a_manifest_does_not_make_a_pickle_harmless():
    rules = Rules(SAFE | {"pmml"})
    assert not is_allowed(Named("m", "model", "pmml"), Inspection("pickle"), rules)
    assert not is_allowed(Named("m", "model", "onnx"), Inspection("unknown"), rules)


def test_a_general_word_is_right_for_a_special_one():
    rules = Rules(frozenset({"joblib", "xgboost-json"}))
    assert code_of("m.pkl", "model", Inspection("joblib"), rules, "pickle") is None
    assert code_of("m.json", "model", Inspection("xgboost-json"), rules, "json") is None
    assert code_of("m.pkl", "model", Inspection("joblib"), rules, "torch") == "MOG409"


def test_what_decided_is_named_and_cannot_harm_a_terminal():
    found = Inspection("pickle", inside="a\x1b[31m/data.pkl")
    flaw = flaw_of(Named("m\n.zip", "model"), found, RULES)
    assert "data.pkl" in flaw.message
    assert flaw.message.isprintable()


def looked(data, rules, name="model.bin", role="model"):
    return Inspect(rules)(Named(name, role), io.BytesIO(data), len(data))


def test_a_look_is_a_value():
    look = Inspect(Rules(SAFE, frozenset({"joblib"}), (("h5", "2026-01-01"),)))
    assert pickle.loads(pickle.dumps(look)) == look  # noqa: S301 - our own


def test_a_look_at_bytes():
    assert looked(onnx_file(), RULES) is None
    assert looked(b"", RULES) is None
    assert looked(pickle.dumps(1), RULES).code == "MOG408"
    assert looked(pickle.dumps(1), RULES, role="config").code == "MOG408"


LENIENT = Rules(SAFE | {"joblib", "pickle", "torch", "h5"}, frozenset({"joblib", "pickle", "torch", "h5"}))


@pytest.mark.parametrize("compress", [0, "zlib", "lz4", "xz"])
def test_a_harmless_joblib_file_passes_the_scanner(compress):
    assert looked(joblib_file(classifier(), compress), LENIENT) is None


@pytest.mark.parametrize(
    "data",
    [
        pickle.dumps(Loads()),
        pickle.dumps(Loads(), 0),
        joblib_file([classifier(), Loads()]),
        joblib_file([classifier(), Loads()], "zlib"),
        joblib_file([classifier(), Loads()], "lz4"),
        torch_zip(),
        zlib.compress(pickle.dumps(Loads())),
    ],
    ids=["pickle", "old", "joblib", "zlib", "lz4", "torch", "compressed"],
)
def test_a_dangerous_pickle_does_not_pass_the_scanner(data):
    flaw = looked(data, LENIENT)
    assert flaw.code == "MOG408"
    assert "is dangerous, says picklescan" in flaw.message
    assert "system" in flaw.message


def test_a_pickle_that_the_scanner_cannot_read_to_its_end_is_unscannable():
    flaw = looked(pickle.dumps(["x", "y" * 500])[:-100], LENIENT)
    assert flaw.code == "MOG410"
    assert "could not be scanned by picklescan" in flaw.message
