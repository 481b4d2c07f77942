"""Expressions: what is refused, with which words and where; what holds."""

from __future__ import annotations

import pytest

from modelops_git.core.policies.bounds import MAX_LENGTH
from modelops_git.core.policies.faults import ExpressionError
from modelops_git.core.policies.language import compiled

VALUES = {
    "candidate.exists": True,
    "candidate.version": "1.2.0",
    "candidate.metrics": {"accuracy": 0.9, "n": 100.0},
    "candidate.evaluations": {"holdout": {"accuracy": 0.9}},
    "candidate.authors": ["github:ana", "github:bo"],
    "live.exists": False,
    "live.metrics": {},
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("!live.exists || candidate.metrics.accuracy >= live.metrics.accuracy - 0.005", True),
        ("candidate.metrics.n * 1.05 > 105.5", False),
        ("candidate.metrics['accuracy'] > 0.5", True),
        ("has(live.metrics.accuracy)", False),
        ("candidate.evaluations.holdout.accuracy == 0.9", True),
        ("candidate.authors.all(a, a.startsWith('github:'))", True),
        ("candidate.authors.exists_one(a, a == 'github:bo')", True),
        ("candidate.authors.filter(a, a != 'github:bo').filter(a, a != '').size() == 1", True),
        ("['github:eve', 'github:bo'].exists(a, a in candidate.authors)", True),
        ("candidate.metrics.all(name, candidate.metrics[name] > 0.0)", True),
        ("candidate.version.matches('^1[.]')", True),
    ],
)
def test_an_expression_holds_or_does_not(text, holds):
    assert compiled(text).holds(VALUES) is holds


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("lvie.exists", "there is no variable 'lvie'", "lvie"),
        ("true || !has(lvie.metrics.x)", "there is no variable 'lvie'", "lvie"),
        ("candidate.verison == '1'", "candidate has no field 'verison'", "verison"),
        ("'é' == 'é' && live.metric.x > 1.0", "live has no field 'metric'", "metric.x"),
        ("candidate == live", "candidate is no value by itself", "candidate"),
        ("candidate.framework == ''", "candidate.framework is no value by itself", ".framework"),
        ("now() > candidate.created_at", "there is no function now()", "now()"),
        ("has(candidate.version)", "has() asks for a key", "candidate.version"),
        ("candidate.metrics.n * 2 > 1.0", "`*` cannot be applied to double, int", "* 2"),
        ("\n\n  candidate.version == 1", "`==` cannot be applied to string, int", "== 1"),
        ("1 +", "the expression is no CEL: Syntax error", ""),
        ("", "the expression is no CEL: Syntax error", ""),
        ("candidate.version", "the expression is string, and must be true or false", "candidate"),
        ("dyn(true)", "the expression is dyn, and must be true or false", "dyn"),
        ("'\ud800' == ''", "the expression holds half a character", None),
        ("x" * (MAX_LENGTH + 1), "the expression has 2,001 characters", None),
        (
            "(" * 500 + "true" + ")" * 500,
            "the expression nests too deep",
            None,
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text, message, place):
    with pytest.raises(ExpressionError) as caught:
        compiled(text)
    assert caught.value.message.startswith(message)
    assert caught.value.offset is None if place is None else text[caught.value.offset :].startswith(place)


def test_a_number_without_a_point_is_explained():
    with pytest.raises(ExpressionError) as caught:
        compiled("candidate.metrics.accuracy > 1")
    assert caught.value.hint == "Numbers of manifests are doubles: write `1.0`, not `1`."


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("candidate.metrics.acuracy > 0.5", "candidate.metrics has no 'acuracy'", ""),
        ("live.metrics.accuracy > 0.5", "live.metrics has no 'accuracy'", "Ask first whether there"),
        ("live.version == '1'", "live.version has no value", "Ask first whether there is one: `!live."),
        ("rollout.version == '1'", "rollout.version has no value", ""),
        ("1 / 0 == 1", "divide by zero", ""),
        ("candidate.version.matches('(')", "invalid regular expression", ""),
        ("[true, 1.0].all(x, x > 0)", "No matching overloads found", ""),
    ],
)  # fmt: skip
def test_no_answer_is_an_error_and_never_a_yes(text, message, hint):
    with pytest.raises(ExpressionError) as caught:
        compiled(text).holds(VALUES)
    assert caught.value.message.startswith(message)
    assert caught.value.hint.startswith(hint)


def test_a_key_that_is_not_there_names_those_that_are():
    with pytest.raises(ExpressionError) as caught:
        compiled("candidate.metrics.acuracy > 0.5").holds(VALUES)
    assert caught.value.unknown.known == ("accuracy", "n")


def test_what_is_not_asked_for_needs_no_value():
    assert compiled("candidate.exists || live.version == '1'").holds(VALUES)
    assert compiled("live.version == '1' || candidate.exists").holds(VALUES)


def test_an_expression_tells_what_it_reads():
    expression = compiled(
        "candidate.metrics['accuracy'] > live.metrics.accuracy && candidate.authors.size() > 1"
    )
    assert expression.reads == (
        ("candidate.metrics", ("accuracy",)),
        ("live.metrics", ("accuracy",)),
        ("candidate.authors", ()),
    )
    assert expression.variables == ("candidate.metrics", "live.metrics", "candidate.authors")
