"""Semantic versions: read, order and bump them, by semver 2.0.0."""

from __future__ import annotations

import re
from functools import lru_cache, total_ordering
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    import semver

Bump = Literal["major", "minor", "patch"]
BUMPS: tuple[Bump, ...] = ("major", "minor", "patch")
MAX_LENGTH = 128
_NUMBER = r"(?:0|[1-9][0-9]*)"
_PRE = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_BUILD = r"[0-9A-Za-z-]+"
# The grammar of semver.org; the package's own expression ends in `$`, which lets a final newline pass.
PATTERN = rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_PRE}(?:\.{_PRE})*)?(?:\+{_BUILD}(?:\.{_BUILD})*)?"


@lru_cache(4096)
def is_version(text: str) -> bool:
    """Whether `text`, as a whole, is a semantic version of at most 128 characters."""
    return len(text) <= MAX_LENGTH and re.fullmatch(PATTERN, text, re.ASCII) is not None


@total_ordering
class Semver:
    """A semantic version.

    It is ordered as semver 2.0.0 says, where build metadata (`+…`) counts for nothing; equal are only those
    of the same text, and of versions that differ in build metadata alone the text decides, so that the
    order is total.

    Attributes:
        text: As it was written, which is the only way to write it.
        parts: The `semver` package's view of it.
    """

    __slots__ = ("parts", "text")

    def __init__(self, text: str, parts: semver.Version) -> None:
        """Keep both; `parse` makes them."""
        self.text = text
        self.parts = parts

    @property
    def major(self) -> int:
        """The first number."""
        return self.parts.major

    @property
    def minor(self) -> int:
        """The second number."""
        return self.parts.minor

    @property
    def patch(self) -> int:
        """The third number."""
        return self.parts.patch

    @property
    def prerelease(self) -> str:
        """What follows `-`; empty for a release."""
        return self.parts.prerelease or ""

    @property
    def release(self) -> Semver:
        """The release that this is, or that this pre-release leads to."""
        return parse(f"{self.major}.{self.minor}.{self.patch}")

    def bumped(self, bump: Bump) -> Semver:
        """The next version by `bump`; from a pre-release, the release it leads to where that is enough."""
        return parse(str(_BUMPERS[bump](self.parts)))

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, Semver) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Semver):
            return NotImplemented
        by_rule = self.parts.compare(other.parts)
        return by_rule < 0 or (by_rule == 0 and self.text < other.text)


def _next_major(parts: semver.Version) -> semver.Version:
    leads = parts.prerelease and parts.minor == 0 and parts.patch == 0
    return parts.finalize_version() if leads else parts.bump_major()


def _next_minor(parts: semver.Version) -> semver.Version:
    return parts.finalize_version() if parts.prerelease and parts.patch == 0 else parts.bump_minor()


def _next_patch(parts: semver.Version) -> semver.Version:
    return parts.finalize_version() if parts.prerelease else parts.bump_patch()


_BUMPERS = {"major": _next_major, "minor": _next_minor, "patch": _next_patch}


@lru_cache(4096)
def parse(text: str) -> Semver:
    """The version that `text` names.

    Raises:
        ValueError: It is no semantic version (by the whole text, ASCII only), or too long.
    """
    import semver

    if not is_version(text):
        raise ValueError(f"{text[:MAX_LENGTH]!r} is not a semantic version such as 1.2.0")
    return Semver(text, semver.Version.parse(text))


def sort_versions(texts: Iterable[str]) -> tuple[str, ...]:
    """Versions in order, oldest first.

    Raises:
        ValueError: One is no semantic version.
    """
    # Sorted by the numbers first, which is quick: by precedence they are then compared but once, as a rule.
    roughly = sorted(map(parse, texts), key=_numbers)
    return tuple([version.text for version in sorted(roughly)])


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


@lru_cache(4096)
def bump_between(old: str, new: str) -> Bump | None:
    """The greatest number that rises from `old` to `new`; None where their numbers are the same.

    A pre-release counts as the release that it leads to.

    Raises:
        ValueError: One is no semantic version, or `new` has lower numbers than `old`.
    """
    before, after = parse(old), parse(new)
    pairs = zip(BUMPS, _numbers(before), _numbers(after), strict=True)
    for name, was, now in pairs:
        if now < was:
            raise ValueError(f"{new} is lower than {old}")
        if now > was:
            return name
    return None


def _numbers(version: Semver) -> tuple[int, int, int]:
    return version.major, version.minor, version.patch
