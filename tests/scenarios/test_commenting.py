"""What a reviewer is told of a change: by journals and targets, or with nothing asked at all."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from contextlib import closing

import pytest

import markdowns
from example_comment import example
from reviews import CANARY, DATA, Review
from shop import INTERFACE

FIVE = {**INTERFACE, "input": {"type": "array", "items": {"type": "number"}, "minItems": 5, "maxItems": 5}}


@pytest.fixture(scope="module")
def settled(tmp_path_factory):
    """Iris 1.0.0 is live in production."""
    shop = Review(tmp_path_factory.mktemp("reviews") / "shop")
    shop.journals()
    shop.measured("1.0.0", 0.953)
    shop.analysis()
    shop.want("1.0.0")
    shop.merge()
    shop.modelops("apply")
    shop.rule()
    return shop


@pytest.fixture
def shop(settled):
    """A clone of it, on a branch of its own."""
    number = len(list(settled.folder.iterdir()))
    settled.clone = settled.new_clone(f"clone-{number}")
    settled.branch()
    return settled


@pytest.fixture
def canary(shop):
    """A canary to 1.1.0, which is new too."""
    shop.measured("1.1.0", 0.973, parent="1.0.0")
    shop.want("1.1.0", strategy=CANARY)
    shop.commit()
    return shop


@pytest.fixture
def listener():
    """An address of the internet, as it were, and the number of those who called there."""
    calls = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(10)

        def count():
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                calls.append(1)
                caller.close()

        threading.Thread(target=count, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", calls


def only(data):
    (model,) = data["models"]
    return model


def test_a_comment_says_all_that_a_reviewer_needs(canary):
    text = canary.comment()
    assert text.startswith("<!-- modelops-git: shop -->\n## ⏳ Waits for 1 approval\n")
    for said in (
        "Once merged, `iris` in `production`: promote, `1.0.0` → `1.1.0`.",
        "| `production` | `iris` | promote | `1.0.0` | `1.1.0` | ✅ compatible | 1 better, 1 not",
        "| 3h to 24h | 27 bytes, not checked here |",
        "iris` | ⏳ **1 more** of 1 | `leads` (rule 1) | – | `github:lea`, `github:max` |",
        "1. 10 % to 1.1.0 for 1h, judged by serving-health\n",
        "**Time to promote:** at least 3h; at worst 24h of open time, then it is aborted.",
        "**Time to roll back:** one step at any time: within a tick of the controller",
        "| holdout | accuracy | 0.953 | 0.973 | +0.02 | ✅ better | self-reported |",
        "| latency | latency&#95;ms | 2.4 | 2.4 | – | not comparable | self-reported |",
        '    s1 -->|"serving-health succeeds"| s2\n',
        "Bytes that were not checked here are read and verified by `modelops apply`.",
    ):
        assert said in text
    for page in markdowns.pages(text):
        assert page.links == []
        assert page.references == []
        assert page.headings == ["⏳ Waits for 1 approval", "Approvals"]
        assert all(len(set(rows)) == 1 for rows in page.tables)
        assert len(page.tables) == 5


def test_programs_read_the_same(canary):
    data = canary.reviewed()
    one = only(data)
    assert data["state"] == "waiting"
    assert data["plan_digest"] in data["markdown"]
    assert [data["needs"][0][key] for key in ("groups", "wanted", "missing")] == [["leads"], 1, 1]
    assert (one["asked"], one["live"]["version"], one["against_live"]) == ("1.1.0", "1.0.0", True)
    assert one["difference"]["interface"]["verdict"] == "compatible"
    assert one["action_digest"] is not None
    plan = canary.modelops("--format", "json", "plan", "--base", "origin/main").data
    assert plan["digest"] == data["plan_digest"]


def test_a_break_is_refused_and_shown_with_its_witness(shop):
    shop.measured("2.0.0", 0.97, parent="1.0.0", interface=FIVE)
    shop.want("2.0.0")
    shop.commit()
    text = shop.comment()
    assert "## ⛔ Refused: 1 error\n" in text
    assert "⛔ promote, refused" in text
    assert "- ⛔ **MOG513** interface-break-not-allowed, `models/iris/rollouts/production.yaml" in text
    assert "Witness: the input `[0, 0, 0, 0]` is legal in `1.0.0` and not in `2.0.0`." in text
    assert shop.reviewed()["plan_digest"] != only(shop.reviewed())["action_digest"]


def test_metrics_of_other_data_are_not_compared(shop):
    shop.measured("1.1.0", 0.99, parent="1.0.0", data={**DATA, "sha256": "cd" * 32})
    shop.want("1.1.0")
    shop.commit()
    assert "| holdout | accuracy | 0.953 | 0.99 | – | not comparable | self-reported |" in shop.comment()


def test_metrics_are_attested_by_somebody_elses_merged_notice_alone(shop):
    shop.measured("1.1.0", 0.97, parent="1.0.0")
    shop.commit()
    shop.vouch("1.0.0")
    shop.vouch("1.1.0", author="Ana Example <ana@example.com>")
    shop.branch("promotion")
    shop.want("1.1.0")
    shop.commit()
    told = only(shop.reviewed(base="topic"))
    assert (told["old_attested"], told["new_attested"]) == (True, False)
    assert "old attested, new self-reported" in shop.comment(base="topic")
    shop.vouch("1.1.0")
    assert not only(shop.reviewed(base="topic"))["new_attested"]


def test_bytes_that_the_run_verified_are_said_to_be(canary, tmp_path):
    file = tmp_path / "verified.json"
    file.write_text(canary.modelops("verify", "--format", "json").out)
    assert "27 bytes, verified" in canary.comment("--verified", str(file))
    claims = json.loads(file.read_text())
    claims["versions"][1]["verified"] = False
    file.write_text(json.dumps(claims))
    text = canary.comment("--verified", str(file))
    assert "## ⛔ Refused: 1 error" in text
    assert "The bytes of `iris 1.1.0` were not verified" in text


def test_offline_no_target_is_asked_and_the_journal_counts(canary):
    table = canary.folder / "live/production/routes/iris.json"
    kept = table.read_bytes()
    try:
        table.write_bytes(b"no table")
        online, offline = canary.reviewed(), canary.reviewed("--offline")
    finally:
        table.write_bytes(kept)
    assert online["state"] == "unchecked"
    assert "iris in production could not be planned" in online["problems"][0]
    assert (offline["state"], offline["problems"]) == ("waiting", [])
    assert only(offline)["action"]["steps"]
    assert "Targets, stores and providers were not asked" in offline["markdown"]


@pytest.mark.parametrize("words", [(), ("--offline",)])
def test_nothing_is_asked_at_an_address_of_the_change(shop, listener, words):
    address, calls = listener
    registry = (shop.clone / "modelops.yaml").read_text()
    changed = registry.replace(
        f"uri: file:{shop.folder}/store", f"uri: s3://evil/x\n    endpoint_url: {address}"
    ).replace(f"uri: file:{shop.folder}/live", f"uri: {address}/live")
    assert changed.count(address) == 3
    shop.write("modelops.yaml", changed)
    shop.git("remote", "add", "evil", address)
    analysis = (shop.clone / "analyses/serving-health.yaml").read_text()
    shop.write(
        "analyses/serving-health.yaml",
        analysis.replace("type: file", "type: http").replace(
            "uri: file:.modelops/metrics.json", f"address: {address}"
        ),
    )
    assert address in (shop.clone / "analyses/serving-health.yaml").read_text()
    shop.measured("1.1.0", 0.97, parent="1.0.0")
    shop.want("1.1.0", strategy=CANARY)
    shop.commit()
    data = shop.reviewed(*words)
    assert only(data)["action"]["after"][0]["version"] == "1.1.0"
    assert calls == []


def test_a_journal_that_cannot_be_reached_is_said_to_be_so(canary):
    remote = canary.folder / "remote.git"
    remote.rename(remote.with_name("away.git"))
    try:
        data = canary.reviewed("--offline")
    finally:
        remote.with_name("away.git").rename(remote)
    assert data["state"] == "unchecked"
    assert "What is live in production is not known: " in data["problems"][0]
    assert only(data)["live"] is None
    assert "against what was asked for before" in data["markdown"]


def test_an_environment_that_the_change_brings_is_not_planned(shop):
    registry = (shop.clone / "modelops.yaml").read_text()
    shop.write("modelops.yaml", registry.replace("name: staging", "name: qa"))
    shop.want("1.0.0", "qa")
    shop.commit()
    data = shop.reviewed()
    assert "qa comes with this change" in data["problems"][0]
    assert data["state"] != "ready"


def test_a_registry_that_is_broken_by_the_change_still_gives_a_comment(shop):
    shop.write("modelops.yaml", "kind: [\n")
    shop.commit()
    text = shop.comment()
    assert "## ⛔ Refused" in text
    assert "What the change would do is not known" in text


def test_a_change_of_nothing_that_is_live_says_so(shop):
    shop.write("models/iris/model.yaml", shop.model("iris") | {"description": "Another."})
    shop.commit()
    text = shop.comment()
    assert "## ✅ Nothing that is live changes\n\n1 file of the registry is changed.\n" in text


def test_a_retirement_and_an_experiment_are_told(shop):
    shop.measured("1.1.0", 0.97, parent="1.0.0")
    shop.write(
        "models/iris/experiments/production.yaml",
        {
            "api_version": "modelops/v1",
            "kind": "Experiment",
            "model": "iris",
            "environment": "production",
            "type": "split",
            "candidates": [
                {
                    "version": "1.1.0",
                    "manifest_digest": shop.modelops("--format", "json", "show", "iris@1.1.0").data[
                        "manifest_digest"
                    ],
                    "weight": 20,
                }
            ],
            "assign_by": {"header": "X-User"},
            "until": "2099-01-01T00:00:00Z",
        },
    )
    shop.commit()
    text = shop.comment()
    assert "experiment" in text
    assert "<code>1.0.0</code> to <code>1.1.0</code>" in text
    shop.branch("retired")
    shop.want("")
    (shop.clone / "models/iris/experiments/production.yaml").unlink()
    shop.commit()
    assert "| retire | `1.0.0` | – |" in shop.comment()


def test_a_comment_needs_a_forge_to_be_posted(canary):
    done = canary.modelops("comment", "--base", "origin/main", "--pull-request", "3", check=False)
    assert done.code == 2
    assert "names no forge" in done.err


def test_hostile_words_of_a_change_do_nothing_in_the_comment(shop):
    words = (
        "@acme/leads fixes #12 https://evil.example ![x](https://evil.example) | </details>\n\n## Approved"
    )
    written = shop.version("1.1.0", parent="1.0.0")
    written["evaluations"] = [{"name": words[:60], "kind": "x", "metrics": {words[:60]: 1.0}}]
    written["training"]["hyperparameters"] = {words: words}
    shop.write("models/iris/versions/1.1.0.yaml", written)
    shop.want("1.1.0")
    shop.write("models/iris/notices/1.1.0-1.yaml", {"kind": words, "x": words})
    shop.commit()
    text = shop.comment()
    assert "evil" in text
    for page in markdowns.pages(text):
        assert page.links == []
        assert page.references == []
        assert "Approved" not in page.headings
        assert all(len(set(rows)) == 1 for rows in page.tables)


def test_a_shallow_clone_attests_nothing_and_says_what_it_lacks(shop):
    shutil.rmtree(shop.clone)
    shop.run("git", "clone", "--quiet", "--depth=1", f"file://{shop.remote}", str(shop.clone))
    done = shop.modelops("comment", "--base", "HEAD~1", check=False)
    assert done.code == 3


def test_signed_approvals_are_counted_where_that_is_asked_for(canary):
    assert "Nobody was asked here who has approved it already." in canary.comment()
    text = canary.comment("--signed")
    assert "Nobody was asked here" not in text
    assert text.splitlines()[1] == "## ⏳ Waits for 1 approval"
    done = canary.modelops("comment", "--base", "origin/main", "--signed", "--pull-request", "3", check=False)
    assert done.code == 2


def test_the_guide_shows_a_comment_as_it_is_posted(tmp_path, project):
    shown = (project / "docs/guides/examples/comment.md").read_text()
    assert example(tmp_path) == shown, "python tests/example_comment.py > docs/guides/examples/comment.md"
    for page in markdowns.pages(shown):
        assert (page.links, page.references) == ([], [])
