"""The embedded gateway's side of a rollout: an atomic route table, and verified files, in one folder.

    <root>/routes/<model>.json     what is served for a model: routes, stamp, hold
    <root>/files/…                 the files of the versions, under the same keys as in a store
    <root>/manifests/<hex>.json    their manifests, as canonical JSON, named by their own SHA-256
    <root>/locks/<hash>            held while a table is changed; freed by the system when its holder dies
    <root>/instances/<name>.json   what each server process serves of it

A table is replaced as a whole, by rename, so a reader finds the old one or the new one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from modelops_git.core.artifacts import artifact_prefix
from modelops_git.core.digests import of_bytes
from modelops_git.core.errors import TargetConflictError, TargetError
from modelops_git.core.places import is_name
from modelops_git.core.records import Record
from modelops_git.core.routes import Hold, Observed, Route, Stamp
from modelops_git.edges.files import read_bounded, write_atomic
from modelops_git.edges.targets.base import Capabilities, Health, Order
from modelops_git.edges.targets.instances import unserved
from modelops_git.edges.uris import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelops_git.core.manifests.target import GatewayTarget

CAPABILITIES = Capabilities(
    any_weight=True,
    two_weights=True,
    mirror=True,
    header_match=True,
    sticky=True,
    native_rollback=True,
    fenced=True,
)


LARGEST = 4 << 20
"""Bytes of a route table."""


class RouteTable(Record):
    """What the gateway serves for one model.

    Attributes:
        routes: Versions with roles and weights; empty where the model is not served.
        stamp: The journal entry that they come from.
        hold: Why they are not what the default branch wants, where they are not.
        previous: What was served before.
    """

    format_version: Literal[1] = 1
    model: str
    routes: tuple[Route, ...]
    stamp: Stamp
    hold: Hold | None = None
    previous: tuple[Route, ...] = ()


class Gateway:
    """Route tables and files below `root`, for `modelops serve` to serve from."""

    capabilities = CAPABILITIES

    def __init__(self, root: Path) -> None:
        self._root = root
        self.files = f"file:{quote(str(root / 'files'))}"

    @property
    def root(self) -> Path:
        """The folder of all that."""
        return self._root

    def observe(self, model: str) -> Observed:
        """What the model's route table says."""
        table = self.table(model)
        if table is None:
            return Observed()
        return Observed(table.routes, table.stamp, table.hold, table.previous)

    def models(self) -> list[str]:
        """Every model whose route table has a route, or cannot be read, sorted.

        A file with another name is none.
        """
        folder = self._root / "routes"
        with _target_errors(f"list {folder}"):
            paths = [path.relative_to(folder) for path in folder.rglob("*.json")]
        names = (path.with_suffix("").as_posix() for path in paths)
        return sorted(name for name in names if is_name(name) and self._may_serve(name))

    def _may_serve(self, model: str) -> bool:
        try:
            return bool(self.observe(model).routes)
        except TargetError:
            return True  # whoever looks at the model is told why; the others are no worse for it

    def apply(self, order: Order) -> None:
        """Replace the model's route table, where it bears the expected stamp or this one already."""
        with _target_errors(f"change {self._table(order.model)}"), self._locked(order.model):
            current = self.table(order.model)
            stamp = current.stamp if current else None
            if stamp == order.stamp and current is not None and current.hold == order.hold:
                return
            if stamp != order.expected:
                raise TargetConflictError(
                    f"the route table of {order.model} was changed by somebody else meanwhile"
                )
            self._write(order)

    def keep(self, digest: str, manifest: bytes) -> None:
        """Put a manifest beside the tables, whole or not at all; what is there already is not believed."""
        if of_bytes(manifest) != digest:
            raise TargetError(f"the manifest to keep under {digest} has the digest {of_bytes(manifest)}")
        path = manifest_path(self._root, digest)
        with _target_errors(f"keep {path}"):
            if not _holds(path, manifest):
                write_atomic(path, manifest)

    def health(self, model: str) -> Health:
        """Whether the files of every routed version are there, and every server that runs serves them.

        Servers load in the background: those that are still at it are waited for, within bounds.
        """
        table = self.table(model)
        if table is None:
            return Health()
        missing = tuple(
            f"no files of {model} {route.version} below {self._root / 'files'}"
            for route in table.routes
            if not self.files_of(model, route).is_dir()
        )
        return Health(missing or tuple(unserved(self._root, model, table.stamp)))

    def files_of(self, model: str, route: Route) -> Path:
        """The folder with the files of a routed version."""
        return self._root / "files" / artifact_prefix(model, route.version, route.artifacts)

    def signatures(self) -> dict[str, tuple[int, ...]]:
        """For every model with a route table something that is another one once the table was replaced.

        Raises:
            TargetError: The folder cannot be read.
        """
        folder = self._root / "routes"
        with _target_errors(f"list {folder}"):
            return dict(_signatures(folder, folder.as_posix() + "/"))

    def _table(self, model: str) -> Path:
        return self._root / "routes" / f"{model}.json"

    def table(self, model: str) -> RouteTable | None:
        """The model's route table; None where it has none.

        Raises:
            TargetError: It cannot be read.
        """
        path = self._table(model)
        with _target_errors(f"read {path}"):
            try:
                return RouteTable.from_bytes(read_bounded(path, LARGEST))
            except FileNotFoundError:
                return None
            except ValueError as error:
                raise TargetError(
                    f"{path} is no route table: {error}",
                    hint="Move the file away; the next apply writes it anew from the journal.",
                ) from None

    def _write(self, order: Order) -> None:
        table = RouteTable(
            model=order.model,
            routes=order.routes,
            stamp=order.stamp,
            hold=order.hold,
            previous=order.previous,
        )
        write_atomic(self._table(order.model), table.to_bytes())

    @contextmanager
    def _locked(self, model: str) -> Iterator[None]:
        folder = self._root / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(model.encode()).hexdigest()
        descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def manifest_path(root: Path, digest: str) -> Path:
    """Where a gateway at `root` keeps the manifest with a digest (`sha256:<hex>`)."""
    return root / "manifests" / f"{digest.removeprefix('sha256:')}.json"


