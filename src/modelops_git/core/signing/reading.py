"""JSON as a verifier must read it: one meaning, bounded, every field of the type that it should have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from modelops_git.core.signing.faults import UnsoundError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

T = TypeVar("T")
_NAMES = {"dict": "an object", "list": "a list", "str": "a text"}


def read_object(data: bytes, what: str) -> dict[str, Any]:
    """The JSON object that `data` is, whole.

    Args:
        data: UTF-8; its size bounds the work.
        what: What it is, for messages.

    Raises:
        UnsoundError: It is no JSON object, names a key twice, or is nested beyond reason.
    """
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise UnsoundError(f"{what} is no UTF-8") from error
    except RecursionError as error:
        raise UnsoundError(f"{what} is nested too deeply") from error
    except ValueError as error:
        raise UnsoundError(f"{what} is no JSON that has one meaning") from error
    if not isinstance(value, dict):
        raise UnsoundError(f"{what} is no JSON object")
    return value


def field(owner: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """The field `name` of `owner`.

    Raises:
        UnsoundError: It is not there, or not of this kind.
    """
    value = owner.get(name)
    if not isinstance(value, kind):
        raise UnsoundError(f"its field {name} is not {_NAMES[kind.__name__]}")
    return value


def only(owner: Mapping[str, Any], known: Collection[str], what: str) -> None:
    """Refuse fields of `owner` that are not known: what is not understood cannot be relied on.

    Raises:
        UnsoundError: There are some.
    """
    unknown = sorted(set(owner) - set(known))
    if unknown:
        raise UnsoundError(f"{what} has the unknown field {ascii(unknown[0])[:80]}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key is there twice")
    return made


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
