"""Words for values, schemas and what a schema has against a value."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from modelops_git.core.interfaces.budget import Budget
from modelops_git.core.interfaces.confirming import Referee
from modelops_git.core.interfaces.explain import describe, refused, show


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (True, "anything"),
        ({}, "anything"),
        (False, "nothing"),
        ({"type": "integer"}, "an integer"),
        ({"type": ["string", "null"]}, "a string or null"),
        ({"type": "number", "minimum": 0}, "a number of at least 0"),
        ({"type": "number", "maximum": 1}, "a number of at most 1"),
        ({"type": "number", "minimum": 0, "exclusiveMaximum": 1}, "a number of at least 0 and below 1"),
        ({"type": "integer", "multipleOf": 8}, "an integer that is a multiple of 8"),
        ({"exclusiveMinimum": 0}, "a number above 0"),
        ({"type": "string", "maxLength": 3}, "a string of at most 3 characters"),
        ({"type": "string", "pattern": "a", "format": "b"}, "a string that meets its `pattern` and `format`"),
        ({"type": "object", "required": ["b", "a"]}, 'an object with "a", "b"'),
        ({"const": 1}, "1"),
        ({"enum": [1, "a"]}, 'one of 1, "a"'),
        ({"enum": []}, "nothing"),
        ({"enum": list(range(9))}, "one of 9 values"),
        ({"anyOf": [{"type": "null"}, {"type": "array"}]}, "null or an array"),
        ({"oneOf": [{"const": n} for n in range(5)]}, "one of 5 alternatives"),
        ({"$ref": "#/$defs/a"}, "what `#/$defs/a` asks for"),
        ({"$ref": "#/$defs/" + "a" * 200}, "something that is long to tell"),
        ({"anyOf": [{"const": "a" * 50}, {"enum": ["b" * 50, "c" * 50]}]}, "one of 2 alternatives"),
    ],
)
def test_a_schema_in_words(schema, words):
    assert describe(schema) == words


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"type": "string"}, 1, ("1", "a string")),
        ({"required": ["a", "b"]}, {"a": 1}, ('an object without "b"', '"b" in every object')),
        ({"minItems": 2, "maxItems": 3}, [1], ("1 item", "2 to 3 items")),
        ({"maxProperties": 0}, {"a": 1}, ("1 property", "exactly 0 properties")),
        (
            {"properties": {"a": True}, "additionalProperties": False},
            {"b": 1},
            ('the property "b"', 'the properties "a" alone'),
        ),
        ({"additionalProperties": False}, {"b": 1}, ('the property "b"', "no properties")),
        ({"prefixItems": [True], "items": False}, [1, 2], ("2 items", "fewer items")),
        ({"uniqueItems": True}, [1, 1], ("[1, 1]", "items of which no two are equal")),
        ({"contains": {"const": 1}}, [], ("[]", "at least 1 item like 1")),
        ({"contains": {"const": 1}, "maxContains": 1}, [1, 1], ("[1, 1]", "exactly 1 item like 1")),
        (False, 1, ("1", "nothing")),
    ],
)
def test_a_refusal_in_words(schema, value, words):
    assert not Draft202012Validator(schema).is_valid(value)
    assert refused(Referee(True, schema, Budget()).refusal(value)) == words


def test_long_values_are_outlined():
    assert show([0] * 100) == "an array of 100 items"
    assert show("a" * 100) == "a string of 100 characters"
    assert show(10**100) == "a long number"
    assert show({"a": 1}) == '{"a": 1}'
