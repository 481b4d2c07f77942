"""abort, pause, resume, retry: what somebody types at three in the morning, and what is down then."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from modelops_git.core.digests import of_json
from modelops_git.edges.git.repository import find_registry
from modelops_git.edges.targets.gateway import Gateway
from modelops_git.engine.ground import stand
from modelops_git.engine.intent import known_intent
from modelops_git.engine.reverting import reverts

CANARY = {
    "type": "canary",
    "steps": [{"weight": 25, "until": "resumed"}, {"weight": 50, "until": "resumed"}],
    "deadline": "24h",
}
SWITCH = {"type": "blue_green", "keep_previous": "1h"}
IRIS = ("iris", "--env", "production")


def begin(shop, strategy, version="1.1.0", **more):
    shop.want(version, strategy=strategy, **more)
    shop.merge()
    shop.modelops("apply", "--env", "production")


@pytest.fixture
def canary(live):
    """1.1.0 is a canary beside 1.0.0, and waits for somebody at its first step."""
    begin(live, CANARY)
    assert routes(live) == {"stable 1.0.0": 75, "candidate 1.1.0": 25}
    return live


def routes(shop):
    return {f"{one['role']} {one['version']}": one["weight"] for one in shop.table()["routes"]}


def row(shop, **more):
    return shop.modelops("--format", "json", "status", "--env", "production", **more).data["rows"][0]


def cut_off(shop):
    shop.remote.rename(shop.folder / "gone")


def reach(shop):
    (shop.folder / "gone").rename(shop.remote)


def test_an_abort_sends_all_traffic_back_and_retry_begins_anew(canary):
    done = canary.modelops("abort", *IRIS, "--reason", "errors up")
    assert "the canary of 1.1.0 is over" in done.out
    assert routes(canary) == {"stable 1.0.0": 100}
    assert canary.types()[-1] == "HoldSet"
    canary.modelops("apply", "--env", "production")
    assert (row(canary)["state"], routes(canary)) == ("held", {"stable 1.0.0": 100})
    assert "main" not in canary.git("branch", "--contains", "rollback/iris-to-1.0.0-in-production")
    again = canary.modelops("abort", *IRIS, check=False)
    assert (again.code, "already, held by Ana Example" in again.err) == (1, True)

    canary.modelops("retry", *IRIS, "--reason", "it was the network")
    assert row(canary)["state"] != "held"
    canary.modelops("apply", "--env", "production")
    assert routes(canary) == {"stable 1.0.0": 75, "candidate 1.1.0": 25}
    assert canary.is_whole()
    refused = canary.modelops("retry", *IRIS, check=False)
    assert (refused.code, "nothing of iris is held" in refused.err) == (1, True)


def test_with_the_remote_down_an_abort_waits_in_the_outbox_or_is_read_off_the_target(canary):
    cut_off(canary)
    done = canary.modelops("--format", "json", "abort", *IRIS)
    assert (routes(canary), done.data["journaled"]) == ({"stable 1.0.0": 100}, False)
    assert Path(done.data["outbox"]).is_file()
    reach(canary)
    shutil.rmtree(canary.clone / ".git/modelops/outbox")

    runner = canary.new_clone("runner")
    canary.modelops("apply", "--env", "production", cwd=runner)
    assert canary.types().count("HoldSet") == 1
    assert (row(canary, cwd=runner)["state"], routes(canary)) == ("held", {"stable 1.0.0": 100})
    canary.modelops("retry", *IRIS)
    canary.modelops("apply", "--env", "production", cwd=runner)
    assert routes(canary) == {"stable 1.0.0": 75, "candidate 1.1.0": 25}


def test_a_clone_that_never_saw_the_journal_aborts_against_the_right_generation(canary):
    fresh = canary.new_clone("fresh")
    canary.git("checkout", "--quiet", "--detach", cwd=fresh)
    canary.git("branch", "--quiet", "--delete", "--force", "main", cwd=fresh)
    canary.git("update-ref", "-d", "refs/remotes/origin/main", cwd=fresh)
    cut_off(canary)
    canary.modelops("abort", *IRIS, cwd=fresh)
    assert routes(canary) == {"stable 1.0.0": 100}
    reach(canary)
    canary.modelops("apply", "--env", "production", cwd=fresh)
    assert canary.types()[-1] == "HoldSet"
    assert (row(canary)["state"], routes(canary)) == ("held", {"stable 1.0.0": 100})


def test_a_broken_journal_and_a_broken_registry_stop_no_abort(canary):
    (canary.clone / ".git/modelops/journal.git/HEAD").unlink()
    canary.write("modelops.yaml", "oops")
    canary.merge()
    done = canary.modelops("--format", "json", "abort", *IRIS)
    assert (routes(canary), done.data["journaled"]) == ({"stable 1.0.0": 100}, False)


def test_an_abort_between_announcement_and_call_wins_and_waits_for_no_lease(canary):
    original = Gateway.apply
    orders = []

    def overtaken(this, order):
        if not orders:
            orders.append(order)
            canary.modelops("abort", *IRIS, cwd=canary.new_clone("phone"))
        return original(this, order)

    canary.modelops("resume", *IRIS)
    with patch.object(Gateway, "apply", overtaken):
        canary.modelops("apply", "--env", "production")
    assert orders
    assert (row(canary)["state"], routes(canary)) == ("held", {"stable 1.0.0": 100})
    assert canary.types()[-1] == "HoldSet"
    assert canary.is_whole()


def test_the_abort_of_a_first_deployment_takes_the_route_off(shop):
    shop.version("1.1.0")
    shop.merge()
    nothing = shop.modelops("abort", *IRIS, check=False)
    assert (nothing.code, nothing.out) == (1, "")
    begin(shop, CANARY, first_deployment="strategy")
    assert shop.live() == "1.1.0"
    refused = shop.modelops("rollback", *IRIS, "--now", check=False)
    assert (refused.code, "`modelops abort` takes off" in refused.err) == (1, True)
    done = shop.modelops("abort", *IRIS)
    assert "serves iris no more" in done.out
    assert (shop.live(), row(shop)["state"]) == (None, "held")
    shop.git("merge", "--quiet", "remove/iris-rollout-in-production")
    shop.git("push", "--quiet", "origin", "main")
    shop.modelops("apply", "--env", "production")
    assert (shop.live(), row(shop)["state"]) == (None, "off")


@pytest.mark.parametrize("verb", [("abort",), ("rollback", "--now")])
def test_after_the_switch_of_a_blue_green_rollout_the_previous_version_is_gone_back_to(live, verb):
    begin(live, SWITCH)
    assert routes(live) == {"stable 1.1.0": 100, "previous 1.0.0": 0}
    cut_off(live)
    shutil.rmtree(live.clone / ".git/modelops")
    live.modelops(*verb, *IRIS)
    assert routes(live) == {"stable 1.0.0": 100}
    reach(live)
    live.modelops("apply", "--env", "production")
    assert (row(live)["state"], routes(live)) == ("held", {"stable 1.0.0": 100})


def test_a_rollback_now_in_the_middle_of_a_canary_goes_to_what_is_stable(live):
    live.want("1.1.0")
    live.merge()
    live.modelops("apply", "--env", "production")
    live.version("1.2.0", parent="1.1.0")
    begin(live, CANARY, "1.2.0")
    calm = live.modelops("rollback", *IRIS, check=False)
    assert (calm.code, "modelops abort iris --env production" in calm.err) == (1, True)
    live.modelops("rollback", *IRIS, "--now")
    assert routes(live) == {"stable 1.1.0": 100}
    live.modelops("apply", "--env", "production")
    assert (row(live)["state"], live.live()) == ("held", "1.1.0")


@pytest.mark.parametrize("kind", ["split", "mirror"])
def test_an_experiment_is_ended_and_what_is_live_stays(live, kind):
    written = live.read_version("iris", "1.1.0")
    live.write(
        "models/iris/experiments/production.yaml",
        {
            "api_version": "modelops/v1",
            "kind": "Experiment",
            "model": "iris",
            "environment": "production",
            "type": kind,
            "candidates": [{"version": "1.1.0", "manifest_digest": of_json(written), "weight": 10}],
            "assign_by": {"cookie": "session"},
            "until": "2099-01-01T00:00:00Z",
        },
    )
    live.merge()
    live.modelops("apply", "--env", "production")
    assert len(routes(live)) == 2
    assert [route.get("assign") for route in live.table()["routes"]] == [
        None,
        {"cookie": "session"} if kind == "split" else None,
    ]
    done = live.modelops("abort", *IRIS, "--reason", "seen enough")
    assert f"the {kind} experiment of 1.1.0 is over" in done.out
    for _ in range(2):
        assert routes(live) == {"stable 1.0.0": 100}
        live.modelops("apply", "--env", "production")
    assert (row(live)["state"], "seen enough" in row(live)["note"]) == ("live", True)
    gone = live.git("show", "--name-only", "--format=", "remove/iris-experiment-in-production")
    assert gone == "models/iris/experiments/production.yaml"
    live.modelops("retry", *IRIS)
    live.modelops("apply", "--env", "production")
    assert len(routes(live)) == 2
    cut_off(live)
    shutil.rmtree(live.clone / ".git/modelops")
    again = live.modelops("abort", *IRIS)
    assert "the revert is on branch remove/iris-experiment-in-production" in again.out
    reach(live)
    live.modelops("apply", "--env", "production")
    assert routes(live) == {"stable 1.0.0": 100}
    assert (row(live)["state"], row(live)["note"].startswith("its experiment was ended")) == ("live", True)


def test_a_pause_survives_applies_of_others_and_ends_when_it_is_said(canary):
    canary.modelops("resume", *IRIS)
    told = canary.modelops("pause", *IRIS, "--reason", "lunch")
    assert "stands still at step 1 of 3" in told.out
    runner = canary.new_clone("runner")
    canary.modelops("apply", "--env", "production", cwd=runner)
    assert routes(canary)["candidate 1.1.0"] == 25
    assert "paused by Ana Example <ana@example.com>: lunch" in row(canary, cwd=runner)["note"]
    canary.modelops("resume", *IRIS, cwd=runner)
    canary.modelops("apply", "--env", "production")
    assert routes(canary)["candidate 1.1.0"] == 50

    refused = canary.modelops("resume", *IRIS, "--accept")
    assert "goes on from step 2" in refused.out
    canary.modelops("pause", *IRIS, "--for", "0s", "--then", "abort")
    canary.modelops("apply", "--env", "production")
    assert routes(canary) == {"stable 1.0.0": 100}
    assert row(canary)["state"] == "held"


def test_a_pause_with_the_remote_down_says_that_nobody_else_can_see_it(canary):
    canary.modelops("resume", *IRIS)
    cut_off(canary)
    done = canary.modelops("pause", *IRIS)
    assert "nobody else can see this yet" in done.out
    shown = canary.modelops("status", "--offline", "--env", "production").out
    assert "paused by Ana Example" in shown
    assert "not in the journal yet" in shown
    reach(canary)
    assert "wait in this clone to be journaled: 1" in canary.modelops("doctor", check=False).out
    canary.modelops("apply", "--env", "production")
    assert (routes(canary)["candidate 1.1.0"], canary.types()[-1]) == (25, "Paused")
    assert "not in the journal yet" not in row(canary)["note"]


def test_what_makes_no_sense_is_refused_and_says_what_would(live):
    said = {verb: live.modelops(verb, *IRIS, check=False) for verb in ("abort", "pause", "resume", "retry")}
    assert {verb: done.code for verb, done in said.items()} == dict.fromkeys(said, 1)
    assert "modelops rollback iris --env production --now" in said["abort"].err
    unknown = live.modelops("pause", "irsi", "--env", "production", check=False)
    assert (unknown.code, "Did you mean" in unknown.err) == (2, True)
    mistaken = live.modelops("pause", *IRIS, "--then", "abort", check=False)
    assert (mistaken.code, "--for" in mistaken.err) == (2, True)
    begin(live, {"type": "canary", "steps": [{"weight": 25, "for": "1h"}]})
    neither = live.modelops("resume", *IRIS, check=False)
    assert (neither.code, "neither paused nor waits" in neither.err) == (1, True)


def test_what_the_machine_aborts_is_reverted_on_a_branch_once(live):
    begin(live, {"type": "canary", "steps": [{"weight": 25, "for": "1h"}], "deadline": "0s"})
    assert (row(live)["state"], routes(live)) == ("held", {"stable 1.0.0": 100})
    with patch.dict(os.environ, live.env):
        repository = find_registry(live.clone)
        intent = known_intent(repository)
        ground = stand(repository, intent.registry, "production")
        made = [reverts(ground, intent, models) for models in ((), ("iris", "iris"), ("other",))]
    branch = "rollback/iris-to-1.0.0-in-production"
    assert [[one.branch for one in some] for some in made] == [[branch], [branch, branch], []]
    assert "version: 1.0.0" in live.git("show", f"{branch}:models/iris/rollouts/production.yaml")
    rules = ground.environment.rollback.model_copy(update={"on_abort": "none"})
    quiet = replace(ground, environment=ground.environment.model_copy(update={"rollback": rules}))
    assert reverts(quiet, intent) == []
    live.git("merge", "--quiet", branch)
    live.git("push", "--quiet", "origin", "main")
    assert reverts(ground, known_intent(repository)) == []
