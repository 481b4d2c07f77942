"""The manifest, from what was found out, what the metadata say, and what the words of the command say."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from modelops_git.core.clock import format_time
from modelops_git.core.errors import RefusedError, UsageError
from modelops_git.core.formats.describing.model_card import Card
from modelops_git.core.manifests import write
from modelops_git.core.manifests.kinds import model_of
from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.places import Home
from modelops_git.edges.stores.base import Expected
from modelops_git.engine.registering import found
from modelops_git.engine.registering.artifacts import row_of
from modelops_git.engine.registering.card import below, read_card
from modelops_git.engine.registering.metadata import KIND, Metadata, arranged, at, merge, read_metadata
from modelops_git.engine.registering.patterns import fixed_part
from modelops_git.engine.registering.request import Metric, Numbering

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.parse import Document
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.registering.artifacts import Described
    from modelops_git.engine.registering.request import Request

USUAL_EVALUATION = "holdout"
KINDS_OF_EVALUATION = ("performance", "latency", "fairness")
NOWHERE = "0" * 64


@dataclass(frozen=True, slots=True)
class Composer:
    """Makes the manifest of a version once its files are hashed.

    Attributes:
        request: What is asked.
        files: The files, described.
        model: `model.yaml`; None for a new model.
        metadata: What the file of `--metadata` says.
        fields: What found-out fields, metadata and words amount to, without digests and without a number.
        why_no_interface: Why the interface could not be found out, and what to do about it.
        flaws: What was found to be wrong with files while they were read.
        notes: What people should know.
        card: What the file of `--card` says.
    """

    request: Request
    files: tuple[Described, ...]
    model: Document | None
    metadata: Metadata
    fields: dict[str, Any] = field(default_factory=dict)
    why_no_interface: tuple[str, str] = ("", "")
    flaws: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    card: Card = field(default_factory=Card)

    @property
    def to_hash(self) -> tuple[Path, ...]:
        """The files whose digests are needed, each once."""
        data = (file for _, file in self.request.data)
        return tuple(dict.fromkeys((*(one.source.file for one in self.files), *data)))

    @property
    def where(self) -> str:
        """The file that findings on missing fields name."""
        folder = f"models/{self.request.model}/versions"
        return str(self.request.metadata) if self.request.metadata else folder

    @property
    def asked(self) -> Numbering:
        """What is asked of the number; the words win over the metadata, and those over the card."""
        said, asked = self.metadata.written, self.request.numbering
        own = "" if asked.bump else str(said.get("version") or self.card.version)
        return Numbering(asked.version or own, asked.bump, asked.parent or str(said.get("parent") or ""))

    def noting(self, notes: Iterable[str]) -> Composer:
        """The same with more notes."""
        return replace(self, notes=(*self.notes, *notes))

    def stand_ins(self) -> dict[Path, Expected]:
        """Digests of the right form and of no file, to see what else is missing."""
        return dict.fromkeys(self.to_hash, Expected(NOWHERE, 1))

    def manifest(self, measured: Mapping[Path, Expected]) -> dict[str, Any]:
        """The manifest as far as it is known without its number, in the order of the schema."""
        from modelops_git.core.manifests.shape import PartShape

        pinned: dict[str, Any] = {"artifacts": [_row(one, measured) for one in self.files]}
        if self.request.data:
            rows = [{"name": name, "sha256": measured[file].sha256} for name, file in self.request.data]
            pinned["training"] = {"data": rows}
        fields = merge(merge(pinned, self.fields), _digests(pinned))
        ordered: dict[str, Any] = arranged(fields, PartShape(model_of(KIND)))
        return ordered

    def numbered(self, fields: dict[str, Any], number: str, parent: Document | None) -> dict[str, Any]:
        """The whole manifest."""
        from modelops_git.core.manifests.shape import PartShape

        after = {"parent": parent.home.name} if parent else {}
        whole: dict[str, Any] = arranged({**fields, "version": number, **after}, PartShape(model_of(KIND)))
        return whole

    def model_file(self) -> dict[str, str]:
        """`model.yaml` of a new model, by its path; nothing for one that there is."""
        if self.model is not None:
            return {}
        asked, name = self.request.new_model, self.request.model
        manifest = {
            "api_version": "modelops/v1",
            "kind": "Model",
            "name": name,
            "description": asked.description,
            "owners": list(asked.owners),
            "risk": asked.risk,
            "lifecycle": "active",
        }
        return {Home("Model", name).path: dumped(manifest)}

    def parsed(self, path: str, text: str) -> Document:
        """The manifest as it will be read.

        Raises:
            RefusedError: It cannot be.
        """
        parsed = parse_document(path, text.encode())
        if parsed.document is None:
            raise RefusedError("this would be no valid version", findings=parsed.findings)
        return parsed.document


def dumped(manifest: dict[str, Any]) -> str:
    """A manifest as text.

    Raises:
        UsageError: A value cannot be written.
    """
    try:
        return write.dump(manifest)
    except ValueError as error:
        raise UsageError(f"the manifest cannot be written: {error}") from error


def composer_for(
    repository: Repository,
    request: Request,
    model: Document | None,
    files: tuple[Described, ...],
    graph: found.Found,
) -> Composer:
    """What makes the manifest: all fields but those that need digests or the number.

    Args:
        repository: The registry's repository.
        request: What is asked.
        model: `model.yaml`; None for a new model.
        files: The files, described.
        graph: What the files say.

    Raises:
        UsageError: A file or a folder that the words name is not there.
        StoreError: A model cannot be read.
        GitError: git failed.
    """
    _refuse_no_file(request.data)
    metadata = read_metadata(request.metadata)
    said = metadata.written
    card = read_card(request.card, request.model, lambda name: _evaluation_of(Metric(name, 0), said, model))
    request = _described(request, card, model)
    said = merge(below(card, merge(said, request.fields)), said)
    given = merge(said, _of_words(request, said, model))
    code = found.code(repository, request.code, fixed_part(request.paths[0]))
    who = found.Found() if given.get("authors") is not None else found.authors(repository)
    told = _untold(graph.fields, given)
    named, by_chance = (code.fields, {}) if request.code else ({}, _agreeing(code.fields, given))
    fields: dict[str, Any] = {"created_at": format_time(request.now)} if request.now else {}
    for layer in (told, by_chance, who.fields, given, named):
        fields = merge(fields, layer)
    fields, notes = _settled_code(fields, given, request)
    fields |= {"api_version": "modelops/v1", "kind": KIND, "model": request.model}
    composer = Composer(
        request, files, model, metadata, fields, graph.why_no_interface, graph.flaws, card=card
    )
    seen = code.notes if named or by_chance else ()
    return composer.noting((*card.notes, *graph.notes, *seen, *notes, *_unused(request, model)))


def _untold(told: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is found out and not given: whole fields, and of the training its parts, for half is neither."""
    training = given.get("training") or {}
    parts = {name: value for name, value in told.get("training", {}).items() if training.get(name) is None}
    rest = {name: value for name, value in told.items() if name != "training" and given.get(name) is None}
    return {**rest, "training": parts} if parts else rest


