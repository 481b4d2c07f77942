"""The parts of a model card, in the shapes that people write them in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from modelops_git.core.formats.describing.said import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FRAMEWORK = re.compile(
    r"\s*([A-Za-z][\w.+-]*(?: [A-Za-z][\w.+-]*)*?)(?:(?:\s*(?:==?|/|:)\s*|\s+)v?(\d[\w.+-]*))?\s*"
)
_URI = re.compile(r"[a-z][a-z0-9+.-]*://\S+")
_DATA = ("name", "uri", "sha256", "rows", "features", "collected", "sampling")
_ALIASES = {"url": "uri", "path": "uri", "num_rows": "rows", "samples": "rows", "num_features": "features"}
_KEYWORDS = frozenset(
    [
        "$ref",
        "$schema",
        "$defs",
        "type",
        "enum",
        "const",
        "properties",
        "items",
        "prefixItems",
        "required",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
        "if",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
        "additionalProperties",
        "patternProperties",
    ]
)
_TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
Rows = list[dict[str, Any]]


def framework(value: Any) -> dict[str, str] | None:
    """`{name, version}` of a text such as `scikit-learn 1.5.2`, or of such a mapping; None for all else."""
    if isinstance(value, str):
        match = _FRAMEWORK.fullmatch(value[:200])
        return {"name": match[1], **({"version": match[2]} if match[2] else {})} if match else None
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("name"), str)
        or not value.keys() <= {"name", "version"}
    ):
        return None
    version = value.get("version")
    if version is not None and not isinstance(version, str):
        return None
    return {"name": value["name"], **({"version": version} if version else {})}


def texts(value: Any) -> list[str] | None:
    """The texts that are not empty; None where there is anything else."""
    rows = [value] if isinstance(value, str) else value
    if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
        return None
    return [row.strip() for row in rows if row.strip()]


def is_schema(value: Any) -> bool:
    """Whether this looks like a JSON Schema, and not like a mapping of columns to types."""
    if isinstance(value, bool):
        return True
    if not isinstance(value, dict):
        return False
    kinds = value.get("type", [])
    named = kinds if isinstance(kinds, list) else [kinds]
    known = all(isinstance(kind, str) and kind in _TYPES for kind in named)
    return known and (not value or not _KEYWORDS.isdisjoint(value))


def datasets(value: Any) -> tuple[Rows, list[str]]:
    """The data that `training_data` names, and notes on what was left."""
    found: Rows = []
    notes: list[str] = []
    rows = value if isinstance(value, list) else [value]
    for at, row in enumerate(rows):
        name = f"training_data[{at}]" if isinstance(value, list) else "training_data"
        if isinstance(row, str) and row.strip():
            found.append(_named(row.strip()))
        elif isinstance(row, dict):
            found += _dataset(name, row, notes)
        else:
            notes.append(f"The card's {name!r} is not taken over: it is neither a text nor an object.")
    return found, notes


def _named(text: str) -> dict[str, Any]:
    if _URI.fullmatch(text):
        return {"name": text.rstrip("/").rpartition("/")[2], "uri": text}
    return {"name": text}


def _dataset(name: str, row: dict[str, Any], notes: list[str]) -> Rows:
    found: dict[str, Any] = {}
    for key, value in row.items():
        known = _ALIASES.get(key, key)
        is_uri = known != "uri" or (isinstance(value, str) and _URI.fullmatch(value))
        if known in _DATA and known not in found and is_uri and isinstance(value, str | int):
            found[known] = value.removeprefix("sha256:") if isinstance(value, str) else value
        elif value is not None:
            notes.append(f"The card's '{name}.{plain(key)}' is not taken over: data have no such field.")
    if "name" not in found and "uri" in found:
        found = {**_named(found["uri"]), **found}
    if "name" not in found:
        notes.append(f"The card's {name!r} is not taken over: it has no name.")
        return []
    return [found]


def evaluations(value: Any, evaluation_of: Callable[[str], str]) -> tuple[Rows, list[str]]:
    """The evaluations that `performance` amounts to, and notes on what was left."""
    metrics: dict[str, dict[str, float]] = {}
    notes: list[str] = []
    for name, number, evaluation, where in _results(value, "performance", ""):
        if isinstance(number, int | float) and not isinstance(number, bool) and name:
            metrics.setdefault(evaluation or evaluation_of(name), {})[name] = number
        else:
            notes.append(
                f"The card's '{plain(where)}' is not taken over: it is no number by the name of a metric."
            )
    return [{"name": name, "kind": "performance", "metrics": row} for name, row in metrics.items()], notes


def _results(value: Any, where: str, evaluation: str) -> Iterator[tuple[str, Any, str, str]]:
    """Metrics as (name, value, evaluation, where they stand); what is none has no name."""
    if isinstance(value, list):
        for at, row in enumerate(value):
            yield from _result(row, f"{where}[{at}]", evaluation)
        return
    if not isinstance(value, dict):
        yield "", value, evaluation, where
        return
    for name, inner in value.items():
        if isinstance(inner, dict | list) and not evaluation:
            yield from _results(inner, f"{where}.{name}", name)
        else:
            yield name, inner, evaluation, f"{where}.{name}"


def _result(row: Any, where: str, evaluation: str) -> Iterator[tuple[str, Any, str, str]]:
    """One row of a list: `{metric, value}`, with `dataset` or without, or `{dataset, metrics}`."""
    if not isinstance(row, dict):
        yield "", row, evaluation, where
        return
    row = dict(row)
    data = row.pop("dataset", None) or row.pop("evaluation", None) or evaluation
    data = data if isinstance(data, str) else evaluation
    if "metrics" in row:
        yield from _results(row.pop("metrics"), f"{where}.metrics", data or _own_name(row))
    elif "value" in row:
        name = row.pop("metric", None) or row.pop("name", None) or row.pop("type", None)
        yield (name if isinstance(name, str) else ""), row.pop("value"), data, where
    for key in row:
        yield "", row[key], data, f"{where}.{key}"


def _own_name(row: dict[str, Any]) -> str:
    name = row.pop("name", "")
    return name if isinstance(name, str) else ""
