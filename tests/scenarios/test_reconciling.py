"""Whatever is due goes on by `reconcile`, and what fails stays alone with it."""

from __future__ import annotations

from modelops_git.core.errors import TargetError
from modelops_git.edges.targets.gateway import Gateway

CANARY = {"type": "canary", "steps": [{"weight": 10, "for": "1h"}, {"weight": 50, "for": "1h"}]}


def test_what_is_merged_goes_live_without_a_word_about_what_was_expected(live):
    live.want("1.1.0")
    live.merge()
    done = live.modelops("reconcile")
    assert "promote" in done.out
    assert "production, commit" in done.out
    assert live.live() == "1.1.0"


def test_a_second_round_writes_nothing(live):
    before = live.entries()
    done = live.modelops("reconcile")
    assert (done.code, "nothing to do" in done.out) == (0, True)
    assert live.entries() == before


def test_what_stays_is_told_with_its_time(live):
    live.want("1.1.0", strategy=CANARY)
    live.merge()
    (_, production) = live.modelops("--format", "json", "reconcile").data["rounds"]
    (stands,) = production["standing"]
    assert stands["model"] == "iris"
    assert "canary, step 1 of 3" in stands["text"]
    assert stands["until"]


def test_a_model_that_fails_does_not_stop_the_others(live, monkeypatch):
    live.version("1.0.0", model="other")
    live.want("1.0.0", model="other")
    live.want("1.1.0")
    live.merge()
    apply = Gateway.apply

    def failing(gateway, order):
        if order.model == "iris":
            raise TargetError("the target is on fire")
        apply(gateway, order)

    monkeypatch.setattr(Gateway, "apply", failing)
    done = live.modelops("reconcile", check=False)
    assert done.code == 3
    assert "production iris: the target is on fire" in done.out
    assert (live.live(), live.live(model="other")) == ("1.0.0", "1.0.0")


def test_an_environment_without_a_journal_does_not_stop_the_others(tmp_path):
    from shop import Shop

    shop = Shop(tmp_path / "shop")
    shop.journals("production")
    shop.version("1.0.0")
    shop.want("1.0.0")
    shop.merge()
    done = shop.modelops("reconcile", check=False)
    assert done.code == 3
    assert "error: staging: there is no journal for staging" in done.out
    assert shop.live() == "1.0.0"


def test_a_model_whose_manifest_has_errors_is_left_as_it_is(live):
    (live.clone / "models/iris/rollouts/production.yaml").write_text("kind: [\n")
    live.version("1.0.0", model="other")
    live.want("1.0.0", model="other")
    live.merge()
    assert live.modelops("reconcile", check=False).code == 1
    assert (live.live(), live.live(model="other")) == ("1.0.0", "1.0.0")


def test_what_is_no_longer_wanted_is_taken_off(live):
    live.want("")
    live.merge()
    assert "retire" in live.modelops("reconcile").out
    assert live.table()["routes"] == []


def test_what_waits_for_the_end_of_a_rollout_is_told_and_begins_after_its_abort(live):
    hour = {"type": "canary", "steps": [{"weight": 10, "for": "1h"}]}
    live.version("1.2.0", parent="1.1.0")
    live.want("1.1.0", strategy=hour)
    live.merge()
    live.modelops("reconcile")
    live.want("1.2.0", strategy=hour)
    live.merge()
    for command in ("apply", "status"):
        assert "1.2.0, which is wanted now, waits for its end" in live.modelops(command).out
    done = live.modelops("abort", "iris", "--env", "production", "--reason", "Errors.")
    assert "no revert was prepared: main wants iris 1.2.0 by now, which comes next" in done.out
    begun = live.modelops("apply").out
    assert "1.2.0 (candidate 10 %)" in begun
    assert "is held" not in begun
    (row,) = (one for one in live.modelops("--format", "json", "status").data["rows"] if one["routes"])
    assert row["state"] == "running"


def test_what_soaks_elsewhere_is_told_with_its_time(live):
    registry = live.registry("1s")
    registry["environments"][1] |= {"promote_from": ["staging"], "soak": "1h"}
    live.write("modelops.yaml", registry)
    live.want("1.1.0", "staging")
    live.want("1.1.0")
    live.merge()
    says = "production iris: waits: it must have all traffic in staging for 1h without a break; next look at"
    assert says in live.modelops("apply").out
    assert says in live.modelops("status").out
    assert says in live.modelops("status", "--offline").out
    pending = live.modelops("--format", "json", "status", "iris").data["rows"]
    assert [row["state"] for row in pending] == ["live", "pending"]


def test_what_is_refused_until_somebody_says_so_is_told_and_is_no_success(live):
    registry = live.registry("1s")
    registry["environments"][1]["on_new_revision"] = "reject"
    live.write("modelops.yaml", registry)
    live.version("1.2.0", parent="1.1.0")
    live.want("1.1.0", strategy={"type": "canary", "steps": [{"weight": 10, "for": "1h"}]})
    live.merge()
    live.modelops("reconcile")
    live.want("1.2.0")
    live.merge()
    live.modelops("reconcile")
    live.modelops("abort", "iris", "--env", "production", "--reason", "Errors.")
    done = live.modelops("--format", "json", "reconcile", "--env", "production", check=False)
    (production,) = done.data["rounds"]
    assert (done.code, live.live()) == (1, "1.0.0")
    assert "a rollout of 1.1.0 is under way" in production["failures"][0]["message"]
