"""What is merged goes live, and nothing else does."""

from __future__ import annotations

import json
from unittest.mock import patch

from modelops_git.edges.git.plumbing import Git, verb_of
from modelops_git.edges.git.stored import StoredSnapshot
from modelops_git.edges.targets.base import Capabilities
from modelops_git.edges.targets.gateway import Gateway

RUN = ["RunStarted", "ArtifactsVerified", "StepIntent", "StepObserved", "RunEnded"]


def test_what_is_merged_goes_live(live):
    assert live.live() == "1.0.0"
    assert live.types() == RUN
    assert live.is_whole()


def test_what_is_not_merged_does_not(live):
    live.want("1.1.0")
    live.git("add", "--all")
    live.git("commit", "--quiet", "-m", "not pushed")
    done = live.modelops("apply")
    assert "nothing to do" in done.out
    assert live.live() == "1.0.0"


def test_after_apply_nothing_is_planned(live):
    data = live.modelops("--format", "json", "plan", "--detailed-exitcode").data
    assert (data["plan"]["actions"], data["live"]) == ([], 1)


def test_a_second_apply_writes_nothing(live):
    before = live.entries()
    live.modelops("apply")
    assert live.entries() == before


def test_a_plan_with_changes_says_so_by_its_exit_code(live):
    live.want("1.1.0")
    live.merge()
    assert live.modelops("plan", "--detailed-exitcode", check=False).code == 10


def test_the_same_input_gives_the_same_plan(live):
    live.want("1.1.0")
    live.merge()
    first = live.modelops("--format", "json", "plan").out
    assert live.modelops("--format", "json", "plan").out == first


def test_a_version_goes_on_to_the_next_environment_in_one_apply(shop):
    shop.version("1.0.0")
    registry = shop.registry("1s")
    registry["environments"][1]["promote_from"] = ["staging"]
    shop.write("modelops.yaml", registry)
    shop.want("1.0.0", "staging")
    shop.want("1.0.0", "production")
    shop.merge()
    shop.modelops("apply")
    assert (shop.live("staging"), shop.live("production")) == ("1.0.0", "1.0.0")


def test_a_version_that_did_not_complete_before_is_refused(shop):
    shop.version("1.0.0")
    registry = shop.registry("1s")
    registry["environments"][1]["promote_from"] = ["staging"]
    shop.write("modelops.yaml", registry)
    shop.want("1.0.0", "production")
    shop.merge()
    done = shop.modelops("apply", check=False)
    assert (done.code, shop.live()) == (1, None)
    assert "MOG503" in done.out


def test_a_rollback_in_calm_needs_no_other_environment(live):
    live.want("1.1.0")
    live.merge()
    live.modelops("apply")
    done = live.modelops("rollback", "iris", "--env", "production", "--commit")
    assert "1.1.0 -> 1.0.0" in done.out
    live.git("push", "--quiet", "origin", "main")
    assert "rollback" in live.modelops("apply").out
    assert live.live() == "1.0.0"


def test_a_rollback_goes_past_what_was_rolled_back_from(live):
    live.version("1.2.0", parent="1.1.0")
    for number in ("1.1.0", "1.2.0"):
        live.want(number)
        live.merge()
        live.modelops("apply")
    for expected in ("1.1.0", "1.0.0"):
        live.modelops("rollback", "iris", "--env", "production", "--commit")
        live.git("push", "--quiet", "origin", "main")
        live.modelops("apply")
        assert live.live() == expected


def test_a_rollback_keeps_comments(live):
    live.want("1.1.0")
    path = live.clone / "models/iris/rollouts/production.yaml"
    path.write_text("# ask Bo before you touch this\n" + path.read_text())
    live.merge()
    live.modelops("apply")
    before = path.read_text().splitlines()
    live.modelops("rollback", "iris", "--env", "production", "--no-commit")
    after = path.read_text().splitlines()
    assert len(before) == len(after)
    assert [a.split(":")[0] for a, b in zip(before, after, strict=True) if a != b] == [
        "version",
        "manifest_digest",
    ]


def test_a_manifest_that_is_gone_retires_the_model(live):
    live.want("")
    live.merge()
    assert "retire" in live.modelops("apply").out
    assert live.table()["routes"] == []
    assert live.types()[-1] == "Retired"
    assert "nothing to do" in live.modelops("apply").out


