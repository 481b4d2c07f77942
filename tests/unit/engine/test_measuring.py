import json
import threading
from types import SimpleNamespace

import pytest

from measuring import BEGAN, NEW, OLD, STEP, Told, analysis, metric, minute, point
from modelops_git.core.assessing.points import Point
from modelops_git.core.assessing.verdicts import Verdict
from modelops_git.core.errors import MetricsError
from modelops_git.core.routes import Route
from modelops_git.engine import measuring
from modelops_git.engine.measuring import Subject, measure, memory_of

CEILING = {"failure_condition": "candidate > 0.5", "interval": "1m"}
HTTP = {"type": "http", "url": "http://127.0.0.1:1/"}


def route(role, digest):
    return Route(role=role, version="1.0.0", digest=digest, artifacts=OLD, weight=50)


SUBJECT = Subject("iris", "production", route("candidate", NEW), route("stable", OLD), STEP, "run-1")


@pytest.fixture
def memory(tmp_path):
    return memory_of(SimpleNamespace(common_dir=tmp_path / ".git"))


@pytest.fixture
def told(monkeypatch):
    """A provider in the place of every other."""
    found = Told(lambda asked: [point((asked.instants[-1] - BEGAN).seconds / 60, 0.1)])
    monkeypatch.setattr(measuring, "open_provider", lambda *_: found)
    return found


def test_a_step_is_measured_tick_by_tick_in_a_file(tmp_path, memory):
    asked = [analysis(metric(count=2, **CEILING))]
    path = tmp_path / "metrics.json"
    path.write_text(json.dumps({NEW: 0.1, OLD: 0.2}))
    verdicts = [measure(asked, SUBJECT, tmp_path, minute(n), memory) for n in (0.5, 1.5, 1.9, 2.1)]
    assert [one.verdict for one in verdicts] == [Verdict.PENDING] * 3 + [Verdict.SUCCESSFUL]
    assert [one.look_again for one in verdicts] == [minute(1), minute(2), minute(2), None]
    (result,) = verdicts[-1].results
    assert (result.candidate.value, result.stable.value) == (0.1, 0.2)


def test_without_a_memory_a_count_is_not_reached_and_nothing_passes(tmp_path, told):
    asked = [analysis(metric(count=2, **CEILING))]
    assert measure(asked, SUBJECT, tmp_path, minute(30)).verdict is Verdict.PENDING
    assert told.asked[0].instants == tuple(minute(n) for n in range(1, 31))


def test_a_provider_that_keeps_the_past_needs_no_memory(tmp_path, told):
    told.answer = lambda asked: [point((at - BEGAN).seconds / 60, 0.1) for at in asked.instants]
    asked = [analysis(metric(count=9, **CEILING))]
    assert measure(asked, SUBJECT, tmp_path, minute(8)).verdict is Verdict.PENDING
    assert measure(asked, SUBJECT, tmp_path, minute(9)).verdict is Verdict.SUCCESSFUL


def test_nobody_is_asked_before_it_is_time_or_after_it_is_decided(tmp_path, told, memory):
    asked = [analysis(metric(count=2, **CEILING))]
    for now in (0.5, 1, 1.2, 1.9, 2, 3, 4):
        measure(asked, SUBJECT, tmp_path, minute(now), memory)
    assert [one.instants for one in told.asked] == [(minute(1),), (minute(2),)]
    assert [one.since for one in told.asked] == [BEGAN, minute(1)]


def test_nobody_is_asked_for_a_condition_that_means_nothing(tmp_path, told):
    broken = metric(interval="1m", failure_condition="candidte > 0.5")
    assert measure([analysis(broken)], SUBJECT, tmp_path, minute(5)).verdict is Verdict.ERROR
    assert told.asked == []


def test_what_is_told_of_another_instant_is_not_believed(tmp_path, told):
    told.answer = lambda _: [point(1.5, 0.9)]
    found = measure([analysis(metric(**CEILING))], SUBJECT, tmp_path, minute(2))
    assert found.verdict is Verdict.PENDING


def test_a_provider_that_fails_is_an_error_of_its_metrics_alone(tmp_path, memory):
    (tmp_path / "metrics.json").write_text(json.dumps({NEW: 0.1}))
    fine = metric(count=1, **CEILING)
    down = metric(name="down", provider={"type": "file", "uri": "file:nowhere.json"}, **CEILING)
    asked = [analysis(fine, down)]
    found = [measure(asked, SUBJECT, tmp_path, minute(n), memory) for n in range(1, 6)]
    assert [one.verdict for one in found] == [Verdict.PENDING] * 4 + [Verdict.ERROR]
    good, bad = found[-1].results
    assert (good.verdict, bad.verdict) == (Verdict.SUCCESSFUL, Verdict.ERROR)
    assert "cannot read" in bad.reason


