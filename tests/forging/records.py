"""What a forge keeps about people, pull requests and what happened to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from forging.bare import Signature


class Person(NamedTuple):
    """An account.

    Attributes:
        login: As the account spells it.
        number: Its id.
        is_bot: Whether it is no person.
        email: The address that the forge knows it by.
    """

    login: str
    number: int
    is_bot: bool
    email: str

    @property
    def signature(self):
        """How this person signs commits."""
        return Signature(self.login, self.email)


@dataclass
class Team:
    """A team or group; those in `children` belong to it."""

    members: list = field(default_factory=list)
    children: list = field(default_factory=list)


class Push(NamedTuple):
    """Somebody changed a branch."""

    number: int
    branch: str
    before: str
    after: str
    by: str
    at: str
    kind: str


@dataclass
class Word:
    """A review, an approval or the taking back of one."""

    number: int
    by: str
    state: str
    at: str
    commit: str
    body: str = ""


@dataclass
class Remark:
    """A comment."""

    number: int
    by: str
    body: str
    at: str


class Moment(NamedTuple):
    """One head that a pull request has had."""

    number: int
    head: str
    base: str
    at: str


@dataclass
class Pull:
    """A pull request, or merge request."""

    number: int
    by: str
    branch: str
    base: str
    title: str
    body: str
    created: str
    fork: str = ""
    assignees: list = field(default_factory=list)
    words: list = field(default_factory=list)
    remarks: list = field(default_factory=list)
    moments: list = field(default_factory=list)
    pushes: list = field(default_factory=list)
    state: str = "open"
    head: str = ""
    start: str = ""
    merged_as: str = ""
    merged_by: str = ""
    brought: list = field(default_factory=list)
    closed: str = ""
