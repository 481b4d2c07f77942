"""What a forge answers, read strictly: JSON that nobody vouches for, and the few fields of it that matter."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import ForgeError

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_TEXT = 1 << 18
"""Characters of a text; a commit's message or a comment is never near it."""
LARGEST_NUMBER = 2**53 - 1
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)
_LOGIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}(?:\[bot\])?", re.ASCII)
_SHOWN = 200


def parsed(data: bytes, subject: str) -> Any:
    """The value that `data` is the JSON of.

    Raises:
        ForgeError: It is no JSON, has numbers that are none, or nests too deep.
    """
    try:
        return json.loads(data, parse_constant=_refuse)
    except RecursionError:
        raise ForgeError(f"the answer about {subject} nests too deep") from None
    except ValueError:  # no JSON, no UTF-8, or a number of thousands of digits
        raise ForgeError(
            f"the answer about {subject} is no JSON, or not all of it",
            hint="Is there a proxy in between? Otherwise try again.",
        ) from None


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def short(value: object) -> str:
    """A text of the forge for messages: one line, printable, and not long."""
    shown = printable(" ".join(str(value).split()))
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"


@dataclass(frozen=True, slots=True)
class Record:
    """An object of an answer; each field is read as what it must be.

    Attributes:
        value: The object.
        subject: What it is about, for messages: `pull request #12`.
    """

    value: dict[str, Any]
    subject: str

    @classmethod
    def of(cls, value: Any, subject: str) -> Record:
        """An object.

        Raises:
            ForgeError: It is something else.
        """
        if not isinstance(value, dict):
            raise ForgeError(f"the answer about {subject} holds {_kind(value)} where an object belongs")
        return cls(value, subject)

    def text(self, name: str) -> str:
        """A text; empty where there is none. Half characters, which no address can hold, become `?`."""
        value = self.value.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            raise self._wrong(name, "a text")
        return value if value.isascii() else value.encode("utf-8", "replace").decode()

    def number(self, name: str) -> int:
        """A whole number, not below zero; 0 where there is none."""
        value = self.value.get(name)
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_NUMBER:
            raise self._wrong(name, "a whole number")
        return value

    def flag(self, name: str) -> bool | None:
        """True or false; None where neither is said."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def time(self, name: str) -> datetime | None:
        """A time with its zone, in UTC; None where there is none."""
        text = self.text(name)
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise self._wrong(name, "a time") from None
        if at.tzinfo is None:
            raise self._wrong(name, "a time with its zone")
        try:
            return at.astimezone(UTC)
        except OverflowError:
            raise self._wrong(name, "a time") from None

    def commit(self, name: str) -> str:
        """A full commit id; empty where there is none."""
        text = self.text(name)
        if text and not _COMMIT.fullmatch(text):
            raise self._wrong(name, "a commit id")
        return text

    def login(self, name: str) -> str:
        """The name of a user, in lower case since forges make no difference; empty where there is none."""
        text = self.text(name)
        if text and not _LOGIN.fullmatch(text):
            raise self._wrong(name, "the name of a user")
        return text.lower()

    def record(self, name: str) -> Record:
        """An object; an empty one where there is none."""
        value = self.value.get(name)
        return Record.of({} if value is None else value, f"{name} of {self.subject}")

    def records(self, name: str) -> Iterator[Record]:
        """The objects of a list; none where there is no list."""
        value = self.value.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        for one in value:
            yield Record.of(one, f"{name} of {self.subject}")

    def require(self, *names: str) -> Record:
        """The same, where each of these fields is there and not null."""
        for name in names:
            if self.value.get(name) is None:
                raise ForgeError(f"the answer about {self.subject} has no `{name}`")
        return self

    def _wrong(self, name: str, wanted: str) -> ForgeError:
        found = _kind(self.value.get(name))
        return ForgeError(f"the answer about {self.subject}: `{name}` is not {wanted}, but {found}")


def _kind(value: Any) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    if isinstance(value, str):
        return f"'{short(value[:_SHOWN])}'"
    return names.get(type(value), "nothing")
