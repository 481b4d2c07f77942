"""Expressions as trees: every kind of part is read, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from modelops_git.core.policies.language import _environment
from modelops_git.core.policies.wire import nodes, tree_of


def tree(text):
    return tree_of(_environment().compile(text).serialize())


def test_every_kind_of_part_is_read():
    text = "{'a': 1}.a == 1 && [1.0, 2.0].exists(x, x > candidate.metrics.f && candidate.summary != 'é')"
    found = tree(text)
    kinds = {node.kind for node in nodes(found.root)}
    assert kinds == {"constant", "name", "field", "call", "list", "struct", "walk"}
    assert {"candidate.metrics", "candidate.summary"} <= set(found.names.values())
    assert "é" in {node.name for node in nodes(found.root)}


def test_places_count_characters_and_not_bytes():
    found = tree("'éé' == candidate.summary + 'x'")
    at = {node.name: found.offsets[node.id] for node in nodes(found.root) if node.kind == "call"}
    assert at == {"_==_": 5, "_+_": 26}
    assert [found.overloads[node.id] for node in nodes(found.root) if node.name == "_+_"] == [("add_string",)]


@pytest.mark.parametrize("cut", [1, 5, 20, -1])
def test_a_message_that_is_cut_off_is_no_tree(cut):
    with pytest.raises(ValueError, match=r"cut off|another form"):
        tree_of(_environment().compile("candidate.exists").serialize()[:cut])


@pytest.mark.parametrize(
    "data", [b"\x12\x04\x22\x02\x5a\x00", b"\x12\x04\x22\x02\x08\x01", b"\x0b", b"\x12\x02\x22\x80"]
)
def test_what_is_unknown_is_an_error(data):
    try:
        found = tree_of(data)
    except ValueError:
        return
    assert found.root.kind == "constant"
