import pytest

from modelops_git.core.manifests.model import MetricGoal
from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.manifests.write import dump
from modelops_git.engine.diff import Change, Judgement, diff_versions, items, judge

NUMBERS = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}


def version(number, **more):
    manifest = {
        "api_version": "modelops/v1",
        "kind": "ModelVersion",
        "model": "iris",
        "version": number,
        "summary": "x",
        "created_at": "2026-06-02T15:30:00Z",
        "authors": ["github:ana"],
        "artifacts": [{"path": "model.onnx", "role": "model", "sha256": number[0] * 64, "size": 3}],
        "interface": {"protocol": "json", "input": NUMBERS, "output": {"type": "integer"}},
        **more,
    }
    parsed = parse_document(f"models/iris/versions/{number}.yaml", dump(manifest).encode())
    assert parsed.document, parsed.findings
    return parsed.document


def evaluation(value, digest="a" * 64):
    data = {"name": "test", **({"sha256": digest} if digest else {})}
    return [{"name": "holdout", "kind": "performance", "data": data, "metrics": {"accuracy": value}}]


def model(goal="maximize", name="holdout"):
    metrics = {"accuracy": {"evaluation": name, "goal": goal}}
    fields = {"name": "iris", "description": "x", "owners": ["ml"], "risk": "low", "metrics": metrics}
    text = dump({"api_version": "modelops/v1", "kind": "Model", **fields})
    return parse_document("models/iris/model.yaml", text.encode()).document


def judged(old, new, of=None):
    (row,) = diff_versions(version("1.0.0", evaluations=old), version("1.1.0", evaluations=new), of).metrics
    return row.judgement


def test_a_metric_is_better_or_worse_by_the_goal_of_the_model():
    assert judged(evaluation(0.9), evaluation(0.95), model()) is Judgement.BETTER
    assert judged(evaluation(0.9), evaluation(0.95), model("minimize")) is Judgement.WORSE
    assert judged(evaluation(0.9), evaluation(0.9), model()) is Judgement.EQUAL


def test_without_a_goal_for_that_evaluation_nothing_is_judged():
    assert judged(evaluation(0.9), evaluation(0.95)) is Judgement.NO_GOAL
    assert judged(evaluation(0.9), evaluation(0.95), model(name="other")) is Judgement.NO_GOAL


@pytest.mark.parametrize(("old", "new"), [("a" * 64, "b" * 64), (None, None), ("a" * 64, None)])
def test_metrics_on_other_or_unknown_data_are_not_comparable(old, new):
    assert judged(evaluation(0.9, old), evaluation(0.95, new), model()) is Judgement.NOT_COMPARABLE


def test_a_metric_of_one_version_only_is_not_comparable():
    assert judged([], evaluation(0.95), model()) is Judgement.NOT_COMPARABLE


def test_equal_values_are_equal_whatever_the_goal():
    assert judge(1.0, 1.0, None) is Judgement.EQUAL
    assert judge(1.0, 0.5, MetricGoal(evaluation="x", goal="minimize")) is Judgement.BETTER


def test_items_say_what_happened_to_each_name():
    found = items({"a": 1, "b": 2, "c": True}, {"b": 2, "c": 1, "d": None})
    assert [(item.name, item.change) for item in found] == [
        ("a", Change.REMOVED),
        ("b", Change.SAME),
        ("c", Change.CHANGED),
        ("d", Change.ADDED),
    ]


def test_an_incompatible_interface_asks_for_the_next_major_with_a_witness():
    wider = {
        "protocol": "json",
        "input": {**NUMBERS, "minItems": 5, "maxItems": 5},
        "output": {"type": "integer"},
    }
    difference = diff_versions(version("1.2.3"), version("2.0.0", interface=wider), None)
    assert (difference.verdict.bump, difference.least) == ("major", "2.0.0")
    assert len(difference.verdict.comparison.witness.value) == 4
    (file,) = difference.artifacts
    assert file.change is Change.CHANGED
