"""What the fake holds: buckets, their versions and their unfinished uploads."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from objectstore import bodies
from objectstore.errors import S3Error

NULL = "null"


class Retention(NamedTuple):
    mode: str
    until: datetime


@dataclass
class Version:
    """One object, or one marker that says that the key was deleted."""

    id: str
    data: bytes = b""
    etag: str = ""
    checksums: dict[str, str] = field(default_factory=dict)
    checksum_type: str = "FULL_OBJECT"
    headers: dict[str, str] = field(default_factory=dict)
    retention: Retention | None = None
    legal_hold: bool = False
    is_marker: bool = False
    modified: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))


@dataclass
class Part:
    data: bytes
    etag: str
    checksums: dict[str, str]


@dataclass
class Upload:
    """A multipart upload that is neither completed nor aborted."""

    id: str
    key: str
    algorithm: str = ""
    checksum_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    retention: Retention | None = None
    legal_hold: bool = False
    parts: dict[int, Part] = field(default_factory=dict)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass
class Bucket:
    name: str
    region: str
    versioning: str = ""  # as S3 has it: "", Enabled or Suspended
    has_lock: bool = False
    default_retention: tuple[str, int] | None = None  # mode, days
    keys: dict[str, list[Version]] = field(default_factory=dict)  # the latest version is the last
    uploads: dict[str, Upload] = field(default_factory=dict)

    def latest(self, key):
        """The version that a key stands for now, which may be a marker; None where there is none."""
        versions = self.keys.get(key)
        return versions[-1] if versions else None

    def current(self, key):
        """The object that a key stands for now, or None."""
        found = self.latest(key)
        return None if found is None or found.is_marker else found

    def version(self, key, number):
        return next((version for version in self.keys.get(key, []) if version.id == number), None)

    def add(self, key, version):
        """Let the key stand for a version; one without a number takes the place of the one before."""
        if version.id == NULL:
            self.keys[key] = [held for held in self.keys.get(key, []) if held.id != NULL]
        self.keys.setdefault(key, []).append(version)

    def remove(self, key, version):
        self.keys[key].remove(version)
        if not self.keys[key]:
            del self.keys[key]

    def new_id(self):
        return secrets.token_urlsafe(24) if self.versioning == "Enabled" else NULL


@dataclass
class World:
    """All buckets of a server, and what tests do to them behind the backs of clients."""

    buckets: dict[str, Bucket] = field(default_factory=dict)
    names: itertools.count = field(default_factory=itertools.count)

    def bucket(self, name):
        if name not in self.buckets:
            raise S3Error("NoSuchBucket", "The specified bucket does not exist", {"BucketName": name})
        return self.buckets[name]

    def overwrite(self, bucket, key, data):
        """Put other bytes under a key, as somebody would who does not use the tool."""
        held = self.bucket(bucket)
        held.add(key, Version(held.new_id(), data, f'"{bodies.md5_of(data)}"'))

    def tamper(self, bucket, key, change):
        """Change the bytes of the current version in place, as a bad disk would; all else stays as it was."""
        held = self.bucket(bucket).current(key)
        held.data = change(held.data)

    def delete(self, bucket, key, version_id=""):
        """Delete as S3 does: a version for ever, else by a marker where the bucket has versions."""
        held = self.bucket(bucket)
        if version_id:
            held.remove(key, held.version(key, version_id))
        elif held.versioning:
            held.add(key, Version(held.new_id(), is_marker=True))
        else:
            held.keys.pop(key, None)
