from math import inf

import pytest

from measuring import NEW, OLD, metric
from modelops_git.core.assessing.buckets import histogram
from modelops_git.core.assessing.points import Measured, ratio
from modelops_git.core.journal.runs import Step
from modelops_git.core.planning.forecast import (
    Forecast,
    Traffic,
    counts_from_the_begin,
    forecast,
    of_comparisons,
    parts,
)
from modelops_git.core.planning.plan import PlannedAction
from modelops_git.core.routes import Route

OTHER = f"sha256:{'c' * 64}"
COUNTS = {"of": "/errors", "over": "/requests/${since_step}"}
RATE = metric(ratio=COUNTS, test={"worse_when": "higher"})
SLOW = metric(histogram={"buckets": "/b", "quantile": 0.9}, test={"worse_when": "higher"})


def route(role, weight, digest=NEW):
    number = {NEW: "1.1.0", OLD: "1.0.0", OTHER: "2.0.0"}[digest]
    return Route(role=role, version=number, digest=digest, artifacts=OTHER, weight=weight)


def step(weight, **fields):
    return Step(
        action="shift", routes=(route("stable", 100 - weight, OLD), route("candidate", weight)), **fields
    )


def action(*steps, **fields):
    last = Step(action="promote", routes=(route("stable", 100),))
    return PlannedAction(
        environment="production",
        model="iris",
        action="promote",
        steps=(*steps, last),
        generation_after=OTHER,
        **fields,
    )


def seen(found):
    return [(one.step, one.weight, one.rest, one.lasts, one.analysis) for one in found]


def test_each_step_that_is_judged_is_a_part():
    found = parts(action(step(5, lasts=600, analysis=("a",)), step(25, lasts=60), step(50, analysis=("b",))))
    assert seen(found) == [(1, 5, 95, 600, ("a",)), (3, 50, 50, None, ("b",))]
    assert (found[0].new.digest, found[0].live.digest) == (NEW, OLD)


def test_what_judges_all_steps_sees_their_average():
    found = parts(action(step(10, lasts=300), step(50, lasts=100, analysis=("a",)), analysis=("all",)))
    assert seen(found) == [(None, 20, 80, 400, ("all",)), (2, 50, 50, 100, ("a",))]


def test_a_step_that_somebody_ends_has_no_length():
    found = parts(action(step(10, lasts=300), step(50, until_resumed=True, lasts=5), analysis=("all",)))
    assert seen(found) == [(None, 10, 90, None, ("all",))]
    assert seen(parts(action(step(10, lasts=0), analysis=("all",)))) == [(None, 10, 90, 0, ("all",))]


def test_every_version_of_an_experiment_is_compared_with_what_is_live():
    routes = (route("stable", 100, OLD), route("mirror", 20), route("candidate", 30, OTHER))
    found = parts(action(Step(action="shift", routes=routes), analysis=("a",)))
    assert [(one.new.version, one.weight, one.rest) for one in found] == [
        ("1.1.0", 20, 100),
        ("2.0.0", 30, 100),
    ]


def test_where_no_requests_are_shared_nothing_is_compared():
    preview = Step(action="shift", routes=(route("stable", 100, OLD), route("preview", 0)), analysis=("a",))
    assert parts(action(preview, analysis=("b",))) == ()
    assert parts(action(step(100, analysis=("a",)))) == ()
    assert parts(action(analysis=("a",))) == ()


def made(asked, measured, seconds=3600.0, weight=100, lasts=600):
    (part,) = parts(action(step(10, lasts=lasts, analysis=("a",))))
    return forecast(Forecast("production", "iris", part, "a", asked), Traffic(measured, seconds, weight))


def test_requests_come_as_fast_as_they_did():
    found = made(RATE, ratio(36, 3600))
    assert (found.live, found.changed, found.per_minute) == (0.01, 0.02, 60)
    assert found.seconds == pytest.approx(found.requests * 10, abs=1)
    assert found.requests < found.requests_mostly
    assert found.is_too_short
    assert not made(RATE, ratio(36, 3600), lasts=10**6).is_too_short


def test_a_version_that_shared_its_requests_had_only_a_part_of_them():
    assert made(RATE, ratio(36, 3600), weight=50).per_minute == 120


def test_counts_of_an_unknown_time_have_no_speed():
    found = made(RATE, ratio(36, 3600), seconds=None)
    assert (found.seconds, found.per_minute, found.is_too_short) == (None, None, False)
    assert found.requests > 1000
    assert found.unknown_traffic == "its queries do not say since when they count, as `${since_step}` would"


@pytest.mark.parametrize(
    ("asked", "measured", "why"),
    [
        (RATE, ratio(0, 0), "the live version had no requests"),
        (RATE, Measured(), "the live version has no value"),
        (RATE, ratio(5, 3), "the live version counts 5 of 3, which is no share"),
        (RATE, ratio(0, 900), "the change that should be seen is none, or is allowed"),
        (SLOW, Measured(), "the live version has no value"),
        (SLOW, histogram([(0.1, 0), (inf, 0)], 0.9), "the live version had no requests"),
        (
            SLOW,
            histogram([(0.1, 1), (inf, 9)], 0.9),
            "no bound of a bucket is between what is allowed and the",
        ),
    ],
)
def test_where_nothing_follows_it_says_why(asked, measured, why):
    found = made(asked, measured)
    assert found.unknown.startswith(why)
    assert found.requests is None


def test_a_quantile_has_a_forecast():
    found = made(SLOW, histogram([(0.1, 500), (0.25, 970), (0.5, 999), (inf, 1000)], 0.9))
    assert found.live < 0.25 < found.changed
    assert 10 < found.requests < 1000


def test_comparisons_take_their_intervals():
    (part,) = parts(action(step(10, lasts=600, analysis=("a",))))
    asked = metric(test={"worse_when": "higher"}, interval="2m")
    found = of_comparisons(Forecast("production", "iris", part, "a", asked))
    assert (found.comparisons, found.seconds, found.is_too_short) == (9, 1080, True)


@pytest.mark.parametrize(
    ("fields", "does_it"),
    [
        ({"ratio": COUNTS}, True),
        ({"ratio": {"of": "/${since_step}", "over": "/requests"}}, False),
        ({"histogram": {"buckets": "increase(b[${since_step}])", "quantile": 0.5}}, True),
        ({"histogram": {"buckets": "b where at > '${began}'", "quantile": 0.5}}, True),
        ({"histogram": {"buckets": "increase(b[5m])", "quantile": 0.5}}, False),
        ({}, False),
    ],
)
def test_a_query_says_since_when_it_counts(fields, does_it):
    assert counts_from_the_begin(metric(test={"worse_when": "higher"}, **fields)) is does_it
