"""`check_schema`: what is JSON Schema 2020-12, where it is not, and at what cost."""

from __future__ import annotations

import subprocess
import sys

import pytest

from modelops_git.core.interfaces import check_schema

IRIS = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {},
        IRIS,
        {"type": ["integer", "null"], "minimum": 0.5, "multipleOf": 2, "enum": [1, None]},
        {"$ref": "#/$defs/a", "$defs": {"a": IRIS}},
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "t", "x-unit": {"any": [1]}},
        {"unknown": {"type": "no matter"}},
        {"properties": {"pattern": {"pattern": "^a+$"}}, "patternProperties": {"^x-": False}},
        {"minLength": 2.0},
    ],
)
def test_a_schema_is_valid(schema):
    assert check_schema(schema) is None


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        (3, ""),
        ([], ""),
        (None, ""),
        ({"type": "float"}, "/type"),
        ({"type": ["string", "string"]}, "/type"),
        ({"properties": {"a/b": {"minLength": -1}}}, "/properties/a~1b/minLength"),
        ({"anyOf": []}, "/anyOf"),
        ({"anyOf": [True, 3]}, "/anyOf/1"),
        ({"items": [{"type": "number"}]}, "/items"),
        ({"required": "a"}, "/required"),
        ({"multipleOf": 0}, "/multipleOf"),
        ({"minimum": True}, "/minimum"),
        ({"items": {"pattern": "("}}, "/items/pattern"),
        ({"patternProperties": {"[": True}}, "/patternProperties/["),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "/$schema"),
        ({"$ref": 3}, "/$ref"),
    ],
)
def test_a_problem_says_where_it_is(schema, pointer):
    problem = check_schema(schema)
    assert problem is not None
    assert problem.pointer == pointer
    assert problem.message


def test_a_deep_schema_is_refused_without_recursion():
    schema = {}
    for _ in range(5000):
        schema = {"items": schema}
    assert "64 levels" in check_schema(schema).message


def test_a_schema_at_the_limit_of_depth_is_still_checked_by_the_metaschema():
    schema = {"minium": 3}
    for _ in range(60):
        schema = {"items": schema}
    assert check_schema(schema) is None


def test_a_hostile_pattern_is_refused_or_passes_but_is_never_run():
    assert check_schema({"pattern": "((((a?){1000}){1000}){1000})b"}) is None
    assert check_schema({"pattern": "(" * 5000 + ")" * 5000}) is not None


def test_usual_schemas_are_checked_without_importing_the_validator():
    program = (
        "import sys; from modelops_git.core.interfaces import check_schema, compare\n"
        f"iris = {IRIS!r}\n"
        "assert check_schema(iris) is None\n"
        "face = {'protocol': 'json', 'input': iris, 'output': {**iris, 'title': 't'}}\n"
        "assert compare(face, {**face, 'output': iris}).verdict == 'compatible'\n"
        "assert 'jsonschema' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_equal_interfaces_are_recognised_without_importing_the_comparison():
    program = (
        "import sys; from modelops_git.core.interfaces import compare\n"
        f"face = {{'protocol': 'json', 'input': {IRIS!r}, 'output': {{'type': 'null'}}}}\n"
        "assert compare(face, {**face}).verdict == 'compatible'\n"
        "own = {name for name in sys.modules if name.startswith('modelops_git.core.interfaces.')}\n"
        "parts = 'budget bump compare jsonvalues keywords patterns pointers validity verdicts'.split()\n"
        "assert {name.rpartition('.')[2] for name in own} == {*parts}, own"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("pattern", ["a" * 10_001, "(?i)" + "[a-z]" * 40])
def test_regular_expressions_that_take_long_to_compile_are_not_compiled(pattern):
    problem = check_schema({"allOf": [{"pattern": pattern}]})
    assert "are not looked at" in problem.message
    assert check_schema({"allOf": [{"pattern": "a{3}"}] * 5000}) is None
