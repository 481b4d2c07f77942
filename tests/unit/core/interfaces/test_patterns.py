"""Which regular expressions may be run on a short text."""

from __future__ import annotations

import pytest

from modelops_git.core.interfaces.patterns import is_tame, problem_of


@pytest.mark.parametrize("pattern", ["^a", r"^\d{4}-\d{2}-\d{2}$", "^[a-z]+$", "a|b|c", "^(red|green)$"])
def test_simple_patterns_are_tame(pattern):
    assert is_tame(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "((a?){100}){100}", ".*.*.*.*a", r"(a)\1", "a{5000}", "(", "a" * 300, "(?P<x>a)(?P=x)"],
)
def test_patterns_that_may_be_slow_are_not(pattern):
    assert not is_tame(pattern)


def test_a_pattern_that_does_not_compile_is_told_why():
    assert problem_of("[") != ""
    assert problem_of("[[a]") == ""
