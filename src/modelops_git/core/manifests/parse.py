"""From the bytes of a file to a manifest, or to findings: everything that one file alone can tell."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from modelops_git.core import digests
from modelops_git.core.findings import Place, sort_key
from modelops_git.core.manifests import naming
from modelops_git.core.manifests.heading import head_findings, says_its_kind
from modelops_git.core.manifests.kinds import model_of
from modelops_git.core.manifests.ordinary import LONGEST, read_ordinary
from modelops_git.core.manifests.room import room_of
from modelops_git.core.manifests.wording import Source, keys_of
from modelops_git.core.places import Home, home_of

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.base import Part
    from modelops_git.core.manifests.faults import Context
    from modelops_git.core.manifests.nodes import MapNode
    from modelops_git.core.manifests.reading import Reading
    from modelops_git.core.manifests.shape import PartShape

MAX_FINDINGS = 100
MAX_AMISS = 2_000  # pydantic takes a kilobyte and more to tell of one
misplaced = naming.misplaced


class Document:
    """A manifest without a defect of its own.

    Attributes:
        path: The file, relative to the registry's root.
        home: What its path says that it is.
        kind: Its kind, which is that of its home.
        manifest: The typed manifest: an instance of the class of its kind.
        written: The document as JSON, as it was written: no defaults filled in.
        text: The file's text.
    """

    def __init__(self, path: str, home: Home, manifest: Any, written: dict[str, Any], text: str) -> None:
        """Keep what was read; nobody changes it."""
        self.path = path
        self.home = home
        self.kind = home.kind
        self.manifest = manifest
        self.written = written
        self.text = text

    @cached_property
    def root(self) -> MapNode:
        """The outermost node, for places and edits: read when somebody asks, which most never do."""
        from modelops_git.core.manifests.yamltext import read

        data = self.text.encode()
        return cast("MapNode", read(data, self.path, room_of(self.kind, data)).root)

    @cached_property
    def digest(self) -> str:
        """The manifest digest: of the canonical JSON of the document as written."""
        return digests.of_json(self.written)

    def place(self, pointer: str = "") -> Place:
        """Where the value at `pointer` is; where the nearest one around it is if there is none."""
        return Source(self.path, self.root).place(keys_of(pointer))

    def key_place(self, pointer: str) -> Place:
        """Where the key of the value at `pointer` is."""
        return Source(self.path, self.root).key_place(keys_of(pointer))


class Parsed(NamedTuple):
    """What became of a file.

    Attributes:
        document: The manifest; None where a finding is an error.
        findings: What is wrong, in the order of their places.
    """

    document: Document | None
    findings: tuple[Finding, ...]


def parse_document(path: str, data: bytes) -> Parsed:
    """Read the manifest at `path`.

    Nothing is raised, whatever the bytes: what is wrong is in the findings, of which there are at most a
    hundred.
    """
    home = home_of(path)
    if home is None:
        return Parsed(None, (naming.nowhere(path),))
    ordinary = _ordinary(path, home, data)
    return Parsed(ordinary, ()) if ordinary else parse_fully(path, home, data)


def _ordinary(path: str, home: Home, data: bytes) -> Document | None:
    """The manifest, if it is ordinary in every way; most are, and this is several times as fast."""
    most = LONGEST if len(data) <= LONGEST else LONGEST + room_of(home.kind, data).rows
    if len(data) > most or naming.path_findings(path, home):
        return None
    model = model_of(home.kind)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    written = read_ordinary(text, model, most)
    if written is None or not says_its_kind(written, home) or not naming.agrees(home, written):
        return None
    try:
        # Every value has the type of its place already; strictness would only refuse lists for tuples.
        manifest = model.model_validate(written, strict=False)
    except ValueError:
        return None
    return Document(path, home, manifest, written, text)


def parse_fully(path: str, home: Home, data: bytes) -> Parsed:
    """The manifest, or all that is wrong with it: what `parse_document` gives, by the longer way."""
    from modelops_git.core.manifests.yamltext import read

    text = read(data, path, room_of(home.kind, data))
    findings = [*text.findings, *naming.path_findings(path, home)]
    if text.root is None:
        return _refused(findings)
    source = Source(path, text.root)
    head, goes_on = head_findings(source, text.root, home)
    findings += head
    if not goes_on:
        return _refused(findings)
    checked = _checked(source, home)
    findings += checked.findings
    if findings:
        return _refused(findings, checked.more)
    document = Document(path, home, checked.manifest, checked.written, text.text)
    if len(data) > LONGEST:
        vars(document)["root"] = (
            text.root
        )  # what took long is not done twice; of others the memory counts more
    return Parsed(document, ())


def _refused(findings: list[Finding], more: int = 0) -> Parsed:
    ordered = sorted(findings, key=sort_key)
    kept = ordered[:MAX_FINDINGS]
    more += len(ordered) - len(kept)
    if more:
        mistakes = "mistake" if more == 1 else "mistakes"
        hint = f"{kept[-1].hint} The file has {more:,} more {mistakes} than are shown.".strip()
        kept[-1] = kept[-1]._replace(hint=hint)
    return Parsed(None, tuple(kept))


class _Checked(NamedTuple):
    """A document held against its kind; `more` tells how many mistakes are in no finding."""

    manifest: Part | None
    written: dict[str, Any]
    findings: list[Finding]
    more: int


def _checked(source: Source, home: Home) -> _Checked:
    from modelops_git.core.manifests.reading import Reading
    from modelops_git.core.manifests.shape import PartShape

    model = model_of(home.kind)
    shape = PartShape(model)
    reading = Reading(source, MAX_FINDINGS)
    written = reading.read(source.root, shape)
    if reading.dropped:
        manifest, said, more = None, [], reading.dropped
    elif reading.amisses > MAX_AMISS:
        manifest, said, more = None, _amiss(reading, shape, written), reading.amisses - len(reading.amiss)
    else:
        manifest, errors = _validated(model, written)
        said, more = _said(errors, reading, shape, written), max(0, len(errors) - MAX_FINDINGS)
    findings = _with_places([*reading.findings, *said], naming.field_findings(source, home, written))
    return _Checked(manifest, written, findings, more)


def _said(
    errors: list[ErrorDetails], reading: Reading, shape: PartShape, written: dict[str, Any]
) -> list[Finding]:
    """The findings that pydantic's errors amount to, but for what `reading` and the head said already."""
    if not errors:
        return []
    from modelops_git.core.manifests.messages import findings_of

    context = _context(reading, shape, written)
    return findings_of(errors[:MAX_FINDINGS], context, {*reading.faulty, "/api_version", "/kind"})


