"""`rollback --now`: the target first, whatever is down."""

from __future__ import annotations

import shutil


def bad(live):
    """1.1.0 went live, and turns out to be bad."""
    live.want("1.1.0")
    live.merge()
    live.modelops("apply")
    assert live.live() == "1.1.0"


def test_traffic_is_back_and_held_and_the_revert_is_prepared(live):
    bad(live)
    done = live.modelops("rollback", "iris", "--env", "production", "--now", "--reason", "errors up")
    assert live.live() == "1.0.0"
    assert live.types()[-1] == "HoldSet"
    assert "rollback/iris-to-1.0.0-in-production" in done.out
    (row,) = live.modelops("--format", "json", "status").data["rows"]
    assert (row["state"], row["wanted"]["version"], row["live"]["version"]) == ("held", "1.1.0", "1.0.0")
    assert row["hold"]["reason"] == "errors up"


def test_the_revert_that_was_prepared_is_not_prepared_again(live):
    bad(live)
    live.modelops("rollback", "iris", "--env", "production", "--now")
    again = live.modelops("rollback", "iris", "--env", "production", check=False)
    assert (again.code, again.out) == (1, "")
    branch = "rollback/iris-to-1.0.0-in-production"
    assert f"the branch {branch} has this very change already" in again.err
    assert f"git push -u origin {branch}" in again.err


def test_a_broken_modelops_yaml_stops_nothing(live):
    bad(live)
    live.write("modelops.yaml", "oops")
    live.merge()
    assert live.modelops("apply", check=False).code == 1
    done = live.modelops("rollback", "iris", "--env", "production", "--now")
    assert live.live() == "1.0.0"
    assert "rollback/iris-to-1.0.0-in-production" in done.out
    assert live.git("show", "rollback/iris-to-1.0.0-in-production:modelops.yaml") == "oops"


def test_the_next_apply_honours_the_hold(live):
    bad(live)
    live.modelops("rollback", "iris", "--env", "production", "--now")
    assert "held" in live.modelops("apply").out
    assert live.live() == "1.0.0"


def test_the_merged_revert_ends_the_hold(live):
    bad(live)
    live.modelops("rollback", "iris", "--env", "production", "--now")
    live.git("merge", "--quiet", "rollback/iris-to-1.0.0-in-production")
    live.git("push", "--quiet", "origin", "main")
    live.modelops("apply")
    (row,) = live.modelops("--format", "json", "status").data["rows"]
    assert (row["state"], row["hold"]) == ("live", None)
    assert live.table().get("hold") is None


def test_a_newer_version_goes_past_the_hold(live):
    bad(live)
    live.modelops("rollback", "iris", "--env", "production", "--now")
    live.version("1.1.1", parent="1.1.0")
    live.want("1.1.1")
    live.merge()
    live.modelops("apply")
    assert live.live() == "1.1.1"


def test_with_the_remote_gone_the_entry_waits_and_is_journaled_once(live):
    bad(live)
    live.remote.rename(live.folder / "gone")
    done = live.modelops("--format", "json", "rollback", "iris", "--env", "production", "--now")
    assert live.live() == "1.0.0"
    assert not done.data["journaled"]
    (live.folder / "gone").rename(live.remote)
    told = [live.modelops("--format", "json", "apply").data["outcomes"] for _ in range(2)]
    assert [[one["action"] for one in outcomes] for outcomes in told] == [["hold"], []]
    assert live.types().count("HoldSet") == 1
    assert live.live() == "1.0.0"
    assert not list((live.clone / ".git/modelops/outbox/production").iterdir())


def test_with_the_laptop_lost_another_clone_honours_what_the_target_bears(live):
    bad(live)
    live.remote.rename(live.folder / "gone")
    live.modelops("rollback", "iris", "--env", "production", "--now")
    (live.folder / "gone").rename(live.remote)
    shutil.rmtree(live.clone / ".git/modelops/outbox")
    runner = live.new_clone("runner")
    live.modelops("apply", cwd=runner)
    assert live.live() == "1.0.0"
    assert live.types().count("HoldSet") == 1


