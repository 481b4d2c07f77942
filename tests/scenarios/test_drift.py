"""Somebody changes a target behind the engine's back: it is told, journaled once, and mended where asked."""

from __future__ import annotations

import json
import shutil

import pytest

from modelops_git.core.errors import TargetError
from modelops_git.edges.targets.gateway import Gateway


def path_of(shop, model="iris"):
    return shop.folder / f"live/production/routes/{model}.json"


def edit(shop, model="iris", **changes):
    table = shop.table(model=model) | changes
    path_of(shop, model).write_text(json.dumps(table))
    return table


def someone_elses(shop):
    return edit(shop, stamp={"run": "somebody", "sequence": 99})


def drifts(shop, *more, code=1):
    done = shop.modelops("--format", "json", "drift", *more, check=False)
    assert done.code == code, done
    return [(one["model"], one["drift"]) for one in done.data["drifts"]]


def rounds(shop, *more, code):
    done = shop.modelops("--format", "json", "reconcile", "--env", "production", *more, check=False)
    assert done.code == code, done
    return done.data["rounds"][0]


def test_where_nothing_differs_there_is_no_drift(live):
    assert live.modelops("drift").out == "No drift: looked at 1 model.\n"


def test_a_table_that_is_gone_is_missing(live):
    path_of(live).unlink()
    done = live.modelops("drift", check=False)
    assert done.code == 1
    assert "missing" in done.out
    assert "it serves nothing; the journal says 1.0.0" in done.out


def test_a_version_that_nobody_merged_is_another_artifact(live):
    route = live.table()["routes"][0] | {"digest": "sha256:" + "0" * 64}
    edit(live, routes=[route])
    assert drifts(live) == [("iris", "artifact")]


def test_a_weight_that_somebody_set_is_another_route(live):
    route = live.table()["routes"][0] | {"weight": 90}
    edit(live, routes=[route])
    assert drifts(live) == [("iris", "routes")]


def test_a_table_that_somebody_wrote_is_another_configuration(live):
    someone_elses(live)
    assert drifts(live) == [("iris", "config")]


def test_a_model_that_nobody_wants_is_an_orphan(live):
    path_of(live, "stray").write_text(path_of(live).read_text().replace("iris", "stray"))
    assert drifts(live) == [("stray", "orphan")]
    assert drifts(live, "--env", "staging", code=0) == []


def test_a_file_that_is_no_route_table_of_a_model_is_none(live):
    (live.folder / "live/production/routes/..json").write_text("not ours")
    assert drifts(live, code=0) == []


def test_what_a_hold_keeps_from_git_is_held(live):
    live.want("1.1.0")
    live.merge()
    live.modelops("apply")
    live.modelops("rollback", "iris", "--env", "production", "--now", "--reason", "Errors.")
    assert drifts(live) == [("iris", "held")]
    assert rounds(live, "--heal", code=0)["drifts"] == []


def bytes_of(shop):
    return next((shop.folder / "live/production/files").rglob("model.onnx"))


def test_bytes_that_are_gone_are_told_without_reading_any(live):
    shutil.rmtree(bytes_of(live).parent)
    assert drifts(live, "--live") == [("iris", "source")]
    assert drifts(live) == [("iris", "source")]


def test_bytes_that_were_changed_are_told_by_reading_them(live):
    path = bytes_of(live)
    path.chmod(0o600)
    path.write_bytes(bytes(path.stat().st_size))
    assert drifts(live, "--live", code=0) == []
    assert drifts(live, "--live", "--mode", "full") == [("iris", "source")]


def test_a_target_that_cannot_be_asked_is_no_drift_and_no_pass(live):
    path_of(live).write_text("{")
    done = live.modelops("--format", "json", "drift", check=False)
    assert (done.code, done.data["drifts"]) == (3, [])
    assert "is no route table" in done.data["failures"][0]["message"]


def test_a_table_that_cannot_be_read_hides_no_other_model(live):
    path_of(live, "stray").write_text(path_of(live).read_text().replace("iris", "stray"))
    path_of(live).write_text("{")
    done = live.modelops("--format", "json", "drift", "--env", "production", check=False)
    assert done.code == 3
    assert [(one["model"], one["drift"]) for one in done.data["drifts"]] == [("stray", "orphan")]
    assert [one["model"] for one in done.data["failures"]] == ["iris"]


def test_a_round_journals_a_drift_once_and_leaves_the_target_alone(live):
    edited = someone_elses(live)
    assert [one["drift"] for one in rounds(live, code=1)["drifts"]] == ["config"]
    assert rounds(live, code=1)["healed"] == []
    assert live.types().count("DriftObserved") == 1
    assert live.table() == edited
    assert live.is_whole()


@pytest.mark.parametrize("change", ["missing", "artifact", "config"])
def test_a_round_that_heals_applies_the_journaled_routes_under_a_new_stamp(live, change):
    before = live.table()
    if change == "missing":
        path_of(live).unlink()
    elif change == "artifact":
        edit(live, routes=[before["routes"][0] | {"digest": "sha256:" + "0" * 64}])
    else:
        someone_elses(live)
    healed = rounds(live, "--heal", code=0)
    assert (healed["healed"], healed["drifts"]) == (["iris"], [])
    assert live.types()[-3:] == ["DriftObserved", "StepIntent", "DriftHealed"]
    after = live.table()
    assert after["routes"] == before["routes"]
    assert after["stamp"]["run"].startswith("heal-")
    assert after["stamp"]["sequence"] > before["stamp"]["sequence"]
    assert drifts(live, code=0) == []
    assert live.is_whole()
    assert rounds(live, "--heal", code=0)["healed"] == []


def test_what_was_mended_is_promoted_as_ever(live):
    path_of(live).unlink()
    rounds(live, "--heal", code=0)
    live.want("1.1.0")
    live.merge()
    live.modelops("apply")
    assert live.live() == "1.1.0"


def test_what_somebody_puts_back_is_journaled_as_healed(live):
    table = path_of(live).read_text()
    path_of(live).unlink()
    rounds(live, code=1)
    path_of(live).write_text(table)
    assert rounds(live, code=0)["drifts"] == []
    assert live.types()[-2:] == ["DriftObserved", "DriftHealed"]
    assert path_of(live).read_text() == table


def test_an_orphan_is_journaled_and_left_to_people(live):
    path_of(live, "stray").write_text(path_of(live).read_text().replace("iris", "stray"))
    (one,) = rounds(live, "--heal", code=1)["drifts"]
    assert (one["model"], one["drift"]) == ("stray", "orphan")
    assert live.types(model="stray") == ["DriftObserved"]
    path_of(live, "stray").unlink()
    assert rounds(live, "--heal", code=0)["drifts"] == []


def test_a_mending_that_broke_off_is_taken_over(live, monkeypatch):
    path_of(live).unlink()
    apply = Gateway.apply

    def dying(_gateway, _order):
        raise TargetError("the network is gone")

    monkeypatch.setattr(Gateway, "apply", dying)
    rounds(live, "--heal", code=3)
    monkeypatch.setattr(Gateway, "apply", apply)
    assert rounds(live, code=0)["healed"] == ["iris"]
    assert live.types()[-2:] == ["StepIntent", "DriftHealed"]
    assert live.live() == "1.0.0"
