"""Laws of interface compatibility, on schemas and values that nobody thought of.

`MODELOPS_EXAMPLES` asks for a longer session: the number of examples for each law.
"""

from __future__ import annotations

import os
import random

from hypothesis import HealthCheck, assume, event, given, reject, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from modelops_git.core.interfaces import Verdict, check_schema, compare
from modelops_git.core.interfaces.budget import Budget, GaveUpError
from modelops_git.core.interfaces.holding import holds
from modelops_git.core.interfaces.keywords import FORMS
from modelops_git.core.interfaces.reading import Reader
from modelops_git.core.interfaces.searching import Solver
from modelops_git.core.interfaces.terms import Terms
from neighbours import values_near

EXAMPLES = int(os.environ.get("MODELOPS_EXAMPLES", "60"))
LAW = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
NAMES = st.sampled_from(["a", "b", "c"])
NUMBERS = st.sampled_from([-2, -1, -0.5, -0.0, 0, 0.5, 1, 1.0, 1.5, 2, 3, 4, 6, 2**53, 2**53 + 1, 1e300])
COUNTS = st.integers(0, 3)
SCALARS = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        0.0,
        -0.0,
        1,
        1.0,
        2,
        -1,
        0.5,
        3,
        1e300,
        "",
        "a",
        "ab",
        "b",
        "abc",
        "é",
        "🙂",
        "e\u0301",
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)


FEW = (None, True, 0, 1, 0.5, "a", [], {})
# Small values of every kind; each pair of schemas that is called compatible is tried on all of them.
POOL = (
    *(None, True, False, 0, 1, -1, 2, 3, 4, 6, 0.5, 1.5, 2.5, -0.5, 7, 100, -100),
    *("", "a", "b", "ab", "ba", "abc", "aaaa", [], [[]], [[0]], [{}], [{"a": 0}], {}),
    *(-0.0, 1e300, "🙂", [1, True], [0, False], [0, -0.0], [[1], [True]], {"": 1}),
    *({"a": {}}, {"a": []}, {"a": {"a": 0}}, {"a": 0, "b": 0, "c": 0, "x": 0}),
    *([one] for one in FEW),
    *([one, other] for one in FEW for other in FEW[:6]),
    *([one, one, other] for one in FEW for other in (0, "a")),
    *([one] * 4 for one in FEW),
    *({name: one} for one in FEW for name in ("a", "b", "x")),
    *({"a": one, "b": other} for one in FEW for other in FEW[:6]),
    *({"a": one, "b": 1, "x": 0} for one in FEW),
    *({"b": one, "c": "a"} for one in FEW),
)


def few(most, **strategies):
    """Objects of at most `most` of these keywords: with more, bounds cross and schemas hold nothing."""
    names = st.lists(st.sampled_from(sorted(strategies)), unique=True, max_size=most)
    return names.flatmap(lambda keys: st.fixed_dictionaries({key: strategies[key] for key in keys}))


def typed(name, strategy):
    return strategy.map(lambda schema: {"type": name, **schema})


NUMERIC = few(
    2,
    minimum=NUMBERS,
    maximum=NUMBERS,
    exclusiveMinimum=NUMBERS,
    exclusiveMaximum=NUMBERS,
    multipleOf=st.sampled_from([1, 2, 3, 2.0, 0.5, 6]),
)
TEXTUAL = few(2, minLength=COUNTS, maxLength=COUNTS, pattern=st.sampled_from(["^a", "b$", "a|b"]))
ANNOTATED = few(2, title=st.just("t"), default=SCALARS)
LISTED = st.lists(VALUES, max_size=4).map(lambda values: {"enum": values})
FLAT = st.one_of(
    st.booleans(),
    st.just({}),
    typed("number", NUMERIC),
    typed("integer", NUMERIC),
    typed("string", TEXTUAL),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["integer", "string"]}]),
    st.one_of(NUMERIC, TEXTUAL, ANNOTATED),
    LISTED,
    VALUES.map(lambda value: {"const": value}),
)


def arrays(inner):
    return few(
        3,
        items=inner,
        prefixItems=st.lists(inner, min_size=1, max_size=2),
        minItems=COUNTS,
        maxItems=COUNTS,
        uniqueItems=st.booleans(),
    )


def objects(inner):
    return few(
        3,
        properties=st.dictionaries(NAMES, inner, min_size=1, max_size=3),
        additionalProperties=st.just(False) | inner,
        required=st.lists(NAMES, unique=True, min_size=1, max_size=2),
        minProperties=COUNTS,
        maxProperties=COUNTS,
    )


