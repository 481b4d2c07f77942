"""The jobs that `init --forge gitlab` writes, run by bash on a real remote."""

import json

import pytest

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
