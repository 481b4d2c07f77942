"""Hostile schemas cost a bounded amount of work, counted in calls, which are the same on every machine."""

from __future__ import annotations

import random
import sys

import pytest

from modelops_git.core.interfaces import compare

NUM, INT, STR = {"type": "number"}, {"type": "integer"}, {"type": "string"}
MOST_CALLS = 5_000_000  # about a second
LETTERS = "abcdefghijklmnop"


def alternating(depth, leaf):
    schema = leaf
    for level in range(depth):
        both = {"allOf": [schema, {"minimum": level}]}
        schema = (
            {"not": {"anyOf": [{"not": schema}, both]}} if level % 2 else {"oneOf": [schema, {"not": schema}]}
        )
    return schema


def table(columns, leaf, **more):
    names = [f"f{number}" for number in range(columns)]
    return {"type": "object", "properties": dict.fromkeys(names, leaf), "required": names, **more}


def tagged(variants, leaf, key="oneOf"):
    kinds = [{"k": {"const": number}, "x": leaf} for number in range(variants)]
    return {key: [{"type": "object", "properties": kind, "required": ["k", "x"]} for kind in kinds]}


def puzzle(variables):
    """A random formula at the threshold where satisfiability is hardest (3-SAT)."""
    chance, names = random.Random(variables), [f"v{number}" for number in range(variables)]

    def clause():
        return {
            "anyOf": [{"properties": {n: {"const": chance.random() < 0.5}}} for n in chance.sample(names, 3)]
        }

    clauses = [clause() for _ in range(int(4.3 * variables))]
    properties = {name: {"type": "boolean"} for name in names}
    return {"type": "object", "properties": properties, "required": names, "allOf": clauses}


def chain(length, link, leaf):
    """Definitions of which each is made of the next one."""
    definitions = {f"d{n}": link({"$ref": f"#/$defs/d{n + 1}"}) for n in range(length)}
    return {"$ref": "#/$defs/d0", "$defs": {**definitions, f"d{length}": leaf}}


def pair_of(part):
    return {"type": "object", "properties": {"l": part, "r": part}, "required": ["l", "r"]}


def by_letter(end, leaf):
    return {"type": "object", "patternProperties": {f"^{c}{end}": leaf for c in LETTERS}, "minProperties": 3}


OBJECTS = [{"a": number, "b": [number]} for number in range(8_000)]
SPANS = [{"type": "number", "minimum": n, "maximum": n + 1} for n in range(2_000)]
UNEVEN = [{"contains": {"type": "integer", "exclusiveMinimum": 0, "multipleOf": n}} for n in (2, 3, 5, 7, 11)]
MANY = [{"minimum": number, "maximum": 10**6} for number in range(12_000)]
HOSTILE = {
    "alternating connectives": (alternating(9, NUM), alternating(9, INT)),
    "alternating connectives, deeper than is looked at": (alternating(12, NUM), alternating(12, INT)),
    "wide tables": (table(3_000, INT), table(3_000, NUM)),
    "wide tables, closed": (table(3_000, INT, additionalProperties=False), table(3_000, NUM)),
    "many variants": (tagged(100, INT), tagged(100, NUM)),
    "many variants, one wrong": (tagged(60, NUM), tagged(60, INT)),
    "a puzzle": (puzzle(50), False),
    "a large list": ({"enum": list(range(49_000))}, {"enum": list(range(48_999))}),
    "a large list of objects": ({"enum": OBJECTS}, {"enum": OBJECTS[1:]}),
    "but for a large list of objects": ({"type": "object"}, {"not": {"enum": OBJECTS}}),
    "alternatives side by side": ({"type": "number", "minimum": 0, "maximum": 2_000}, {"anyOf": SPANS}),
    "exactly one of many": ({"oneOf": SPANS[:1_000]}, {"oneOf": SPANS[:999]}),
    "a large document": ({"allOf": MANY}, {"allOf": MANY[1:]}),
    "giant integers": ({"multipleOf": 10**300 + 1, **INT}, {"multipleOf": 10**299 + 7, **INT}),
    "giant and tiny steps": ({"multipleOf": 5e-324, **NUM}, {"multipleOf": 1e300}),
    "items of many sorts in few places": ({"type": "array", "maxItems": 5, "allOf": UNEVEN * 2}, False),
    "a million contained items": ({"type": "array", "contains": INT, "minContains": 10**6}, {"maxItems": 9}),
    "unique items in too few values": (
        {"type": "array", "minItems": 251, "items": {"enum": list(range(250))}, "uniqueItems": True},
        False,
    ),
    "many patterns": (by_letter("", INT), by_letter("x", NUM)),
    "a pattern of names that backtracks": (
        {"type": "object", "propertyNames": {"pattern": "^(a+)+$", "minLength": 50}},
        {"type": "object", "patternProperties": {"^(a|aa)+$": INT}, "additionalProperties": False},
    ),
    "references that double": (chain(60, lambda part: {"allOf": [part, part]}, NUM), INT),
    "references that branch": (
        chain(40, lambda part: {"anyOf": [part, {"type": "array", "items": part}]}, INT),
        chain(40, lambda part: {"anyOf": [part, {"type": "array", "items": part}]}, NUM),
    ),
    "a tree of a thousand million leaves": (chain(30, pair_of, NUM), chain(30, pair_of, INT)),
    "an array of 1000 to the 30th items": (
        chain(30, lambda part: {"type": "array", "minItems": 1_000, "items": part}, NUM),
        chain(30, lambda part: {"type": "array", "minItems": 1_000, "items": part}, INT),
    ),
    "a long chain of references": (chain(3_000, lambda part: part, NUM), INT),
    "a deep chain of objects": (
        chain(300, lambda part: {"type": "object", "properties": {"n": part}, "required": ["n"]}, NUM),
        STR,
    ),
    "two references to each other": (
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        {"$ref": "#/$defs/b", "$defs": {"a": {"not": {"$ref": "#/$defs/b"}}, "b": {"$ref": "#/$defs/a"}}},
    ),
}


def calls_of(function, *arguments):
    """What a function returns, and how many calls of Python functions that took."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        return function(*arguments), calls
    finally:
        sys.setprofile(None)


@pytest.mark.slow  # every call is counted
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_schema_is_decided_or_given_up_within_bounds(name):
    old, new = HOSTILE[name]
    old, new = (
        {"protocol": "json", "input": here, "output": there} for here, there in ((old, new), (new, old))
    )
    found, calls = calls_of(compare, old, new)
    assert calls < MOST_CALLS, f"{calls:,} calls for {found}"
    assert len(found.reason) < 400


def test_a_table_of_a_thousand_columns_is_decided():
    old, new = (
        {"protocol": "json", "input": table(1_000, leaf, additionalProperties=False), "output": True}
        for leaf in (INT, NUM)
    )
    assert compare(old, new).verdict == "compatible"
    assert compare(new, old).witness.value["f0"] == 0.5