def test_a_document_that_makes_no_sense_is_an_error(tmp_path, told):
    told.answer = MetricsError("metrics.json is no JSON", hint="Look at it.")
    found = measure([analysis(metric(**CEILING))], SUBJECT, tmp_path, minute(2))
    assert "metrics.json is no JSON. Look at it" in found.results[0].reason


def test_a_mistake_of_ours_is_not_hidden(tmp_path, told):
    told.answer = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        measure([analysis(metric(**CEILING))], SUBJECT, tmp_path, minute(2))


def test_who_does_not_answer_in_time_is_an_error(tmp_path, told, monkeypatch):
    never = threading.Event()
    monkeypatch.setattr(measuring, "SECONDS", 0.1)
    told.answer = lambda _: never.wait() and ()
    found = measure([analysis(metric(**CEILING))], SUBJECT, tmp_path, minute(2))
    never.set()
    assert "the provider has not answered in 0 seconds" in found.results[0].reason


def test_metrics_of_one_provider_are_asked_of_one_that_is_opened_once(tmp_path, monkeypatch):
    opened = []

    def open_provider(manifest, *_given):
        opened.append(manifest.type)
        return Told(lambda asked: [Point(asked.instants[-1])])

    monkeypatch.setattr(measuring, "open_provider", open_provider)
    names = {"a": {}, "b": {}, "c": {"provider": HTTP}, "d": {}}
    asked = [analysis(*(metric(name=name, **fields, **CEILING) for name, fields in names.items()))]
    assert len(measure(asked, SUBJECT, tmp_path, minute(1)).results) == 4
    assert sorted(opened) == ["file", "http"]


def test_measurements_of_another_step_or_version_are_not_mixed_up(tmp_path, told, memory):
    asked = [analysis(metric(count=2, **CEILING))]
    measure(asked, SUBJECT, tmp_path, minute(1), memory)
    later = SUBJECT._replace(window=STEP._replace(began=minute(0.5)))
    other = SUBJECT._replace(candidate=route("candidate", OLD))
    for subject in (later, other, SUBJECT._replace(run="run-2"), SUBJECT._replace(stable=None)):
        assert measure(asked, subject, tmp_path, minute(2), memory).verdict is Verdict.PENDING
    assert measure(asked, SUBJECT, tmp_path, minute(2), memory).verdict is Verdict.SUCCESSFUL
    assert told.asked[-1].stable.digest == OLD


def test_losing_the_memory_only_delays(tmp_path, told, memory):
    asked = [analysis(metric(count=2, **CEILING))]
    measure(asked, SUBJECT, tmp_path, minute(1), memory)
    memory.forget("run-1")
    assert measure(asked, SUBJECT, tmp_path, minute(2), memory).verdict is Verdict.PENDING
    assert measure(asked, SUBJECT, tmp_path, minute(3), memory).verdict is Verdict.SUCCESSFUL
    assert len(told.asked) == 3


def test_before_something_is_due_a_controller_is_told_what_it_was_told_before(
    tmp_path, told, memory, monkeypatch
):
    asked = [analysis(metric(count=2, **{**CEILING, "interval": "1h"}))]
    calls = []
    real = measuring.assess_metric
    monkeypatch.setattr(measuring, "assess_metric", lambda *given: calls.append(given) or real(*given))
    found = [measure(asked, SUBJECT, tmp_path, minute(n), memory) for n in (1, 2, 9.9)]
    assert len({id(one) for one in found}) == 1
    assert len(calls) == 1
    assert measure(asked, SUBJECT, tmp_path, minute(10), memory).verdict is Verdict.INCONCLUSIVE
    longer = SUBJECT._replace(window=STEP._replace(ends=minute(50)))
    assert measure(asked, longer, tmp_path, minute(11), memory).verdict is Verdict.PENDING
    assert told.asked == []


def test_two_metrics_of_one_name_are_not_taken_for_each_other(tmp_path, memory):
    (tmp_path / "metrics.json").write_text(json.dumps({NEW: 0.1, "bad": {NEW: 0.9}}))
    asked = [analysis(metric(**CEILING), metric(query="/bad/${digest}", **CEILING))]
    found = measure(asked, SUBJECT, tmp_path, minute(1), memory)
    assert [one.verdict for one in found.results] == [Verdict.PENDING, Verdict.FAILED]
