"""Whether an instance is what the interface of a version takes, by JSON Schema 2020-12.

A schema comes from a repository and an instance from the network. So references are followed only inside the
schema, and regular expressions run in linear time; one that needs to look ahead or back runs with a bound.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.errors import UsageError
from modelops_git.core.interfaces.pointers import pointer
from modelops_git.edges.loaders.base import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_SHOWN = 60
MAX_MESSAGE = 300
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

    def check(instance: Any) -> Refusal | None:
        try:
            if validator.is_valid(instance):
                return None
            return _refusal(next(validator.iter_errors(instance)))
        except (ValueError, UnicodeError, RecursionError) as error:
            return Refusal("", f"it cannot be checked: {str(error)[:MAX_MESSAGE]}")

    return check


def _validator(schema: Any) -> Any:
    try:
        import jsonschema_rs as rust
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
    kind, value = error.kind.name, _shown(error.instance)
    where = pointer(error.instance_path)
    if kind == "type":
        wanted = " or ".join(_ARTICLES[one] for one in error.kind.types)
        return Refusal(where, f"{value} is not {wanted}")
    if kind == "required":
        return Refusal(where, f"{_shown(error.kind.property)} is missing")
    if kind == "additionalProperties":
        return Refusal(where, f"{_shown(error.kind.unexpected[0])} is not known")
    if kind in {"minItems", "maxItems"}:
        most = "most" if kind == "maxItems" else "least"
        count = len(error.instance)
        return Refusal(where, f"it has {count} items, and must have at {most} {error.kind.limit}")
    return Refusal(where, _cut(error.message))


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    if not text or len(text) <= MAX_SHOWN:
        text = json.dumps(value, ensure_ascii=False, default=str)
        return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
    return f"{json.dumps(text[:MAX_SHOWN], ensure_ascii=False)}…"


def _cut(message: str) -> str:
    return message if len(message) <= MAX_MESSAGE else f"{message[:MAX_MESSAGE]}…"
