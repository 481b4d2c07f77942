from __future__ import annotations

import pytest

from modelops_git.faces.reporting.outlines import ROOM, outline

FOUR = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (FOUR, "array of 4 numbers"),
        ({"type": "array", "items": {"type": "string"}}, "array of strings"),
        ({"type": "array", "items": FOUR, "minItems": 1}, "array of 1 or more arrays of 4 numbers"),
        ({"type": "integer", "minimum": 0, "maximum": 2}, "integer from 0 to 2"),
        (
            {
                "type": "object",
                "properties": {"label": {"type": "integer"}, "scores": FOUR},
                "required": ["label"],
            },
            "object with label (integer), optional scores (array of 4 numbers)",
        ),
        ({"type": "object", "properties": {"odd": {"anyOf": []}}}, "object with optional odd"),
        ({"anyOf": [{"type": "null"}]}, '{"anyOf": [{"type": "null"}]}'),
        (True, "true"),
        ({"type": "array", "items": {}, "minItems": "x"}, '{"type": "array", "items": {}, "minItems": "x"}'),
    ],
)
def test_a_schema_is_told_in_words_where_they_say_it_all(schema, words):
    assert outline(schema) == words


def test_no_schema_makes_a_long_line():
    deep = FOUR
    for _ in range(100):
        deep = {"type": "array", "items": deep}
    wide = {"type": "object", "properties": {f"x{n}": FOUR for n in range(1000)}}
    assert len(outline(deep)) <= ROOM + 1
    assert len(outline(wide)) <= ROOM + 1
