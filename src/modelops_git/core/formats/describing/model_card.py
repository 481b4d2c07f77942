"""A model card in JSON, as fields of a version: the common ones one to one, in the shapes that people use.

What a version has no field for, or what has a shape that nobody knows, becomes a note that names it: nothing
is dropped in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modelops_git.core.formats.describing.card_parts import datasets, evaluations, framework, is_schema, texts
from modelops_git.core.formats.describing.said import plain
from modelops_git.core.versions import is_version

if TYPE_CHECKING:
    from collections.abc import Callable

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Card:
    """What a card amounts to.

    Attributes:
        fields: Fields of a ModelVersion.
        notes: What could not be taken over, each naming its field.
        name: The model that it is of, as it is written; empty where it does not say.
        version: The number that it proposes; empty for none.
        description: What the model does; empty likewise.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    name: str = ""
    version: str = ""
    description: str = ""

    def is_of(self, model: str) -> bool:
        """Whether it may be of `model`: it names none, or one that differs in case and punctuation only."""
        return not self.name or _key(self.name) in {_key(model), _key(model.rpartition("/")[2])}


def card_of(written: Any, evaluation_of: Callable[[str], str]) -> Card:
    """What a card says.

    Args:
        written: The value of its JSON.
        evaluation_of: The evaluation that a metric is a result of, where the card names none.

    Raises:
        ValueError: It is no mapping.
    """
    if not isinstance(written, dict):
        raise ValueError("it is no object of fields")  # noqa: TRY004 - the value is wrong, not its use
    made = _Maker(Card(), evaluation_of)
    for name, value in written.items():
        if value is None:
            continue
        take = _TAKEN.get(name)
        if take is None:
            made.card.notes.append(
                f"The card's {plain(name)!r} is not taken over: a version has no such field."
            )
        else:
            take(made, value)
    made.finish()
    return made.card


def _key(name: str) -> str:
    return _NOT_IN_NAMES.sub("-", name.lower()).strip("-")


@dataclass(slots=True)
class _Maker:
    """A card on its way."""

    card: Card
    evaluation_of: Callable[[str], str]
    schemas: dict[str, Any] = field(default_factory=dict)

    def refuse(self, name: str, why: str) -> None:
        """Note that a field could not be taken over."""
        self.card.notes.append(f"The card's {name!r} is not taken over: {why}.")

    def name(self, value: Any) -> None:
        """Take the name of the model."""
        if isinstance(value, str):
            self.card.name = value
        else:
            self.refuse("name", "it is no text")

    def version(self, value: Any) -> None:
        """Take the number, with or without a `v`."""
        number = value.removeprefix("v") if isinstance(value, str) else ""
        if is_version(number):
            self.card.version = number
        else:
            self.refuse("version", "it is no semantic version such as 1.2.0")

    def description(self, value: Any) -> None:
        """Take what the model does."""
        if isinstance(value, str):
            self.card.description = value.strip()
        else:
            self.refuse("description", "it is no text")

    def text(self, name: str, value: Any) -> None:
        """Take a field that is a text in both."""
        if isinstance(value, str) and value.strip():
            self.card.fields[name] = value.strip()
        else:
            self.refuse(name, "it is no text")

    def framework(self, value: Any) -> None:
        """Take `NAME VERSION`, or a mapping."""
        found = framework(value)
        if found is None:
            self.refuse("framework", "write a text such as 'scikit-learn 1.5.2', or {name, version}")
        else:
            self.card.fields["framework"] = found

    def hyperparameters(self, value: Any) -> None:
        """Take a mapping, or a list of `{name, value}`."""
        if isinstance(value, list) and all(
            isinstance(row, dict) and row.keys() == {"name", "value"} and isinstance(row["name"], str)
            for row in value
        ):
            value = {row["name"]: row["value"] for row in value}
        if isinstance(value, dict):
            self.card.fields.setdefault("training", {})["hyperparameters"] = value
        else:
            self.refuse("hyperparameters", "it is no object of values by name")

    def training_data(self, value: Any) -> None:
        """Take a text, a mapping or a list of both."""
        found, notes = datasets(value)
        self.card.notes += notes
        if found:
            self.card.fields.setdefault("training", {})["data"] = found

    def performance(self, value: Any) -> None:
        """Take metrics by name, by data set, or in lists."""
        found, notes = evaluations(value, self.evaluation_of)
        self.card.notes += notes
        if found:
            self.card.fields["evaluations"] = found

    def limitations(self, value: Any) -> None:
        """Take a text or a list of texts."""
        found = texts(value)
        if found is None:
            self.refuse("limitations", "it is neither a text nor a list of texts")
        elif found:
            self.card.fields["limitations"] = found

    def schema(self, name: str, value: Any) -> None:
        """Take a JSON Schema."""
        if is_schema(value):
            self.schemas[name] = value
        else:
            self.refuse(name, "it is no JSON Schema, such as {type: array, items: {type: number}}")

    def finish(self) -> None:
        """Make an interface of both schemas, if there are both."""
        if len(self.schemas) == 1:
            (name,) = self.schemas
            other = "output_schema" if name == "input_schema" else "input_schema"
            self.refuse(name, f"an interface needs {other} as well")
        elif self.schemas:
            given, answered = self.schemas["input_schema"], self.schemas["output_schema"]
            self.card.fields["interface"] = {"protocol": "json", "input": given, "output": answered}


_TAKEN: dict[str, Callable[[_Maker, Any], None]] = {
    "name": _Maker.name,
    "version": _Maker.version,
    "description": _Maker.description,
    "summary": lambda made, value: made.text("summary", value),
    "algorithm": lambda made, value: made.text("algorithm", value),
    "framework": _Maker.framework,
    "hyperparameters": _Maker.hyperparameters,
    "training_data": _Maker.training_data,
    "performance": _Maker.performance,
    "input_schema": lambda made, value: made.schema("input_schema", value),
    "output_schema": lambda made, value: made.schema("output_schema", value),
    "limitations": _Maker.limitations,
}
