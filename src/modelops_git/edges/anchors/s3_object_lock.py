"""An anchor in a bucket with Object Lock: one object a note, made only where none is.

Object Lock keeps *versions* from being removed. Whoever may write to the bucket can still hide an object
behind a delete marker or another version; so all versions are read, and markers hide nothing.
"""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.artifacts import printable
from modelops_git.core.digests import of_bytes
from modelops_git.core.errors import AnchorError, StoreError
from modelops_git.edges.anchors.base import LONGEST, MOST, Found, read_note, too_many
from modelops_git.edges.stores.base import Expected
from modelops_git.edges.stores.s3 import failures, writing
from modelops_git.edges.stores.s3.store import open_s3_store
from modelops_git.edges.stores.s3.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelops_git.core.journal.anchor import Note
    from modelops_git.core.manifests.registry import ObjectLockAnchor
    from modelops_git.edges.stores.s3.client import Settings

AT_ONCE = 16
BATCH = 1000
TRIES = 3
PAGES = 10_000
"""The most lists that are asked for; a server gives a thousand names in each."""
NAME = re.compile(r"\d{12,}-[0-9a-f]{12}\.json", re.ASCII)


class _Version(NamedTuple):
    """One version of an object: its key and its number."""

    key: str
    number: str


@dataclass(frozen=True, slots=True)
class ObjectLockNotes:
    """The notes below a prefix of a bucket.

    Attributes:
        bucket: Its name.
        prefix: What all keys begin with; empty, or ends in `/`.
        uri: Where it is, for people.
        settings: How the bucket is reached, and how long a note is retained.
    """

    bucket: str
    prefix: str
    uri: str
    settings: Settings

    def add(self, note: Note) -> None:
        """Make an object (see `Anchor.add`)."""
        data = note.to_bytes()
        key = f"{self._folder(note.registry, note.environment)}{note.sequence:012d}-{note.commit[:12]}.json"
        target = self._target(key)._replace(settings=self.settings._replace(hurried=True))
        expected = Expected(of_bytes(data).removeprefix("sha256:"), len(data))
        with self._errors():
            try:
                writing.put_small(target, io.BytesIO(data), expected)
            except writing.TakenError:
                self._refuse_another(note, self._read(_Version(key, "")).note)

    def _refuse_another(self, note: Note, there: Note) -> None:
        """Another process may have noted the same tip, at another time."""
        if (there.sequence, there.entry) != (note.sequence, note.entry):
            raise AnchorError(
                f"the anchor {printable(self.uri)} has another note in the place of entry {note.sequence}",
                hint="Find out who wrote it.",
            )

    def notes(self, registry: str, environment: str) -> Iterator[Found]:
        """The notes of a journal (see `Anchor.notes`)."""
        folder = self._folder(registry, environment)
        with self._errors():
            for found in self._all(self._versions(folder)):
                whose = (found.note.registry, found.note.environment)
                if whose != (registry, environment):
                    raise AnchorError(f"a note of {'/'.join(whose)} lies in {printable(self.uri)}, {folder}")
                yield found

    def _all(self, versions: list[_Version]) -> Iterator[Found]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for start in range(0, len(versions), BATCH):
                yield from pool.map(self._read, versions[start : start + BATCH])

    def _versions(self, folder: str) -> list[_Version]:
        """All versions of all notes of a journal, whether something hides them or not."""
        begin, found = self.prefix + folder, []
        with failures.translated(f"{self.uri}, {folder}"):
            pages = Target(self.settings, self.bucket, begin, "").client.get_paginator("list_object_versions")
            for number, page in enumerate(pages.paginate(Bucket=self.bucket, Prefix=begin)):
                for one in page.get("Versions", ()):
                    key, version = one["Key"], one["VersionId"]
                    if not key.startswith(begin) or not NAME.fullmatch(key[len(begin) :]):
                        raise AnchorError(
                            f"{printable(key)} in {printable(self.uri)} is no note of a journal"
                        )
                    found.append(_Version(key[len(self.prefix) :], version))
                if len(found) > MOST or number > PAGES:
                    raise too_many(f"the anchor {printable(self.uri)}")
        return found

    def _read(self, version: _Version) -> Found:
        """A note, asked for again where the connection breaks in the middle of an answer."""
        target = self._target(version.key, version.number)
        for _ in range(TRIES - 1):
            try:
                return self._received(target)
            except StoreError as error:
                if failures.is_refusal(error):
                    raise
        return self._received(target)

    def _received(self, target: Target) -> Found:
        with failures.translated(target.subject):
            answer: Any = target.client.get_object(**target.pinned)
            with answer["Body"] as body:
                data = body.read(LONGEST + 1)
            if len(data) < min(int(answer["ContentLength"]), LONGEST):
                raise StoreError(f"{printable(target.subject)}: the answer breaks off")
            until = answer.get("ObjectLockRetainUntilDate")
            is_kept = bool(answer.get("ObjectLockMode")) and until is not None and until > datetime.now(UTC)
        return Found(read_note(data, printable(target.subject)), is_kept)

    def _folder(self, registry: str, environment: str) -> str:
        return f"{registry}/{environment}/"

    def _target(self, key: str, version: str = "") -> Target:
        return Target(self.settings, self.bucket, self.prefix + key, f"{self.uri}, {key}", version)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            hint = error.hint.replace(
                "the store", "the anchor"
            )  # what reaches a bucket knows it as a store's
            raise AnchorError(f"the anchor {error.message}", hint=hint) from error


def open_object_lock_anchor(manifest: ObjectLockAnchor, root: Path) -> ObjectLockNotes:
    """The anchor that an `s3://bucket/prefix` URI names.

    Raises:
        AnchorError: The URI names no bucket, or has parts that no bucket has.
    """
    if not manifest.uri.startswith("s3:"):
        raise AnchorError(
            f"the anchor {printable(manifest.uri)} names no bucket", hint="Write `s3://bucket/prefix`."
        )
    try:
        store = open_s3_store("anchor", manifest, root)
    except StoreError as error:
        raise AnchorError(error.message.removeprefix("store "), hint=error.hint) from error
    return ObjectLockNotes(store.bucket, store.prefix, store.uri, store.settings)
