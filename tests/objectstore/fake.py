"""A strict server of S3 inside the process of the test. It verifies all that it is told, and fails on demand.

It has no code of AWS's, so what boto3 gets wrong is not right here too. It is small, not fast: bodies are
held in memory, and one operation is carried out at a time.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from objectstore import certificates
from objectstore.access import Access
from objectstore.faults import Fault
from objectstore.signature import Credential
from objectstore.state import Bucket, World
from objectstore.wire import Listener

REGION = "eu-west-1"
KEY, SECRET = "AKIAFAKEFAKEFAKEFAKE", "fake/secret+of/the+tests"


@dataclass
class Ways:
    """How one server of S3 differs from another, and from AWS's.

    Attributes:
        part_minimum: The least bytes of a part that is not the last; AWS has 5 MiB.
        page: The most rows of a list; AWS has 1,000.
        refused: Checksums whose headers the server refuses, such as `crc32`, which boto3 sends unasked;
            `*` is all, trailers included.
        ignores_conditions: If-None-Match and If-Match say nothing to it.
        ignores_checksums: It neither verifies nor keeps the checksums that it is sent.
    """

    part_minimum: int = 5 << 20
    page: int = 3
    refused: frozenset[str] = frozenset()
    ignores_conditions: bool = False
    ignores_checksums: bool = False


class FakeS3:
    """Starts at once; a context manager, which stops it."""

    def __init__(self, ways=None, *, tls=False, folder=None):
        """With `tls`, a certificate is made in `folder`."""
        self.ways = ways or Ways()
        self.region = REGION
        self.world = World()
        self.lock = threading.RLock()
        self.stopped = threading.Event()
        self.faults = []
        self.seen = []
        self.credentials = {KEY: Credential(KEY, SECRET)}
        made = certificates.make(Path(folder)) if tls else None
        self._listener = Listener(self, made)
        self._authority = str(made.authority) if made else ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def begin_anew(self, ways):
        """Be as on the first day, but on the same port; what stalls is let go."""
        with self.lock:
            self.ways, self.world = ways, World()
            self.credentials = {KEY: Credential(KEY, SECRET)}
            self.stopped.set()
            self.stopped = threading.Event()
        self.forget()

    def stop(self):
        self.stopped.set()
        self._listener.stop()

    @property
    def endpoint(self):
        return f"{'https' if self._authority else 'http'}://127.0.0.1:{self._listener.port}"

    @property
    def access(self):
        return Access(self.endpoint, self.region, KEY, SECRET, "", self._authority)

    def client(self, **settings):
        return self.access.client(**settings)

    def admit(self, credential):
        """Let the server know one more key; gives the access with it."""
        self.credentials[credential.key] = credential
        return Access(
            self.endpoint, self.region, credential.key, credential.secret, credential.token, self._authority
        )

    def new_bucket(self, *, versioning=False, object_lock=False, region=""):
        """Make a bucket; gives its name."""
        with self.lock:
            name = f"bucket-{next(self.world.names)}"
            status = "Enabled" if versioning or object_lock else ""
            self.world.buckets[name] = Bucket(name, region or self.region, status, object_lock)
        return name

    def fail(self, operation, action, *, key="*", after=0, times=1):
        """Do something wrong; gives the fault, which counts how often it did."""
        fault = Fault(operation, action, key, after, times)
        with self.lock:
            self.faults.append(fault)
        return fault

    def strike(self, operation, key):
        """The action of the first fault that a request meets, or None."""
        with self.lock:
            struck = [fault for fault in self.faults if fault.strikes(operation, key)]
        return struck[0].action if struck else None

    def requests(self, operation="", key=""):
        """What was asked so far, of one operation and one key where they are given."""
        with self.lock:
            return [seen for seen in self.seen if operation in {"", seen.operation} and key in {"", seen.key}]

    def forget(self):
        """Start to count anew, with no fault."""
        with self.lock:
            self.seen.clear()
            self.faults.clear()

    def open_uploads(self):
        """The keys of all uploads that are neither completed nor aborted: each costs money for ever."""
        with self.lock:
            return sorted(
                held.key for bucket in self.world.buckets.values() for held in bucket.uploads.values()
            )

    def keys(self, bucket):
        with self.lock:
            return sorted(
                key for key in self.world.bucket(bucket).keys if self.world.bucket(bucket).current(key)
            )

    def read(self, bucket, key):
        """The bytes that are stored under a key now."""
        with self.lock:
            return self.world.bucket(bucket).current(key).data