def _amiss(reading: Reading, shape: PartShape, written: dict[str, Any]) -> list[Finding]:
    """The findings on what the models need not be asked about."""
    from modelops_git.core.manifests.faults import Fault
    from modelops_git.core.manifests.messages import told

    faults = [Fault(one.sort, one.keys, one.shape) for one in reading.amiss]
    return told(faults, _context(reading, shape, written), reading.faulty)


def _context(reading: Reading, shape: PartShape, written: dict[str, Any]) -> Context:
    from modelops_git.core.manifests.faults import Context

    return Context(reading.source, shape.part.__name__, shape, written)


def _with_places(findings: list[Finding], placed: list[Finding]) -> list[Finding]:
    """All, but of a value that differs from the path only that: writing what the path says mends it."""
    pointers = {finding.place.pointer for finding in placed}
    return [*placed, *(finding for finding in findings if finding.place.pointer not in pointers)]


def _validated(model: type[Part], written: dict[str, Any]) -> tuple[Part | None, list[ErrorDetails]]:
    """The manifest, or pydantic's errors. By way of JSON: strict models take lists for tuples there only."""
    import json

    from pydantic import ValidationError

    try:
        return model.model_validate_json(json.dumps(written)), []
    except ValidationError as error:
        return None, error.errors(include_url=False, include_input=False)
