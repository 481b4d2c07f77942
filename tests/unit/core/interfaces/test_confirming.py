"""The referee: what the validator says, within a counted amount of work."""

from __future__ import annotations

import pytest

from modelops_git.core.interfaces.budget import Budget
from modelops_git.core.interfaces.confirming import Referee, texts_in


def refusal(accepting, rejecting, value, steps=100_000):
    return Referee(accepting, rejecting, Budget(steps)).refusal(value)


def test_a_refusal_tells_what_and_where():
    found = refusal({}, {"properties": {"a": {"items": {"type": "string"}}}}, {"a": ["x", 1]})
    assert found.path == ("a", 1)
    assert (found.keyword, found.schema, found.fault) == ("type", {"type": "string"}, 1)


@pytest.mark.parametrize(
    ("accepting", "rejecting", "value"),
    [
        ({}, {}, 1),
        (False, False, 1),
        ({"type": "string"}, {"type": "null"}, 1),
        ({}, {"$ref": "#/$defs/none"}, 1),
        ({}, {"$ref": "https://example.invalid/s"}, 1),
        ({"$ref": "#"}, False, 1),
        ({}, {"pattern": "^(a+)+$"}, "a" * 40 + "b"),
        ({}, {"patternProperties": {"^(a+)+$": False}}, {"a" * 40 + "b": 1}),
        ({}, {"pattern": "^a"}, "b" * 65),
        ({}, {"multipleOf": 0.1}, 0.3),
        ({}, {"items": {"$schema": "https://json-schema.org/draft/2020-12/schema", "const": 1}}, [2]),
    ],
)
def test_nobody_can_tell(accepting, rejecting, value):
    assert refusal(accepting, rejecting, value) is None


def test_a_pattern_that_takes_long_elsewhere_does_not_matter():
    schema = {"properties": {"a": {"pattern": "^(a+)+$"}, "b": {"type": "null"}}}
    assert refusal({}, schema, {"b": 1})
    assert refusal({}, {"anyOf": [{"const": 2}, {"items": {"pattern": "^(a+)+$"}, "type": "array"}]}, 1)


def test_references_that_double_are_counted_and_not_followed_for_years():
    definitions = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(60)}
    schema = {"$ref": "#/$defs/d0", "$defs": {**definitions, "d60": {"type": "null"}}}
    budget = Budget(20_000)
    assert Referee(schema, False, budget).refusal(None) is None
    assert budget.left < 0


def test_a_value_of_too_many_parts_is_not_looked_at():
    part = 0
    for _ in range(10):
        part = [part] * 100
    budget = Budget()
    assert Referee({}, {"type": "null"}, budget).refusal(part) is None
    assert budget.left > 0


def test_texts_of_values_and_examples_are_collected():
    schema = {"enum": ["a", 1], "properties": {"p": {"const": "b", "examples": ["c", "a"], "default": "d"}}}
    assert texts_in((schema, {"items": {"const": "e"}}), 10) == ("a", "b", "d", "c", "e")
    assert texts_in((schema, True), 2) == ("a", "b")
