"""Writing an object: whole or not at all, and only where nothing is.

A small object goes in one request, with its SHA-256, which the server checks and keeps. A large one goes in
parts, several at once, each with a checksum; the last request, which makes an object of them, is refused
where one has appeared meanwhile. Until then nobody sees anything, and what fails takes its parts back.
"""

from __future__ import annotations

import base64
import random
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError
from modelops_git.edges.stores import streams
from modelops_git.edges.stores.s3 import failures
from modelops_git.edges.stores.s3.budget import MIB, WRITES
from modelops_git.edges.stores.s3.parts import Sending, copied, part_size, spans
from modelops_git.edges.stores.s3.target import version_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelops_git.edges.stores.base import Expected
    from modelops_git.edges.stores.s3.client import Settings
    from modelops_git.edges.stores.s3.parts import Part
    from modelops_git.edges.stores.s3.target import Target

THRESHOLD = 16 * MIB
TRIES = 6
OLD = timedelta(days=7)
# `NoSuchUpload`: the answer to an earlier try was lost, and that one made an object of the upload.
_TAKEN = frozenset({"PreconditionFailed", "412", "NoSuchUpload"})
_AGAIN = frozenset({"ConditionalRequestConflict", "409", "OperationAborted"})


class TakenError(Exception):
    """There is an object of this key already; what it holds has to be looked at."""


def put_small(target: Target, source: BinaryIO, expected: Expected) -> str:
    """Store up to `THRESHOLD` bytes in one request; the version of the object.

    Raises:
        StoreMismatchError: `source` does not hold what is expected.
        TakenError: There is an object already.
    """
    lent = WRITES.borrow(expected.size)
    try:
        body = _read(source, expected, target.subject)
        sums = _sums(target.settings, body, expected)
        request = {**target.place, "Body": body, **sums, **lock_of(target.settings), "IfNoneMatch": "*"}
        return version_in(once(target, lambda: target.client.put_object(**request)))
    finally:
        WRITES.give_back(lent)


def put_large(target: Target, source: BinaryIO, expected: Expected) -> str:
    """Store any number of bytes in parts; the version of the object. Raises as `put_small` does."""
    size = part_size(expected.size)
    with _upload(target) as upload, Sending(target, upload) as sending:
        found = streams.copy(source, sending.writer(size), limit=expected.size)
        streams.compare(target.subject, found, expected)
        return _complete(target, upload, sending.finish())


def copy(target: Target, source: Target, size: int) -> str:
    """Make an object of another one inside the store; its version. Raises as `put_small` does."""
    with _upload(target) as upload:
        parts = [copied(target, upload, source, span) for span in spans(size)]
        return _complete(target, upload, parts)


def once(target: Target, request: Callable[[], Any]) -> Any:
    """Make a request that creates an object, again where another writer was in its way.

    Raises:
        TakenError: There is an object already.
        StoreError: The server refuses.
    """
    from botocore.exceptions import ClientError

    for attempt in range(TRIES):
        with failures.translated(target.subject):
            try:
                return request()
            except ClientError as error:
                code = failures.code_of(error)
                if code in _TAKEN:
                    raise TakenError from error
                if code not in _AGAIN:
                    raise
        time.sleep(random.uniform(0.5, 1) * 0.2 * 2**attempt)  # noqa: S311 - jitter
    raise StoreError(
        f"{printable(target.subject)}: others kept writing the same object", hint="Try again later."
    )


def lock_of(settings: Settings) -> Any:
    """What a request says so that the object is retained."""
    if not settings.lock_mode or settings.lock_for is None:
        return {}
    return {
        "ObjectLockMode": settings.lock_mode,
        "ObjectLockRetainUntilDate": datetime.now(UTC) + settings.lock_for,
    }


def _read(source: BinaryIO, expected: Expected, subject: str) -> bytes:
    content = bytearray()
    found = streams.copy(source, content.extend, limit=expected.size)
    streams.compare(subject, found, expected)
    return bytes(content)


def _sums(settings: Settings, body: bytes, expected: Expected) -> Any:
    """What lets the server check the body; of old ones, which know nothing better, by MD5."""
    if settings.sends_sums:
        return {"ChecksumSHA256": base64.b64encode(bytes.fromhex(expected.sha256)).decode()}
    import hashlib

    return {"ContentMD5": base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()}


@contextmanager
def _upload(target: Target) -> Iterator[str]:
    """An upload in parts; taken back if the block fails, Ctrl-C included."""
    _take_back_old(target)
    sums: Any = {"ChecksumAlgorithm": "CRC32"} if target.settings.sends_sums else {}
    with failures.translated(target.subject):
        answer = target.client.create_multipart_upload(**target.place, **sums, **lock_of(target.settings))
        upload = answer["UploadId"]
    try:
        yield upload
    except BaseException as error:
        _take_back(target, upload, error)
        raise


def _take_back(target: Target, upload: str, error: BaseException) -> None:
    """Take back an upload that failed; where that fails too, the first error is the one that is told."""
    try:
        with failures.translated(target.subject):
            _abort(target, upload)
    except StoreError as left:
        said = f"What was sent of it could not be taken back, and is left in the bucket: {left.message}."
        if isinstance(error, StoreError):
            error.hint = f"{error.hint} {said}".strip()
        else:
            error.add_note(said)


def _take_back_old(target: Target) -> None:
    """Take back uploads of this very object that a crash left, and that nobody has gone on with for days."""
    from botocore.exceptions import ClientError

    try:
        with failures.translated(target.subject):
            answer = target.client.list_multipart_uploads(Bucket=target.bucket, Prefix=target.key)
    except StoreError as error:
        if isinstance(error.__cause__, ClientError):
            return  # not everybody who may write may list uploads, and not every server can
        raise
    now = datetime.now(UTC)
    for one in answer.get("Uploads", ()):
        if one.get("Key") == target.key and now - one["Initiated"] > OLD:
            with failures.translated(target.subject):
                _abort(target, one["UploadId"])


def _abort(target: Target, upload: str) -> None:
    from botocore.exceptions import ClientError

    try:
        target.client.abort_multipart_upload(**target.place, UploadId=upload)
    except ClientError as error:
        if failures.code_of(error) not in {"NoSuchUpload", "404"}:  # gone is what it should be
            raise


def _complete(target: Target, upload: str, parts: list[Part]) -> str:
    said = {"Parts": [part.said for part in parts]}
    request = {**target.place, "UploadId": upload, "MultipartUpload": said, "IfNoneMatch": "*"}
    return version_in(once(target, lambda: target.client.complete_multipart_upload(**request)))
