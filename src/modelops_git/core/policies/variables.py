"""The variables of policies: what they are called, what they hold, and which actions know them.

Every field is declared to CEL under its whole name (`candidate.framework.name`), with its type. So the
language's own checker finds a misspelt field and a comparison of a text with a number when the manifest is
read, and nothing is left that could turn out to be absent when a promotion waits for its answer. Only the
keys of the mappings (metrics, evaluations) are a version's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple


class Type(StrEnum):
    """What a variable holds. Numbers are doubles, since CEL mixes no integers and doubles."""

    BOOLEAN = "true or false"
    TEXT = "a text"
    NUMBER = "a number"
    TIME = "a time"
    TEXTS = "a list of texts"
    NUMBERS = "a mapping to numbers"
    TABLE = "a mapping to mappings to numbers"

    @property
    def is_collection(self) -> bool:
        """Whether it holds several values, which may be none."""
        return self in (Type.TEXTS, Type.NUMBERS, Type.TABLE)


class Variable(NamedTuple):
    """One field that a policy can name.

    Attributes:
        name: Its whole name, `live.metrics`.
        type: What it holds.
        meaning: What it is, as a page says it.
    """

    name: str
    type: Type
    meaning: str

    @property
    def root(self) -> str:
        """The variable that it is a field of."""
        return self.name.partition(".")[0]


OF_A_VERSION = (
    ("exists", Type.BOOLEAN, "whether there is one; all else has a value only then"),
    ("version", Type.TEXT, "its number"),
    ("prerelease", Type.BOOLEAN, "whether the number is that of a pre-release"),
    ("parent", Type.TEXT, "the number of the version that it was made from; empty for none"),
    ("summary", Type.TEXT, "what it says of itself"),
    ("created_at", Type.TIME, "when it was made"),
    ("authors", Type.TEXTS, "who made it, as `github:ana`"),
    ("algorithm", Type.TEXT, "its algorithm; empty where it does not say"),
    ("framework.name", Type.TEXT, "the library that it was made with; empty likewise"),
    ("framework.version", Type.TEXT, "the library's version; empty likewise"),
    ("metrics", Type.NUMBERS, "the metrics of `model.yaml`, each from the evaluation that is named there"),
    ("evaluations", Type.TABLE, "all metrics, by the names of the evaluation and of the metric"),
    ("datasets", Type.TEXTS, "the names of the data that it was trained with"),
    ("base_models", Type.TEXTS, "the uris of the models that it was made from"),
    ("formats", Type.TEXTS, "the formats of its artifacts with role model"),
    ("size", Type.NUMBER, "the bytes of all its artifacts"),
    ("image", Type.TEXT, "its serving container; empty for none"),
    ("signed", Type.BOOLEAN, "whether it states a signature; `modelops verify` is what checks one"),
    ("limitations", Type.TEXTS, "what it is not good at"),
    ("ethical_considerations", Type.TEXTS, "what was thought of"),
)
_VERSIONS = {
    "candidate": "The version that would go live or be registered",
    "live": "The version that the rollout names where the change began",
    "parent": "The version that the candidate was made from",
}
VARIABLES = (
    *(
        Variable(f"{root}.{name}", kind, meaning)
        for root in _VERSIONS
        for name, kind, meaning in OF_A_VERSION
    ),
    Variable("model.name", Type.TEXT, "its name"),
    Variable("model.risk", Type.TEXT, "`low`, `medium` or `high`, as it was where the change began"),
    Variable("model.lifecycle", Type.TEXT, "`active`, `deprecated` or `archived`"),
    Variable("model.license", Type.TEXT, "the licence of its files; empty where it does not say"),
    Variable("model.owners", Type.TEXTS, "the groups that answer for it"),
    Variable("model.tags", Type.TEXTS, "words to find it by"),
    Variable("environment.name", Type.TEXT, "its name"),
    Variable("environment.promote_from", Type.TEXTS, "the environments that come before it"),
    Variable("rollout.version", Type.TEXT, "the version that it asks for"),
    Variable("rollout.strategy", Type.TEXT, "the strategy's name; empty where it is written in the rollout"),
    Variable("rollout.type", Type.TEXT, "`immediate`, `canary` or `blue_green`"),
    Variable("rollout.breaks_interface", Type.BOOLEAN, "whether it states `allow_interface_break`"),
    Variable("change.action", Type.TEXT, "what is done: `promote`, `rollback`, `register`, …"),
    Variable("change.paths", Type.TEXTS, "every file that the change adds, alters or deletes"),
    Variable("change.kinds", Type.TEXTS, "the kinds of these manifests, each once, sorted"),
)
"""Every field that there is."""

MEANINGS = {
    **_VERSIONS,
    "model": "The model, as `model.yaml` was where the change began",
    "environment": "The environment, as `modelops.yaml` declared it where the change began",
    "rollout": "The rollout's manifest, as the change leaves it",
    "change": "The change itself",
}
"""What each variable stands for."""

_OF_ROLLOUTS = ("candidate", "live", "parent", "model", "environment", "rollout", "change")
KNOWN_TO = {
    "promote": _OF_ROLLOUTS,
    "rollback": _OF_ROLLOUTS,
    "register": ("candidate", "live", "parent", "model", "change"),
    "describe": ("model", "change"),
    "administer": ("change",),
}
"""The variables that each action knows; `live` does not exist when a version is registered."""

BY_NAME = {variable.name: variable for variable in VARIABLES}
ROOTS = tuple(MEANINGS)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """What a kind of expressions may name. There are few, each known by its identity.

    Attributes:
        variables: Every field that there is.
        numbers: What its numbers are, in the plural, for messages.
        expressions: What its expressions are called, in the plural.
    """

    variables: tuple[Variable, ...]
    numbers: str
    expressions: str

    @cached_property
    def by_name(self) -> dict[str, Variable]:
        """The fields by their whole names."""
        return {variable.name: variable for variable in self.variables}

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The variables that the fields belong to."""
        return tuple(dict.fromkeys(variable.root for variable in self.variables))

    @property
    def write_doubles(self) -> str:
        """What to do where an integer meets one of its numbers."""
        return f"{self.numbers} are doubles: write `1.0`, not `1`."


POLICIES = Vocabulary(VARIABLES, "Numbers of manifests", "policies")
"""What policies name."""
