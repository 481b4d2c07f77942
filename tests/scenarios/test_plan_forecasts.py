"""A plan tells how many requests the tests of its analyses need, and how long they take to come."""

from __future__ import annotations

import json

import pytest

from modelops_git.core.errors import UsageError
from modelops_git.engine import forecasting, measuring

FILE = {"type": "file", "uri": "file:.modelops/metrics.json"}
STEPS = [
    {"weight": 5, "for": "10m", "analysis": ["serving"]},
    {"weight": 50, "for": "7d", "analysis": ["serving"]},
]
CANARY = {"type": "canary", "steps": STEPS, "deadline": "30d"}
ERRORS = {
    "name": "error-rate",
    "provider": FILE,
    "ratio": {"of": "/${since_step}/${version}/errors", "over": "/${since_step}/${version}/requests"},
    "test": {"worse_when": "higher", "allowed_increase": "5%"},
}
LATENCY = {
    "name": "latency",
    "provider": FILE,
    "histogram": {"buckets": "/${version}/seconds", "quantile": 0.9},
    "test": {"worse_when": "higher"},
}
VALUES = {"name": "values", "provider": FILE, "query": "/${digest}", "test": {"worse_when": "lower"}}
MEASURED = {
    "3600s": {"1.0.0": {"errors": 72, "requests": 7200}},
    "1.0.0": {"seconds": {"0.05": 470, "0.1": 720, "0.25": 955, "0.5": 998, "+Inf": 1000}},
}


def analysis(*metrics):
    return {"api_version": "modelops/v1", "kind": "Analysis", "name": "serving", "metrics": list(metrics)}


@pytest.fixture
def judged(live):
    """A canary to 1.1.0 is wanted, which an analysis is to judge."""

    def judged(*metrics):
        live.write("analyses/serving.yaml", analysis(*metrics))
        live.want("1.1.0", strategy=CANARY)
        live.merge()
        (live.clone / ".modelops").mkdir(exist_ok=True)
        (live.clone / ".modelops/metrics.json").write_text(json.dumps(MEASURED))
        return live

    return judged


def forecasts(shop):
    return shop.modelops("--format", "json", "plan").data["forecasts"]


def test_it_takes_so_many_requests_and_so_long_at_the_current_traffic(judged):
    shop = judged(ERRORS)
    first, second = forecasts(shop)
    assert (first["step"], first["live"], first["changed"], first["requests_per_minute"]) == (
        1,
        0.01,
        0.02,
        120,
    )
    assert 4000 < first["requests"] < first["requests_mostly"] < 9000
    assert first["seconds"] == pytest.approx(first["requests"] * 20 / 2, abs=20)
    assert second["requests"] > first["requests"]
    assert second["seconds"] < first["seconds"]
    said = shop.modelops("plan").out
    assert (
        "  error-rate, step 1: about 4,700 requests to 1.1.0 show a rise from 1 % to 2 %, 7,600 in nine of "
        "ten rollouts. At 5 % of 120 requests a minute that takes 13h; the step lasts 10m, so it may not be "
        "seen.\n"
    ) in said
    assert "that takes 3h; the step lasts 7d.\n" in said


def test_what_is_measured_changes_no_digest_of_a_plan(judged):
    shop = judged(ERRORS, LATENCY)
    before = shop.modelops("--format", "json", "plan").data["digest"]
    (shop.clone / ".modelops/metrics.json").unlink()
    after = shop.modelops("--format", "json", "plan").data
    assert after["digest"] == before
    assert "metrics.json" in after["forecasts"][0]["unknown"]


def test_a_quantile_and_comparisons_have_forecasts_too(judged):
    said = judged(LATENCY, VALUES).modelops("plan").out
    assert "latency, step 1: about " in said
    assert " show a rise of p90 from 0.21 to 0.43, " in said
    assert "The current traffic is not known: its queries do not say since when they count" in said
    assert (
        "  values, step 1: at least 9 comparisons, one every 1m, show a fall. That takes 9m; the step lasts "
        "10m.\n"
    ) in said


def test_a_provider_that_cannot_be_asked_is_told_once_and_fails_no_plan(judged):
    shop = judged({**ERRORS, "ratio": {"of": "/errors", "over": "/${version}/nothing"}})
    done = shop.modelops("plan")
    unknown = "error-rate: how many requests show a rise is not known: the live version has no value.\n"
    assert done.out.count(unknown) == 1
    assert done.code == 0


def test_a_provider_that_needs_another_package_fails_no_plan(judged, monkeypatch):
    def refuse(*_):
        raise UsageError("prometheus needs a package", hint="Install it.")

    monkeypatch.setattr(measuring, "open_provider", refuse)
    (first, _) = forecasts(judged(ERRORS))
    assert first["unknown"] == "prometheus needs a package"


def test_whom_to_ask_is_said_by_what_was_merged(judged, monkeypatch):
    """A branch that names another address, and a token to send there, is a draft."""
    shop = judged(ERRORS)
    monkeypatch.setattr(measuring, "open_provider", lambda *_: pytest.fail("a draft was acted on"))
    thief = {"type": "http", "url": "https://evil.example/", "auth": {"bearer_env": "FORGE_TOKEN"}}
    shop.git("checkout", "--quiet", "-b", "draft")
    shop.write("analyses/serving.yaml", analysis({**ERRORS, "provider": thief}))
    shop.git("commit", "--quiet", "--all", "-m", "Ask somebody else")
    (first, _) = forecasts(shop)
    assert first["unknown"] == "providers are asked as merged analyses say, and this one is not merged yet"


def test_only_so_many_metrics_are_asked_for(judged, monkeypatch):
    monkeypatch.setattr(forecasting, "MOST_ASKED", 1)
    shop = judged(ERRORS, LATENCY, VALUES)
    assert {one["metric"] for one in forecasts(shop)} == {"error-rate"}
    assert "What 4 more tests would need was not asked for.\n" in shop.modelops("plan").out


def test_where_nothing_is_tested_nothing_is_asked(judged):
    shop = judged({"name": "all", "provider": FILE, "query": "/a", "failure_condition": "candidate > 1.0"})
    (shop.clone / ".modelops/metrics.json").write_text("no JSON")
    assert forecasts(shop) == []
    assert "JSON" not in shop.modelops("plan").out
