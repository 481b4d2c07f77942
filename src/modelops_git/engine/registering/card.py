"""The file of `--card`: a model card in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import UsageError
from modelops_git.core.formats.describing.model_card import Card, card_of
from modelops_git.core.formats.describing.said import json_of, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MAX_BYTES = 2**20
WHOLE = ("framework", "interface", "limitations")
"""Fields of which half from the card and half from elsewhere would be neither."""


def read_card(file: Path | None, model: str, evaluation_of: Callable[[str], str]) -> Card:
    """What the card in `file` says of `model`; nothing where there is no file.

    Raises:
        UsageError: The file cannot be read, or holds no card.
    """
    if file is None:
        return Card()
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"--card {file}: {error.strerror or error}", hint="Name a JSON file.") from error
    if len(data) > MAX_BYTES:
        raise UsageError(
            f"--card {file}: it is larger than 1 MiB", hint="Leave out what is no field of a card."
        )
    try:
        card = card_of(json_of(data), evaluation_of)
    except ValueError as error:
        hint = "Name a model card in JSON, with fields such as name, version and performance."
        raise UsageError(f"--card {file}: {plain(str(error))}", hint=hint) from error
    if not card.is_of(model):
        card.notes.append(f"The card is of {plain(card.name)!r}, and {model} is being registered.")
    return card


def below(card: Card, given: Mapping[str, Any]) -> dict[str, Any]:
    """The card's fields, without those that are given elsewhere and make no sense in parts."""
    return {
        name: value for name, value in card.fields.items() if name not in WHOLE or given.get(name) is None
    }
