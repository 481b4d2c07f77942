"""The normal form of schemas: a few sorts of terms, each of which may be claimed or denied.

A `Claim` is a term and whether it must hold of a value. There is one connective, `Every`: "any of these" is
the denial of "every one of these denied". Most other terms are facts about values of one kind. A fact is
false of a value of any other kind, so what JSON Schema asks of numbers alone reads "no number, or ...".

Terms are made by `Terms`, which returns the same object for the same meaning; they are compared by identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from modelops_git.core.interfaces.jsonvalues import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping
    from fractions import Fraction

KINDS = ("string", "number", "boolean", "null", "array", "object")


class Claim(NamedTuple):
    """That a term holds of a value, or that it does not."""

    term: Term
    holds: bool

    @property
    def denied(self) -> Claim:
        """The contrary."""
        return Claim(self.term, not self.holds)


class Numbered:
    """A term with a number, in the order in which `Terms` made them.

    The number is its hash, so that sets of terms keep the same order on every run: so does the search.
    """

    __slots__ = ("number",)
    number: int

    def __hash__(self) -> int:
        return self.number


@dataclass(frozen=True, slots=True, eq=False)
class Every(Numbered):
    """All of these claims."""

    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reference(Numbered):
    """What a `$ref` names; `body` reads it when it is needed, so that a schema may refer to itself."""

    body: Callable[[], Claim]


@dataclass(frozen=True, slots=True, eq=False)
class Kinds(Numbered):
    """A value of one of these kinds."""

    kinds: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Among(Numbered):
    """One of these values, kept by their identities."""

    values: Mapping[Hashable, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Opaque(Numbered):
    """A condition that is not understood, and is only recognised when it comes again."""

    keyword: str
    meaning: Hashable


@dataclass(frozen=True, slots=True, eq=False)
class Least(Numbered):
    """A number of at least `limit`, or above it."""

    kind: ClassVar[str] = "number"
    limit: Fraction
    above: bool


@dataclass(frozen=True, slots=True, eq=False)
class Multiple(Numbered):
    """A multiple of `step`.

    Attributes:
        step: The number, as a float holds it.
        decimal: Whether that is not quite what is written: 0.1, unlike 0.5.
    """

    kind: ClassVar[str] = "number"
    step: Fraction
    decimal: bool


@dataclass(frozen=True, slots=True, eq=False)
class Length(Numbered):
    """A text of at least so many characters."""

    kind: ClassVar[str] = "string"
    least: int


@dataclass(frozen=True, slots=True, eq=False)
class Text(Numbered):
    """A text that matches a pattern or has a format."""

    kind: ClassVar[str] = "string"
    keyword: str
    meaning: str


@dataclass(frozen=True, slots=True, eq=False)
class Items(Numbered):
    """An array with at least `least` items that satisfy `what` at positions from `start` to before `stop`."""

    kind: ClassVar[str] = "array"
    start: int
    stop: int | None
    what: Claim
    least: int


@dataclass(frozen=True, slots=True, eq=False)
class Unique(Numbered):
    """An array of which no two items are equal."""

    kind: ClassVar[str] = "array"


@dataclass(frozen=True, slots=True, eq=False)
class Members(Numbered):
    """An object with at least `least` properties whose names satisfy `names` and whose values `what`."""

    kind: ClassVar[str] = "object"
    names: Claim
    what: Claim
    least: int


Fact = Least | Multiple | Length | Text | Items | Unique | Members
Term = Every | Reference | Kinds | Among | Opaque | Fact
FACTS = (Least, Multiple, Length, Text, Items, Unique, Members)


def _numbered(term: Term, number: int) -> Claim:
    object.__setattr__(term, "number", number)  # terms are frozen once they are made
    return Claim(term, holds=True)


TRUE = _numbered(Every(()), 0)
FALSE = TRUE.denied


class Terms:
    """Makes terms, each meaning once."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Claim] = {(): TRUE}

    def _made(self, key: Hashable, term: Term) -> Claim:
        """That `term` holds, or the one that was made for the same key."""
        if key not in self._known:
            self._known[key] = _numbered(term, len(self._known))
        return self._known[key]

    def fact(self, term: Fact | Kinds | Opaque) -> Claim:
        """That this holds."""
        return self._made((type(term), *(getattr(term, name) for name in type(term).__slots__)), term)

    def reference(self, body: Callable[[], Claim]) -> Claim:
        """That the value keeps what a reference names."""
        return self._made((Reference, body), Reference(body))

    def kinds(self, *kinds: str) -> Claim:
        """That the value is of one of these kinds."""
        return TRUE if len(set(kinds)) == len(KINDS) else self.fact(Kinds(frozenset(kinds)))

    def among(self, values: Iterable[Any]) -> Claim:
        """That the value is one of these."""
        listed = {identity(value): value for value in values}
        if not listed:
            return FALSE
        return self._made((Among, frozenset(listed)), Among(listed))

    def every(self, claims: Iterable[Claim]) -> Claim:
        """That all of `claims` hold."""
        flat = self._gathered(dict.fromkeys(part for claim in claims for part in _parts(claim)))
        if any(claim.denied in flat for claim in flat) or FALSE in flat:
            return FALSE
        if len(flat) == 1:
            return next(iter(flat))
        return self._made(tuple(flat), Every(tuple(flat)))

    def _gathered(self, claims: dict[Claim, None]) -> dict[Claim, None]:
        """The same claims, with all lists of values that are denied put together."""
        denied = {claim: None for claim in claims if isinstance(claim.term, Among) and not claim.holds}
        if len(denied) < 2:  # noqa: PLR2004 - one list alone is together
            return claims
        values = [value for claim in denied for value in listed_by(claim)]
        return dict.fromkeys([*(claim for claim in claims if claim not in denied), self.among(values).denied])

    def some(self, claims: Iterable[Claim]) -> Claim:
        """That one of `claims` holds, or several."""
        return self.every(claim.denied for claim in claims).denied

    def when(self, condition: Claim, then: Claim) -> Claim:
        """That `then` holds where `condition` does."""
        return self.some((condition.denied, then))


def _parts(claim: Claim) -> tuple[Claim, ...]:
    return claim.term.claims if isinstance(claim.term, Every) and claim.holds else (claim,)


def kind_of(value: Any) -> str:
    """The kind of a JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def listed_by(claim: Claim) -> tuple[Any, ...]:
    """The values of a list; none for any other claim."""
    return tuple(claim.term.values.values()) if isinstance(claim.term, Among) else ()


def lists(claim: Claim) -> bool:
    """Whether a claim is that the value is one of a list."""
    return isinstance(claim.term, Among) and claim.holds
