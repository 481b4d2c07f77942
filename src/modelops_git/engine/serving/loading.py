"""From a route to a version that answers: its manifest and every byte are verified, then it is loaded.

Nothing is loaded that the Registry does not allow, nothing that is not in the manifest lies beside it, and
what changes while it is loaded is refused.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.artifacts import artifact_prefix
from modelops_git.core.errors import ModelopsError, RefusedError
from modelops_git.core.formats.inspection import KNOWN
from modelops_git.edges.loaders import loader_of
from modelops_git.edges.loaders.base import NUMPY, File, ModelError, Source, TensorSpec
from modelops_git.edges.stores import streams
from modelops_git.edges.stores.base import Expected, StoreChangedError
from modelops_git.edges.stores.failures import translated
from modelops_git.edges.stores.file import FileStore
from modelops_git.edges.stores.tree import status_of
from modelops_git.engine.inspecting import Inspect
from modelops_git.engine.serving.checking import checker_of
from modelops_git.engine.serving.loaded import Loaded, Parts
from modelops_git.engine.serving.manifests import served_manifest
from modelops_git.engine.serving.sides import input_side, output_side
from modelops_git.engine.stores import Only
from modelops_git.engine.verify import How, verify_version

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from pathlib import Path

    from modelops_git.core.manifests.version import Artifact
    from modelops_git.core.routes import Route
    from modelops_git.edges.loaders.base import Predictor
    from modelops_git.engine.inspecting import Rules
    from modelops_git.engine.serving.manifests import Find, Served

    State = dict[str, tuple[int, ...]]


def nowhere_else(_model: str, _route: Route) -> bytes | None:
    """No manifest is anywhere but beside the routes."""
    return None


class Manner(NamedTuple):
    """How a version is loaded.

    Attributes:
        find: Asked for the canonical JSON of a manifest that is not beside the routes.
        threads: How many threads one prediction may use; 0 for as many as there are cores.
        executor: Hashes several files at once; None: one after the other.
    """

    find: Find = nowhere_else
    threads: int = 1
    executor: Executor | None = None


USUAL = Manner()


class _Place(NamedTuple):
    """Where the files of a version are."""

    store: FileStore
    prefix: str

    @property
    def folder(self) -> Path:
        return self.store.root / self.prefix


def load_version(root: Path, model: str, route: Route, rules: Rules, manner: Manner = USUAL) -> Loaded:
    """Load the version that a route of the gateway at `root` names.

    Args:
        root: The gateway's folder.
        model: The model.
        route: The route.
        rules: What formats the Registry allows this model today, from `engine.inspecting.rules_for`.
        manner: How to go about it.

    Raises:
        TargetError: Its manifest is not there, or not the one that the route names.
        RefusedError: The files are not those of the manifest, or the Registry does not allow their formats;
            the findings say which.
        StoreError: They could not be read, or changed while they were loaded.
        ModelError: They are no model that can be loaded, or not one that fits the interface.
        UsageError: A package for it is not installed.
    """
    document = served_manifest(root, model, route, manner.find)
    store = FileStore(root / "files", str(root / "files"))
    place = _Place(store, artifact_prefix(model, route.version, route.artifacts))
    before = _state(place)
    _verify(document, place, rules, manner)
    source = _source(document, place, rules, manner)
    predictor = _loaded(source)
    _refuse_changed(source, before, _state(place))
    return _fitted(document, predictor, source.name)


def _verify(document: Served, place: _Place, rules: Rules, manner: Manner) -> None:
    inspect = Inspect(rules)
    how = How(manner.executor, inspector=lambda _document: inspect)
    findings = verify_version(document, Only(place.store), how)
    if findings:
        manifest = document.manifest
        raise RefusedError(
            f"{manifest.model} {manifest.version} is not loaded: {findings[0].message}",
            hint=findings[0].hint,
            findings=findings,
        )


def _source(document: Served, place: _Place, rules: Rules, manner: Manner) -> Source:
    manifest = document.manifest
    rows = {row.path: row for row in manifest.artifacts}
    return Source(
        manifest.model,
        manifest.version,
        place.folder,
        tuple(File(row.path, row.role, _format_of(row, place)) for row in manifest.artifacts),
        document.written["interface"],
        manifest.algorithm or "",
        rules.allowed,
        manner.threads,
        partial(_read, rows, place),
    )


def _format_of(row: Artifact, place: _Place) -> str:
    """What a file is: by its content, and by what the manifest says where that does not tell."""
    from modelops_git.core.formats.inspect import inspect

    if row.role != "model" or not row.size:
        return row.format or ""
    with place.store.open(place.prefix + row.path) as stream:
        found = inspect(row.path, stream, row.size).format
    return row.format if row.format and row.format not in KNOWN else found


def _read(rows: dict[str, Artifact], place: _Place, path: str) -> bytes:
    """The bytes of a file, which are those of the manifest.

    Raises:
        ModelError: The version has no such file.
        StoreError: They are not, or cannot be read.
    """
    row = rows.get(path)
    if row is None:
        raise ModelError(f"the version has no file {path}")
    pieces: list[bytes] = []
    with place.store.open(place.prefix + path) as stream:
        found = streams.copy(stream, lambda piece: pieces.append(bytes(piece)), limit=row.size)
    streams.compare(path, found, Expected(row.sha256, row.size))
    return b"".join(pieces)


def _loaded(source: Source) -> Predictor:
    loader = loader_of(source)
    try:
        with translated(source.name):
            predictor = loader(source)
        _refuse_odd(source, predictor)
    except ModelopsError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:500] or type(error).__name__
        raise ModelError(f"{source.name} cannot be loaded: {reason}") from error
    return predictor


def _refuse_odd(source: Source, predictor: Predictor) -> None:
    """Refuse what does not keep to the protocol of predictors, before a request meets it.

    Raises:
        ModelError: It does not.
    """
    specs = (*predictor.inputs, *predictor.outputs)
    odd = [one for one in specs if not isinstance(one, TensorSpec) or one.datatype not in NUMPY]
    if odd or not callable(predictor.infer):
        what = f"{odd[0]} for a tensor" if odd else "an `infer` that is none"
        raise ModelError(f"the loader of {source.name} gives {what}")


def _state(place: _Place) -> State:
    """What tells whether a file was changed or replaced; the kernel alone sets the last of its times."""
    found: State = {}
    for key in place.store.keys(place.prefix):
        with translated(key):
            status = status_of(place.store.root, key.split("/"))
        if status is not None:
            found[key] = (
                status.st_dev,
                status.st_ino,
                status.st_size,
                status.st_mtime_ns,
                status.st_ctime_ns,
            )
    return found


def _refuse_changed(source: Source, before: State, after: State) -> None:
    if before != after:
        changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
        raise StoreChangedError(
            f"{changed[0]} changed while {source.name} was loaded", hint="Find out who writes there."
        )


def _fitted(document: Served, predictor: Predictor, name: str) -> Loaded:
    interface = document.written["interface"]
    return Loaded(
        Parts(
            document,
            predictor,
            input_side(interface["input"], predictor.inputs, name),
            output_side(interface["output"], predictor.outputs, name),
            checker_of(interface["input"]),
        )
    )
