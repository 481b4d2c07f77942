"""The jobs that `init --forge gitlab` writes, run by bash on a real remote."""

import json

import pytest

from forgery import gitlab
from labhand import Lab
from shop import Shop

pytestmark = pytest.mark.slow
MERGE_REQUEST = {
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_MERGE_REQUEST_IID": "1",
    "CI_MERGE_REQUEST_PROJECT_ID": "5",
}


@pytest.fixture
def lab(tmp_path):
    shop = Shop(tmp_path / "shop")
    shop.write("modelops.yaml", shop.registry("1s") | {"groups": {"ml": []}})
    shop.modelops("init", ".", "--forge", "gitlab")
    shop.merge()
    shop.journals()
    shop.version("1.0.0")
    return Lab(shop)


def push(lab, branch):
    lab.shop.git("checkout", "--quiet", "-b", branch)
    lab.shop.git("add", "--all")
    lab.shop.git("commit", "--quiet", "-m", branch)
    lab.shop.git("push", "--quiet", "origin", branch)


def test_a_merge_request_is_checked_verified_and_planned(lab):
    lab.shop.want("1.0.0", "staging")
    push(lab, "iris-1")
    ours = {**MERGE_REQUEST, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "5"}
    checked = lab.job("validate", "iris-1", **ours)
    assert checked.code == 0, checked
    assert json.loads((checked.place / "codequality.json").read_text()) == []
    verified = lab.job("verify", "iris-1", **ours)
    assert verified.code == 0, verified
    assert json.loads((verified.place / "verified.json").read_text())["bytes"] > 0
    planned = lab.job("plan", "iris-1", **ours)
    assert (planned.code, "iris" in planned.out) == (0, True), planned


def test_a_defect_and_a_flipped_byte_fail_their_jobs_and_are_in_the_reports(lab):
    lab.shop.write("models/iris/notices/1.0.0-1.yaml", "nothing: here\n")
    [weights] = (lab.shop.folder / "store").rglob("model.onnx")
    weights.chmod(0o600)
    weights.write_bytes(b"x" * weights.stat().st_size)
    push(lab, "iris-1")
    ours = {**MERGE_REQUEST, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "5"}
    checked = lab.job("validate", "iris-1", **ours)
    assert checked.code == 1, checked
    assert json.loads((checked.place / "codequality.json").read_text())
    assert lab.job("verify", "iris-1", **ours).code == 1
    fork = lab.job("verify", "iris-1", **MERGE_REQUEST, CI_MERGE_REQUEST_SOURCE_PROJECT_ID="6")
    assert (fork.code, "apply checks them" in fork.out) == (0, True)
    offline = lab.job("plan", "iris-1", **MERGE_REQUEST, CI_MERGE_REQUEST_SOURCE_PROJECT_ID="6")
    assert (offline.code, "providers were not asked" in offline.out) == (0, True), offline


def test_a_merge_is_applied_schedules_reconcile_and_audit_and_on_call_rolls_back(lab):
    shop = lab.shop
    shop.want("1.0.0", "staging")
    shop.merge()
    applied = lab.job("apply staging")
    assert applied.code == 0, applied
    assert shop.live("staging") == "1.0.0"
    shop.version("1.1.0", parent="1.0.0")
    shop.want("1.1.0", "staging")
    shop.merge()
    assert lab.job("reconcile staging").code == 0
    assert shop.live("staging") == "1.1.0"
    audited = lab.job("audit", MODELOPS_TASK="audit")
    assert audited.code == 0, audited
    wish = {"MODELOPS_ACTION": "rollback", "MODELOPS_MODEL": "iris", "MODELOPS_ENVIRONMENT": "staging"}
    who = {"GITLAB_USER_NAME": "Cleo", "GITLAB_USER_EMAIL": "cleo@example.com", "GITLAB_USER_LOGIN": "cleo"}
    reason = f"$(touch {shop.folder}/owned) `x` '\""
    done = lab.job("operate", **wish, **who, MODELOPS_REASON=reason)
    assert done.code == 0, done
    assert shop.live("staging") == "1.0.0"
    [held] = [entry for entry in shop.entries("staging") if entry["payload"]["type"] == "HoldSet"]
    assert held["payload"]["hold"]["reason"] == reason
    assert not (shop.folder / "owned").exists()


RULES = {
    "groups": {"leads": ["gitlab:bo"], "on-call": ["gitlab:cleo"], "ml": []},
    "rules": [
        {"action": "promote", "environments": ["production"], "approvals": {"from": ["leads"]}},
        {"action": "operate", "environments": ["production"], "authors": ["on-call"]},
    ],
}


