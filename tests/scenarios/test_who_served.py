"""Who answered a caller, and by what a prediction was made: asked months later, of the journals alone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from modelops_git.core.digests import of_json
from modelops_git.core.routes import Route
from modelops_git.core.serving.choosing import chosen, place_of
from modelops_git.core.serving.prediction_ids import prediction_id

IRIS = ("--env", "production", "--model", "iris")


def who(shop, *words, **more):
    return shop.modelops("--format", "json", "who-served", *words, **more)


def an_id(shop, version, moment=None, chance=7):
    digest = of_json(shop.read_version("iris", version))
    moment = moment or datetime.now(UTC)
    return prediction_id(round(moment.timestamp() * 1000), digest, chance)


def routes(shop):
    return tuple(Route.model_validate(one) for one in shop.table()["routes"])


@pytest.fixture
def tried(live):
    """1.1.0 has 40 % beside 1.0.0, for callers chosen by a cookie."""
    digest = of_json(live.read_version("iris", "1.1.0"))
    experiment = {
        "api_version": "modelops/v1",
        "kind": "Experiment",
        "model": "iris",
        "environment": "production",
        "type": "split",
        "candidates": [{"version": "1.1.0", "manifest_digest": digest, "weight": 40}],
        "assign_by": {"cookie": "session"},
        "until": "2099-01-01T00:00:00Z",
    }
    live.write("models/iris/experiments/production.yaml", experiment)
    live.merge()
    live.modelops("apply", "--env", "production")
    return live


def test_a_caller_of_a_split_and_each_prediction_lead_to_one_version(tried):
    keys = ["ana", "bo", "Zoë", "--help", "a\x1b[31mb", "", "eve", "\udcff"]
    for key in keys:
        found = who(tried, *IRIS, f"--key={key}").data
        wanted = chosen(routes(tried), place_of("iris", routes(tried), key))
        assert ([one["version"] for one in found["served"]], found["certain"]) == ([wanted.version], True)
        assert (found["key"], found["assign"]) == (key, {"cookie": "session"})
    told = tried.modelops("who-served", *IRIS, "--key", "a\x1b[31mb").out
    assert "\x1b" not in told
    assert "as the cookie session decided" in told

    whole = who(tried, *IRIS).data
    assert [(one["version"], one["weight"]) for one in whole["served"]] == [("1.0.0", 60), ("1.1.0", 40)]
    assert [one["came_by"]["action"] for one in whole["served"]] == ["create", "shift"]

    for version, role, action in (("1.0.0", "stable", "create"), ("1.1.0", "candidate", "shift")):
        (maker,) = who(tried, "--prediction", an_id(tried, version)).data["made_by"]
        assert (maker["environment"], maker["model"], maker["version"]) == ("production", "iris", version)
        assert (maker["role"], maker["action"], maker["found"]) == (role, action, "served")
        assert maker["digest"] == of_json(tried.read_version("iris", version))
        assert len(maker["commit"]) == 40
        assert maker["run"]
    told = tried.modelops("who-served", "--env", "production", "--prediction", an_id(tried, "1.1.0")).out
    assert "by 1.1.0 of iris in production, which was a candidate" in told
    assert "no pull request or approval is recorded" in told


def test_a_prediction_leads_to_its_pull_request_and_its_approvers(live):
    live.want("1.1.0")
    live.merge("Promote iris 1.1.0 (#12)\n\nApproved-by: Eve\nApproved-by: Bo")
    live.modelops("apply", "--env", "production")
    made = an_id(live, "1.1.0", datetime.now(UTC) + timedelta(seconds=1))
    time.sleep(1.1)
    (maker,) = who(live, "--prediction", made).data["made_by"]
    assert (maker["version"], maker["pull_request"]) == ("1.1.0", "#12")
    assert [one["by"] for one in maker["approvals"]] == ["Eve", "Bo"]
    told = live.modelops("who-served", "--prediction", made).out
    assert "pull request #12, approved by Eve, Bo, as the commit says" in told


def test_a_merge_is_what_a_branch_came_by(live):
    live.git("checkout", "--quiet", "-b", "promote")
    live.want("1.1.0")
    live.git("commit", "--quiet", "--all", "-m", "Promote iris (#3)")
    live.git("checkout", "--quiet", "main")
    message = "Merge pull request #4 from acme/promote\n\nReviewed-by: Eve"
    live.git("merge", "--quiet", "--no-ff", "-m", message, "promote")
    live.git("push", "--quiet", "origin", "main")
    live.modelops("apply", "--env", "production")
    served = who(live, *IRIS).data
    assert (served["pull_request"], [one["by"] for one in served["approvals"]]) == ("#4", ["Eve"])


def test_an_id_that_no_version_can_have_made_is_refused_and_says_what_was_live(live):
    live.want("1.0.0", "staging")
    live.merge()
    live.modelops("apply", "--env", "staging")
    now = datetime.now(UTC)
    refused = who(live, "--prediction", an_id(live, "1.1.0"), check=False)
    assert refused.code == 1
    assert f"a version whose digest begins with {an_id(live, '1.1.0')[13:25]} did not serve at" in refused.err
    assert "iris 1.0.0 in production, iris 1.0.0 in staging did" in refused.err

    long_ago = who(live, "--prediction", an_id(live, "1.0.0", now - timedelta(days=2)), check=False)
    assert "iris 1.0.0 did not serve at" in long_ago.err
    assert "nothing did" in long_ago.err
    to_come = who(live, "--prediction", an_id(live, "1.0.0", now + timedelta(hours=1)), check=False)
    assert (to_come.code, "yet to come" in to_come.err) == (1, True)

    both = who(live, "--prediction", an_id(live, "1.0.0")).data["made_by"]
    assert [one["environment"] for one in both] == ["staging", "production"]
    told = live.modelops("who-served", "--prediction", an_id(live, "1.0.0")).out
    assert "one of several environments" in told
    (one,) = who(live, "--prediction", an_id(live, "1.0.0"), "--env", "staging").data["made_by"]
    assert one["environment"] == "staging"


def test_a_gateway_that_still_loads_answers_by_the_version_before(live):
    live.want("1.1.0")
    live.merge()
    live.modelops("apply", "--env", "production")
    time.sleep(0.01)
    soon = datetime.now(UTC) + timedelta(minutes=2)
    (maker,) = who(live, "--prediction", an_id(live, "1.0.0", soon)).data["made_by"]
    assert (maker["version"], maker["found"]) == ("1.0.0", "replaced")
    told = live.modelops("who-served", "--prediction", an_id(live, "1.0.0", soon)).out
    assert "gateways go on until the next version is loaded" in told


def test_what_makes_no_sense_is_refused(live):
    an_id = "019e88f4b93b-0123456789ab-00000000face"
    for words, says in (
        (("--prediction", "x"), "'x' is no prediction id"),
        (("--prediction", "0" * 5_000), "is no prediction id"),
        (("--prediction", an_id + "\n"), "is no prediction id"),
        (("--prediction", an_id, "--key", "ana"), "goes with neither"),
        (("--model", "iris"), "needs --env and --model"),
        ((*IRIS, "--env", "nowhere", "--key", "ana"), "no environment 'nowhere'"),
        (("--env", "production", "--model", "irsi", "--key", "ana"), "irsi"),
    ):
        done = live.modelops("who-served", *words, check=False)
        assert done.code == 2
        assert says in done.err
        assert "Traceback" not in done.err


def test_a_journal_that_cannot_be_read_is_no_answer(shop):
    shop.version("1.0.0")
    shop.want("1.0.0")
    shop.merge()
    shop.modelops("apply", "--env", "production")
    shop.git("push", "--quiet", "origin", "--delete", "modelops/shop/journal/staging")
    found = who(shop, "--prediction", an_id(shop, "1.0.0")).data
    assert ([one["environment"] for one in found["made_by"]], found["unread"]) == (
        ["production"],
        ["staging"],
    )
    failed = who(shop, "--prediction", an_id(shop, "1.0.0", datetime(2020, 1, 1, tzinfo=UTC)), check=False)
    assert failed.code == 3