def test_a_retired_model_can_come_back(live):
    live.want("")
    live.merge()
    live.modelops("apply")
    live.want("1.0.0")
    live.merge()
    assert "create" in live.modelops("apply").out
    assert live.live() == "1.0.0"


def test_a_manifest_that_cannot_be_read_retires_nothing(live):
    (live.clone / "models/iris/rollouts/production.yaml").write_text("kind: [\n")
    live.merge()
    assert live.modelops("apply", check=False).code == 1
    assert live.live() == "1.0.0"


def test_one_model_with_errors_does_not_stop_the_others(live):
    live.version("1.0.0", model="digits")
    live.want("1.0.0", model="digits")
    live.want("1.1.0", manifest_digest="sha256:" + "0" * 64)
    live.merge()
    done = live.modelops("apply", check=False)
    assert done.code == 1
    assert "MOG204" in done.out
    assert (live.live(model="digits"), live.live()) == ("1.0.0", "1.0.0")


def test_bytes_that_were_changed_do_not_go_live(live):
    (artifact,) = (live.folder / "store/iris").glob("1.1.0-*/model.onnx")
    artifact.chmod(0o644)
    data = bytearray(artifact.read_bytes())
    data[3] ^= 1
    artifact.write_bytes(bytes(data))
    live.want("1.1.0")
    live.merge()
    done = live.modelops("apply", check=False)
    assert done.code == 1
    assert "MOG403" in done.out
    assert "model.onnx" in done.out
    assert live.live() == "1.0.0"
    assert live.types() == RUN


def test_a_store_that_is_gone_is_no_pass(live):
    (live.folder / "store").rename(live.folder / "away")
    live.want("1.1.0")
    live.merge()
    done = live.modelops("apply", check=False)
    assert done.code in {1, 3}
    assert live.live() == "1.0.0"


def test_a_strategy_that_the_target_cannot_express_is_refused(live):
    canary = {"type": "canary", "steps": [{"weight": 5, "for": "10m"}]}
    live.want("1.1.0", strategy=canary)
    live.merge()
    with patch.object(Gateway, "capabilities", Capabilities()):
        done = live.modelops("apply", check=False)
    assert done.code == 1
    assert "MOG505" in done.out
    assert live.live() == "1.0.0"


def applied_late(shop):
    """The answer to an apply of a plan after which 1.2.0 was merged."""
    plan = shop.folder / "plan.json"
    shop.modelops("plan", "--merged", "--out", str(plan))
    shop.version("1.2.0", parent="1.1.0")
    shop.want("1.2.0")
    shop.merge()
    return shop.modelops("apply", "--plan", str(plan), check=False)


def test_what_is_not_as_it_was_approved_is_left_out_where_the_environment_says_so(live):
    registry = live.registry("60s")
    registry["environments"][1]["on_stale_plan"] = "reapprove"
    live.write("modelops.yaml", registry)
    live.version("1.0.0", model="wine")
    live.want("1.0.0", model="wine")
    live.want("1.1.0")
    live.merge()
    done = applied_late(live)
    assert (done.code, live.live(), live.live(model="wine")) == (1, "1.0.0", "1.0.0")
    assert "no longer what was approved" in done.out
    assert live.modelops("apply", check=False).code == 1
    assert live.live() == "1.0.0"
    live.modelops("retry", "iris", "--env", "production")
    live.modelops("apply")
    assert live.live() == "1.2.0"


def test_a_plan_that_was_carried_out_already_is_not_stale(live):
    live.want("1.1.0")
    live.merge()
    plan = live.folder / "plan.json"
    live.modelops("plan", "--merged", "--out", str(plan))
    live.modelops("apply", "--plan", str(plan))
    assert "nothing to do" in live.modelops("apply", "--plan", str(plan)).out


def test_a_stale_plan_is_refused(live):
    live.want("1.1.0")
    live.merge()
    done = applied_late(live)
    assert (done.code, live.live()) == (4, "1.0.0")


def test_an_expected_plan_is_carried_out(live):
    live.want("1.1.0")
    live.merge()
    digest = live.modelops("--format", "json", "plan").data["digest"]
    live.modelops("apply", "--expect", digest)
    assert live.live() == "1.1.0"


def test_an_older_commit_that_comes_late_is_refused(live):
    first = live.git("rev-parse", "HEAD")
    live.want("1.1.0")
    live.merge()
    live.modelops("apply")
    live.git("push", "--quiet", "--force", "origin", f"{first}:refs/heads/main")
    done = live.modelops("apply", check=False)
    assert done.code == 1
    assert "rewound" in done.err
    assert live.live() == "1.1.0"


