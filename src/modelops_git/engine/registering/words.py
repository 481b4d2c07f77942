"""What the words of the command line stand for: `NAME=VALUE` and its like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import UsageError
from modelops_git.core.manifests.hidden import hidden_in_value, spelled
from modelops_git.core.manifests.scalars import MAX_INTEGER, as_number, core_value, is_json_number
from modelops_git.engine.registering.request import Metric

if TYPE_CHECKING:
    from collections.abc import Iterable


def parameter(text: str) -> tuple[str, Any]:
    """The name and the value of `NAME=VALUE`, typed by the YAML 1.2 core schema: 1, 0.5, true or a text.

    What stands in double quotes is a text: `depth="3"`.

    Raises:
        UsageError: It is not of that form, or a number that JSON does not have.
    """
    name, value = _pair(text, "--param", "NAME=VALUE")
    quoted = _unquoted(value)
    if quoted is not None:
        return name, quoted
    try:
        return name, as_number(value) if is_json_number(value) else core_value(value)
    except ValueError as error:
        raise UsageError(f"--param {name}: {error}", hint=f"For a text, write {name}='\"…\"'.") from None


def metric(text: str) -> Metric:
    """The value that `[EVALUATION:]NAME=VALUE` gives.

    Raises:
        UsageError: It is not of that form, or the value is no number.
    """
    head, _, value = text.rpartition("=")
    evaluation, colon, name = head.partition(":")
    if not colon:
        evaluation, name = "", head
    if not name or (colon and not evaluation):
        raise _malformed("--metric", text, "[EVALUATION:]NAME=VALUE, such as holdout:accuracy=0.97")
    try:
        return Metric(name, float(as_number(value)), evaluation)
    except ValueError as error:
        raise UsageError(f"--metric {name}: {error}", hint="Write a number such as 0.97.") from None


def data(text: str) -> tuple[str, Path]:
    """The name and the file of `NAME=FILE`.

    Raises:
        UsageError: It is not of that form.
    """
    name, file = _pair(text, "--data", "NAME=FILE")
    return name, Path(file)


def role(text: str) -> tuple[str, str]:
    """The path and the role of `PATH=ROLE`.

    Raises:
        UsageError: It is not of that form.
    """
    path, equals, name = text.rpartition("=")
    if not (equals and path and name):
        raise _malformed("--role", text, "PATH=ROLE, such as vocab.txt=tokenizer")
    return path, name


def framework(text: str) -> dict[str, str]:
    """The field that `NAME[=VERSION]` stands for.

    Raises:
        UsageError: There is no name, or nothing behind `=`.
    """
    name, equals, version = text.partition("=")
    if not name or (equals and not version):
        raise _malformed("--framework", text, "NAME or NAME=VERSION, such as scikit-learn=1.5.2")
    return {"name": name, "version": version} if equals else {"name": name}


def seed(number: int) -> int:
    """The number itself.

    Raises:
        UsageError: It is one on which readers of JSON do not agree.
    """
    if abs(number) > MAX_INTEGER:
        raise UsageError(
            f"--seed {number} is an integer beyond ±(2^53 - 1)",
            hint="Readers of JSON do not agree on such numbers; train with a smaller seed.",
        )
    return number


def refuse_hidden(texts: Iterable[tuple[str, str]]) -> None:
    """Refuse what no manifest may hold: bytes that are no UTF-8, and characters that nobody sees.

    Args:
        texts: Each option with a text that was given for it.

    Raises:
        UsageError: There is one.
    """
    for option, text in texts:
        if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
            raise UsageError(
                f"{option} is not UTF-8 text", hint="Set the terminal to UTF-8, and type it again."
            )
        if character := hidden_in_value(text):
            raise UsageError(
                f"{option} holds the hidden character {spelled(character)}", hint="Type it again without."
            )


def once(pairs: Iterable[tuple[str, Any]], option: str) -> dict[str, Any]:
    """The pairs as a mapping.

    Raises:
        UsageError: A name is given twice.
    """
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise UsageError(f"{option} {name} is given twice")
        found[name] = value
    return found


def _pair(text: str, option: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and (value or option == "--param")):
        raise _malformed(option, text, form)
    return name, value


def _unquoted(value: str) -> str | None:
    """The text between double quotes, with JSON's escapes; None where there are none."""
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':  # noqa: PLR2004 - two quotes
        return None
    try:
        return str(json.loads(value))
    except ValueError:
        return value[1:-1]


def _malformed(option: str, text: str, form: str) -> UsageError:
    return UsageError(f"{option} {text!r} cannot be understood", hint=f"Write {form}.")