def test_the_entry_that_comes_late_does_not_undo_what_came_after(live):
    bad(live)
    live.remote.rename(live.folder / "gone")
    live.modelops("rollback", "iris", "--env", "production", "--now")
    (live.folder / "gone").rename(live.remote)
    runner = live.new_clone("runner")
    live.modelops("apply", cwd=runner)
    live.want("1.0.0")
    live.merge()
    live.modelops("apply", cwd=runner)
    live.modelops("apply")
    (row,) = live.modelops("--format", "json", "status").data["rows"]
    assert row["state"] == "live"
    assert live.types().count("HoldSet") == 1


def test_a_clone_that_never_saw_the_journal_takes_what_the_target_remembers(live):
    bad(live)
    fresh = live.new_clone("fresh")
    live.remote.rename(live.folder / "gone")
    live.modelops("rollback", "iris", "--env", "production", "--now", cwd=fresh)
    assert live.live() == "1.0.0"


def test_with_nothing_to_go_back_to_it_says_so(live):
    done = live.modelops("rollback", "iris", "--env", "production", "--now", check=False)
    assert done.code == 1
    assert "--to" in done.err
    assert live.live() == "1.0.0"


def test_a_named_version_is_gone_to_even_if_it_was_never_live(live):
    live.modelops("rollback", "iris", "--env", "production", "--now", "--to", "1.1.0")
    assert live.live() == "1.1.0"
    assert live.table()["hold"]["serve"]["version"] == "1.1.0"


def test_the_work_tree_is_left_alone(live):
    bad(live)
    (live.clone / "notes.txt").write_text("mine\n")
    live.modelops("rollback", "iris", "--env", "production", "--now")
    assert live.git("status", "--porcelain") == "?? notes.txt"
    assert live.git("branch", "--show-current") == "main"


def test_history_and_who_served_tell_the_hold(live):
    bad(live)
    live.modelops("rollback", "iris", "--env", "production", "--now", "--reason", "errors up")
    history = live.modelops("--format", "json", "history", "iris").data["history"]
    assert [(one["action"], one["reason"]) for one in history] == [
        ("create", None),
        ("promote", None),
        ("hold", "errors up"),
    ]
    (served,) = live.modelops(
        "--format", "json", "who-served", "--env", "production", "--model", "iris"
    ).data["served"]
    assert served["version"] == "1.0.0"


def test_a_plan_tells_of_what_is_held(live):
    bad(live)
    live.modelops("rollback", "iris", "--env", "production", "--now", "--reason", "errors up")
    held = "iris 1.1.0 is held back in production: errors up; 1.0.0 serves instead."
    merged = live.modelops("plan")
    assert "warning MOG510 held-generation" in merged.out
    assert held in merged.out
    live.git("merge", "--quiet", "rollback/iris-to-1.0.0-in-production")
    live.git("push", "--quiet", "origin", "main")
    assert "MOG510" not in live.modelops("plan").out


def test_a_change_that_wants_what_is_held_is_refused(live):
    bad(live)
    live.modelops("rollback", "iris", "--env", "production", "--now", "--reason", "errors up")
    live.git("switch", "--quiet", "--create", "again")
    live.write(
        "models/iris/rollouts/production.yaml",
        (live.clone / "models/iris/rollouts/production.yaml").read_text() + "first_deployment: skip\n",
    )
    live.git("commit", "--quiet", "--all", "--message", "Again")
    again = live.modelops("plan", "--base", "main", check=False)
    assert again.code == 1
    assert "error MOG510 held-generation" in again.out


def test_a_rollback_whose_files_are_gone_is_refused_and_changes_nothing(live):
    bad(live)
    shutil.rmtree(next((live.folder / "store").glob("iris/1.0.0-*")))
    live.want("1.0.0")
    live.merge()
    planned = live.modelops("plan", check=False)
    assert planned.code == 1
    assert "MOG509 rollback-target-gone" in planned.out
    assert live.modelops("apply", check=False).code == 1
    assert live.live() == "1.1.0"
    assert live.types()[-1] == "RunEnded"


def test_a_rollback_whose_store_cannot_be_asked_is_not_decided(live):
    bad(live)
    store = live.folder / "store"
    store.rename(live.folder / "elsewhere")
    live.want("1.0.0")
    live.merge()
    planned = live.modelops("plan", check=False)
    assert planned.code == 3
    assert "MOG509" not in planned.out
    (live.folder / "elsewhere").rename(store)
    assert live.modelops("plan").code == 0
