"""The corpus of hand-made pairs: no verdict is wrong, and each is as exact as it is marked.

`MODELOPS_EXAMPLES` asks for a longer session: how many values try to refute each compatible pair.
"""

from __future__ import annotations

import os
import random

import pytest
from jsonschema import Draft202012Validator

from interface_corpus import CORPUS, pairs, table
from modelops_git.core.interfaces import check_schema
from modelops_git.core.interfaces.keywords import ANNOTATIONS, FORMS
from neighbours import values_near

VALUES = int(os.environ.get("MODELOPS_EXAMPLES", "60"))
PAIRS = pairs()
COMPATIBLE = [pair for pair in PAIRS if pair.truth == "compatible"]


def named(chosen):
    return {"argvalues": chosen, "ids": [f"{pair.family}: {pair.name}" for pair in chosen]}


@pytest.mark.parametrize("pair", **named(PAIRS))
def test_the_verdict_is_as_exact_as_it_is_marked(pair):
    found = pair.compared()
    assert found.verdict in (pair.truth, "undecided"), f"wrong: {found}"
    assert found.verdict == pair.verdict, found
    if found.verdict == "incompatible":
        held, taking = pair.held
        assert Draft202012Validator(held).is_valid(found.witness.value)
        assert not Draft202012Validator(taking).is_valid(found.witness.value)


@pytest.mark.parametrize("pair", **named(PAIRS))
def test_the_other_side_says_the_same_of_the_pair_turned_round(pair):
    turned = pair._replace(side="output" if pair.side == "input" else "input", old=pair.new, new=pair.old)
    assert turned.compared().verdict == pair.verdict


@pytest.mark.parametrize("pair", **named([pair for pair in COMPATIBLE if "other.json" not in str(pair.held)]))
def test_no_value_refutes_what_people_call_compatible(pair):
    held, taking = (Draft202012Validator(schema) for schema in pair.held)
    refuting = [
        value
        for value in values_near(pair.held, random.Random(pair.name), VALUES)
        if held.is_valid(value) and not taking.is_valid(value)
    ]
    assert not refuting, f"the truth of this pair is another one: {refuting[0]!r}"


def test_the_corpus_is_large_and_each_pair_has_a_name_of_its_own():
    assert len(PAIRS) >= 300
    assert len({pair.name for pair in PAIRS}) == len(PAIRS)
    assert {pair.truth for pair in PAIRS} == {"compatible", "incompatible"}
    assert {pair.verdict for pair in PAIRS} == {"compatible", "incompatible", "undecided"}


def test_every_schema_of_the_corpus_is_json_schema():
    problems = [(pair.name, check_schema(schema)) for pair in PAIRS for schema in (pair.old, pair.new)]
    assert [row for row in problems if row[1]] == []


def test_every_keyword_occurs_in_the_corpus():
    text = "".join(path.read_text(encoding="utf-8") for path in CORPUS.glob("*.yaml"))
    assert [
        keyword for keyword in (*FORMS, *ANNOTATIONS, "$ref", "$anchor") if f"{keyword}:" not in text
    ] == []


def test_the_table_counts_every_pair():
    last = table().splitlines()[-1]
    undecided = sum(pair.verdict == "undecided" for pair in PAIRS)
    exact = len(PAIRS) - undecided
    assert last.endswith(f"| {exact} | {undecided} | 0 |")
    assert last.startswith(f"| **all** | {len(PAIRS)} | {len(COMPATIBLE)} |")
