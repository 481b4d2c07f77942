from datetime import timedelta

from modelops_git.core.journal import timeline
from modelops_git.core.journal.timeline import episodes, periods, serving_at
from stories import START, Story, route


def served(story, at):
    period = serving_at(periods(story.entries), at)
    return [one.version for one in period.routes] if period else None


def test_each_time_is_answered_by_what_served_then():
    story = Story().live("1.0.0", "create").live("1.1.0").live("1.0.0", "rollback")
    assert served(story, START) is None
    assert served(story, START + timedelta(hours=1)) == ["1.0.0"]
    assert served(story, START + timedelta(hours=1, minutes=59)) == ["1.0.0"]
    assert served(story, START + timedelta(hours=2)) == ["1.1.0"]
    assert served(story, START + timedelta(days=900)) == ["1.0.0"]


def test_between_announcement_and_observation_it_is_either():
    story = Story().live("1.0.0", "create").started("1.1.0").announced()
    announced = story.now
    story.later(minutes=1).observed().ended()
    period = serving_at(periods(story.entries), announced + timedelta(seconds=30))
    assert not period.is_certain
    assert [one.version for one in period.routes] == ["1.0.0", "1.1.0"]
    assert served(story, announced + timedelta(minutes=1)) == ["1.1.0"]


def test_a_hold_counts_from_when_the_target_was_changed():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    assert served(story, story.now) == ["1.0.0"]
    assert served(story, story.now - timedelta(seconds=1)) == ["1.1.0"]


def test_periods_have_no_gap_and_no_overlap():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0").live("1.2.0")
    found = periods(story.entries)
    assert [one.until for one in found] == [*(one.since for one in found[1:]), None]


def test_a_history_tells_runs_and_holds():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    told = [(one.action, one.result, one.by) for one in episodes(story.entries)]
    assert told == [("create", "succeeded", "bo"), ("promote", "succeeded", "bo"), ("hold", "set", "on-call")]


def test_a_hold_in_a_run_tells_that_the_run_was_aborted():
    story = Story().live("1.0.0", "create").started("1.1.0").announced().held("1.0.0", against="1.1.0")
    run = episodes(story.entries)[1]
    assert (run.result, run.reason, run.after) == ("aborted", "errors", (route("1.1.0"),))


def test_a_history_tells_which_run_ended_a_hold():
    held = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    reverted = episodes(held.live("1.0.0", "update").live("1.2.0").entries)
    assert [one.ended_hold for one in reverted] == ["", "", "", "h1", ""]
    assert [one.only_ends_hold for one in reverted] == [False, False, False, True, False]


def test_a_newer_version_ends_a_hold_and_does_more_than_that():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0").live("1.2.0")
    last = episodes(story.entries)[-1]
    assert (last.ended_hold, last.only_ends_hold) == ("h1", False)


def test_a_history_of_many_runs_is_told_in_one_pass(monkeypatch):
    story = Story()
    for number in range(60):
        story.live(f"1.{number}.0")
    changed = []
    replaced = timeline.replace
    monkeypatch.setattr(timeline, "replace", lambda one, **more: changed.append(one) or replaced(one, **more))
    assert [one.result for one in episodes(story.entries)] == ["succeeded"] * 60
    assert len(changed) == 60


def test_runs_of_several_models_are_told_apart():
    story = Story().live("1.0.0", "create").started("2.0.0", model="wine").announced("wine")
    story.started("1.1.0").announced().held("1.0.0", against="1.1.0").observed("wine").ended(model="wine")
    told = {(one.model, one.action, one.result) for one in episodes(story.entries)}
    assert told == {
        ("iris", "create", "succeeded"),
        ("iris", "promote", "aborted"),
        ("iris", "hold", "set"),
        ("wine", "promote", "succeeded"),
    }
