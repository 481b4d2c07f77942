"""Semantic versions: read, order and bump them, by semver 2.0.0."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

Bump = Literal["major", "minor", "patch"]
BUMPS: tuple[Bump, ...] = ("major", "minor", "patch")
MAX_LENGTH = 128
_NUMBER = r"(?:0|[1-9][0-9]*)"
_PRE = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_BUILD = r"[0-9A-Za-z-]+"
# The grammar of semver.org; its own expression ends in `$`, which lets a final newline pass in Python.
PATTERN = rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_PRE}(?:\.{_PRE})*)?(?:\+{_BUILD}(?:\.{_BUILD})*)?"

Identifier = tuple[int, int, str]
"""One of the identifiers of a pre-release such that they order: numbers by value, before texts."""
_RELEASE: tuple[Identifier, ...] = ((2, 0, ""),)  # after every pre-release


class Precedence(NamedTuple):
    """What semver 2.0.0 orders versions by; build metadata counts for nothing."""

    numbers: tuple[int, int, int]
    stage: tuple[Identifier, ...] = _RELEASE


class Semver(NamedTuple):
    """A semantic version.

    They are ordered by precedence; of those that differ in build metadata (`+…`) alone the text decides, so
    that the order is total.

    Attributes:
        precedence: What it is ordered by.
        text: As it was written, which is the only way to write it.
    """

    precedence: Precedence
    text: str

    @property
    def major(self) -> int:
        """The first number."""
        return self.precedence.numbers[0]

    @property
    def prerelease(self) -> str:
        """What follows `-`; empty for a release."""
        return self.text.partition("+")[0].partition("-")[2]

    @property
    def release(self) -> Semver:
        """The release that this is, or that this pre-release leads to."""
        return _release(*self.precedence.numbers)

    def bumped(self, bump: Bump) -> Semver:
        """The next version by `bump`; from a pre-release, the release it leads to where that is enough."""
        major, minor, patch = self.precedence.numbers
        leads = {"major": minor == patch == 0, "minor": patch == 0, "patch": True}
        if self.prerelease and leads[bump]:
            return self.release
        following = {"major": (major + 1, 0, 0), "minor": (major, minor + 1, 0)}
        return _release(*following.get(bump, (major, minor, patch + 1)))

    def __str__(self) -> str:
        return self.text


def _release(major: int, minor: int, patch: int) -> Semver:
    return Semver(Precedence((major, minor, patch)), f"{major}.{minor}.{patch}")


def is_version(text: str) -> bool:
    """Whether `text`, as a whole, is a semantic version of at most 128 characters."""
    return len(text) <= MAX_LENGTH and re.fullmatch(PATTERN, text, re.ASCII) is not None


def parse(text: str) -> Semver:
    """The version that `text` names.

    Raises:
        ValueError: It is no semantic version (by the whole text, ASCII only), or too long.
    """
    if not is_version(text):
        raise ValueError(f"{text[:MAX_LENGTH]!r} is not a semantic version such as 1.2.0")
    numbers, _, stage = text.partition("+")[0].partition("-")
    major, minor, patch = map(int, numbers.split("."))
    identifiers = tuple(map(_identifier, stage.split("."))) if stage else _RELEASE
    return Semver(Precedence((major, minor, patch), identifiers), text)


def _identifier(text: str) -> Identifier:
    return (0, int(text), "") if text.isdigit() else (1, 0, text)


def sort_versions(texts: Iterable[str]) -> tuple[str, ...]:
    """Versions in order, oldest first.

    Raises:
        ValueError: One is no semantic version.
    """
    return tuple(str(version) for version in sorted(parse(text) for text in texts))


def is_prerelease(text: str) -> bool:
    """Whether `text` is a pre-release such as `1.2.0-rc.1`.

    Raises:
        ValueError: It is no semantic version.
    """
    return bool(parse(text).prerelease)


def bump(text: str, name: Bump) -> str:
    """The version after `text` by `name`: `bump("1.2.3", "minor")` is `1.3.0`.

    Raises:
        ValueError: `text` is no semantic version.
    """
    return str(parse(text).bumped(name))


def bump_between(old: str, new: str) -> Bump | None:
    """The greatest number that rises from `old` to `new`; None where their numbers are the same.

    A pre-release counts as the release that it leads to.

    Raises:
        ValueError: One is no semantic version, or `new` has lower numbers than `old`.
    """
    pairs = zip(BUMPS, parse(old).precedence.numbers, parse(new).precedence.numbers, strict=True)
    for name, was, now in pairs:
        if now < was:
            raise ValueError(f"{new} is lower than {old}")
        if now > was:
            return name
    return None
