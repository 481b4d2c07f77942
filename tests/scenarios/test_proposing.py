"""Pull requests that the tool opens, on a fake GitHub with the very repository that clones push to."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest

import markdowns
from forgery import github, gitlab
from modelops_git.engine import following
from shop import Shop

PROMOTES = ("promote", "iris", "1.1.0", "--to", "production", "--pull-request")
PROMOTION = "promote/iris-1.1.0-to-production"
BACK = "rollback/iris-to-1.0.0-in-production"
CANARY = {"type": "canary", "steps": [{"weight": 25, "for": "1h"}], "deadline": "0s"}


@pytest.fixture(scope="module")
def settled(tmp_path_factory):
    """Iris 1.0.0 is live in production, and 1.1.0 is registered; beside it a copy of all that."""
    folder = tmp_path_factory.mktemp("proposing")
    shop = Shop(folder / "shop")
    shop.journals()
    shop.version("1.0.0")
    shop.version("1.1.0", parent="1.0.0")
    shop.want("1.0.0")
    shop.merge()
    shop.modelops("apply")
    return shop, shutil.copytree(shop.folder, folder / "kept", symlinks=True)


@pytest.fixture
def live(settled):
    """The same again for each test, at the same place, for manifests name it."""
    shop, kept = settled
    shutil.rmtree(shop.folder)
    shutil.copytree(kept, shop.folder, symlinks=True)
    shop.env.pop("FORGE_TOKEN", None)
    return shop


@pytest.fixture
def forge(live, tmp_path):
    """A forge that the registry names, with iris 1.0.0 live and 1.1.0 registered."""
    with github(tmp_path, git=live.remote) as fake:
        yield named(live, fake, "github")


@pytest.fixture
def gitlab_forge(live, tmp_path):
    """The same on a GitLab."""
    with gitlab(tmp_path, git=live.remote) as fake:
        yield named(live, fake, "gitlab")


def named(shop, fake, kind):
    """The registry names that forge, and its token is there."""
    forge = {"type": kind, "repository": "acme/models", "url": fake.api, "token_env": "FORGE_TOKEN"}
    shop.env["FORGE_TOKEN"] = fake.token
    shop.write("modelops.yaml", shop.registry("1s") | {"forge": forge})
    shop.merge("Name the forge")
    return fake


def titles(forge):
    return [(one.title, one.branch, one.base, one.state) for one in forge.pulls]


def aborted(shop):
    """The machine aborts a canary to 1.1.0; the answer of that apply."""
    shop.want("1.1.0", strategy=CANARY)
    shop.merge("Ask for 1.1.0")
    return shop.modelops("--format", "json", "apply", check=False)


def away(shop):
    """The remote cannot be reached until this is called."""
    aside = shop.remote.with_name("aside.git")
    shop.remote.rename(aside)
    return lambda: aside.rename(shop.remote)


def test_a_promotion_is_pushed_and_proposed(live, forge):
    done = live.modelops(*PROMOTES)
    assert titles(forge) == [("Promote iris 1.1.0 to production", PROMOTION, "main", "open")]
    assert done.out.splitlines()[-1].startswith("Pull request #1: http")
    assert live.git("rev-parse", PROMOTION) == forge.git.tip(PROMOTION)
    body = forge.pulls[0].body
    assert "production shall serve iris 1.1.0, instead of 1.0.0." in body
    assert live.git("status", "--porcelain") == ""


def test_the_same_promotion_again_finds_what_is_open(live, forge):
    first = live.modelops(*PROMOTES, "--format", "json").data
    again = live.modelops(*PROMOTES, "--format", "json").data
    assert (first["commit"], first["pull_request"]) == (again["commit"], again["pull_request"])
    assert again["before"] == "1.0.0"
    assert len(forge.pulls) == 1


def test_what_the_forge_refuses_is_told_and_the_next_call_goes_on(live, forge):
    forge.fail("status", "/pulls", times=50, status=422, method="POST")
    done = live.modelops(*PROMOTES, check=False)
    assert done.code == 3
    assert f"on {PROMOTION}: Promote iris 1.1.0 to production" in done.out
    assert "is pushed, and no pull request could be opened" in done.out
    assert "the same command again goes on from there" in done.out
    forge.faults.clear()
    assert live.modelops(*PROMOTES).code == 0
    assert len(forge.pulls) == 1


def test_what_cannot_be_pushed_is_told_and_the_next_call_goes_on(live, forge):
    back = away(live)
    done = live.modelops(*PROMOTES, check=False)
    back()
    assert done.code == 3
    assert f"cannot push {PROMOTION} to origin" in done.out
    assert forge.pulls == []
    live.modelops(*PROMOTES)
    assert len(forge.pulls) == 1


@pytest.mark.parametrize(
    ("lacks", "code", "said"),
    [
        ("token", 3, "FORGE_TOKEN has no token"),
        ("remote", 2, "has no remote"),
        ("forge", 2, "names no forge"),
    ],
)
def test_where_no_pull_request_can_be_opened_nothing_is_written(lacks, code, said, live, forge):
    if lacks == "token":
        del live.env["FORGE_TOKEN"]
    elif lacks == "remote":
        live.git("remote", "remove", "origin")
    else:
        live.write("modelops.yaml", live.registry("1s"))
        live.merge("No forge")
    done = live.modelops(*PROMOTES, check=False)
    assert (done.code, said in done.err) == (code, True), done
    assert live.git("branch", "--list", "promote/*") == ""
    assert forge.pulls == []


def test_the_words_of_a_version_do_nothing_in_the_pull_request(live, forge):
    written = live.version("1.2.0", parent="1.0.0")
    words = "@acme/leads closes #12\n\n/close\n## Approved ![x](https://evil.example) <b>"
    live.write("models/iris/versions/1.2.0.yaml", written | {"summary": words})
    live.merge("Register 1.2.0")
    live.modelops("promote", "iris", "1.2.0", "--to", "production", "--pull-request")
    body = forge.pulls[0].body
    assert not any(line.startswith("/") for line in body.splitlines())
    for page in markdowns.pages(body):
        assert (page.links, page.references, page.headings) == ([], [], [])
        assert "closes #12" in page.shown


def test_a_rollback_in_calm_is_proposed_and_found_again(live, forge):
    live.want("1.1.0")
    live.merge("Ask for 1.1.0")
    live.modelops("apply")
    words = ("rollback", "iris", "--env", "production", "--pull-request", "--reason", "fixes #3")
    first, again = (live.modelops("--format", "json", *words).data for _ in range(2))
    assert titles(forge) == [("Roll back iris to 1.0.0 in production", BACK, "main", "open")]
    assert first["pull_request"] == again["pull_request"]
    assert markdowns.by_github(forge.pulls[0].body).references == []


@pytest.mark.parametrize("verb", ["abort", "rollback"])
def test_on_call_the_revert_is_proposed_once_traffic_is_back(verb, live, forge):
    live.want("1.1.0", strategy=CANARY | {"deadline": "24h"})
    live.merge("Ask for 1.1.0")
    live.modelops("apply")
    words = (verb, "iris", "--env", "production", "--pull-request", *(["--now"] * (verb == "rollback")))
    done = live.modelops(*words)
    assert live.live() == "1.0.0"
    assert "next: the revert is proposed, and only needs its merge: " in done.out
    assert titles(forge)[0][1:] == (BACK, "main", "open")


def test_the_revert_of_what_is_no_longer_live_needs_what_the_rules_for_rollbacks_say(live, forge):
    lead = {"action": "promote", "environments": ["production"], "approvals": {"from": ["leads"]}}
    call = {"action": "rollback", "environments": ["production"]}
    named = {"type": "github", "repository": "acme/models", "url": forge.api, "token_env": "FORGE_TOKEN"}
    ruled = {"forge": named, "groups": {"leads": ["github:bo"]}, "rules": [lead, call]}
    forge.state.person("ana")
    live.write("modelops.yaml", live.registry("1s") | ruled)
    live.merge("Say who may")
    live.modelops(*PROMOTES)
    forge.approve(1, "bo")
    forge.merge(1, "squash", by="bo")
    live.git("switch", "--quiet", "main")
    live.git("pull", "--quiet")
    live.modelops("apply")
    assert live.live() == "1.1.0"
    live.modelops("rollback", "iris", "--env", "production", "--now", "--pull-request")
    live.git("fetch", "--quiet")
    change = ("--base", "origin/main", "--head", f"origin/{BACK}", "--pull-request", "2")
    assert "roll back iris in production" in live.modelops("authorize", *change).out
    forge.merge(2, "squash", by="ana")
    live.git("pull", "--quiet")
    assert live.modelops("apply").code == 0
    assert live.modelops("--format", "json", "status").data["rows"][0]["state"] == "live"


@pytest.mark.slow
def test_on_call_a_forge_that_is_away_keeps_nothing(live, forge):
    assert forge.pulls == []
    live.want("1.1.0", strategy=CANARY | {"deadline": "24h"})
    live.merge("Ask for 1.1.0")
    live.modelops("apply")
    back = away(live)
    done = live.modelops("abort", "iris", "--env", "production", "--pull-request")
    back()
    assert live.live() == "1.0.0"
    assert f"the revert is on branch {BACK}; have it merged. No pull request: " in done.out


def test_what_the_machine_aborts_is_proposed_once(live, forge):
    done = aborted(live)
    (revert,) = done.data["reverts"]
    (pull,) = forge.pulls
    assert (revert["branch"], revert["unproposed"]) == (BACK, None)
    assert revert["pull_request"].endswith("/1")
    assert "instead of 1.1.0" in pull.body
    entries = [one for one in live.entries() if one["payload"].get("hold")]
    assert f"`modelops/shop/journal/production`, entry {entries[0]['sequence']} in commit `" in pull.body
    assert live.git("log", "-1", "--format=%B", BACK).count("entry ") == 1
    asked = len(forge.asked)
    for _ in range(3):
        assert live.modelops("--format", "json", "reconcile").data["rounds"][1]["reverts"] == []
    assert len(forge.asked) == asked
    assert len(forge.pulls) == 1


@pytest.mark.slow
def test_another_clone_finds_the_pull_request_and_leaves_a_closed_one(live, forge, monkeypatch):
    aborted(live)
    fresh = live.new_clone("runner")
    (revert,) = live.modelops("--format", "json", "reconcile", cwd=fresh).data["rounds"][1]["reverts"]
    assert revert["pull_request"].endswith("/1")
    forge.close(1)
    monkeypatch.setattr(following, "YOUNG", timedelta(0))
    other = live.new_clone("other")
    (revert,) = live.modelops("--format", "json", "reconcile", cwd=other).data["rounds"][1]["reverts"]
    assert revert["unproposed"].startswith("No pull request of it is open any more")
    assert len(forge.pulls) == 1


@pytest.mark.slow
def test_a_branch_whose_runner_died_before_it_was_proposed_is_proposed(live, forge):
    forge.fail("status", "/pulls", times=50, status=422, method="POST")
    (revert,) = aborted(live).data["reverts"]
    assert live.live() == "1.0.0"
    assert "no pull request could be opened" in revert["unproposed"]
    asked = len(forge.asked)
    live.modelops("reconcile", check=False)
    assert len(forge.asked) == asked
    forge.faults.clear()
    fresh = live.new_clone("runner")
    live.modelops("reconcile", cwd=fresh, check=False)
    assert titles(forge) == [("Roll back iris to 1.0.0 in production", BACK, "main", "open")]


@pytest.mark.slow
def test_after_a_while_a_clone_tries_again(live, forge, monkeypatch):
    forge.fail("status", "", times=1000, status=500)
    aborted(live)
    assert forge.pulls == []
    forge.faults.clear()
    monkeypatch.setattr(following, "AGAIN", timedelta(0))
    live.modelops("reconcile", check=False)
    assert len(forge.pulls) == 1


@pytest.mark.slow
def test_a_branch_of_that_name_with_something_else_is_left_alone(live, forge):
    forge.commit(BACK, by="ana")
    aborted(live)
    assert titles(forge) == [("Roll back iris to 1.0.0 in production", f"{BACK}-2", "main", "open")]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["merge", "squash"])
def test_a_second_abort_is_proposed_anew_though_the_old_branches_are_still_there(how, live, forge):
    aborted(live)
    forge.merge(1, how, delete=False)
    live.git("pull", "--quiet", "origin", "main")
    live.modelops("apply")
    live.version("1.2.0", parent="1.1.0")
    live.want("1.2.0", strategy=CANARY)
    live.merge("Ask for 1.2.0")
    (revert,) = live.modelops("--format", "json", "apply", check=False).data["reverts"]
    assert (revert["branch"], revert["unproposed"]) == (f"{BACK}-2", None)
    assert [one.state for one in forge.pulls] == ["merged", "open"]
    assert "instead of 1.2.0" in forge.pulls[1].body
    live.modelops("reconcile", check=False)
    assert live.git("branch", "--list", f"{BACK}-3") == ""


def test_no_revert_is_proposed_where_the_environment_wants_none(live, forge):
    registry = live.registry("1s")
    registry["environments"][1]["rollback"] = {"on_abort": "none"}
    forge_part = {"type": "github", "repository": "acme/models", "url": forge.api, "token_env": "FORGE_TOKEN"}
    live.write("modelops.yaml", registry | {"forge": forge_part})
    aborted(live)
    assert forge.asked == []


def test_the_comment_on_a_pull_request_is_written_anew_in_place(live, forge):
    live.modelops(*PROMOTES)
    first = live.modelops("comment", "--base", "origin/main", "--pull-request", "1")
    again = live.modelops("comment", "--base", "origin/main", "--pull-request", "1")
    (remark,) = forge.pulls[0].remarks
    assert first.out == again.out
    assert first.out.startswith("Commented: http")
    assert remark.body.startswith("<!-- modelops-git: shop -->\n## ")


def test_gitlab_has_merge_requests_and_the_same_comment(live, gitlab_forge):
    assert "Pull request !1: http" in live.modelops(*PROMOTES).out
    assert titles(gitlab_forge) == [("Promote iris 1.1.0 to production", PROMOTION, "main", "open")]
    for _ in range(2):
        live.modelops("comment", "--base", "origin/main", "--pull-request", "1")
    (remark,) = gitlab_forge.pulls[0].remarks
    assert remark.body.startswith("<!-- modelops-git: shop -->\n## ")
