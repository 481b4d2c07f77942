"""Whether one value keeps a claim: yes, no, or not known."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces.jsonvalues import count, identity, larger_than
from modelops_git.core.interfaces.patterns import matches
from modelops_git.core.interfaces.terms import (
    TRUE,
    Among,
    Every,
    Items,
    Kinds,
    Least,
    Length,
    Members,
    Multiple,
    Opaque,
    Reference,
    Text,
    kind_of,
    listed_by,
    lists,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.interfaces.budget import Budget
    from modelops_git.core.interfaces.terms import Claim, Fact, Term

    Seen = dict[tuple[Term, int], bool | None]

MAX_COMPARED = 10_000
# Texts that have a format beyond doubt; what else has it is not asked.
OF_FORMAT = {
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "time": "12:00:00Z",
    "duration": "P1D",
    "email": "a@example.org",
    "idn-email": "a@example.org",
    "hostname": "example.org",
    "idn-hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.org/a",
    "uri-reference": "https://example.org/a",
    "iri": "https://example.org/a",
    "iri-reference": "https://example.org/a",
    "uri-template": "https://example.org/a",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "json-pointer": "/a",
    "relative-json-pointer": "0",
    "regex": "a",
}


def holds(claim: Claim, value: Any, budget: Budget) -> bool | None:
    """Whether `value` keeps `claim`; None where that is not known."""
    return _Evaluation(budget).claim(claim, value)


class _Evaluation:
    """One look at one value; what is found of a part is kept, since parts may be shared."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._seen: Seen = {}

    def claim(self, claim: Claim, value: Any) -> bool | None:
        key = (claim.term, id(value))
        if key not in self._seen:
            self._budget.spend()
            self._seen[key] = self._term(claim.term, value)
        answer = self._seen[key]
        return answer if answer is None else answer == claim.holds

    def _term(self, term: Term, value: Any) -> bool | None:
        if isinstance(term, Every):
            return _all(self.claim(part, value) for part in term.claims)
        if isinstance(term, Reference):
            return self.claim(term.body(), value)
        if isinstance(term, Kinds):
            return kind_of(value) in term.kinds
        if isinstance(term, Among):
            self._budget.spend(5 * count(value, MAX_COMPARED) if isinstance(value, list | dict) else 0)
            return None if larger_than(value, MAX_COMPARED) else identity(value) in term.values
        if isinstance(term, Opaque):
            return None
        return self._fact(term, value) if term.kind == kind_of(value) else False

    def _fact(self, fact: Fact, value: Any) -> bool | None:
        if isinstance(fact, Least | Multiple):
            return _of_number(fact, value)
        if isinstance(fact, Length | Text):
            return len(value) >= fact.least if isinstance(fact, Length) else has(fact, value)
        if isinstance(fact, Items):
            return self._items(fact, value)
        return self._members(fact, value) if isinstance(fact, Members) else _unique(value)

    def _items(self, fact: Items, value: list[Any]) -> bool | None:
        part = value[fact.start : fact.stop]
        if fact.what == TRUE:
            return len(part) >= fact.least
        return _enough((self.claim(fact.what, item) for item in part), fact.least)

    def _members(self, fact: Members, value: dict[str, Any]) -> bool | None:
        listed = listed_by(fact.names) if lists(fact.names) else tuple(value)
        found = (name for name in listed if isinstance(name, str) and name in value)
        pairs = ((self.claim(fact.names, name), self.claim(fact.what, value[name])) for name in found)
        return _enough((_all(pair) for pair in pairs), fact.least)


def _all(answers: Iterable[bool | None]) -> bool | None:
    """Whether all are true: false as soon as one is, unknown where one is."""
    unknown = False
    for answer in answers:
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True


def _enough(answers: Iterable[bool | None], least: int) -> bool | None:
    """Whether at least so many are true."""
    sure = possible = 0
    for answer in answers:
        sure += answer is True
        possible += answer is not False
        if sure >= least:
            return True
    return None if possible >= least else False


def _of_number(fact: Least | Multiple, value: float) -> bool | None:
    if isinstance(fact, Multiple):
        return is_multiple(value, fact)
    return Fraction(value) > fact.limit or (not fact.above and Fraction(value) == fact.limit)


def _unique(value: list[Any]) -> bool | None:
    if larger_than(value, MAX_COMPARED):
        return None
    return len({identity(item) for item in value}) == len(value)


def is_multiple(number: float, fact: Multiple) -> bool | None:
    """Whether a number is a multiple, where validators and people agree on it."""
    return None if disputed(number, _as_json(fact.step)) else (Fraction(number) / fact.step).denominator == 1


def _as_json(number: Fraction) -> float:
    return int(number) if number.denominator == 1 else float(number)


def disputed(number: Any, step: float) -> bool:
    """Whether one may differ about whether a number is a multiple.

    People read decimals: 0.3 is a multiple of 0.1. To a float it is none, and validators divide floats.
    """
    if kind_of(number) != "number" or (isinstance(number, int) and isinstance(step, int)):
        return False
    exact = (Fraction(number) / Fraction(step)).denominator == 1
    written = (Fraction(repr(number)) / Fraction(repr(step))).denominator == 1
    quotient = number / step
    divided = not math.isfinite(quotient) or quotient == int(quotient)
    return not exact == written == divided


def has(fact: Text, text: str) -> bool | None:
    """Whether a text matches a pattern or has a format."""
    if fact.keyword == "pattern":
        return matches(fact.meaning, text)
    return True if OF_FORMAT[fact.meaning] == text else None
