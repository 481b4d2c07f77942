"""A store on the Hugging Face hub: `hf:` URIs, which are only read.

All that is read is of one commit: the one that the path names (`org/name@<40 hex>/path`), or else the newest
one of the revision when the object is opened.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast
from urllib.parse import urlsplit

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.base import Stat, StoreMissingError, refuse_key
from modelops_git.edges.stores.blocks import BlockReader
from modelops_git.edges.stores.http.streaming import Source, Stream
from modelops_git.edges.stores.optional import needed, spoken
from modelops_git.edges.stores.refusing import read_only, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelops_git.edges.stores.base import Expected, Opened, StoreConfig

NEWEST = "main"
_COMMIT = re.compile(r"[0-9a-f]{40}", re.ASCII)
_PATH = re.compile(
    r"(?:(?P<kind>datasets|spaces)/)?(?P<repo>[^/@]+/[^/@]+)(?:@(?P<revision>[^/@]+))?(?:/(?P<file>.*))?"
)
_KINDS = {"datasets": "dataset", "spaces": "space", None: "model"}
_WHY = "the hub has no writes that create a file only where there is none"
_HINT = "Check the repository's name, and log in by `hf auth login` or HF_TOKEN where it is private."


class Spot(NamedTuple):
    """A file or folder in a repository of the hub.

    Attributes:
        kind: `model`, `dataset` or `space`.
        repo: `org/name`.
        revision: A commit, or a branch or tag.
        file: Its path there.
    """

    kind: str
    repo: str
    revision: str
    file: str


@dataclass(frozen=True, slots=True)
class HubStore:
    """Files of the hub.

    Attributes:
        root: What all paths begin with: `org`, `org/name@revision`, or a folder in there.
        uri: Where it is, for people.
        endpoint: The address of a hub other than the public one; None for that.
    """

    root: str
    uri: str
    endpoint: str | None = None

    def put(self, key: str, source: BinaryIO, expected: Expected) -> str:  # noqa: ARG002 - of the protocol
        """Nothing is ever written.

        Raises:
            StoreError: Always.
        """
        refuse_key(key)
        raise read_only(self.uri, _WHY)

    def copy(self, source: str, key: str, expected: Expected) -> str | None:  # noqa: ARG002 - of the protocol
        """Nothing."""
        return None

    @contextmanager
    def open(self, key: str, version: str = "") -> Iterator[Opened]:
        """The bytes under `key` (see `Store.open`); a version is a commit."""
        refuse_key(key)
        spot = self._pinned(key, version)
        subject = f"{self.uri}, {key}"
        with self._spoken(subject):
            hub = _hub()
            url = hub.hf_hub_url(
                spot.repo, spot.file, repo_type=spot.kind, revision=spot.revision, endpoint=self.endpoint
            )
            headers = needed("huggingface_hub.utils", "hf").build_hf_headers()
        stream = self._begun(Source(url, subject, headers, is_pinned=True), spot)
        try:
            found = stream.found._replace(version=spot.revision, identity=spot.revision)
            with BlockReader(stream.fetch, found) as reader:
                yield cast("Opened", reader)
        finally:
            stream.close()

    def stat(self, key: str, version: str = "") -> Stat | None:
        """What is under `key`; None where nothing is."""
        refuse_key(key)
        try:
            spot = self._pinned(key, version)
            with self._spoken(f"{self.uri}, {key}"):
                found = _api(self.endpoint, os.getpid()).get_paths_info(
                    spot.repo, spot.file, revision=spot.revision, repo_type=spot.kind
                )
        except StoreMissingError:
            return None
        for one in found:
            if one.path == spot.file and isinstance(getattr(one, "blob_id", None), str):
                return Stat(one.size, spot.revision, identity=spot.revision)
        return None

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that start with `prefix`, sorted."""
        folder = prefix.rpartition("/")[0]
        if folder:
            refuse_key(folder)
        names = []
        try:
            spot = self._pinned(folder, "")
            base = self._path(folder).removesuffix(spot.file)
            with self._spoken(self.uri):
                listed = _api(self.endpoint, os.getpid()).list_repo_tree(
                    spot.repo, spot.file or None, recursive=True, revision=spot.revision, repo_type=spot.kind
                )
                names = [one.path for one in listed if hasattr(one, "blob_id")]
        except StoreMissingError:
            return
        root = self.root.rstrip("/") + "/"
        keys = [f"{base.rstrip('/')}/{name}".removeprefix(root) for name in names]
        yield from sorted(key for key in keys if key.startswith(prefix))

    def _path(self, key: str) -> str:
        return f"{self.root}/{key}".strip("/")

    def _pinned(self, key: str, version: str) -> Spot:
        """The file, in one commit.

        Raises:
            StoreMissingError: The path names no repository, or not in this revision.
            StoreError: There is no such repository, or it is not for us.
        """
        spot = spot_of(self._path(key))
        if version:
            return spot._replace(revision=version)
        if _COMMIT.fullmatch(spot.revision):
            return spot
        return spot._replace(revision=self._commit(spot, f"{self.uri}, {key}"))

    def _begun(self, source: Source, spot: Spot) -> Stream:
        try:
            return Stream(source)
        except StoreMissingError:
            self._commit(spot, source.subject)  # of a repository that we may not see, the hub says the same
            raise

    def _commit(self, spot: Spot, subject: str) -> str:
        """The commit that a revision is now.

        Raises:
            StoreMissingError: The repository has no such revision.
            StoreError: There is no such repository, or it is not for us.
        """
        with self._spoken(subject):
            api = _api(self.endpoint, os.getpid())
            return str(api.repo_info(spot.repo, revision=spot.revision, repo_type=spot.kind).sha)

    @contextmanager
    def _spoken(self, subject: str) -> Iterator[None]:
        with spoken(subject, _HINT):
            errors = needed("huggingface_hub.errors", "hf")
            try:
                yield
            except (errors.EntryNotFoundError, errors.RevisionNotFoundError) as error:
                raise FileNotFoundError(str(error)) from error


def spot_of(path: str) -> Spot:
    """The file or folder that `[datasets/]org/name[@revision][/file]` names.

    Raises:
        StoreMissingError: It names no repository.
    """
    found = _PATH.fullmatch(path)
    if found is None:
        what = f"{printable(path)} names no repository of the hub; write org/name@commit/file"
        raise StoreMissingError(what)
    return Spot(_KINDS[found["kind"]], found["repo"], found["revision"] or NEWEST, found["file"] or "")


def open_hub_store(name: str, config: StoreConfig, _root: Path) -> HubStore:
    """The store that an `hf://org`, `hf://org/name` or `hf://org/name@commit` URI names.

    Raises:
        StoreError: The URI names nothing, or huggingface_hub is not installed.
    """
    where = config.uri.partition(":")[2].strip("/")
    plain = urlsplit(f"hf:///{where}")
    without_secrets(name, plain, "hf://org/name@commit")
    if not where:
        raise StoreError(
            f"store {name}: {printable(config.uri)} names nothing", hint="Write `hf://org/name`."
        )
    needed("huggingface_hub", "hf")
    return HubStore(where, config.uri, config.endpoint_url)


def _hub() -> Any:
    return needed("huggingface_hub", "hf")


@lru_cache(16)
def _api(endpoint: str | None, _process: int) -> Any:
    """The hub; a forked process must not share the connections of its parent."""
    return _hub().HfApi(endpoint=endpoint)
