"""Whether the manifest that is being composed is well formed, and agrees with what the metadata say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import RefusedError
from modelops_git.core.findings import Place
from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.manifests.wording import defect
from modelops_git.core.places import Home
from modelops_git.engine.registering.composing import dumped
from modelops_git.engine.registering.metadata import KIND
from modelops_git.engine.registering.missing import NO_REMOTE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from modelops_git.core.findings import Finding
    from modelops_git.edges.stores.base import Expected
    from modelops_git.engine.registering.composing import Composer

SOME_NUMBER = "1.0.0"
_PRESENT: dict[str, Any] = {
    "summary": "…",
    "authors": ["git:nobody"],
    "interface": {"protocol": "json", "input": True, "output": True},
}
"""What stands for required fields that are missing, which is said elsewhere."""


def malformed(composer: Composer, fields: dict[str, Any], known: set[str]) -> list[Finding]:
    """What is wrong in a manifest with these fields.

    Args:
        composer: What made them.
        fields: The fields.
        known: Pointers to values of which it is said already that they are wrong.
    """
    path = Home(KIND, composer.request.model, SOME_NUMBER).path
    present = {name: value for name, value in _PRESENT.items() if name not in fields}
    whole = composer.numbered({**present, **fields}, SOME_NUMBER, None)
    parsed = parse_document(path, dumped(whole).encode())
    findings = [_placed(composer.metadata.relocated(one, whole), path, composer) for one in parsed.findings]
    others = list(contradictions(composer))
    said = known | {"/" + one.place.pointer.split("/")[1] for one in others}
    of_text = {one.code for one in composer.metadata.findings if not one.place.pointer}
    new = [one for one in findings if one.place.pointer or one.code not in of_text]
    return [*(one for one in new if not _is_below(one.place.pointer, said)), *others]


def _is_below(pointer: str, known: set[str]) -> bool:
    """Whether the value at `pointer` is, or is in, one at a known pointer."""
    return any(pointer == one or pointer.startswith(f"{one}/") for one in known if one)


def _placed(finding: Finding, path: str, composer: Composer) -> Finding:
    """The finding at a place that there is, where the manifest was to be."""
    if finding.place.path != path:
        return finding
    pointer = finding.place.pointer
    where = composer.where if finding.code == "MOG113" else path.rpartition("/")[0]
    hint = NO_REMOTE if pointer == "/training/code" else finding.hint
    return finding._replace(place=Place(where, pointer=pointer), hint=hint)


def contradictions(composer: Composer) -> Iterator[Finding]:
    """What the metadata say of the version that the words of the command say otherwise."""
    source = composer.metadata.source
    if source is None:
        return
    said, model = composer.metadata.written.get("model"), composer.request.model
    if said is not None and said != model:
        message = f"`model` is {said!r} in the metadata, and {model!r} is being registered."
        hint = "Leave `model` out, or name the metadata of this model."
        yield defect("MOG116", message, source.place(("model",)), hint)
    known = {one.source.path for one in composer.files}
    for index, row in _stated(composer):
        path = row.get("path")
        if isinstance(path, str) and path not in known and row.get("uri") is None:
            message = f"{path} is not among the files that are being registered."
            hint = "Name the file as a PATH, or give the artifact a `uri` of its own."
            yield defect("MOG115", message, source.place(("artifacts", index)), hint)


def refuse_other_bytes(composer: Composer, measured: Mapping[Path, Expected]) -> None:
    """Refuse files whose digest or size is not what the metadata say; `measured` is what they are.

    Raises:
        RefusedError: There are some.
    """
    findings = list(_other_bytes(composer, measured))
    if findings:
        raise RefusedError("a file is not what the metadata say; nothing was written", findings=findings)


def _other_bytes(composer: Composer, measured: Mapping[Path, Expected]) -> Iterator[Finding]:
    stated = {row.get("path"): (index, row) for index, row in _stated(composer)}
    source = composer.metadata.source
    for one in composer.files:
        index, row = stated.get(one.source.path, (0, {}))
        found = measured[one.source.file]
        for name, value in (("sha256", found.sha256), ("size", found.size)):
            if source and row.get(name) is not None and row[name] != value:
                message = f"{one.source.path} has the {name} {value}, not {row[name]}."
                place = source.place(("artifacts", index, name))
                yield defect("MOG115", message, place, "Is it the right file?")
    data = {name: measured[file].sha256 for name, file in composer.request.data}
    for index, row in _rows(composer.metadata.written.get("training"), "data"):
        right = data.get(str(row.get("name")))
        if source and right is not None and row.get("sha256") not in {None, right}:
            message = f"The data {row['name']} have the sha256 {right}, not {row['sha256']}."
            yield defect(
                "MOG115",
                message,
                source.place(("training", "data", index, "sha256")),
                "Is it the right file?",
            )


def _stated(composer: Composer) -> list[tuple[int, dict[str, Any]]]:
    """The artifacts of the metadata, numbered."""
    return _rows(composer.metadata.written, "artifacts")


def _rows(part: Any, name: str) -> list[tuple[int, dict[str, Any]]]:
    rows = part.get(name) if isinstance(part, dict) else None
    return [(index, row) for index, row in enumerate(rows or ()) if isinstance(row, dict)]
