"""The search: a value that meets a schema, the proof that there is none, or a doubt."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from modelops_git.core.interfaces.answers import EMPTY
from modelops_git.core.interfaces.budget import Budget
from modelops_git.core.interfaces.reading import Reader
from modelops_git.core.interfaces.searching import Solver
from modelops_git.core.interfaces.terms import Terms


def solved(schema, texts=()):
    terms, budget = Terms(), Budget()
    goal = frozenset({Reader(schema, terms, budget).read(schema)})
    return Solver(terms, budget, texts).solve(goal)


def tree(**node):
    return {"$ref": "#/$defs/t", "$defs": {"t": {"type": "object", **node}}}


BELOW = {"properties": {"kid": {"$ref": "#/$defs/t"}}}
SOME = [
    {},
    {"type": "null"},
    {"type": "integer", "exclusiveMinimum": 3, "multipleOf": 7},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    {"type": "number", "multipleOf": 0.25, "exclusiveMinimum": 0, "exclusiveMaximum": 0.5},
    {"type": "integer", "not": {"anyOf": [{"multipleOf": 2}, {"multipleOf": 3}, {"enum": [1, 5]}]}},
    {"type": "integer", "minimum": 10**300},
    {"type": "number", "allOf": [{"multipleOf": 0.5}, {"multipleOf": 2**1020}], "not": {"const": 0}},
    {"type": "string", "minLength": 3, "maxLength": 3},
    {"type": "string", "pattern": "^[a-z]+$", "not": {"pattern": "x"}},
    {"type": "string", "not": {"enum": ["", "text", "a"]}},
    {"type": "array", "minItems": 3, "items": {"type": "boolean"}},
    {"type": "array", "minItems": 3, "items": {"type": "integer"}, "uniqueItems": True},
    {"type": "array", "not": {"uniqueItems": True}},
    {"type": "array", "prefixItems": [{"const": 1}, {"enum": [1, 2]}], "uniqueItems": True, "minItems": 2},
    {"type": "array", "contains": {"const": 7}, "items": {"type": "integer"}, "minContains": 2},
    {"type": "array", "minItems": 5, "contains": {"const": 7}, "maxContains": 1, "items": {"enum": [7, 8]}},
    {"type": "array", "allOf": [{"contains": {"const": 1}}, {"contains": {"const": 2}}], "maxItems": 2},
    {"type": "array", "not": {"items": {"type": "integer"}}},
    {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
    {"type": "object", "minProperties": 4, "additionalProperties": {"type": "null"}},
    {"type": "object", "not": {"additionalProperties": {"type": "number"}}},
    {"type": "object", "patternProperties": {"^x": {"type": "null"}}, "not": {"maxProperties": 2}},
    {"type": "object", "propertyNames": {"pattern": "^a"}, "minProperties": 2},
    {"type": "object", "propertyNames": {"enum": ["a", "b"]}, "minProperties": 2},
    {"type": "object", "minProperties": 1, "not": {"required": ["a"]}, "properties": {"a": True}},
    {"not": {"enum": [[], {}, None, 1]}, "type": ["array", "object"]},
    {"not": {"const": {"a": [1]}}, "required": ["a"], "type": "object", "properties": {"a": {"const": [1]}}},
    tree(**BELOW),
    tree(properties={"kid": {"anyOf": [{"$ref": "#/$defs/t"}, {"type": "null"}]}}, required=["kid"]),
]
NONE = [
    False,
    {"enum": []},
    {"type": "string", "const": 1},
    {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    {"type": "integer", "multipleOf": 10, "minimum": 1, "maximum": 9},
    {"type": "integer", "allOf": [{"multipleOf": 2}, {"multipleOf": 3}], "not": {"multipleOf": 6}},
    {"type": "number", "minimum": 1, "maximum": 1, "not": {"const": 1.0}},
    {"type": "string", "pattern": "^(a+)+$", "not": {"pattern": "^(a+)+$"}},
    {"type": "string", "maxLength": 0, "not": {"const": ""}},
    {"type": "boolean", "not": {"enum": [True, False]}},
    {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 3},
    {"type": "array", "prefixItems": [{"const": 1}, {"const": 1}], "uniqueItems": True, "minItems": 2},
    {"type": "array", "items": {"type": "integer"}, "contains": {"type": "string"}},
    {"type": "array", "items": {"const": 7}, "minItems": 3, "contains": {"const": 7}, "maxContains": 2},
    {"type": "array", "uniqueItems": True, "not": {"uniqueItems": True}},
    {"type": "array", "maxItems": 1, "allOf": [{"contains": {"const": 1}}, {"contains": {"const": 2}}]},
    {"type": "object", "required": ["a"], "additionalProperties": False},
    {"type": "object", "required": ["a"], "propertyNames": {"const": "b"}},
    {"type": "object", "minProperties": 3, "propertyNames": {"enum": ["a", "b"]}},
    {"type": "object", "required": ["a"], "dependentRequired": {"a": ["b"]}, "properties": {"b": False}},
    {"oneOf": [{"type": "integer"}, {"type": "integer"}]},
    {"if": {"type": "string"}, "then": {"minLength": 1}, "else": False, "const": ""},
    {"const": {"a": [1]}, "not": {"const": {"a": [1.0]}}},
    tree(**BELOW, required=["kid"]),
]
DOUBTED = [
    ({"type": "string", "pattern": "^(a+)+$"}, "pattern"),
    ({"type": "string", "pattern": "^a", "allOf": [{"pattern": "^b"}]}, "pattern"),
    ({"type": "string", "not": {"format": "date"}}, "format"),
    ({"type": "number", "nullable": True}, "nullable"),
    ({"type": "number", "allOf": [{"multipleOf": 0.1}, {"multipleOf": 0.3}], "minimum": 0.1}, "multipleOf"),
    ({"type": "array", "minItems": 10**9}, "minItems"),
    ({"type": "object", "minProperties": 10**9}, "minProperties"),
    ({"type": "array", "items": {}, "minItems": 1_000, "uniqueItems": True}, "uniqueItems"),
    ({"$ref": "https://example.org/other"}, "$ref"),
]


@pytest.mark.parametrize("schema", SOME, ids=str)
def test_a_value_is_found_that_the_validator_accepts(schema):
    found = solved(schema)
    assert found.sure, found
    assert Draft202012Validator(schema).is_valid(found.values[0])


@pytest.mark.parametrize("schema", NONE, ids=str)
def test_no_value_is_proven_to_meet(schema):
    assert solved(schema) == EMPTY


@pytest.mark.parametrize(("schema", "keyword"), DOUBTED, ids=str)
def test_what_keeps_it_from_being_known_is_named(schema, keyword):
    found = solved(schema)
    assert not found.sure
    assert not found.empty
    assert found.doubt == keyword


def test_a_doubt_tells_where():
    inner = {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^(a+)+$"}}
    found = solved({"type": "object", "properties": {"a": inner}, "required": ["a"]})
    assert (found.doubt, found.path) == ("pattern", ("a", 0))


def test_texts_of_the_schemas_are_tried():
    schema = {"type": "string", "pattern": "^Q[0-9]+$"}
    assert not solved(schema).sure
    assert solved(schema, texts=("Q42",)).values == ("Q42",)


def test_objects_show_their_fields():
    schema = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "null"}, "c": True}}
    assert solved(schema).values == ({"a": 0, "b": None},)
