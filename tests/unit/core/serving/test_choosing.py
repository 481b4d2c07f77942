"""Which route answers a request."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from modelops_git.core.routes import Assign, Route
from modelops_git.core.serving.choosing import (
    assigned_by,
    chosen,
    key_said,
    mirrors_at,
    place_of,
    preview_of,
)

MODEL = "iris-classifier"


def route(role: str, version: str, weight: int, assign: Assign | None = None) -> Route:
    digest = f"sha256:{version.replace('.', ''):0>64}"
    return Route.model_validate(
        {"role": role, "version": version, "digest": digest, "artifacts": digest, "weight": weight}
    ).model_copy(update={"assign": assign})


LIVE = route("stable", "1.0.0", 75)
NEW = route("candidate", "1.1.0", 20)
OTHER = route("candidate", "1.2.0", 5)


def test_candidates_have_their_shares_and_the_stable_version_the_rest():
    routes = (LIVE, NEW, OTHER)
    answered = Counter(chosen(routes, place / 10).version for place in range(1000))
    assert answered == {"1.0.0": 750, "1.1.0": 200, "1.2.0": 50}


def test_one_version_alone_answers_all():
    alone = (route("stable", "1.0.0", 100),)
    assert {chosen(alone, place) for place in (0.0, 50.0, 99.999)} == {alone[0]}


def test_mirrors_previews_and_what_stands_by_answer_nothing():
    routes = (
        route("mirror", "2.0.0", 100),
        route("preview", "3.0.0", 0),
        route("previous", "0.9.0", 0),
        route("stable", "1.0.0", 100),
    )
    assert {chosen(routes, place).version for place in (0.0, 42.0, 99.9)} == {"1.0.0"}


def test_nothing_answers_where_nothing_is_live():
    assert chosen((), 0.0) is None
    assert chosen((route("mirror", "2.0.0", 100),), 0.0) is None


def test_mirrors_see_their_share():
    routes = (route("stable", "1.0.0", 100), route("mirror", "2.0.0", 10), route("mirror", "3.0.0", 100))
    assert [one.version for one in mirrors_at(routes, 9.9)] == ["2.0.0", "3.0.0"]
    assert [one.version for one in mirrors_at(routes, 10.0)] == ["3.0.0"]


def test_a_preview_is_found():
    preview = route("preview", "2.0.0", 0)
    assert preview_of((LIVE, preview)) == preview
    assert preview_of((LIVE, NEW)) is None


def test_what_decides_is_said_by_the_candidates():
    by_header = Assign(header="X-User-Id")
    assert assigned_by((LIVE, route("candidate", "1.1.0", 20, by_header))) == by_header
    assert assigned_by((LIVE, NEW)) is None


def test_places_are_spread_evenly():
    shares = Counter(int(place_of(MODEL, (LIVE, NEW), f"user-{n}") // 10) for n in range(20_000))
    assert set(shares) == set(range(10))
    assert all(1800 < count < 2200 for count in shares.values())


def test_a_place_never_changes():
    """It is written down: journals of years are read by it."""
    assert round(place_of(MODEL, (LIVE, NEW), "ana"), 6) == 15.22002


def test_another_experiment_shuffles_and_another_share_does_not():
    first = [place_of(MODEL, (LIVE, NEW), f"user-{n}") for n in range(50)]
    grown = (route("stable", "1.0.0", 50), route("candidate", "1.1.0", 50))
    assert [place_of(MODEL, grown, f"user-{n}") for n in range(50)] == first
    assert [place_of(MODEL, (LIVE, OTHER), f"user-{n}") for n in range(50)] != first


@given(st.text())
def test_every_key_has_a_place(key: str):
    assert 0.0 <= place_of(MODEL, (LIVE, NEW), key) < 100.0


@given(st.text(), st.integers(1, 98))
def test_who_met_the_candidate_stays_with_it_while_its_share_grows(key: str, weight: int):
    before = (route("stable", "1.0.0", 100 - weight), route("candidate", "1.1.0", weight))
    after = (route("stable", "1.0.0", 99 - weight), route("candidate", "1.1.0", weight + 1))
    met = chosen(before, place_of(MODEL, before, key))
    if met.role == "candidate":
        assert chosen(after, place_of(MODEL, after, key)).version == met.version


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_key_is_what_its_caller_sent_however_a_server_reads_it(key: str):
    assert key_said(key.encode().decode("latin-1")) == key


def test_a_key_that_is_no_utf_8_is_what_a_command_line_makes_of_it():
    assert key_said("Zo\xeb") == "Zo\udceb"
    assert key_said("Zoë €") == "Zoë €"
