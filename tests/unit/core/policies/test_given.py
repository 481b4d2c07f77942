"""The values of a policy's own tests."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from modelops_git.core.policies.given import GivenError, values_of


def test_what_is_given_has_its_whole_name():
    values = values_of(
        {
            "candidate": {"framework": {"name": "sklearn"}, "metrics": {"accuracy": 1}, "size": 12},
            "live": {"created_at": "2026-06-02T15:30:00Z", "evaluations": {"holdout": {"f1": 0.5}}},
            "rollout": {"breaks_interface": False},
        }
    )
    assert values["candidate.framework.name"] == "sklearn"
    assert values["candidate.metrics"] == {"accuracy": 1.0}
    assert isinstance(values["candidate.size"], float)
    assert values["live.created_at"] == datetime(2026, 6, 2, 15, 30, tzinfo=UTC)
    assert values["live.evaluations"] == {"holdout": {"f1": 0.5}}
    assert values["rollout.breaks_interface"] is False


def test_a_version_exists_where_something_of_it_is_given():
    values = values_of({"live": {}, "parent": {"exists": False}})
    assert (values["live.exists"], values["parent.exists"], values["candidate.exists"]) == (
        True,
        False,
        False,
    )
    assert values["candidate.metrics"] == {}
    assert "live.metrics" not in values


@pytest.mark.parametrize(
    ("given", "keys", "message"),
    [
        ({"lvie": {}}, ("lvie",), "there is no variable 'lvie'"),
        ({"live": 1}, ("live",), "live is a mapping of its fields"),
        ({"live": {"metric": {}}}, ("live", "metric"), "live has no field 'metric'"),
        ({"live": {"framework": {"nam": ""}}}, ("live", "framework", "nam"), "live has no field 'framework"),
        ({"live": {"exists": "yes"}}, ("live", "exists"), "live.exists must be true or false"),
        ({"live": {"size": True}}, ("live", "size"), "live.size must be a number"),
        ({"live": {"version": 1.0}}, ("live", "version"), "live.version must be a text"),
        ({"live": {"created_at": "today"}}, ("live", "created_at"), "live.created_at must be a time"),
        ({"live": {"authors": ["a", 1]}}, ("live", "authors"), "live.authors must be a list of texts"),
        ({"live": {"metrics": {"a": "1"}}}, ("live", "metrics"), "live.metrics must be a map"),
        ({"live": {"metrics": 1}}, ("live", "metrics"), "live.metrics must be a map"),
        ({"live": {"evaluations": {"a": 1}}}, ("live", "evaluations"), "live.evaluations must be a map"),
    ],
)  # fmt: skip
def test_what_no_variable_can_be_is_told_with_its_place(given, keys, message):
    with pytest.raises(GivenError) as caught:
        values_of(given)
    assert caught.value.keys == keys
    assert caught.value.message.startswith(message)
