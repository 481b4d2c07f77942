"""Secrets in a text: keys and tokens by their form, passwords by their name, and texts that look random.

Digests, commit ids and UUIDs are no secrets and look random: what is all hexadecimal counts only behind a
name such as `password`. Everything is bounded: each expression looks a limited way ahead from where a word
begins.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache, lru_cache
from math import log2
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MASK = "•"
_FORMS = (
    ("an AWS access key", r"(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])"),
    ("a GitHub token", r"gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{40,255}"),
    ("a GitLab token", r"gl(?:pat|ptt|dt|rt|cbt|ft|soat)-[A-Za-z0-9_-]{20,255}"),
    ("a Hugging Face token", r"hf_[A-Za-z0-9]{30,255}"),
    ("an API key", r"sk-[A-Za-z0-9_-]{32,255}"),
    ("a Slack token", r"xox[abeoprs]-[A-Za-z0-9-]{15,255}"),
    ("a Google API key", r"AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    ("a Stripe key", r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}"),
    ("an npm token", r"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    ("a PyPI token", r"pypi-AgE[A-Za-z0-9_-]{40,1000}"),
    ("a Databricks token", r"dapi[0-9a-f]{32}(?![0-9a-z])"),
    ("a JSON Web Token", r"eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{10,2000}"),
    ("an Azure account key", r"AccountKey=[A-Za-z0-9+/]{80,100}={0,2}"),
)
_PRIVATE_KEY = (
    r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[^-]{0,20000}-----END [A-Z0-9 ]{1,60}-----)?"
)
_LOGIN = r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s/:@'\"]{0,256}:(?P<login>[^\s/@'\"]{3,256})@"
_NAMED = (
    r"(?i:(?<![a-z0-9])(?:[a-z0-9]{1,30}[_-]){0,5}"
    r"(?:(?P<word>password|passwd|pwd)|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|account[_-]?key|"
    r"credentials?)"
    r"['\"]?\s{0,3}[:=]\s{0,3})['\"]?(?P<named>[^\s'\",}\]]{8,512})"
)
_RANDOM = r"(?<![A-Za-z0-9+/_.:@=?&%-])(?P<random>[A-Za-z0-9+/_-]{40,512}={0,2})(?![A-Za-z0-9+/_.:@=?&%-])"
_PUBLIC_KEY = r"-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s\\]{1,2000}-----END PUBLIC KEY-----"
_HEX = r"(?i)(?:0x)?[0-9a-f-]+"
_PLACEHOLDER = (
    r"(?i)example|redacted|placeholder|change.?me|dummy|x{4}|\*{3}|\.{3}|…|^[$<{%]|^your[_-]|^env:|^null$"
)
_NAMES = ("password", "passwd", "pwd", "secret", "token", "key", "credential", "-----begin")
_SURE = re.compile(
    r"A(?:KIA|SIA|Iza)|gh[pousr]_|github_pat_|gl[a-z]{2,4}-|hf_|sk-|xox|k_(?:live|test)_|npm_|pypi-|dapi|eyJ"
    r"|AccountKey="
)
_AT = re.compile(r"://[^\s/@]{0,300}@")
_SHORTEST, _OPAQUE = 20, 40
"""No form and no random text is shorter, so that most words need not be looked at."""
_PLAIN = re.compile(r"[^A-Za-z0-9]*(?:[a-z0-9]{1,12}:)?[0-9a-f]*[^A-Za-z0-9]*")
_RANDOMNESS = 4.5
_LIKELY = 3.0
_LONG = 16
_LINE = 400
"""Texts with longer lines are not kept in memory."""


class Secret(NamedTuple):
    """A part of a text that seems to be secret.

    Attributes:
        start: How many characters stand before it.
        end: How many stand before what follows it.
        what: What it seems to be, with its article.
        is_sure: Whether its form or its name says so, and not only that it looks random.
    """

    start: int
    end: int
    what: str
    is_sure: bool = True


def secrets_in(text: str) -> tuple[Secret, ...]:
    """What seems to be secret in `text`, in its order; parts do not overlap."""
    lines = text.split("\n")
    is_plain = _is_plain if max(map(len, lines)) <= _LINE else _is_plain.__wrapped__
    if all(map(is_plain, lines)):
        return ()
    found = [*_of_forms(text), *_of_names(text), *_of_looks(text)]
    kept: list[Secret] = []
    for secret in sorted(found, key=lambda one: (one.start, not one.is_sure, -one.end)):
        if not kept or secret.start >= kept[-1].end:
            kept.append(secret)
    return tuple(kept)


@lru_cache(maxsize=20_000)
def _is_plain(line: str) -> bool:
    """Whether nothing in a line needs a closer look. Manifests share most of their lines."""
    lower = line.lower()
    if any(name in lower for name in _NAMES) or _AT.search(line):
        return False
    words = [word for word in line.split() if len(word) >= _SHORTEST and not _PLAIN.fullmatch(word)]
    return not any(len(word) >= _OPAQUE or _SURE.search(word) for word in words)


def redacted(text: str) -> str:
    """`text` with every secret masked, and as long as it was."""
    parts, at = [], 0
    for secret in secrets_in(text):
        parts += [text[at : secret.start], MASK * (secret.end - secret.start)]
        at = secret.end
    return "".join([*parts, text[at:]])


def _of_forms(text: str) -> Iterator[Secret]:
    for found in _forms().finditer(text):
        if not _placeholder().search(found[0]):
            index = next(number for number, group in enumerate(found.groups()) if group is not None)
            yield Secret(*found.span(), _FORMS[index][0])


def _of_names(text: str) -> Iterator[Secret]:
    for found in _names().finditer(text):
        if found["named"] is not None:
            if _is_likely(found["named"], is_word=found["word"] is not None):
                yield Secret(*found.span("named"), "a password or a token")
        elif found["login"] is not None:
            if not found["login"].isdigit() and not _placeholder().search(found["login"]):
                yield Secret(*found.span("login"), "a password in an address")
        else:
            yield Secret(*found.span(), "a private key")


def _of_looks(text: str) -> Iterator[Secret]:
    public = [found.span() for found in _public().finditer(text)]
    for found in _looks().finditer(text):
        around = bisect_right(public, (found.start(), len(text)))
        if around and found.start() < public[around - 1][1]:
            continue  # it looks random, and is there for everybody to see
        value = found["random"]
        classes = (str.isupper, str.islower, str.isdigit)
        is_mixed = all(any(is_of(char) for char in value) for is_of in classes)
        if is_mixed and not re.fullmatch(_HEX, value) and _randomness(value) >= _RANDOMNESS:
            yield Secret(*found.span("random"), "a text that looks like a key", is_sure=False)


def _is_likely(value: str, *, is_word: bool) -> bool:
    """Whether a value behind the name of a secret may be one: it holds digits and letters, and looks random.

    `token: cls-2` is no secret and `password: cls-2-and-more` is: what is no password is long.
    """
    if _placeholder().search(value) or "(" in value:
        return False
    digits, letters = sum(map(str.isdigit, value)), sum(map(str.isalpha, value))
    if is_word:
        return bool(digits and letters)
    return len(value) >= _LONG and digits > 1 and letters > 1 and _randomness(value) >= _LIKELY


def _randomness(value: str) -> float:
    """Bits of a character, were the characters drawn as often as they occur here."""
    shares = [value.count(char) / len(value) for char in set(value)]
    return -sum(share * log2(share) for share in shares)


@cache
def _forms() -> re.Pattern[str]:
    inner = "|".join(f"({form})" for _, form in _FORMS)
    return re.compile(rf"(?a)(?<![A-Za-z0-9_-])(?:{inner})")


@cache
def _names() -> re.Pattern[str]:
    return re.compile(rf"(?a){_PRIVATE_KEY}|{_LOGIN}|{_NAMED}")


@cache
def _looks() -> re.Pattern[str]:
    return re.compile(rf"(?a){_RANDOM}")


@cache
def _public() -> re.Pattern[str]:
    return re.compile(rf"(?a){_PUBLIC_KEY}")


@cache
def _placeholder() -> re.Pattern[str]:
    return re.compile(_PLACEHOLDER)
