"""Versions for tests: documents without a parser, and stores that hold them."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field

from modelops_git.core.artifacts import artifact_prefix, artifacts_digest
from modelops_git.core.findings import Place
from modelops_git.edges.stores.base import Expected
from modelops_git.edges.stores.file import FileStore
from modelops_git.engine import deliver as delivering
from modelops_git.engine import pull as pulling
from modelops_git.engine import verify as verifying
from modelops_git.engine.stores import Only

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"


@dataclass(frozen=True)
class Row:
    path: str
    sha256: str
    size: int
    uri: str | None = None
    blake3: str | None = None
    version_id: str | None = None
    role: str = "other"
    format: str | None = None


@dataclass(frozen=True)
class Manifest:
    model: str
    version: str
    artifacts: tuple[Row, ...]


@dataclass(frozen=True)
class Document:
    manifest: Manifest
    path: str = "models/iris/versions/1.0.0.yaml"
    lines: dict = field(default_factory=dict)

    @property
    def written(self):
        return {
            "artifacts": [
                {"path": row.path, "sha256": row.sha256, "size": row.size} for row in self.manifest.artifacts
            ]
        }

    def place(self, pointer):
        return Place(self.path, 1, 1, pointer)

    def key(self, path):
        manifest = self.manifest
        return artifact_prefix(manifest.model, manifest.version, artifacts_digest(self.written)) + path


def expected(data):
    return Expected(hashlib.sha256(data).hexdigest(), len(data))


def document(files, *, version="1.0.0", uris=None):
    """A version of `iris` that lists `files`, a mapping or pairs of path and content."""
    pairs = files.items() if isinstance(files, dict) else files
    rows = tuple(Row(path, expected(data).sha256, len(data), (uris or {}).get(path)) for path, data in pairs)
    return Document(Manifest("iris", version, rows))


def put(store, key, data):
    store.put(key, io.BytesIO(data), expected(data))


def stored(root, files, *, version="1.0.0"):
    """A version, and a file store at `root` that holds its files."""
    store = FileStore(root, f"file:{root}")
    made = document(files, version=version)
    for path, data in files.items():
        put(store, made.key(path), data)
    return made, store


def overwrite(store, key, data):
    """Change a stored file behind the store's back."""
    path = store.root / key
    path.unlink()
    path.write_bytes(data)


def codes(findings):
    return [finding.code for finding in findings]


def verify_version(made, store, **how):
    """All that is wrong with a version whose files are in one store."""
    return verifying.verify_version(made, Only(store), verifying.How(**how))


def pull(made, store, destination, **how):
    """What kept it from being pulled."""
    return pulling.pull(made, Only(store), destination, **how).findings


def ways(made, store, destination):
    """How the files were handed out."""
    return pulling.pull(made, Only(store), destination).ways


def deliver(made, store, destination, **how):
    return delivering.deliver(made, Only(store), destination, verifying.How(**how))
