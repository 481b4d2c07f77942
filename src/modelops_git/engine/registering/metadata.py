"""The file of `--metadata`: any fields of a version manifest, in YAML or JSON; and how fields are merged."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import UsageError
from modelops_git.core.findings import Place
from modelops_git.core.manifests.kinds import model_of
from modelops_git.core.manifests.room import MAX_BYTES
from modelops_git.core.manifests.wording import Source, keys_of
from modelops_git.core.manifests.yamltext import read

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.shape import Shape

KIND = "ModelVersion"
MAX_FINDINGS = 100
KEYS = ("name", "path")
"""Lists of mappings that all have one of these fields are merged item by item."""
_SURROGATES = re.compile(rb"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says.

    Attributes:
        written: Its fields.
        findings: What is wrong with it.
        source: Its text; None where there is no file, or no mapping in it.
    """

    written: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    source: Source | None = None

    def relocated(self, finding: Finding, manifest: Any) -> Finding:
        """A finding on the manifest, moved here if what it is about was said here.

        The manifest is not written yet, so a line of it would tell nobody anything.
        """
        keys = keys_of(finding.place.pointer)
        value = at(self.written, keys)
        if self.source is not None and keys and value is not None and value == at(manifest, keys):
            place = self.source.place(keys)
        else:
            place = Place(finding.place.path, pointer=finding.place.pointer)
        return finding._replace(place=place, edits=())


def read_metadata(file: Path | None) -> Metadata:
    """What is in `file`; nothing where there is none. Fields may be missing, but must not be wrong.

    Raises:
        UsageError: The file cannot be read.
    """
    if file is None:
        return Metadata()
    text = read(_without_surrogates(_content(file)), str(file))
    if text.root is None:
        return Metadata({}, tuple(map(_advised, text.findings)))
    return _checked(Source(str(file), text.root), text.findings)


def _advised(finding: Finding) -> Finding:
    """The finding, with advice that fits a file which need not be a whole manifest."""
    is_empty = "is empty" in finding.message
    return (
        finding._replace(hint="Write fields of the manifest, such as `summary: …`.") if is_empty else finding
    )


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"--metadata {file}: {error.strerror or error}", hint="Name a YAML or JSON file."
        ) from error


def _without_surrogates(data: bytes) -> bytes:
    r"""JSON writes a character beyond the first plane as two escapes (`\ud83d\ude00`), which YAML has not."""
    return _SURROGATES.sub(_as_character, data)


def _as_character(match: re.Match[bytes]) -> bytes:
    pair = bytes.fromhex(match[1].decode()) + bytes.fromhex(match[2].decode())
    return pair.decode("utf-16-be").encode()


def _checked(source: Source, findings: tuple[Finding, ...]) -> Metadata:
    from modelops_git.core.manifests.faults import Context
    from modelops_git.core.manifests.messages import findings_of
    from modelops_git.core.manifests.reading import Reading
    from modelops_git.core.manifests.shape import PartShape

    shape = PartShape(model_of(KIND))
    reading = Reading(source, MAX_FINDINGS)
    written = reading.read(source.root, shape)
    context = Context(source, "metadata", shape, written)
    said = findings_of(_errors(written), context, reading.faulty)
    return Metadata(written, (*findings, *reading.findings, *said), source)


def _errors(written: Any) -> list[Any]:
    """The errors of the model, but for what is missing: other sources may give that."""
    from pydantic import ValidationError

    try:
        model_of(KIND).model_validate_json(json.dumps(written))
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        return [one for one in errors if one["type"] != "missing"][:MAX_FINDINGS]
    return []


def merge(low: Any, high: Any) -> Any:
    """`high` over `low`: mappings key by key, lists of named mappings item by item, all else replaced."""
    if isinstance(low, dict) and isinstance(high, dict):
        return {**low, **{key: merge(low[key], high[key]) if key in low else high[key] for key in high}}
    if isinstance(low, list) and isinstance(high, list):
        name = next((key for key in KEYS if _all_have(key, [*low, *high])), "")
        return _merged(low, high, name) if name and low and high else high
    return high


def _all_have(key: str, items: list[Any]) -> bool:
    return all(isinstance(item, dict) and isinstance(item.get(key), str) for item in items)


def _merged(low: list[Any], high: list[Any], name: str) -> list[Any]:
    items = {item[name]: item for item in low}
    for item in high:
        items[item[name]] = merge(items.get(item[name]), item)
    return list(items.values())


def arranged(value: Any, shape: Shape) -> Any:
    """The same with fields in the order of the schema, and without those that are null."""
    from modelops_git.core.manifests import shape as shapes
    from modelops_git.core.manifests.faults import bare

    shape = bare(shape)
    if isinstance(shape, shapes.PartShape) and isinstance(value, dict):
        names = [*(name for name in shape.fields if name in value), *(value.keys() - shape.fields.keys())]
        return {
            name: arranged(value[name], shapes.step(shape, name)) for name in names if value[name] is not None
        }
    if isinstance(shape, shapes.ListShape) and isinstance(value, list):
        return [arranged(item, shape.item) for item in value]
    return value


def at(value: Any, keys: tuple[str, ...]) -> Any:
    """What is at `keys` (indexes as text) below a JSON value; None where nothing is."""
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value