def test_an_environment_without_a_journal_is_an_error(tmp_path):
    from shop import Shop

    shop = Shop(tmp_path / "shop")
    done = shop.modelops("apply", check=False)
    assert done.code == 3
    assert "modelops journal create staging" in done.err


def test_status_tells_who_and_since_when(live):
    (row,) = live.modelops("--format", "json", "status").data["rows"]
    assert row["state"] == "live"
    assert row["by"] == "Ana Example <ana@example.com>"
    assert row["since"]
    assert row["live"]["version"] == row["wanted"]["version"] == "1.0.0"


def test_status_reads_no_version_that_the_journal_knows_and_asks_git_once(live, monkeypatch):
    read, ran = [], []
    snapshot_read, start = StoredSnapshot.read, Git.start
    monkeypatch.setattr(
        StoredSnapshot, "read", lambda self, path: read.append(path) or snapshot_read(self, path)
    )
    monkeypatch.setattr(
        Git, "start", lambda self, *args, **how: ran.append(args) or start(self, *args, **how)
    )
    assert "1.0.0" in live.modelops("status", "--offline").out
    assert set(read) == {"modelops.yaml", "models/iris/rollouts/production.yaml"}
    verbs = [verb_of(args) for args in ran]
    assert verbs.count("remote") == 1, verbs
    assert not {"config", "for-each-ref"} & set(verbs), verbs


def test_a_route_table_that_somebody_edited_is_told(live):
    path = live.folder / "live/production/routes/iris.json"
    table = json.loads(path.read_text())
    table["stamp"]["sequence"] = 99
    path.write_text(json.dumps(table))
    (row,) = live.modelops("--format", "json", "status").data["rows"]
    assert row["state"] == "drifted"
    assert live.modelops("apply").out.endswith(
        "production iris has drifted: its target is not as the journal last saw it, and was left as it is.\n"
    )
    assert json.loads(path.read_text()) == table


def test_a_registry_without_a_remote_keeps_its_journal_to_itself(tmp_path):
    from shop import Shop

    shop = Shop(tmp_path / "shop")
    shop.git("remote", "remove", "origin")
    shop.journals()
    shop.version("1.0.0")
    shop.want("1.0.0")
    shop.git("add", "--all")
    shop.git("commit", "--quiet", "-m", "work")
    shop.modelops("apply")
    assert shop.live() == "1.0.0"
    assert shop.is_whole()


def test_an_apply_that_is_overtaken_by_a_newer_merge_follows_it(live, monkeypatch):
    """The newer commit is merged and applied after this apply has read what is wanted."""
    from modelops_git.edges.git.repository import find_registry
    from modelops_git.engine import apply as engine
    from modelops_git.engine.starting import Tools

    live.want("1.1.0")
    live.merge()
    runner = live.new_clone("runner")
    read = engine.merged_intent
    overtaken = []

    def overtaking(repository):
        intent = read(repository)
        if not overtaken:
            overtaken.append(intent.commit)
            live.version("1.2.0", parent="1.1.0")
            live.want("1.2.0")
            live.merge()
            live.modelops("apply")
        return intent

    monkeypatch.setattr(engine, "merged_intent", overtaking)
    applied = engine.apply(find_registry(runner), engine.Request(), Tools())
    assert applied.commit != overtaken[0]
    assert (applied.outcomes, applied.failures, applied.unaccounted) == ([], [], [])
    assert live.live() == "1.2.0"


def test_apply_asks_the_policies_that_are_merged_and_no_others(live):
    policy = {
        "name": "not-this-one",
        "actions": ["promote"],
        "expression": "candidate.version != '1.1.0'",
        "message": "1.1.0 is not for customers",
    }
    live.write("modelops.yaml", live.registry("1s") | {"policies": [policy]})
    live.want("1.1.0")
    live.merge()
    refused = live.modelops("apply", check=False)
    assert refused.code == 1
    assert "Policy not-this-one: 1.1.0 is not for customers (candidate.version is 1.1.0)." in refused.out
    assert live.live() == "1.0.0"
    live.write("modelops.yaml", live.registry("1s"))
    live.merge()
    live.modelops("apply")
    assert live.live() == "1.1.0"