PATTERNS = st.sampled_from(["^a", "b", "a|b", "^(a+)+$"])
NAMED_LISTS = st.dictionaries(NAMES, st.lists(NAMES, unique=True, max_size=2), min_size=1, max_size=2)


def odd(inner):
    """The rarer keywords, one or two at a time."""
    parts = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        few(
            2,
            patternProperties=st.dictionaries(PATTERNS, inner, min_size=1, max_size=2),
            dependentRequired=NAMED_LISTS,
            dependentSchemas=st.dictionaries(NAMES, inner, min_size=1, max_size=1),
            propertyNames=st.one_of(inner, TEXTUAL, st.just({"enum": ["a", "b"]})),
            unevaluatedProperties=st.just(False) | inner,
            unevaluatedItems=st.just(False) | inner,
            oneOf=parts,
            allOf=parts,
        ),
        few(3, contains=inner, minContains=COUNTS, maxContains=COUNTS),
        few(3, **{"if": inner, "then": inner, "else": inner}),
        few(2, **{"not": inner}, format=st.sampled_from(["date", "float", "uri-reference"])),
    )


def merged(first, second):
    return st.tuples(first, second).map(lambda pair: {**pair[0], **pair[1]})


def nested(inner):
    array, thing = typed("array", arrays(inner)), typed("object", objects(inner))
    several = st.lists(inner, min_size=1, max_size=3)
    branches = st.tuples(st.sampled_from(["anyOf", "anyOf", "allOf"]), several).map(
        lambda row: {row[0]: row[1]}
    )
    plain = st.one_of(
        arrays(inner), objects(inner), branches, merged(branches, NUMERIC), merged(branches, thing)
    )
    rare = odd(inner)
    return st.one_of(
        *(array, array, array, thing, thing, thing, plain, plain),
        *(merged(array | thing, rare), merged(plain, rare), rare),
    )


SCHEMAS = st.recursive(FLAT, nested, max_leaves=6)


@st.composite
def neighbours(draw):
    """Two schemas of which the second is mostly a small change of the first, as in real life."""
    old = draw(SCHEMAS)
    new = draw(changed(old) if draw(st.integers(0, 5)) else SCHEMAS)
    return (old, new) if draw(st.booleans()) else (new, old)


FAMILIES = {
    "number": NUMERIC,
    "integer": NUMERIC,
    "string": TEXTUAL,
    "array": arrays(FLAT),
    "object": objects(FLAT),
}
ANY_FAMILY = st.one_of(*FAMILIES.values(), ANNOTATED)


BELOW = (
    *("items", "additionalProperties", "properties", "prefixItems", "anyOf", "allOf", "oneOf", "not", "if"),
    *("then", "else", "contains", "patternProperties", "dependentSchemas", "unevaluatedProperties"),
)


@st.composite
def changed(draw, schema):
    """`schema` with one thing changed somewhere: the pairs in which a false "compatible" would hide."""
    if not isinstance(schema, dict):
        return draw(SCHEMAS)
    below = [key for key in BELOW if schema.get(key)]
    if below and draw(st.integers(0, 2)):
        key = draw(st.sampled_from(below))
        return {**schema, key: draw(changed_below(schema[key]))}
    return draw(st.one_of(tightened(schema), loosened(schema), retyped(schema), widened(schema)))


@st.composite
def changed_below(draw, part):
    if isinstance(part, list):
        index = draw(st.integers(0, len(part) - 1))
        return [*part[:index], draw(changed(part[index])), *part[index + 1 :]]
    if isinstance(part, dict) and part and all(isinstance(item, bool | dict) for item in part.values()):
        name = draw(st.sampled_from(sorted(part)))
        return {**part, name: draw(changed(part[name]))}
    return draw(changed(part))


@st.composite
def tightened(draw, schema):
    """With one more keyword, or another value of one: mostly of its own type."""
    family = FAMILIES.get(schema["type"], ANY_FAMILY) if isinstance(schema.get("type"), str) else ANY_FAMILY
    more = draw(family.filter(bool))
    key = draw(st.sampled_from(sorted(more)))
    return {**schema, key: more[key]}


def loosened(schema):
    """Without one of its keywords."""
    return st.sampled_from([*schema, ""]).map(lambda key: {k: v for k, v in schema.items() if k != key})


def retyped(schema):
    swapped = {"number": "integer", "integer": "number"} if isinstance(schema.get("type"), str) else {}
    return st.just({**schema, "type": swapped.get(schema.get("type"), "number") if swapped else "number"})


def widened(schema):
    return SCHEMAS.map(lambda other: {"anyOf": [schema, other]})


