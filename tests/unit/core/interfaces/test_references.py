"""What a `$ref` names in its own document, and which definitions lead nowhere."""

from __future__ import annotations

import pytest

from modelops_git.core.interfaces.budget import GaveUpError
from modelops_git.core.interfaces.references import Definition, References
from modelops_git.core.interfaces.terms import Terms

ROOT = {
    "$id": "https://example.org/s",
    "$defs": {"a": {"$anchor": "here", "type": "string"}, "a/b~c": True, "two words": False},
    "prefixItems": [{"type": "null"}],
}


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("#", (ROOT,)),
        ("", (ROOT,)),
        ("https://example.org/s", (ROOT,)),
        ("https://example.org/s#/$defs/a", (ROOT["$defs"]["a"],)),
        ("#/$defs/a", (ROOT["$defs"]["a"],)),
        ("#here", (ROOT["$defs"]["a"],)),
        ("#/$defs/a~1b~0c", (True,)),
        ("#/$defs/two%20words", (False,)),
        ("#/prefixItems/0", ({"type": "null"},)),
        ("#/prefixItems/1", ()),
        ("#/prefixItems/-1", ()),
        ("#/$defs/b", ()),
        ("#there", ()),
        ("https://example.org/t#/$defs/a", ()),
        ("other.json", ()),
        (3, ()),
    ],
)
def test_what_a_reference_names(reference, found):
    assert References(ROOT).find(reference) == found


def test_an_anchor_of_two_places_names_neither():
    twice = {"$defs": {"a": {"$anchor": "x"}, "b": {"$anchor": "x"}}}
    assert References(twice).find("#x") == ()


def test_a_document_in_a_document_is_not_looked_into():
    assert References({"$defs": {"a": {"$id": "https://example.org/inner"}}}).find("#/$defs/a") == ()


def defined(links):
    """Definitions by name, each asking for those that it names."""
    terms, made = Terms(), {}

    def read(names):
        return terms.every([terms.reference(made[name]) for name in names])

    made.update({name: Definition(names, read) for name, names in links.items()})
    return made


def test_a_definition_that_is_its_own_meaning_is_refused():
    made = defined({"a": "b", "b": "ca", "c": ""})
    assert made["c"]()
    for name in "ab":
        with pytest.raises(GaveUpError, match="leads back to itself"):
            made[name]()


def test_a_definition_that_is_used_twice_is_no_loop():
    assert defined({"a": "bc", "b": "d", "c": "d", "d": ""})["a"]()


def test_a_long_chain_of_definitions_is_followed():
    links = {str(number): [str(number + 1)] for number in range(3_000)}
    assert defined({**links, "3000": []})["0"]()
