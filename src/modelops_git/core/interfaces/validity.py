"""Whether a schema is JSON Schema 2020-12 at all (MOG311)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.interfaces.budget import GaveUpError
from modelops_git.core.interfaces.jsonvalues import measure
from modelops_git.core.interfaces.keywords import DIALECT, FORMS, ill_formed, walk
from modelops_git.core.interfaces.patterns import problem_of
from modelops_git.core.interfaces.pointers import pointer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_SHOWN = 80
TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
MAX_PATTERNS = 10_000
"""How many characters the regular expressions of a schema may have together: compiling them takes long."""
FLAG = r"\(\?-?[aiLmsux]"
FLAGGED = 50
"""How many times as long that takes with a flag such as `(?i)`."""
Steps = tuple[str, ...]


class SchemaProblem(NamedTuple):
    """Why a value is no JSON Schema 2020-12.

    Attributes:
        message: One sentence.
        pointer: RFC 6901 pointer into the schema; empty for the whole.
    """

    message: str
    pointer: str = ""


def check_schema(schema: Any) -> SchemaProblem | None:
    """What keeps `schema` from being JSON Schema 2020-12; None where nothing does.

    A pattern that Python's engine cannot compile is a problem too, since validators in Python stop at it. The
    usual keywords are checked here; only what is left is worth the 0.14 s that importing `jsonschema` takes.
    """
    try:
        measure(schema)
    except GaveUpError as error:
        return SchemaProblem(f"the schema is not looked at, because {error.reason}")
    if not isinstance(schema, bool | dict):
        return SchemaProblem("a schema is a JSON object or a boolean")
    parts = list(walk(schema))
    patterns = {text for _, part in parts for _, text in _patterns(part)}
    if sum(len(text) * (FLAGGED if re.search(FLAG, text) else 1) for text in patterns) > MAX_PATTERNS:
        return SchemaProblem(
            f"its regular expressions have together more than {MAX_PATTERNS:,} characters, or "
            f"{MAX_PATTERNS // FLAGGED:,} with flags such as (?i), and are not looked at"
        )
    if problem := next((found for steps, part in parts for found in _own_problems(steps, part)), None):
        return problem
    plain = all(part.keys() <= FORMS.keys() and not ill_formed(part) for _, part in parts)
    return None if plain else _by_metaschema(schema)


def _own_problems(steps: Steps, part: dict[str, Any]) -> Iterator[SchemaProblem]:
    """What the metaschema lets pass and nobody can use."""
    dialect = part.get("$schema", DIALECT)
    if not isinstance(dialect, str) or dialect.rstrip("#") != DIALECT:
        yield SchemaProblem(
            "`$schema` names another dialect than JSON Schema 2020-12", pointer((*steps, "$schema"))
        )
    for found, text in _patterns(part):
        if problem := problem_of(text):
            yield SchemaProblem(
                f"the regular expression does not compile: {problem}", pointer((*steps, *found))
            )


def _patterns(part: dict[str, Any]) -> Iterator[tuple[Steps, str]]:
    """The regular expressions of one subschema, each with its place."""
    if isinstance(part.get("pattern"), str):
        yield ("pattern",), part["pattern"]
    below = part.get("patternProperties")
    for text in below if isinstance(below, dict) else ():
        yield ("patternProperties", text), text


def _by_metaschema(schema: Any) -> SchemaProblem | None:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    try:
        error = next(validator.iter_errors(schema), None)
    except RecursionError:
        return SchemaProblem("the schema nests too deep to be checked")
    if error is None:
        return None
    return SchemaProblem(_in_our_words(error.instance, error.absolute_path), pointer(error.absolute_path))


def _in_our_words(value: Any, path: Iterable[str | int]) -> str:
    """What is wrong with a value of a schema; the validator's own words speak of the metaschema instead."""
    text = json.dumps(value, default=str)
    shown = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
    *_, name = ("", *path)
    if name == "type" and isinstance(value, str):
        return f"{shown} is no type; {_types_like(value)}"
    where = f"`{name}`" if isinstance(name, str) and name else "the schema"
    return f"{where} cannot be {shown}"


def _types_like(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word[:MAX_SHOWN].lower(), TYPES, n=1, cutoff=0.4)
    return f"`{near[0]}` may be meant" if near else f"the types are {', '.join(TYPES)}"
