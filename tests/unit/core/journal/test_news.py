from __future__ import annotations

from datetime import timedelta

import pytest

from modelops_git.core.journal import chain
from modelops_git.core.journal.entry import (
    Adopted,
    BreakGlass,
    Deferred,
    DriftHealed,
    DriftObserved,
    HoldCleared,
    Notified,
)
from modelops_git.core.journal.listeners import Wants, owed_to
from modelops_git.core.journal.news import MOST
from modelops_git.core.journal.people import Approval
from modelops_git.core.journal.runs import Paused, Resumed, RunEnded, RunStarted
from stories import MODEL, Story, generation, route

EVERYTHING = [
    "adopted",
    "run-started",
    "paused",
    "resumed",
    "deferred",
    "run-ended",
    "hold-set",
    "hold-cleared",
    "retry-granted",
    "drift-observed",
    "drift-healed",
    "retired",
    "break-glass",
]


def following(*events, models=("*",), key="webhook:HOOK_URL"):
    return Notified(key=key, act="follows", wants=(Wants(on=tuple(events or EVERYTHING), models=models),))


@pytest.fixture
def story():
    story = Story()
    story.tell(following())
    return story


def news(story):
    return story.links[-1].environment.news or ()


def happened(story):
    return [one.events for one in news(story)]


def deferred(version="1.1.0", **more):
    return Deferred(model=MODEL, generation=generation(version), reason="frozen", **more)


def paused(story, name):
    return Paused(id=name, model=MODEL, run=story.state.run.run, reason="look")


def test_without_listeners_the_state_of_the_environment_is_what_it_always_was():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    story.tell(Notified(key="as the first release would have written it"))
    assert set(story.links[-1].environment.as_json()) == {
        "fold_version",
        "registry",
        "environment",
        "sequence",
        "last",
        "at",
        "applied_commit",
    }


def test_nothing_is_owed_of_what_was_before():
    story = Story().live("1.0.0", "create")
    story.tell(following())
    assert news(story) == ()
    story.live("1.1.0")
    assert happened(story) == [("run-started",), ("run-ended",)]


def test_a_record_with_listeners_is_whole_and_a_changed_debt_is_found(story):
    story.live("1.0.0", "create").held("1.0.0", against="1.1.0")
    stored = story.stored()
    assert list(chain.check(stored)) == []
    files = dict(stored[-1].files)
    files["state/environment.json"] = files["state/environment.json"].replace(b"hold-set", b"hold-sat")
    stored[-1] = chain.Stored(stored[-1].commit, 1, files, stored[-1].paths)
    assert len(list(chain.check(stored))) == 1


def test_what_is_said_again_is_no_news(story):
    story.tell(deferred(), deferred(), deferred(until=story.now), deferred(refused=True), deferred("1.2.0"))
    assert happened(story) == [("deferred",)] * 3
    assert [one.refused for one in news(story)] == [False, True, False]


def test_a_pause_is_news_once_and_so_is_its_end(story):
    story.started("1.0.0", "create").announced()
    story.tell(paused(story, "p1"), paused(story, "p2"))
    for name in ("r1", "r2"):
        story.tell(Resumed(id=name, model=MODEL, run=story.state.run.run))
    assert happened(story)[1:] == [("paused",), ("resumed",), ("resumed",)]
    story.tell(Resumed(id="r3", model=MODEL, run=story.state.run.run))
    assert len(news(story)) == 4


def test_a_hold_that_ends_a_rollout_is_one_piece_of_news_with_two_names(story):
    story.live("1.0.0", "create").started("1.1.0").announced().observed()
    story.held("1.0.0", against="1.1.0")
    last = news(story)[-1]
    assert last.events == ("run-ended", "hold-set")
    assert (last.result, last.version, last.former) == ("aborted", "1.1.0", "1.0.0")
    assert [one.version for one in last.routes] == ["1.0.0"]
    assert (last.by, last.reason) == ("on-call", "errors")


def test_a_hold_where_nothing_is_under_way_names_what_is_held(story):
    story.live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    last = news(story)[-1]
    assert (last.events, last.version, last.former, last.run) == (("hold-set",), "1.0.0", "1.1.0", None)


def test_the_same_hold_is_no_news_again(story):
    story.live("1.0.0", "create").held("1.0.0", against="1.1.0")
    before = news(story)
    story.held("1.0.0", against="1.1.0")
    assert news(story) == before


def test_a_hold_is_lifted_once(story):
    story.live("1.0.0", "create").held("1.0.0", against="1.1.0")
    for _ in range(2):
        story.tell(HoldCleared(model=MODEL, hold="h1", reason="mended"))
    assert happened(story)[-2:] == [("hold-set",), ("hold-cleared",)]


def test_a_retry_is_granted_once(story):
    story.retried("1.1.0")
    story.tell(story.entries[-1].payload)
    assert happened(story) == [("retry-granted",)]


def test_a_run_ends_once(story):
    story.live("1.0.0", "create")
    before = news(story)
    story.tell(RunEnded(model=MODEL, run=story.state.run.run, result="succeeded"))
    story.tell(RunEnded(model=MODEL, run="nobody's", result="succeeded"))
    assert news(story) == before