@pytest.fixture
def ruled(tmp_path):
    """The pipeline of a registry that has rules, on a GitLab that is asked who approved."""
    shop = Shop(tmp_path / "shop")
    with gitlab(tmp_path, git=shop.remote, pusher="ana") as forge:
        named = {"type": "gitlab", "repository": forge.state.repository, "url": forge.api}
        shop.write("modelops.yaml", {**shop.registry("1s"), "forge": named, **RULES})
        shop.modelops("init", ".", "--forge", "gitlab")
        shop.merge("Settle")
        shop.journals()
        shop.version("1.0.0")
        lab = Lab(shop)
        lab.forge = forge
        yield lab


def propose(lab, branch):
    """Push what is written, and open a merge request; what GitLab says to its jobs."""
    push(lab, branch)
    lab.shop.git("checkout", "--quiet", "main")
    lab.forge.state.sync("ana")
    number = lab.forge.open(branch, by="ana")
    token = lab.forge.token
    return number, {
        **MERGE_REQUEST,
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_IID": str(number),
        "MODELOPS_READ_TOKEN": token,
        "MODELOPS_COMMENT_TOKEN": token,
    }


def test_a_merge_request_is_green_once_who_must_has_approved_and_has_one_comment(ruled):
    shop, state = ruled.shop, ruled.forge.state
    shop.want("1.0.0")
    number, ours = propose(ruled, "iris-1")
    red = ruled.job("authorize", "iris-1", **ours)
    assert (red.code, "MOG603" in red.out, "leads" in red.out) == (1, True, True), red
    verified = ruled.job("verify", "iris-1", **ours)
    said = ruled.job("comment", "iris-1", needs=[verified], **ours)
    assert said.code == 0, said
    [first] = [one.body for one in state.pull(number).remarks]
    assert "27 bytes, verified" in first
    ruled.forge.approve(number, "bo")
    green = ruled.job("authorize", "iris-1", **ours)
    assert green.code == 0, green
    assert ruled.job("comment", "iris-1", needs=[verified], **ours).code == 0
    [second] = [one.body for one in state.pull(number).remarks]
    assert first != second

    state.merge(number, "squash", by="bo")
    applied = ruled.job("apply production", MODELOPS_WRITE_TOKEN=ruled.forge.token)
    assert applied.code == 0, applied
    assert shop.live() == "1.0.0"
    [began] = [one["payload"] for one in shop.entries() if one["payload"]["type"] == "RunStarted"]
    assert [one["by"] for one in began["approvals"]] == ["gitlab:bo"]


def test_a_merge_that_nobody_approved_is_not_applied_until_somebody_has(ruled):
    shop = ruled.shop
    shop.want("1.0.0")
    number, _ = propose(ruled, "iris-1")
    ruled.forge.state.merge(number, "merge", by="ana")
    refused = ruled.job("apply production", MODELOPS_WRITE_TOKEN=ruled.forge.token)
    assert (refused.code, "MOG603" in refused.out) == (1, True), refused
    assert shop.live() is None
    ruled.forge.approve(number, "bo")
    assert ruled.job("reconcile production", MODELOPS_WRITE_TOKEN=ruled.forge.token).code == 0
    assert shop.live() == "1.0.0"


def test_only_who_is_on_call_operates_from_gitlabs_page(ruled):
    shop = ruled.shop
    wish = {"MODELOPS_ACTION": "pause", "MODELOPS_MODEL": "iris", "MODELOPS_ENVIRONMENT": "production"}
    wish |= {"MODELOPS_REASON": "errors rise", "MODELOPS_WRITE_TOKEN": ruled.forge.token}
    shop.want("1.0.0")
    number, _ = propose(ruled, "iris-1")
    ruled.forge.approve(number, "bo")
    ruled.forge.state.merge(number, "merge", by="bo")
    assert ruled.job("apply production", MODELOPS_WRITE_TOKEN=ruled.forge.token).code == 0
    before = len(shop.entries())
    eve = ruled.job("operate", **wish | {"MODELOPS_ACTION": "rollback"}, GITLAB_USER_LOGIN="eve")
    assert (eve.code != 0, len(shop.entries())) == (True, before), eve
    assert "on-call" in eve.out + eve.err
    cleo = ruled.job("operate", **wish | {"MODELOPS_ACTION": "rollback"}, GITLAB_USER_LOGIN="cleo")
    assert "Allowed." in cleo.out, cleo
    assert "no earlier good version" in cleo.err
