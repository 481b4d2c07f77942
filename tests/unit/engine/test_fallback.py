"""Where a rollback goes to when nobody says."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from modelops_git.core.errors import RefusedError
from modelops_git.core.rollouts.decisions import Start
from modelops_git.core.rollouts.steps import course_towards
from modelops_git.core.routes import Observed
from modelops_git.engine.fallback import fall_back_to
from stories import MODEL, Story, canary, route, wanting


def intent(*revoked):
    """A registry of which only the notices are asked."""

    def notices(_model, version):
        kind = "revoked" if version in revoked else "erratum"
        return [SimpleNamespace(manifest=SimpleNamespace(type=kind))]

    return SimpleNamespace(catalog=SimpleNamespace(notices=notices))


def destination(story, *revoked, previous=()):
    observed = Observed(story.state.routes, story.state.stamp, story.state.hold, previous)
    return fall_back_to(intent(*revoked), story.state, observed, MODEL, "")


def test_it_is_the_last_that_completed():
    story = Story().live("1.0.0", "create").live("1.1.0").live("1.2.0")
    assert destination(story) == route("1.1.0")


def test_what_was_rolled_back_from_or_is_revoked_is_left_out():
    story = Story().live("1.0.0", "create").live("1.1.0").live("1.0.0", "rollback").live("1.2.0")
    assert destination(story) == route("1.0.0")
    story = Story().live("1.0.0", "create").live("1.1.0").live("1.2.0")
    assert destination(story, "1.1.0") == route("1.0.0")


def test_what_the_target_remembers_is_no_way_back_to_what_was_rolled_back_from():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", "1.1.0")
    with pytest.raises(RefusedError, match="no earlier good version"):
        destination(story, previous=(route("1.1.0"),))


def test_what_the_target_remembers_gets_all_of_the_traffic():
    observed = Observed((route("1.1.0"),), previous=(route("1.0.0", 50), route("1.1.0", 50, "candidate")))
    assert fall_back_to(intent(), None, observed, MODEL, "") == route("1.0.0")


def test_in_a_canary_it_is_what_is_stable_unless_that_is_revoked():
    story = Story().live("1.0.0", "create").live("1.1.0")
    desired = wanting("1.2.0", strategy=canary({"weight": 5, "for": "10m"}))
    course = course_towards(desired, "promote", story.state)
    story.begun(Start("promote", course, desired.generation, desired.routes)).announced().observed()
    assert destination(story) == route("1.1.0")
    assert destination(story, "1.1.0") == route("1.0.0")
