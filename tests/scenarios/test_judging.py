"""A canary that is judged by what a file says, with real manifests and git."""

from __future__ import annotations

import json

import pytest

STEP = {"weight": 10, "for": "0s", "analysis": ["errors"]}
CANARY = {"type": "canary", "steps": [STEP], "deadline": "1h"}


def analysis(condition):
    return {
        "api_version": "modelops/v1",
        "kind": "Analysis",
        "name": "errors",
        "metrics": [
            {
                "name": "rate",
                "provider": {"type": "file", "uri": "file:.modelops/metrics.json"},
                "query": "/${version}/rate",
                "failure_condition": condition,
            }
        ],
    }


@pytest.fixture
def judged(live):
    """A canary to 1.1.0 at ten percent, which an analysis is to judge."""
    live.write("analyses/errors.yaml", analysis("candidate > 0.5"))
    live.want("1.1.0", strategy=CANARY)
    live.merge()
    live.modelops("apply")
    return live


def measured(shop, rate):
    """A clone that measures so much of 1.1.0, and has not measured before."""
    fresh = shop.new_clone("fresh")
    file = fresh / ".modelops/metrics.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"1.1.0": {"rate": rate}}))
    return fresh


def weights(shop):
    return {one["version"]: one["weight"] for one in shop.table()["routes"]}


def test_what_cannot_be_measured_keeps_the_weight_and_says_why(judged):
    assert weights(judged) == {"1.0.0": 90, "1.1.0": 10}
    (stands,) = judged.modelops("--format", "json", "apply").data["standing"]
    assert "metrics.json" in stands["text"]
    assert weights(judged) == {"1.0.0": 90, "1.1.0": 10}


def test_a_failed_analysis_takes_the_traffic_back_and_prepares_the_revert(judged):
    done = judged.modelops("--format", "json", "apply", cwd=measured(judged, 0.9))
    assert weights(judged) == {"1.0.0": 100}
    (held,) = done.data["held"]
    assert "rate" in held["reason"]
    (revert,) = done.data["reverts"]
    assert revert["branch"] == "rollback/iris-to-1.0.0-in-production"
    assert "Measured" in judged.types()


def test_an_analysis_that_is_edited_meanwhile_changes_nothing(judged):
    judged.write("analyses/errors.yaml", analysis("candidate > 0.001"))
    judged.merge("Judge more strictly")
    judged.modelops("apply", cwd=measured(judged, 0.2))
    assert judged.live() == "1.1.0"