def _holds(path: Path, manifest: bytes) -> bool:
    try:
        return read_bounded(path, len(manifest)) == manifest
    except OSError:  # whatever is there is replaced, or that fails
        return False


def open_target(manifest: GatewayTarget, root: Path) -> Gateway:
    """The gateway at the `file:` address of `manifest`.

    Raises:
        TargetError: The address is of another scheme, or names no folder.
    """
    if not manifest.uri.startswith("file:"):
        raise TargetError(
            f"a gateway at {manifest.uri} cannot be reached by this release",
            hint="It reaches file: addresses.",
        )
    try:
        return Gateway(root / folder_of(manifest.uri))
    except UnicodeEncodeError:
        raise TargetError(
            f"{root} is no UTF-8, and a gateway's files have addresses", hint="Rename the folder."
        ) from None
    except ValueError as error:
        raise TargetError(f"the gateway's uri {manifest.uri} {error}") from None


def _signatures(folder: Path, root: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """By `scandir`, since a server asks for them several times a second."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _signatures(folder / entry.name, root)
        elif entry.name.endswith(".json"):
            model = entry.path.removeprefix(root).removesuffix(".json")
            if is_name(model) and (found := _signature(entry)):
                yield model, found


def _signature(entry: os.DirEntry[str]) -> tuple[int, ...] | None:
    """What tells a table from its next one; None where it has gone, and something where it cannot be read."""
    try:
        about = entry.stat()
    except FileNotFoundError:
        return None
    except OSError as error:  # a link to itself is one model's trouble: the others are looked at still
        return (error.errno or -1,)
    return (about.st_mtime_ns, about.st_ino, about.st_size)


@contextmanager
def _target_errors(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TargetError(f"cannot {what}: {error.strerror or error}") from error