def _described(request: Request, card: Card, model: Document | None) -> Request:
    """The request, where the card describes a new model that nobody else describes."""
    asked = request.new_model
    if not card.description or asked.description:
        return request
    if model is not None:
        card.notes.append(f"The card's 'description' is not taken over: {model.path} describes the model.")
        return request
    return replace(request, new_model=replace(asked, description=card.description))


def _refuse_no_file(data: Iterable[tuple[str, Path]]) -> None:
    for name, file in data:
        if file.is_dir():
            raise UsageError(f"--data {name}: {file} is a folder", hint="Name one file, such as an archive.")
        if not file.is_file():
            raise UsageError(f"--data {name}: there is no file {file}", hint="Name a file.")


def _agreeing(code: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The code that was found by chance, unless the metadata name another: half of each would be neither."""
    said, chance = (at(fields, ("training", "code")) for fields in (given, code))
    known = chance or {}
    is_other = isinstance(said, dict) and any(said.get(key, value) != value for key, value in known.items())
    return {} if is_other else code


def _of_words(request: Request, said: Mapping[str, Any], model: Document | None) -> dict[str, Any]:
    """The fields that the words of the command give."""
    fields: dict[str, Any] = dict(request.fields)
    rows: list[dict[str, Any]] = []
    for metric in request.metrics:
        name = metric.evaluation or _evaluation_of(metric, said, model)
        row: dict[str, Any] = {"name": name, "metrics": {metric.name: metric.value}}
        rows = merge(rows, [row]) if rows else [row]
    known = {row.get("name") for row in said.get("evaluations") or () if isinstance(row, dict)}
    for row in rows:
        if row["name"] not in known:
            name = row["name"]
            row["kind"] = name if name in KINDS_OF_EVALUATION else KINDS_OF_EVALUATION[0]
    return {**fields, "evaluations": rows} if rows else fields


def _evaluation_of(metric: Metric, said: Mapping[str, Any], model: Document | None) -> str:
    """The evaluation that `model.yaml` judges a metric by, or the only one there is, or the usual one."""
    goal = model.manifest.metrics.get(metric.name) if model else None
    names = [row.get("name") for row in said.get("evaluations") or () if isinstance(row, dict)]
    return goal.evaluation if goal else str(names[0]) if len(names) == 1 else USUAL_EVALUATION


def _settled_code(
    fields: dict[str, Any], given: Mapping[str, Any], request: Request
) -> tuple[dict[str, Any], list[str]]:
    """Without the code that was found by chance, where nobody could fetch it: it has no remote."""
    code = at(fields, ("training", "code"))
    by_chance = request.code is None and at(given, ("training", "code")) is None
    if not by_chance or code is None or code.get("repository"):
        return fields, []
    training = {name: value for name, value in fields["training"].items() if name != "code"}
    rest = {**fields, "training": training} if training else {**fields, "training": None}
    note = (
        f"The files lie in a git repository at {code['commit'][:12]}, which is not recorded as the code: "
        "it has no remote `origin`."
    )
    return rest, [note]


def _unused(request: Request, model: Document | None) -> list[str]:
    asked = request.new_model
    if model is None or not (asked.description or asked.owners or asked.risk):
        return []
    return [f"{model.path} is there already: --description, --owner and --risk change nothing."]


def _row(one: Described, measured: Mapping[Path, Expected]) -> dict[str, Any]:
    expected = measured[one.source.file]
    second = {"blake3": expected.blake3} if expected.blake3 else {}
    return {**row_of(one, expected.sha256, expected.size), **second}


def _digests(pinned: dict[str, Any]) -> dict[str, Any]:
    """Only the digests of what was hashed, which nothing overrides."""
    kept = ("path", "name", "sha256", "size", "blake3")
    rows = {"artifacts": [{key: row[key] for key in kept if key in row} for row in pinned["artifacts"]]}
    return {**rows, "training": pinned["training"]} if "training" in pinned else rows
