"""Whether an instance is what the interface of a version takes, by JSON Schema 2020-12.

A schema comes from a repository and an instance from the network. So references are followed only inside the
schema, and regular expressions run in linear time; one that needs to look ahead or back runs with a bound.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.errors import UsageError
from modelops_git.core.interfaces.jsonvalues import larger_than
from modelops_git.core.interfaces.pointers import pointer
from modelops_git.edges.loaders.base import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_SHOWN = 60
MAX_MESSAGE = 300
MOST_EXPLAINED = 10_000
"""Values of an instance in which all that is wrong may be looked for, as it is for each alternative."""
BRANCHES = ("anyOf", "oneOf")
BACKTRACKS = 10_000
"""Steps that a regular expression may take which looks around; what needs more is refused."""
_ARTICLES = {
    "array": "an array",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a text",
}


class Refusal(NamedTuple):
    """Why an instance is not taken.

    Attributes:
        pointer: RFC 6901 pointer into the instance; empty for the whole.
        message: One sentence that names the value, such as `"a" is not a number`.
    """

    pointer: str
    message: str


def checker_of(schema: Any) -> Callable[[Any], Refusal | None]:
    """What says why an instance is not valid by `schema`, and None where it is. Safe in many threads.

    Raises:
        ModelError: The schema cannot be held against anything: it refers to other documents, or is none.
        UsageError: The package that checks is not installed.
    """
    validator = _validator(schema)
    wrong: type[Exception] = import_module("jsonschema_rs").ValidationError
    has_branches = any(f'"{word}"' in json.dumps(schema) for word in BRANCHES)

    def check(instance: Any) -> Refusal | None:
        try:
            if validator.is_valid(instance):
                return None
            if has_branches and larger_than(instance, MOST_EXPLAINED):
                return Refusal("", "it is not what the interface describes, and too large to say where")
            validator.validate(instance)  # the first error only: to list all takes seconds for a million
        except wrong as error:
            return _refusal(error)
        except (ValueError, UnicodeError, RecursionError) as error:
            return Refusal("", f"it cannot be checked: {str(error)[:MAX_MESSAGE]}")
        return None

    return check


def _validator(schema: Any) -> Any:
    try:
        rust = import_module("jsonschema_rs")
    except ImportError as error:
        raise UsageError(
            "requests are checked by jsonschema-rs, which is not installed",
            hint="Run `pip install 'modelops-git[serve]'`.",
        ) from error
    engines = (rust.RegexOptions(), rust.FancyRegexOptions(backtrack_limit=BACKTRACKS))
    last: Exception | None = None
    for engine in engines:
        try:
            return rust.Draft202012Validator(schema, pattern_options=engine, retriever=_refuse)
        except (ValueError, rust.ValidationError, rust.ReferencingError) as error:
            last = error
    reason = str(last).partition("\n")[0][:MAX_MESSAGE]
    raise ModelError(f"no input can be checked by the schema of the interface: {reason}") from last


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri} is another document, and none is fetched")


def _refusal(error: Any) -> Refusal:
    return Refusal(pointer(error.instance_path), _sentence(error.kind.name, error))


def _sentence(name: str, error: Any) -> str:
    """What is wrong, in our words where they are plainer."""
    kind, value = error.kind, error.instance
    match name:
        case "type":
            return f"{_shown(value)} is not {' or '.join(_ARTICLES[one] for one in kind.types)}"
        case "required":
            return f"{_shown(kind.property)} is missing"
        case "additionalProperties":
            return f"{_shown(kind.unexpected[0])} is not known"
        case "minItems" | "maxItems":
            most = "most" if name == "maxItems" else "least"
            return f"it has {len(value)} items, and must have at {most} {kind.limit}"
        case "anyOf" | "falseSchema":
            return f"{_shown(value)} is {'none of the alternatives' if name == 'anyOf' else 'not allowed'}"
    return _cut(error.message)


def _shown(value: Any) -> str:
    if isinstance(value, list | dict) and larger_than(value, MAX_SHOWN):
        return "an array" if isinstance(value, list) else "an object"
    text = json.dumps(value[:MAX_SHOWN] if isinstance(value, str) else value, ensure_ascii=False, default=str)
    is_cut = isinstance(value, str) and len(value) > MAX_SHOWN
    return f"{text}…" if is_cut else text if isinstance(value, str) else _cut(text, MAX_SHOWN)


def _cut(message: str, most: int = MAX_MESSAGE) -> str:
    return message if len(message) <= most else f"{message[:most]}…"
