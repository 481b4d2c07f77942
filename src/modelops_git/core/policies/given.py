"""The values that a policy's own test gives, held against what the variables are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.clock import parse_time
from modelops_git.core.policies.faults import ExpressionError, Unknown, unknown_field
from modelops_git.core.policies.values import of_no_version
from modelops_git.core.policies.variables import BY_NAME, ROOTS, Type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.policies.values import Values

Keys = tuple[str, ...]


class GivenError(ExpressionError):
    """A test gives what no variable can be.

    Attributes:
        keys: Where in `given`.
    """

    def __init__(self, message: str, keys: Keys, unknown: Unknown | None = None) -> None:
        super().__init__(message, unknown=unknown)
        self.keys = keys


def values_of(given: Mapping[str, Any]) -> Values:
    """The values that `given` stands for.

    `live` and `parent` exist where the test gives something of them, unless it says otherwise. What it does
    not give has no value.

    Raises:
        GivenError: It names no variable, or gives a value of another type.
    """
    values: Values = {}
    for root in ("candidate", "live", "parent"):
        values |= {f"{root}.exists": True} if root in given else of_no_version(root)
    for keys, name, value in _leaves(given):
        values[name] = _typed(keys, BY_NAME[name].type, value)
    return values


def _leaves(given: Mapping[str, Any]) -> Iterator[tuple[Keys, str, Any]]:
    for root, fields in given.items():
        if root not in ROOTS:
            raise GivenError(f"there is no variable {root!r}", (root,), Unknown(root, ROOTS, "variables"))
        yield from _below((root,), fields)


def _below(keys: Keys, value: Any) -> Iterator[tuple[Keys, str, Any]]:
    name = ".".join(keys)
    if name in BY_NAME:
        yield keys, name, value
        return
    inner = [one.removeprefix(f"{name}.") for one in BY_NAME if one.startswith(f"{name}.")]
    if not inner:
        root, field = keys[0], ".".join(keys[1:])
        raise GivenError(f"{root} has no field {field!r}", keys, unknown_field(root, field))
    if not isinstance(value, dict):
        raise GivenError(f"{name} is a mapping of its fields", keys)
    for key, part in value.items():
        yield from _below((*keys, key), part)


def _typed(keys: Keys, kind: Type, value: Any) -> Any:
    """A value of a test as CEL takes it."""
    found = _READERS[kind](value)
    if found is None:
        raise GivenError(f"{'.'.join(keys)} must be {kind}", keys)
    return found


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _time(value: Any) -> Any:
    try:
        return parse_time(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _texts(value: Any) -> list[str] | None:
    is_texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return value if is_texts else None


def _numbers(value: Any) -> dict[str, float] | None:
    if not isinstance(value, dict):
        return None
    found = {key: _number(one) for key, one in value.items()}
    numbers = {key: one for key, one in found.items() if one is not None}
    return numbers if len(numbers) == len(found) else None


def _table(value: Any) -> dict[str, dict[str, float]] | None:
    if not isinstance(value, dict):
        return None
    found = {key: _numbers(one) for key, one in value.items()}
    tables = {key: one for key, one in found.items() if one is not None}
    return tables if len(tables) == len(found) else None


_READERS = {
    Type.BOOLEAN: _boolean,
    Type.TEXT: _text,
    Type.NUMBER: _number,
    Type.TIME: _time,
    Type.TEXTS: _texts,
    Type.NUMBERS: _numbers,
    Type.TABLE: _table,
}
