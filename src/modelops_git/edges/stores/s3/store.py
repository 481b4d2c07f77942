"""A store in a bucket: `s3:` URIs."""

from __future__ import annotations

import base64
import binascii
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

from modelops_git.core.artifacts import printable, unsafe_characters, unsafe_segments
from modelops_git.core.errors import StoreConflictError, StoreError
from modelops_git.edges.stores import streams
from modelops_git.edges.stores.base import Expected, Stat, StoreMissingError, refuse_key
from modelops_git.edges.stores.s3 import failures, reading, writing
from modelops_git.edges.stores.s3.client import Settings, client_of, settings_of
from modelops_git.edges.stores.s3.target import Target, is_gone, version_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelops_git.edges.stores.base import Opened, StoreConfig


@dataclass(frozen=True, slots=True)
class S3Store:
    """Objects below a prefix of a bucket.

    Attributes:
        bucket: Its name.
        prefix: What all keys begin with; empty, or ends in `/`.
        uri: Where it is, for people.
        settings: How the bucket is reached, and what is asked of it.
    """

    bucket: str
    prefix: str
    uri: str
    settings: Settings = field(default=Settings())

    def put(self, key: str, source: BinaryIO, expected: Expected) -> str:
        """Store what `source` holds, whole or not at all (see `Store.put`)."""
        target = self._target(key)
        found = self._held(target, expected)
        if found is not None:
            return found
        put = writing.put_small if expected.size <= writing.THRESHOLD else writing.put_large
        try:
            return put(target, source, expected)
        except writing.TakenError:
            return self._taken(target, expected)

    def copy(self, source: str, key: str, expected: Expected) -> str | None:
        """Store under `key` what is under `source`, inside the store (see `Store.copy`).

        The bytes under `source` are proven first, by the SHA-256 that the server keeps, or by reading.
        """
        target, origin = self._target(key), self._target(source)
        found = self._held(target, expected)
        if found is not None:
            return found
        if expected.size == 0 or (proven := self._proven(origin, expected)) is None:
            return None
        try:
            return writing.copy(target, proven, expected.size)
        except writing.TakenError:
            return self._taken(target, expected)
        except StoreError as error:
            if failures.is_refusal(error):  # what is wrong with more than the copying, an upload meets too
                return None
            raise

    @contextmanager
    def open(self, key: str, version: str = "") -> Iterator[Opened]:
        """The bytes under `key` (see `Store.open`)."""
        reader = reading.begin(self._target(key, version))
        try:
            yield cast("Opened", reader)
        finally:
            reader.close()

    def stat(self, key: str, version: str = "") -> Stat | None:
        """What is under `key`; None where nothing is."""
        return self._stat(self._target(key, version))

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that start with `prefix`, in the order of their UTF-8 bytes.

        A list that is in no order is refused: it might go round in circles for ever.
        """
        begin, before = self.prefix + prefix, b""
        with failures.translated(self.uri):
            pages = client_of(self.settings).get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=begin):
                for one in page.get("Contents", ()):
                    key = one["Key"]
                    if not key.startswith(begin) or key.encode() <= before:
                        raise StoreError(
                            f"{self.uri}: the server lists what was not asked for, or in no order"
                        )
                    before = key.encode()
                    yield key[len(self.prefix) :]

    def _target(self, key: str, version: str = "") -> Target:
        refuse_key(key)
        return Target(self.settings, self.bucket, self.prefix + key, f"{self.uri}, {key}", version)

    def _stat(self, target: Target) -> Stat | None:
        from botocore.exceptions import ClientError

        sums: Any = {"ChecksumMode": "ENABLED"} if self.settings.sends_sums else {}
        with failures.translated(target.subject):
            try:
                answer = target.client.head_object(**target.pinned, **sums)
            except ClientError as error:
                if not is_gone(error):
                    raise
                self._refuse_no_bucket(target)
                return None
            size = answer["ContentLength"]
        version = version_in(answer)
        if target.version and version != target.version:  # some servers ignore one that they do not know
            return None
        whole = answer.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT"
        sha256 = _hex(answer.get("ChecksumSHA256", "")) if whole else ""
        return Stat(size, version, sha256, version)

    def _refuse_no_bucket(self, target: Target) -> None:
        """Refuse where it is the bucket that is missing: a HEAD of an object does not tell."""
        from botocore.exceptions import ClientError

        try:
            target.client.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            if failures.code_of(error) == "404":
                raise StoreError(
                    f"{self.uri}: there is no bucket {printable(self.bucket)}",
                    hint="Correct `uri` of the store in modelops.yaml.",
                ) from error
            if failures.code_of(error) not in {"403", "AccessDenied"}:  # one may read without listing
                raise

    def _held(self, target: Target, expected: Expected) -> str | None:
        """The version under the key, if it has the expected bytes; None where nothing is.

        Raises:
            StoreConflictError: It has others.
        """
        found = self._stat(target)
        if found is None:
            return None
        same = found.size == expected.size
        if same and found.sha256:
            same = found.sha256 == expected.sha256
        elif same:
            try:
                reader = reading.begin(target._replace(version=found.version))
            except StoreMissingError:
                return None
            with reader:
                same = streams.measure(cast("BinaryIO", reader), limit=expected.size) == expected
        if not same:
            raise StoreConflictError(
                f"{printable(target.subject)}: other bytes are stored under this key already",
                hint="Nothing is ever overwritten. Find out who changed the stored object.",
            )
        return found.version

    def _proven(self, origin: Target, expected: Expected) -> Target | None:
        """The object to copy, pinned, if it has the expected bytes.

        Where there are no versions the entity tag pins it. It is asked for before the bytes are proven, so an
        object that is replaced afterwards, or in between, has another one when it is copied.
        """
        try:
            with failures.translated(origin.subject):
                tag = origin.client.head_object(**origin.place)["ETag"]
            version = self._held(origin, expected)
        except (StoreConflictError, StoreMissingError):
            return None
        except StoreError as error:
            if failures.is_refusal(error, "404", "NoSuchKey"):
                return None
            raise
        return None if version is None else origin._replace(version=version, tag=tag)

    def _taken(self, target: Target, expected: Expected) -> str:
        """Another was faster, or the answer to our own request was lost: the same bytes, or a conflict."""
        found = self._held(target, expected)
        if found is None:
            raise StoreError(f"{printable(target.subject)}: vanished while it was stored", hint="Try again.")
        return found


def open_s3_store(name: str, config: StoreConfig, _root: Path) -> S3Store:
    """The store that an `s3://bucket/prefix` URI names; percent escapes are decoded as UTF-8.

    Raises:
        StoreError: The URI names no bucket, or has parts that no bucket has.
    """
    parts = urlsplit(config.uri)
    prefix = unquote(parts.path).strip("/")
    reason = "names no bucket" if not parts.netloc else ""
    if parts.query or parts.fragment or "@" in parts.netloc or ":" in parts.netloc:
        reason = "has more than a bucket and a prefix"
    elif prefix:
        reason = reason or unsafe_characters(prefix) or unsafe_segments(prefix)
    if reason:
        raise StoreError(
            f"store {name}: {printable(config.uri)} {reason}",
            hint="Write `s3://bucket/prefix`; the server's address goes to `endpoint_url`.",
        )
    return S3Store(parts.netloc, f"{prefix}/" if prefix else "", config.uri, settings_of(config))


def _hex(sum_: str) -> str:
    """A checksum in hex; empty where it is none of the whole object (`…-2` is one of two parts)."""
    try:
        raw = base64.b64decode(sum_, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return raw.hex() if len(raw) == 32 else ""  # noqa: PLR2004 - the bytes of a SHA-256