def judge(side, old, new):
    other = "output" if side == "input" else "input"
    before = {"protocol": "json", side: old, other: True}
    return compare(before, {"protocol": "json", side: new, other: True})


def refuting(held, taking, values):
    """The values that one schema takes and the other does not."""
    return [value for value in values if accepts(held, value) and not accepts(taking, value)]


def accepts(schema, value):
    """What the library says; where a schema refers to itself without end, it can say nothing."""
    try:
        return Draft202012Validator(schema).is_valid(value)
    except RecursionError:
        reject()


def own_samples(schema):
    """Values that our own search finds for a schema; some may miss it."""
    terms, budget = Terms(), Budget()
    try:
        goal = frozenset({Reader(schema, terms, budget).read(schema)})
        return [value for answer in Solver(terms, budget).answers(goal) for value in answer.values]
    except GaveUpError:
        return []


@LAW
@given(SCHEMAS)
def test_every_schema_is_compatible_with_itself(schema):
    assert judge("input", schema, schema).verdict is Verdict.COMPATIBLE
    annotated = {**schema, "title": "other"} if isinstance(schema, dict) else schema
    assert judge("output", schema, annotated).verdict is Verdict.COMPATIBLE


@LAW
@given(neighbours(), st.lists(VALUES, max_size=4))
def test_no_value_refutes_compatible_and_every_witness_holds(pair, values):
    old, new = pair
    for side, held, taking in (("input", old, new), ("output", new, old)):
        found = judge(side, old, new)
        event(found.verdict)
        if found.verdict is Verdict.COMPATIBLE:
            near = values_near((held, taking), random.Random(0), 30)
            assert not refuting(
                held, taking, (*values, *near, *own_samples(held), *own_samples(taking), *POOL)
            )
        if found.witness:
            assert accepts(held, found.witness.value)
            assert not accepts(taking, found.witness.value)


REFERENCES = st.sampled_from(["#/$defs/d", "#/$defs/e", "#d", "#", "#/$defs/d/items"]).map(
    lambda name: {"$ref": name}
)
REFERRING = st.recursive(FLAT | REFERENCES, nested, max_leaves=4)


@st.composite
def documents(draw):
    """Two documents with definitions that may refer to each other, of which the second is a small change."""
    old = draw(REFERRING.filter(lambda schema: isinstance(schema, dict)))
    definitions = {"d": {"$anchor": "d", "items": draw(REFERRING)}, "e": draw(REFERRING)}
    new = draw(st.just(old) | changed(old))
    assume(isinstance(new, dict))
    name = draw(st.sampled_from(["d", "e"]))
    other = {**definitions, name: draw(changed(definitions[name]))}
    pair = ({**old, "$defs": definitions}, {**new, "$defs": other})
    return pair if draw(st.booleans()) else pair[::-1]


@LAW
@given(documents())
def test_no_value_refutes_compatible_references_and_every_witness_holds(pair):
    old, new = pair
    found = judge("input", old, new)
    event(found.verdict)
    if found.verdict is Verdict.COMPATIBLE:
        assert not refuting(old, new, (*own_samples(old), *own_samples(new), *POOL))
    if found.witness:
        assert accepts(old, found.witness.value)
        assert not accepts(new, found.witness.value)


@LAW
@given(SCHEMAS, VALUES)
def test_the_normal_form_accepts_what_the_validator_accepts(schema, value):
    budget = Budget()
    answer = holds(Reader(schema, Terms(), budget).read(schema), value, budget)
    assert answer is None or answer == accepts(schema, value)


@LAW
@given(SCHEMAS, st.data())
def test_compatible_holds_in_chains(first, data):
    second = data.draw(changed(first))
    third = data.draw(changed(second))
    assume(judge("input", first, second).verdict is Verdict.COMPATIBLE)
    assume(judge("input", second, third).verdict is Verdict.COMPATIBLE)
    assert judge("input", first, third).verdict is not Verdict.INCOMPATIBLE


KEYWORDS = st.sampled_from(
    [*FORMS, "$ref", "$dynamicRef", "$anchor", "$dynamicAnchor", "$vocabulary", "dependencies"]
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYWORDS | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@LAW
@given(JUNK, JUNK)
def test_any_json_gets_a_verdict(old, new):
    assert judge("input", old, new).verdict in Verdict
    assert compare(old, new).verdict in Verdict


@LAW
@given(st.one_of(JUNK, SCHEMAS))
def test_what_is_checked_agrees_with_the_metaschema(schema):
    problem = check_schema(schema)
    if problem is None:
        Draft202012Validator.check_schema(schema)
    else:
        assert problem.message
        assert problem.pointer == "" or problem.pointer.startswith("/")
