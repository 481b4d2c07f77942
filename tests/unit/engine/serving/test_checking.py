"""Why an instance is not what an interface takes: a pointer and a sentence."""

from __future__ import annotations

import threading

import pytest

from modelops_git.edges.loaders.base import ModelError
from modelops_git.engine.serving.checking import Refusal, checker_of

FLOWER = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}
HOUSE = {
    "type": "object",
    "properties": {
        "rooms": {"type": "integer", "minimum": 1},
        "kind": {"enum": ["flat", "house"]},
        "a/b": {"type": ["string", "null"], "maxLength": 3},
        "code": {"type": "string", "pattern": "^[A-Z]{3}$"},
    },
    "required": ["rooms"],
    "additionalProperties": False,
}


@pytest.mark.parametrize("instance", [[1, 2.5, 3], [0, -1e300, 2**64]])
def test_what_the_schema_takes_is_taken(instance):
    assert checker_of(FLOWER)(instance) is None


@pytest.mark.parametrize(
    ("schema", "instance", "pointer", "message"),
    [
        (FLOWER, [1, 2, "a"], "/2", '"a" is not a number'),
        (FLOWER, [1, True, 3], "/1", "true is not a number"),
        (FLOWER, [1, None, 3], "/1", "null is not a number"),
        (FLOWER, [1, 2], "", "it has 2 items, and must have at least 3"),
        (FLOWER, [1, 2, 3, 4], "", "it has 4 items, and must have at most 3"),
        (FLOWER, {"x": 1}, "", '{"x": 1} is not an array'),
        (FLOWER, "x" * 1000, "", f'"{"x" * 60}"… is not an array'),
        (FLOWER, [1, 2, float("nan")], "/2", "null is not a number"),
        (HOUSE, {}, "", '"rooms" is missing'),
        (HOUSE, {"rooms": 1, "colour": "red"}, "", '"colour" is not known'),
        (HOUSE, {"rooms": 1.5}, "/rooms", "1.5 is not a whole number"),
        (HOUSE, {"rooms": 0}, "/rooms", "0 is less than the minimum of 1"),
        (HOUSE, {"rooms": 1, "a/b": 1}, "/a~1b", "1 is not null or a text"),
        (HOUSE, {"rooms": 1, "kind": "tent"}, "/kind", '"tent" is not one of "flat" or "house"'),
        (HOUSE, {"rooms": 1, "code": "abc"}, "/code", '"abc" does not match "^[A-Z]{3}$"'),
        ({"$defs": {"n": {"type": "number"}}, "$ref": "#/$defs/n"}, "1", "", '"1" is not a number'),
        (False, 1, "", "1 is not allowed"),
    ],
)
def test_the_first_thing_that_is_wrong_is_said_with_its_place(schema, instance, pointer, message):
    assert checker_of(schema)(instance) == Refusal(pointer, message)


@pytest.mark.parametrize(
    "schema",
    [FLOWER | {"maxItems": 10**7}, {"anyOf": [FLOWER, {"type": "string"}]}, {"maxItems": 3}, {"not": {}}],
)
def test_of_a_large_instance_not_all_that_is_wrong_is_looked_for(schema):
    refusal = checker_of(schema)(["a"] * 300_000)
    assert refusal is not None
    assert len(refusal.message) < 400


def test_long_messages_are_cut():
    refusal = checker_of({"enum": ["x" * 5000]})("y")
    assert len(refusal.message) < 400


@pytest.mark.parametrize("instance", [b"x", {1: 2}, "\ud800", object()])
def test_what_is_no_json_is_refused(instance):
    assert checker_of({"type": "number"})(instance) is not None


def test_a_deep_instance_ends_in_an_answer():
    deep = []
    for _ in range(5000):
        deep = [deep]
    assert checker_of(FLOWER)(deep) is not None


def test_a_regular_expression_that_backtracks_takes_no_time():
    check = checker_of({"pattern": "^(a+)+$"})
    assert check("a" * 50_000 + "b") is not None
    assert check("a" * 50_000) is None


def test_one_that_looks_around_is_bounded():
    check = checker_of({"pattern": r"^(?=a)(a|aa)+\1$"})
    assert check("a" * 5_000 + "b") is not None
    assert checker_of({"pattern": r"^(?=.*\d).{3,}$"})("ab1") is None


@pytest.mark.parametrize(
    "schema",
    [{"$ref": "http://127.0.0.1:9/x"}, {"$ref": "file:///etc/passwd"}, {"$ref": "other.json"}, {"type": "x"}],
)
def test_a_schema_that_cannot_be_used_is_an_error_when_it_is_loaded(schema):
    with pytest.raises(ModelError, match="no input can be checked"):
        checker_of(schema)


def test_many_threads_may_ask_at_once():
    check, wrong = checker_of(FLOWER), []

    def ask(number):
        answers = {(check([number, 2, "a"]), check([number, 1, 2])) for _ in range(200)}
        wrong.extend(answers - {(Refusal("/2", '"a" is not a number'), None)})

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
