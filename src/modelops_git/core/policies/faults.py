"""What is wrong with an expression, in our words: the library's messages are for people who know CEL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.policies.variables import POLICIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.policies.variables import Vocabulary

_PLACE = re.compile(r"<input>:(-?\d+):(-?\d+): (.*)")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '([^']*)'")
_ABSENT = re.compile(r'No value with name "([^"]*)"')
_NO_KEY = re.compile(r'Key not found in map : "?([^"]*)"?')
_STATUS = re.compile(r" \[[A-Z_]+\]$")
_OPERATOR = re.compile(r"_(\W+)_")
_SPOKEN = {"_?_:_": "? :", "_[_]": "[ ]", "!_": "!", "-_": "-", "@in": "in"}
_LONGEST = 200


class Unknown(NamedTuple):
    """A name that is not known.

    Attributes:
        name: What was written.
        known: The names that there are.
        what: What they name, in the plural.
    """

    name: str
    known: tuple[str, ...]
    what: str


class ExpressionError(Exception):
    """An expression that means nothing, costs too much, or has no answer.

    Attributes:
        message: What is wrong, in one sentence without its full stop.
        offset: How many characters of the expression stand before the place; None where it has none.
        hint: What to do; empty where the message says it all.
        unknown: The name that is not known, where it is about one.
    """

    def __init__(
        self,
        message: str,
        offset: int | None = None,
        *,
        hint: str = "",
        unknown: Unknown | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint
        self.unknown = unknown


def of_compiling(text: str, told: str, vocabulary: Vocabulary = POLICIES) -> ExpressionError:
    """The first thing that the library told of `text` when it refused to compile it."""
    found = _PLACE.search(told)
    if "recursion" in told:
        return ExpressionError(
            "the expression nests too deep", hint=f"Make several {vocabulary.expressions} of it."
        )
    if found is None:
        return ExpressionError(f"the expression cannot be read: {_clean(told)}")
    offset = offset_of(text, int(found[1]), int(found[2]))
    message = found[3]
    if undeclared := _UNDECLARED.search(message):
        return _undeclared(text, undeclared[1], offset or 0, vocabulary)
    if overload := _OVERLOAD.search(message):
        return _overload(overload[1], overload[2], offset, vocabulary)
    return ExpressionError(f"the expression is no CEL: {_clean(message.partition(' expecting ')[0])}", offset)


def of_evaluating(
    told: str, asked: Iterable[tuple[str, str, tuple[str, ...]]] = (), vocabulary: Vocabulary = POLICIES
) -> ExpressionError:
    """What the library told when an expression had no value.

    Args:
        told: Its words.
        asked: The mappings in which the expression looks up a name: the mapping, that name, those it has.
        vocabulary: What it may name.
    """
    if absent := _ABSENT.search(told):
        name = absent[1]
        return ExpressionError(f"{name} has no value", hint=_ask_first(name))
    if key := _NO_KEY.search(told):
        return _absent(_clean(key[1]), asked)
    hint = vocabulary.write_doubles if "double" in told and "int64" in told else ""
    return ExpressionError(_clean(told.partition(": ")[2] or told), hint=hint)


def _absent(key: str, asked: Iterable[tuple[str, str, tuple[str, ...]]]) -> ExpressionError:
    without = {name: known for name, wanted, known in asked if wanted == key and key not in known}
    if len(without) != 1:
        return ExpressionError(f"there is no {key!r}", hint="Ask first with `has(…)` whether it is there.")
    ((name, known),) = without.items()
    message = f"{name} has no {key!r}"
    return ExpressionError(
        message, hint=_ask_first(name) if not known else "", unknown=Unknown(key, known, "names")
    )


def _ask_first(name: str) -> str:
    root = name.partition(".")[0]
    return f"Ask first whether there is one: `!{root}.exists || …`." if root in ("live", "parent") else ""


def offset_of(text: str, line: int, column: int) -> int | None:
    """The offset of a line and a column, both from 1; None where there is no such place."""
    lines = text.split("\n")
    if not 1 <= line <= len(lines) or column < 1:
        return None
    return min(sum(len(one) + 1 for one in lines[: line - 1]) + column - 1, len(text))


def _undeclared(text: str, name: str, offset: int, vocabulary: Vocabulary) -> ExpressionError:
    root, _, field = name.partition(".")
    if text[offset : offset + 1] == "(":
        if text[:offset].endswith(name):
            return ExpressionError(f"there is no function {name}()", offset - len(name))
        offset += 1  # the place of a macro is its bracket
    if root not in vocabulary.roots:
        start = offset - len(root) if text[:offset].endswith(root) else offset
        unknown = Unknown(root, vocabulary.roots, "variables")
        return ExpressionError(f"there is no variable {root!r}", start, unknown=unknown)
    meant = next((one for one in vocabulary.by_name if one.startswith(f"{name}.")), None)
    if not field or meant:
        hint = f"Name one of its fields, such as `{meant}`."
        return ExpressionError(f"{name} is no value by itself", offset, hint=hint)
    wrong = _wrong_prefix(name, vocabulary)
    before = wrong.rpartition(".")[0]
    whole = name.rpartition(".")[0]
    at = offset - len(whole) + len(before) if text[:offset].endswith(whole) else offset
    field = wrong.removeprefix(f"{root}.")
    return ExpressionError(
        f"{root} has no field {field!r}", at + 1, unknown=unknown_field(root, field, vocabulary)
    )


def _wrong_prefix(name: str, vocabulary: Vocabulary) -> str:
    """As much of `name` as it takes to see that there is no such field."""
    words = name.split(".")
    prefixes = [".".join(words[: number + 1]) for number in range(len(words))]
    known = [f"{one}." for one in vocabulary.by_name]
    return next((one for one in prefixes if not any(name.startswith(f"{one}.") for name in known)), name)


def unknown_field(root: str, field: str, vocabulary: Vocabulary = POLICIES) -> Unknown:
    """A field that a variable does not have."""
    names = vocabulary.by_name
    known = tuple(one.removeprefix(f"{root}.") for one in names if one.startswith(f"{root}."))
    return Unknown(field, known, f"fields of {root}")


def _overload(function: str, types: str, offset: int | None, vocabulary: Vocabulary) -> ExpressionError:
    operator = _OPERATOR.fullmatch(function)
    name = _SPOKEN.get(function) or (operator[1] if operator else f"{function}()")
    words = types.strip("()")
    hint = vocabulary.write_doubles if {"int", "double"} <= set(words.split(", ")) else ""
    return ExpressionError(f"`{name}` cannot be applied to {words}", offset, hint=hint)


def _clean(told: str) -> str:
    line = _STATUS.sub("", " ".join(told.partition("\n")[0].split())).removesuffix(".")
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
