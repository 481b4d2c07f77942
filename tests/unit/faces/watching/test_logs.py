"""What the controller logs of its ticks."""

import json
import sys
from datetime import UTC, datetime

import pytest

from modelops_git.core.errors import GitError, TargetError
from modelops_git.engine.cases import Failure
from modelops_git.engine.controller import Beat
from modelops_git.engine.reconcile import Round
from modelops_git.engine.settling import Outcome
from modelops_git.engine.standing import Standing
from modelops_git.faces.watching import logs
from stories import route

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def told(capsys):
    """Logs ticks as JSON; gives the events."""

    def tell(*beats):
        logs.begin("json")
        telling = logs.Telling()
        for beat in beats:
            telling.beat(beat)
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    return tell


def of(**more):
    return Beat([Round("production", "a" * 40, **more)], at=AT)


def test_what_was_done_is_one_object_with_its_fields(told):
    outcome = Outcome("production", "iris", "promote", (route("1.0.0"),), (route("1.1.0"),))
    (event,) = told(of(outcomes=[outcome]))
    assert event["message"] == "production iris: promote, serves 1.1.0 100 %"
    assert (event["event"], event["level"], event["model"]) == ("done", "info", "iris")
    assert event["at"].endswith("Z")


def test_what_stays_is_told_when_it_is_new_and_when_it_changes(told):
    waits, waits_longer = ([Standing("production", "iris", text)] for text in ("step 1", "step 2"))
    events = told(of(standing=waits), of(standing=waits), of(standing=waits_longer), of(), of(standing=waits))
    assert [one["message"][-6:] for one in events] == ["step 1", "step 2", "step 1"]


def test_failures_are_errors(told):
    failure = Failure("production", "iris", TargetError("the target is on fire", hint="Run."))
    one, other = told(of(failures=[failure]), Beat(problem=GitError("no remote"), at=AT))
    assert (one["level"], one["event"], one["hint"]) == ("error", "failed", "Run.")
    assert (other["level"], other["event"]) == ("error", "tick-failed")


def test_a_failure_of_a_whole_environment_names_no_model(told):
    (event,) = told(of(failures=[Failure("production", "", GitError("no journal"))]))
    assert (event["message"], event["model"]) == ("production: no journal", "")


def test_for_people_an_event_is_one_plain_line(capsys):
    logs.begin("text")
    logs.log("note", "two\nlines, and \x1b[31m an escape", environment="production")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("two lines, and \\x1b[31m an escape")


def test_without_a_terminal_events_are_objects(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False)
    logs.begin("")
    logs.log("note", "said")
    assert json.loads(capsys.readouterr().err)["message"] == "said"