def test_a_drift_is_news_when_its_class_is(story):
    story.live("1.0.0", "create")
    for drift in ("routes", "routes", "missing"):
        story.tell(DriftObserved(model=MODEL, drift=drift, detail=f"{drift} differ"))
    story.tell(DriftHealed(model=MODEL, routes=(route("1.0.0"),)))
    assert happened(story)[2:] == [("drift-observed",), ("drift-observed",), ("drift-healed",)]
    assert news(story)[-2].drift == "missing"


def test_other_events_are_news_as_they_come(story):
    story.tell(Adopted(model=MODEL, routes=(route("1.0.0"),)))
    story.retried("1.1.0")
    story.tell(BreakGlass(reason="the store is on fire", ticket="OPS-7"))
    assert happened(story) == [("adopted",), ("retry-granted",), ("break-glass",)]
    assert (news(story)[-1].ticket, news(story)[-1].model) == ("OPS-7", None)


def test_only_what_is_wanted_is_owed_and_only_to_who_wants_it():
    story = Story()
    story.tell(
        following("run-ended", models=("fraud/*",), key="slack:A"), following("hold-set", key="slack:B")
    )
    story.live("1.0.0", "create").live("1.0.0", "create", model="fraud/card")
    story.held("1.0.0", against="1.1.0")
    assert [(one.events[0], one.model, one.owed) for one in news(story)] == [
        ("run-ended", "fraud/card", ("slack:A",)),
        ("hold-set", MODEL, ("slack:B",)),
    ]
    story.tell(BreakGlass(reason="none of theirs", ticket="1"))
    assert len(news(story)) == 2


def test_what_was_sent_or_given_up_is_owed_no_longer_and_others_are_owed_it_still():
    story = Story()
    story.tell(following(key="slack:A"), following(key="webhook:B"))
    story.live("1.0.0", "create")
    first, last = (one.entry for one in news(story))
    story.tell(Notified(key="slack:A", act="sent", entries=(first, last)))
    story.tell(Notified(key="webhook:B", act="gave-up", entries=(first,), reason="HTTP 410"))
    assert [(one.entry, one.owed) for one in news(story)] == [(last, ("webhook:B",))]
    story.tell(Notified(key="webhook:B", act="sent", entries=(last,)))
    assert story.links[-1].environment.news is None


def test_tries_are_counted_until_one_succeeds(story):
    story.live("1.0.0", "create")
    for _ in range(2):
        story.later(minutes=1).tell(Notified(key="webhook:HOOK_URL", act="tries"))
    (listener,) = story.links[-1].environment.listeners
    assert (listener.tries, listener.tried) == (2, story.now)
    story.tell(Notified(key="webhook:HOOK_URL", act="sent", entries=(1,)))
    (listener,) = story.links[-1].environment.listeners
    assert (listener.tries, listener.tried) == (0, None)


def test_who_has_left_is_owed_nothing(story):
    story.tell(following(key="slack:A"))
    story.live("1.0.0", "create")
    story.tell(Notified(key="slack:A", act="left"))
    assert {one.owed for one in news(story)} == {("webhook:HOOK_URL",)}
    story.tell(Notified(key="webhook:HOOK_URL", act="left"))
    known = story.links[-1].environment
    assert (known.listeners, known.news, known.reviews) == (None, None, None)


def test_what_is_followed_may_change_and_what_is_owed_stays(story):
    story.live("1.0.0", "create")
    story.tell(following("hold-set"))
    assert len(owed_to("webhook:HOOK_URL", news(story))) == 2
    story.live("1.1.0")
    assert len(news(story)) == 2


def test_the_oldest_news_are_forgotten_and_counted(story):
    for number in range(MOST + 3):
        story.tell(BreakGlass(reason=str(number), ticket="1"))
    assert (len(news(story)), news(story)[0].reason) == (MOST, "3")
    (listener,) = story.links[-1].environment.listeners
    assert listener.lost == 3
    assert list(chain.check(story.stored())) == []


def test_the_end_of_a_run_names_its_review(story):
    story.started("1.0.0", "create")
    (started,) = [one.payload for one in story.entries if isinstance(one.payload, RunStarted)]
    approvals = (Approval(by="github:bo", source="github"),)
    reviewed = started.model_copy(update={"run": "r2", "approvals": approvals, "pull_request": "#7"})
    story.ended("superseded").tell(reviewed)
    story.announced().observed().ended()
    for one in news(story)[-2:]:
        assert (one.run, one.pull_request, one.approvals) == ("r2", "#7", ("github:bo",))
    assert story.links[-1].environment.reviews is None


def test_long_texts_are_cut(story):
    story.tell(BreakGlass(reason="r" * 9000, ticket="t" * 9000))
    assert (len(news(story)[0].reason), len(news(story)[0].ticket)) == (500, 500)


def test_times_and_ids_are_those_of_the_entry(story):
    story.later(hours=2)
    (link,) = story.tell(BreakGlass(reason="r", ticket="t"))
    (one,) = news(story)
    assert (f"sha256:{one.id}", one.at, one.entry) == (link.entry.digest, link.entry.at, link.entry.sequence)
    assert one.at - story.links[0].entry.at == timedelta(hours=2)
