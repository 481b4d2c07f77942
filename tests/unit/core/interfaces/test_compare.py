"""`compare`: verdicts by hand, witnesses, pointers, words, and bounds on hostile schemas."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from modelops_git.core.interfaces import Verdict, compare

NUM = {"type": "number"}
INT = {"type": "integer"}
STR = {"type": "string"}
BOOL = {"type": "boolean"}
NULL = {"type": "null"}
YES, NO, OPEN = "compatible", "incompatible", "undecided"


def arr(items=NUM, **more):
    return {"type": "array", "items": items, **more}


def vec(length, items=NUM):
    return arr(items, minItems=length, maxItems=length)


def obj(properties=None, *, closed=False, **more):
    schema = {"type": "object", "properties": properties or {}, **more}
    return schema | {"additionalProperties": False} if closed else schema


def any_of(*schemas):
    return {"anyOf": list(schemas)}


KIND_A = obj({"kind": {"const": "a"}, "x": NUM}, required=["kind", "x"])
KIND_B = obj({"kind": {"const": "b"}, "y": STR}, required=["kind", "y"])

# name, old, new, verdict when `old` is the old input and `new` the new one
PAIRS = [
    ("true in true", True, True, YES),
    ("false in anything", False, NUM, YES),
    ("anything in false", NUM, False, NO),
    ("empty schema in a type", {}, NUM, NO),
    ("a type in the empty schema", NUM, {}, YES),
    (
        "true spelt as all six types",
        True,
        {"type": ["null", "boolean", "number", "string", "array", "object"]},
        YES,
    ),
    ("all types but null", True, {"type": ["boolean", "number", "string", "array", "object"]}, NO),
    ("integer in number", INT, NUM, YES),
    ("number in integer", NUM, INT, NO),
    ("number in integer or number", NUM, {"type": ["integer", "number"]}, YES),
    ("string in number", STR, NUM, NO),
    ("null in nullable", NULL, {"type": ["string", "null"]}, YES),
    ("nullable in string", {"type": ["string", "null"]}, STR, NO),
    ("boolean in enum of both", BOOL, {"enum": [True, False]}, YES),
    ("boolean in enum of one", BOOL, {"enum": [True]}, NO),
    ("true is not 1", {"const": True}, {"const": 1}, NO),
    ("false is not 0", {"const": 0}, BOOL, NO),
    ("1 is 1.0", {"const": 1}, {"const": 1.0}, YES),
    ("1.0 is an integer", {"const": 1.0}, INT, YES),
    ("1.5 is no integer", {"const": 1.5}, INT, NO),
    ("enum grows", {"enum": ["a", "b"]}, {"enum": ["a", "b", "c"]}, YES),
    ("enum shrinks", {"enum": ["a", "b"]}, {"enum": ["a"]}, NO),
    ("enum in its type", {"enum": [0, 1, 2]}, INT, YES),
    ("enum beyond a bound", {"enum": [0, 1, 20]}, {"type": "integer", "maximum": 10}, NO),
    (
        "bounded integers in their enum",
        {"type": "integer", "minimum": 0, "maximum": 2},
        {"enum": [0, 1, 2]},
        YES,
    ),
    ("bounded numbers in an enum", {"type": "number", "minimum": 0, "maximum": 2}, {"enum": [0, 1, 2]}, NO),
    (
        "enum of objects, other key order",
        {"enum": [{"a": 1, "b": [True]}]},
        {"enum": [{"b": [True], "a": 1.0}]},
        YES,
    ),
    ("const and enum together", {"const": 2, "enum": [1, 2]}, {"const": 2}, YES),
    ("impossible enum", {"type": "string", "enum": [1, 2]}, NULL, YES),
    ("minimum falls", {"type": "number", "minimum": 0}, {"type": "number", "minimum": -1}, YES),
    ("minimum rises", {"type": "number", "minimum": 0}, {"type": "number", "minimum": 1}, NO),
    (
        "minimum becomes exclusive",
        {"type": "number", "minimum": 0},
        {"type": "number", "exclusiveMinimum": 0},
        NO,
    ),
    (
        "exclusive bounds of integers",
        {"type": "integer", "exclusiveMinimum": 0},
        {"type": "integer", "minimum": 1},
        YES,
    ),
    (
        "both kinds of minimum",
        {"type": "number", "minimum": 0, "exclusiveMinimum": 0},
        {"type": "number", "exclusiveMinimum": 0},
        YES,
    ),
    ("crossed bounds hold nothing", {"type": "number", "minimum": 3, "maximum": 2}, STR, YES),
    (
        "bounds of one type leave others alone",
        {"minimum": 5},
        {"minimum": 5, "type": ["number", "string"]},
        NO,
    ),
    (
        "two halves cover the whole",
        {"type": "number", "minimum": 0, "maximum": 9},
        any_of({"maximum": 4, **NUM}, {"minimum": 4, **NUM}),
        YES,
    ),
    (
        "two halves leave a hole",
        {"type": "number", "minimum": 0, "maximum": 9},
        any_of({"maximum": 4, **NUM}, {"minimum": 5, **NUM}),
        NO,
    ),
    (
        "a hole without an integer",
        {"type": "integer"},
        any_of({"maximum": 4, **NUM}, {"minimum": 5, **NUM}),
        YES,
    ),
    ("multiple of 6 in 3", {"type": "integer", "multipleOf": 6}, {"type": "integer", "multipleOf": 3}, YES),
    ("multiple of 3 in 6", {"type": "integer", "multipleOf": 3}, {"type": "integer", "multipleOf": 6}, NO),
    ("multiple of 2 is an integer", {"type": "number", "multipleOf": 2}, INT, YES),
    ("the same decimal step", {**NUM, "multipleOf": 0.1, "minimum": 0}, {**NUM, "multipleOf": 0.1}, YES),
    (
        "the same decimal step, bounded",
        {**NUM, "multipleOf": 0.1},
        {**NUM, "multipleOf": 0.1, "minimum": 0},
        NO,
    ),
    ("twice a decimal step", {**NUM, "multipleOf": 0.2}, {**NUM, "multipleOf": 0.1}, YES),
    ("string longer", {"type": "string", "maxLength": 5}, {"type": "string", "maxLength": 9}, YES),
    ("string shorter", {"type": "string", "maxLength": 9}, {"type": "string", "maxLength": 5}, NO),
    ("string must not be empty", STR, {"type": "string", "minLength": 1}, NO),
    (
        "lengths covered by two",
        STR,
        any_of({"type": "string", "maxLength": 3}, {"type": "string", "minLength": 4}),
        YES,
    ),
    ("pattern dropped", {"type": "string", "pattern": "^a"}, STR, YES),
    (
        "pattern kept",
        {"type": "string", "pattern": "^a", "maxLength": 3},
        {"type": "string", "pattern": "^a"},
        YES,
    ),
    ("pattern added", STR, {"type": "string", "pattern": "^a"}, NO),
    (
        "pattern changed to what may be the same",
        {"type": "string", "pattern": "^[ab]$"},
        {"type": "string", "pattern": "^(a|b)$"},
        OPEN,
    ),
    ("pattern that backtracks", STR, {"type": "string", "pattern": "^(a+)+$"}, OPEN),
    ("format dropped", {"type": "string", "format": "date"}, STR, YES),
    ("format added", STR, {"type": "string", "format": "date"}, OPEN),
    ("unknown format on a number", NUM, {"type": "number", "format": "float"}, OPEN),
    ("same vector", vec(4), vec(4), YES),
    ("a fifth feature", vec(4), vec(5), NO),
    ("one feature less", vec(5), vec(4), NO),
    ("vector of integers in numbers", vec(4, INT), vec(4), YES),
    ("vector of numbers in integers", vec(4), vec(4, INT), NO),
    ("vector in unbounded array", vec(4), arr(), YES),
    ("unbounded array in vector", arr(), vec(4), NO),
    (
        "tuple in array",
        {"type": "array", "prefixItems": [INT, NUM], "items": False, "minItems": 2},
        vec(2),
        YES,
    ),
    (
        "array in tuple with a closed end",
        vec(3),
        {"type": "array", "prefixItems": [NUM, NUM], "items": False},
        NO,
    ),
    ("array in tuple with an open end", vec(3), {"type": "array", "prefixItems": [NUM, NUM]}, YES),
    ("items after the tuple", arr(NUM), {"type": "array", "prefixItems": [NUM], "items": STR}, NO),
    (
        "items that cannot be reached",
        arr(NUM, maxItems=1),
        {"type": "array", "prefixItems": [NUM], "items": STR},
        YES,
    ),
    ("only the empty array", arr(False), arr(STR), YES),
    ("unique items dropped", arr(uniqueItems=True), arr(), YES),
    ("unique items added", arr(), arr(uniqueItems=True), NO),
    ("unique items added to one", arr(maxItems=1), arr(uniqueItems=True), YES),
    ("contains added", arr(), {**arr(), "contains": {"const": 7}}, NO),
    ("contains kept", {**arr(INT), "contains": INT}, {**arr(), "contains": INT}, YES),
    ("contains dropped", {**arr(), "contains": INT}, arr(), YES),
    ("lengths split over alternatives", arr(minItems=2, maxItems=3), any_of(vec(2), vec(3)), YES),
    ("lengths missed by alternatives", arr(minItems=2, maxItems=4), any_of(vec(2), vec(3)), NO),
    (
        "new required field",
        obj({"a": NUM}, required=["a"]),
        obj({"a": NUM, "b": NUM}, required=["a", "b"]),
        NO,
    ),
    ("field no longer required", obj({"a": NUM}, required=["a"]), obj({"a": NUM}), YES),
    ("optional field in an open object", obj({"a": NUM}), obj({"a": NUM, "b": NUM}), NO),
    (
        "optional field in a closed object",
        obj({"a": NUM}, closed=True),
        obj({"a": NUM, "b": NUM}, closed=True),
        YES,
    ),
    (
        "field dropped from a closed object",
        obj({"a": NUM, "b": NUM}, closed=True),
        obj({"a": NUM}, closed=True),
        NO,
    ),
    ("object closed", obj({"a": NUM}), obj({"a": NUM}, closed=True), NO),
    ("object opened", obj({"a": NUM}, closed=True), obj({"a": NUM}), YES),
    ("forbidden field is no required one", obj({"a": False}), obj({"a": NUM}), YES),
    ("map of integers in map of numbers", obj(additionalProperties=INT), obj(additionalProperties=NUM), YES),
    ("map of numbers in map of integers", obj(additionalProperties=NUM), obj(additionalProperties=INT), NO),
    (
        "required by number of properties",
        obj({"a": NUM}, closed=True, minProperties=1),
        obj({"a": NUM}, required=["a"]),
        YES,
    ),
    ("fewer properties", obj(minProperties=1), obj(minProperties=2), NO),
    ("more properties", obj(maxProperties=2), obj(maxProperties=1), NO),
    (
        "no room for others",
        obj({"a": NUM}, required=["a"], maxProperties=1),
        obj({"a": NUM}, closed=True),
        YES,
    ),
    ("only the empty object", obj(maxProperties=0), {"enum": [{}]}, YES),
    (
        "patternProperties kept",
        obj(patternProperties={"^x": INT}, closed=True),
        obj(patternProperties={"^x": INT}, closed=True, title="t"),
        YES,
    ),
    (
        "patterns under a closed object",
        obj(patternProperties={"^x": INT}, closed=True),
        obj(maxProperties=0),
        NO,
    ),
    (
        "room for the required field alone",
        obj({"a": NUM}, required=["a"], maxProperties=1),
        obj({"a": INT}),
        NO,
    ),
    (
        "patternProperties changed",
        obj(patternProperties={"^x": INT}),
        obj(patternProperties={"^x": STR}),
        NO,
    ),
    ("dependentRequired added", obj({"a": NUM}), obj({"a": NUM}, dependentRequired={"a": ["b"]}), NO),
    ("propertyNames dropped", obj(propertyNames={"maxLength": 3}), obj(), YES),
    ("anyOf reordered", any_of(NUM, STR), any_of(STR, NUM), YES),
    ("alternative added", NUM, any_of(NUM, STR), YES),
    ("alternative dropped", any_of(NUM, STR, NULL), any_of(NUM, NULL), NO),
    ("tagged union grows", KIND_A, any_of(KIND_A, KIND_B), YES),
    ("tagged union shrinks", any_of(KIND_A, KIND_B), KIND_A, NO),
    (
        "one object over two tags",
        obj({"kind": {"enum": ["a", "b"]}}, required=["kind"]),
        any_of(obj({"kind": {"const": "a"}}), obj({"kind": {"const": "b"}})),
        YES,
    ),
    (
        "tags under another schema",
        obj({"kind": {"enum": ["a", "c"]}}, required=["kind"]),
        any_of(obj({"kind": {"const": "a"}}), obj({"kind": {"const": "b"}})),
        NO,
    ),
    (
        "allOf is an intersection",
        {"allOf": [{"minimum": 0}, {"maximum": 9}], **NUM},
        {"type": "number", "minimum": 0, "maximum": 9},
        YES,
    ),
    (
        "allOf of objects",
        {"allOf": [obj({"a": NUM}, required=["a"]), obj({"b": STR}, required=["b"])]},
        obj({"a": NUM, "b": STR}, required=["a", "b"]),
        YES,
    ),
    ("allOf that holds nothing", {"allOf": [STR, NUM]}, NULL, YES),
    ("allOf adds a bound", NUM, {"allOf": [NUM, {"maximum": 9}]}, NO),
    ("oneOf kept", {"oneOf": [NUM, STR]}, {"oneOf": [NUM, STR], "title": "t"}, YES),
    ("oneOf as anyOf", {"oneOf": [NUM, STR]}, any_of(NUM, STR), YES),
    ("anyOf as oneOf without an overlap", any_of(NUM, STR), {"oneOf": [NUM, STR]}, YES),
    ("anyOf as oneOf with an overlap", any_of(INT, NUM), {"oneOf": [INT, NUM]}, NO),
    ("not kept", {**NUM, "not": {"const": 0}, "minimum": 0}, {**NUM, "not": {"const": 0}}, YES),
    ("not dropped", {"not": NUM}, {}, YES),
    ("not added", NUM, {**NUM, "not": {"const": 0}}, NO),
    (
        "if kept",
        {"if": NUM, "then": {"minimum": 0}, "description": "d"},
        {"if": NUM, "then": {"minimum": 0}},
        YES,
    ),
    ("then without if", {"then": False}, {"then": False, "title": "t"}, YES),
    ("unknown keyword kept", {**NUM, "nullable": True}, {**NUM, "nullable": True}, YES),
    ("unknown keyword added", NUM, {**NUM, "nullable": False}, OPEN),
    ("unknown keyword dropped", {**NUM, "nullable": False}, NUM, YES),
    ("extension keyword added", NUM, {**NUM, "x-unit": "cm"}, YES),
    (
        "annotations",
        NUM,
        {**NUM, "title": "t", "default": 3, "examples": ["x"], "deprecated": True, "$id": "https://x"},
        YES,
    ),
    (
        "equal references",
        {"$ref": "#/$defs/a", "$defs": {"a": NUM}},
        {"$ref": "#/$defs/a", "$defs": {"a": NUM}},
        YES,
    ),
    (
        "same reference, other definition",
        {"$ref": "#/$defs/a", "$defs": {"a": NUM}},
        {"$ref": "#/$defs/a", "$defs": {"a": STR}},
        NO,
    ),
    (
        "reference below",
        obj({"a": {"$ref": "#/$defs/a"}}, **{"$defs": {"a": NUM}}),
        obj({"a": {"$ref": "#/$defs/a"}}, **{"$defs": {"a": INT}}),
        NO,
    ),
    ("unevaluatedProperties added", obj(), obj(unevaluatedProperties=False), NO),
    (
        "unevaluatedProperties beside another change",
        obj({"a": NUM}, unevaluatedProperties=False),
        obj({"a": NUM, "b": NUM}, unevaluatedProperties=False),
        YES,
    ),
    ("no schema at all", NUM, {"type": "float"}, OPEN),
    ("exclusive maximum rises", {**NUM, "exclusiveMaximum": 1}, {**NUM, "exclusiveMaximum": 2}, YES),
    ("maximum becomes exclusive", {**NUM, "maximum": 1}, {**NUM, "exclusiveMaximum": 1}, NO),
    ("exclusive maximum becomes closed", {**NUM, "exclusiveMaximum": 1}, {**NUM, "maximum": 1}, YES),
    ("no integer in between", {**INT, "exclusiveMaximum": 1.5}, {**INT, "maximum": 1}, YES),
    ("minus zero is zero", {"const": -0.0}, {"const": 0}, YES),
    ("a bound of minus zero", {**NUM, "minimum": -0.0}, {**NUM, "minimum": 0}, YES),
    ("what a float cannot tell apart", {"const": 2**53 + 1}, {"const": float(2**53)}, NO),
    ("a bound beyond floats", {**INT, "minimum": 2**53 + 1}, {**INT, "minimum": 2**53 + 2}, NO),
    ("1e300 is an integer", {"const": 1e300}, INT, YES),
    ("10 to the 300th is 1e300 only nearly", {"const": 10**300}, {"const": 1e300}, NO),
    ("a gap between neighbouring floats", {**NUM, "exclusiveMinimum": 0, "maximum": 5e-324}, STR, NO),
    ("true among numbers", {"enum": [True, 1]}, NUM, NO),
    ("true and 1 in arrays", {"const": [True]}, {"const": [1]}, NO),
    ("true and 1 differ", {"enum": [[1, True]]}, arr({}, uniqueItems=True), YES),
    ("1 and 1.0 are the same item", {"enum": [[1, 1.0]]}, arr({}, uniqueItems=True), NO),
    ("more unique items than there are", arr(BOOL, uniqueItems=True, minItems=3), STR, YES),
    ("empty enum in anything", {"enum": []}, NUM, YES),
    ("anything in the empty enum", NUM, {"enum": []}, NO),
    ("crossed lengths hold nothing", {"type": "string", "minLength": 3, "maxLength": 2}, NUM, YES),
    ("crossed item counts hold nothing", arr(minItems=2, maxItems=1), NUM, YES),
    ("more required than allowed", {"type": "object", "required": ["a", "b"], "maxProperties": 1}, NUM, YES),
    ("one character beyond the first plane", {"const": "🙂"}, {"type": "string", "maxLength": 1}, YES),
    ("one letter of two characters", {"const": "e\u0301"}, {"type": "string", "maxLength": 1}, NO),
    ("min length falls", {"type": "string", "minLength": 3}, {"type": "string", "minLength": 2}, YES),
    ("nested anyOf", any_of(any_of(INT, STR), NULL), {"type": ["integer", "string", "null"]}, YES),
    ("nested anyOf shrinks", any_of(any_of(INT, STR), NULL), any_of(any_of(INT, NULL)), NO),
    ("null in an enum", NULL, {"enum": [None, "a"]}, YES),
    ("boolean in number", BOOL, NUM, NO),
    ("reference instead of what it names", NUM, {"$ref": "#/$defs/n", "$defs": {"n": NUM}}, YES),
    ("dynamic reference", NUM, {"$dynamicRef": "#n"}, OPEN),
    ("patternProperties added", obj(), obj(patternProperties={"^x": INT}), NO),
    ("dependentSchemas added", obj(), obj(dependentSchemas={"a": {"required": ["b"]}}), NO),
    ("content encoding added", STR, {"type": "string", "contentEncoding": "base64"}, YES),
    (
        "fewer contained items asked for",
        {**arr(), "contains": INT, "minContains": 2},
        {**arr(), "contains": INT},
        YES,
    ),
    ("three times a decimal step", {**NUM, "multipleOf": 0.3}, {**NUM, "multipleOf": 0.1}, OPEN),
    ("a decimal multiple, as people see it", {"const": 0.3}, {**NUM, "multipleOf": 0.1}, OPEN),
    ("no decimal multiple, as all see it", {"const": 0.35}, {**NUM, "multipleOf": 0.1}, NO),
    ("a multiple of 2.0 beyond floats", {"const": 2**53 + 1}, {**NUM, "multipleOf": 2.0}, OPEN),
    ("items as in older drafts", arr(), {"type": "array", "items": [NUM]}, OPEN),
    ("another dialect", NUM, {**NUM, "$schema": "http://json-schema.org/draft-07/schema#"}, OPEN),
]


def side(side, old, new):
    other = "output" if side == "input" else "input"
    before = {"protocol": "json", side: old, other: True}
    return compare(before, {"protocol": "json", side: new, other: True})


def assert_witness_holds(witness, accepting, rejecting):
    assert Draft202012Validator(accepting).is_valid(witness.value)
    assert not Draft202012Validator(rejecting).is_valid(witness.value)


@pytest.mark.parametrize(("old", "new", "verdict"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS])
def test_the_new_input_must_take_what_the_old_one_took(old, new, verdict):
    found = side("input", old, new)
    assert found.verdict == verdict, found
    if found.witness:
        assert (found.witness.accepted_by, found.witness.rejected_by) == ("old", "new")
        assert_witness_holds(found.witness, old, new)


@pytest.mark.parametrize(("old", "new", "verdict"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS])
def test_the_old_output_must_allow_what_the_new_one_gives(old, new, verdict):
    found = side("output", new, old)
    assert found.verdict == verdict, found
    if found.witness:
        assert (found.witness.accepted_by, found.witness.rejected_by) == ("new", "old")
        assert_witness_holds(found.witness, old, new)


@pytest.mark.parametrize("schema", [row[1] for row in PAIRS] + [row[2] for row in PAIRS])
def test_a_schema_is_compatible_with_itself(schema):
    assert side("input", schema, schema).verdict == YES


def test_the_names_of_the_pairs_are_distinct():
    assert len({row[0] for row in PAIRS}) == len(PAIRS)


def test_a_witness_is_a_small_value_with_a_sentence_and_a_pointer():
    found = side("input", vec(4), vec(5))
    assert found.witness.value == [0, 0, 0, 0]
    assert found.witness.explanation == "callers may send 4 items; the new input wants exactly 5 items"
    assert found.pointer == "/input/minItems"
    assert found.side == found.witness.side == "input"


def test_a_witness_fills_the_other_fields_of_an_object():
    old = obj({"name": STR, "size": NUM}, required=["name"])
    found = side("input", old, obj({"name": STR, "size": INT}, required=["name"]))
    assert found.witness.value == {"name": "text", "size": 0.5}
    assert found.witness.explanation == "callers may send 0.5 at /size; the new input wants an integer"
    assert found.pointer == "/input/properties/size/type"


def test_an_output_that_callers_do_not_know_is_explained_from_their_side():
    found = side("output", {"enum": [0, 1, 2]}, {"enum": [0, 1, 2, 3]})
    assert found.witness.value == 3
    assert found.reason == "the new version may answer 3; its callers know only one of 0, 1, 2"
    assert found.pointer == "/output/enum"


def test_a_missing_field_is_named():
    found = side("input", obj({"a": NUM}, closed=True), obj({"a/b~": NUM}, required=["a/b~"]))
    assert (
        found.reason
        == 'callers may send an object without "a/b~"; the new input wants "a/b~" in every object'
    )


def test_pointers_escape_names():
    found = side("input", obj({"a/b~": NUM}), obj({"a/b~": STR}))
    assert found.pointer == "/input/properties/a~1b~0/type"


def test_a_large_witness_is_found_and_told_in_few_words():
    def image(length):
        return vec(3, vec(length, vec(length)))

    found = side("input", image(224), image(256))
    assert found.verdict == NO
    assert len(found.witness.value[0]) == 224
    assert found.reason == "callers may send 224 items at /0/0; the new input wants exactly 256 items"


def test_another_protocol_is_another_interface():
    found = compare(
        {"protocol": "json", "input": NUM, "output": NUM}, {"protocol": "oip-v2", "input": NUM, "output": NUM}
    )
    assert (found.verdict, found.side, found.witness) == (NO, "protocol", None)
    assert found.pointer == "/protocol"


def test_an_incompatible_side_outweighs_an_undecided_one():
    old = {"protocol": "json", "input": STR, "output": NUM}
    new = {"protocol": "json", "input": {"type": "string", "format": "date"}, "output": STR}
    assert compare(old, new).side == "output"
    assert compare(old, new).verdict == NO


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (None, None),
        ({}, {}),
        ({"protocol": "json", "input": NUM}, {"protocol": "json", "input": NUM}),
        (
            {"protocol": ["json"], "input": NUM, "output": NUM},
            {"protocol": ["json"], "input": NUM, "output": NUM},
        ),
        (
            {"protocol": "json", "input": NUM, "output": NUM},
            {"protocol": "json", "input": NUM, "output": NUM, "stream": True},
        ),
    ],
)
def test_an_interface_that_does_not_say_enough_is_undecided(old, new):
    assert compare(old, new).verdict == OPEN


def nested(depth, leaf, key="items"):
    schema = leaf
    for _ in range(depth):
        schema = {key: schema} if key == "items" else {"anyOf": [schema, {"type": "array", "items": schema}]}
    return schema


def branching(number):
    return {"allOf": [any_of({"pattern": f"^{i}"}, {"pattern": f"{i}$"}) for i in range(number)]}


HOSTILE = [
    ("deep", nested(1000, NUM), nested(1000, STR)),
    ("deep and equal", nested(1000, NUM), nested(1000, NUM)),
    ("exponential when written out", nested(14, NUM, "anyOf"), nested(14, STR, "anyOf")),
    ("exponential intersection", branching(30), branching(31)),
    ("a thousand million items", arr(minItems=10**9), arr(STR, minItems=10**9)),
    (
        "a thousand million characters",
        {"type": "string", "minLength": 10**9},
        {"type": "string", "minLength": 10**9 + 1},
    ),
    ("a reference to itself", {"$ref": "#"}, {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}),
    (
        "a reference to the network",
        {"$ref": "https://example.invalid/schema"},
        {"$ref": "https://example.invalid/other"},
    ),
    (
        "a pattern that never ends",
        {"type": "string", "minLength": 40},
        {"type": "string", "pattern": "^((a+)+)+b$"},
    ),
    (
        "a pattern of nothing, a thousand million times",
        STR,
        {"type": "string", "pattern": "((((a?){1000}){1000}){1000})b"},
    ),
    ("a long number", {"const": 10**5000}, {"const": 10**5000 + 1}),
    ("numbers that are no JSON", {"maximum": float("nan")}, {"maximum": float("inf")}),
    (
        "a name that is no URI",
        *(arr({"$id": "http://[", **leaf}, **{"$id": "http://a/"}) for leaf in (NUM, STR)),
    ),
    ("a condition that is no schema", {}, {"not": {"enum": None}}),
    ("a key that is no text", {1: NUM}, {2: NUM}),
]


@pytest.mark.parametrize(("old", "new"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_hostile_schemas_end_as_undecided(old, new):
    found = side("input", old, new)
    assert found.verdict == OPEN
    assert len(found.reason) < 400


def test_ten_thousand_points_on_a_line_are_one_list():
    assert side("input", INT, any_of(*({"const": 2 * i} for i in range(10_000)))).witness.value == 1


def test_ten_thousand_values_are_still_compared():
    many = list(range(0, 20_000, 2))
    assert side("input", {"enum": many}, {"enum": [*many, -1]}).verdict == YES
    assert side("input", {"enum": [*many, -1]}, {"enum": many}).witness.value == -1


def test_the_deepest_schemas_that_are_looked_at_are_still_compared():
    found = side("input", nested(62, NUM), nested(62, STR))
    assert found.verdict is Verdict.INCOMPATIBLE
