"""What an expression may do: nothing grows, and its cost is known before it is evaluated."""

from __future__ import annotations

import pytest

from modelops_git.core.policies.bounds import Sizes, sizes_of
from modelops_git.core.policies.faults import ExpressionError
from modelops_git.core.policies.language import compiled

LIST = "[" + ", ".join(["1"] * 40) + "]"


@pytest.mark.parametrize(
    "text",
    [
        "size([candidate.summary]" + ".map(x, x + x)" * 20 + "[0]) > 0",
        "candidate.authors.map(a, [a, a]) == []",
        "candidate.authors.map(a, a != '', a + a) == []",
        "candidate.summary + candidate.summary == ''",
        "candidate.authors + candidate.authors == []",
        "candidate.authors.all(a, a + a != '')",
        "candidate.authors.filter(a, a + a != '') == []",
        "b'a' + b'b' == b'ab'",
        "dyn(candidate.summary) + dyn('') == ''",
        "[[candidate.summary, candidate.summary]].all(x, [[x, x]].all(y, y == y))",
        "[candidate.authors].all(x, x == x)",
        "{'a': candidate.summary}.all(k, k == '')",
    ],
)
def test_what_could_grow_is_refused(text):
    with pytest.raises(ExpressionError) as caught:
        compiled(text)
    assert caught.value.hint
    assert caught.value.offset


@pytest.mark.parametrize(
    "text",
    [
        "candidate.size + 1.0 > 2.0 && 1 + 1 == 2",
        "candidate.created_at + duration('1h') > live.created_at",
        "duration('1h') + duration('1h') > duration('1h')",
    ],
)
def test_numbers_and_times_may_be_added(text):
    assert compiled(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (f"{LIST}.all(a, {LIST}.all(b, {LIST}.all(c, {LIST}.all(d, true))))", {}),
        (
            "candidate.authors.all(a, candidate.authors.all(b, a != b))",
            {"candidate.authors": [str(number) for number in range(2000)]},
        ),
        (
            "candidate.authors.all(a, !candidate.summary.matches('(a+)+$'))",
            {"candidate.authors": ["x"] * 1000, "candidate.summary": "a" * 100_000},
        ),
        (
            "candidate.authors.all(a, candidate.authors == candidate.authors)",
            {"candidate.authors": ["x" * 1000] * 1000},
        ),
    ],
)
def test_what_would_take_too_long_is_not_begun(text, values):
    with pytest.raises(ExpressionError, match="it would take too long with these values"):
        compiled(text).holds(values)


def test_a_long_text_and_a_long_list_alone_are_no_trouble():
    values = {"candidate.summary": "a" * 100_000 + "b", "candidate.authors": ["github:ana"] * 3000}
    assert not compiled("candidate.summary.matches('(a+)+$')").holds(values)
    assert compiled("candidate.authors.all(a, a.startsWith('github:'))").holds(values)


def test_sizes_are_of_all_that_is_nested():
    assert sizes_of({"ab": ["xyz", 1.0], "c": True}) == Sizes(2, 3, 12)
