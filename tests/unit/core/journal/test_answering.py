"""Who met which version, and who made a prediction, as far as a journal can tell."""

from __future__ import annotations

from datetime import timedelta

import pytest

from modelops_git.core.journal.answering import TOLERANCE, made_by, met
from modelops_git.core.journal.runs import RunStarted, Step
from modelops_git.core.journal.timeline import periods, serving_at
from modelops_git.core.routes import Assign
from modelops_git.core.serving.choosing import chosen, place_of
from modelops_git.core.serving.prediction_ids import prediction_id, read_prediction_id
from stories import COMMIT, MODEL, START, Story, generation, of_bytes, route

BY_COOKIE = Assign(cookie="session")
SECOND = timedelta(seconds=1)


def split(story, weight, assign=BY_COOKIE, version="1.1.0"):
    """A split beside what is live, announced and observed an hour apart."""
    live = story.models[MODEL].routes[0]
    candidate = route(version, weight, "candidate").model_copy(update={"assign": assign})
    shared = (live.model_copy(update={"weight": 100 - weight}), candidate)
    story.later(hours=1).tell(
        RunStarted(
            model=MODEL,
            run="trial",
            action="shift",
            generation=generation(version, strategy="split"),
            desired_commit=COMMIT,
            before=(live,),
            after=shared,
            steps=(Step(action="shift", routes=shared),),
            steps_hash=of_bytes(b""),
            plan_digest=of_bytes(b""),
            author="eve",
            strategy="split",
            until=START + timedelta(days=30),
            pull_request="https://forge.example/acme/pull/7",
        )
    )
    story.announced(trial=True).later(hours=1).observed()
    return story


def at(story, moment):
    return serving_at(periods(story.entries), moment)


def versions(found):
    return [one.version for one in found.routes]


def test_a_caller_of_a_split_met_the_version_that_the_gateway_chose():
    story = split(Story().live("1.0.0", "create"), 30)
    period = at(story, story.now)
    seen = {key: met(MODEL, period, key) for key in map(str, range(300))}
    for key, found in seen.items():
        assert found.routes == (chosen(period.routes, place_of(MODEL, period.routes, key)),)
        assert (found.assign, found.is_chance) == (BY_COOKIE, False)
    assert 50 < [versions(found) for found in seen.values()].count(["1.1.0"]) < 130


def test_before_a_split_is_observed_only_those_whose_version_changes_met_either():
    story = split(Story().live("1.0.0", "create"), 30)
    period = at(story, story.now - timedelta(minutes=30))
    assert not period.is_certain
    later = {key: versions(met(MODEL, at(story, story.now), key)) for key in map(str, range(50))}
    for key, (version,) in later.items():
        assert versions(met(MODEL, period, key)) == list(dict.fromkeys(["1.0.0", version]))


def test_where_chance_decides_a_key_says_nothing():
    story = split(Story().live("1.0.0", "create"), 30, assign=None)
    found = met(MODEL, at(story, story.now), "ana")
    assert (versions(found), found.assign, found.is_chance) == (["1.0.0", "1.1.0"], None, True)


def test_where_one_version_serves_every_caller_met_it():
    story = Story().live("1.0.0", "create")
    found = met(MODEL, at(story, story.now), "ana")
    assert (versions(found), found.assign, found.is_chance) == (["1.0.0"], None, False)


def said(version, moment):
    return read_prediction_id(prediction_id(round(moment.timestamp() * 1000), route(version).digest, 1))


def made(story, version, moment):
    found = made_by(said(version, moment), periods(story.entries))
    return found and (found.route.role, found.how, found.came_by.action, found.came_by.by)


def test_an_id_leads_to_the_version_and_to_whoever_brought_it():
    story = split(Story().live("1.0.0", "create"), 30)
    assert made(story, "1.0.0", story.now) == ("stable", "served", "create", "bo")
    assert made(story, "1.1.0", story.now) == ("candidate", "served", "shift", "eve")
    assert made(story, "1.1.0", story.now - timedelta(minutes=30)) == ("candidate", "served", "shift", "eve")


def test_a_version_that_is_gone_back_to_is_there_by_the_rollback():
    story = Story().live("1.0.0", "create").live("1.1.0").live("1.0.0", "rollback")
    assert made(story, "1.0.0", story.now) == ("stable", "served", "rollback", "bo")
    assert made(story, "1.0.0", START + timedelta(hours=1, minutes=1)) == ("stable", "served", "create", "bo")


def test_a_hold_amid_a_rollout_leaves_what_is_stable_with_who_brought_it():
    story = Story().live("1.0.0", "create").started("1.1.0").announced().held("1.0.0", against="1.1.0")
    assert made(story, "1.0.0", story.now) == ("stable", "served", "create", "bo")
    over = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    assert made(over, "1.0.0", over.now) == ("stable", "served", "hold", "on-call")


@pytest.mark.parametrize(
    ("version", "off", "how"),
    [
        ("1.0.0", TOLERANCE - SECOND, "replaced"),
        ("1.0.0", TOLERANCE, None),
        ("1.0.0", -SECOND, "served"),
        ("1.1.0", -TOLERANCE + SECOND, "early"),
        ("1.1.0", -TOLERANCE, None),
        ("1.1.0", timedelta(), "served"),
        ("1.2.0", timedelta(), None),
    ],
)
def test_the_times_of_a_gateway_and_of_the_journal_may_be_minutes_apart(version, off, how):
    story = Story().live("1.0.0", "create").live("1.1.0")
    found = made_by(said(version, story.now + off), periods(story.entries))
    assert (found and found.how) == how


def test_a_version_that_only_stands_by_makes_no_predictions():
    story = Story().live("1.0.0", "create").live("1.1.0")
    period = periods(story.entries)[-1]
    kept = (*period.routes, route("1.0.0", 0, "previous"))
    standing = [period.__class__(period.since, None, kept, True, None, came_by=(None, None))]
    assert made_by(said("1.0.0", period.since + timedelta(hours=1)), standing) is None
    assert made_by(said("1.1.0", period.since + timedelta(hours=1)), standing).came_by is None


def test_nothing_is_made_before_anything_was_live():
    assert made_by(said("1.0.0", START), []) is None
    assert made_by(said("1.0.0", START), periods(Story().live("1.0.0", "create").entries)) is None
