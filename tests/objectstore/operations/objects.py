"""Single objects: put, get, head, copy, delete."""

from __future__ import annotations

import re
from urllib.parse import unquote

from objectstore import bodies, checksums, markup
from objectstore.errors import S3Error
from objectstore.operations import conditions, locating, locking
from objectstore.requests import Answer
from objectstore.state import NULL, Version

KEPT = ("content-type", "cache-control", "content-disposition", "content-language")
RANGE = re.compile(r"bytes=(\d*)-(\d*)")
LARGEST_KEY = 1024  # bytes


def put(server, request):
    bucket = server.world.bucket(request.bucket)
    refuse_key(request.key)
    conditions.may_write(request, bucket)
    locking.refuse_without_digest(request)
    retention, hold = locking.asked_for(request, bucket)
    version = Version(
        bucket.new_id(), request.data, f'"{bodies.md5_of(request.data)}"', dict(request.checksums)
    )
    version.headers, version.retention, version.legal_hold = kept(request.headers), retention, hold
    bucket.add(request.key, version)
    return Answer(200, {"ETag": version.etag, **described(version), **numbered(version)})


def get(server, request):
    bucket = server.world.bucket(request.bucket)
    version = locating.found(bucket, request)
    conditions.may_read(request.headers, version)
    headers = _of_object(bucket, version)
    asked = RANGE.fullmatch(request.headers.get("range", ""))
    if asked and asked[0] != "bytes=-":
        first, last = _span(asked, len(version.data))
        headers["Content-Range"] = f"bytes {first}-{last}/{len(version.data)}"
        return Answer(206, headers, version.data[first : last + 1])
    if request.headers.get("x-amz-checksum-mode", "").upper() == "ENABLED":
        headers |= described(version)
    return Answer(200, headers, version.data)


def delete(server, request):
    bucket = server.world.bucket(request.bucket)
    number = request.query.get("versionId")
    if number is None:
        server.world.delete(request.bucket, request.key)
        marker = bucket.latest(request.key)
        headers = {"x-amz-delete-marker": "true", "x-amz-version-id": marker.id} if marker else {}
        return Answer(204, headers)
    version = bucket.version(request.key, number)
    if version is not None:
        locking.refuse_to_remove(request, version)
        bucket.remove(request.key, version)
    return Answer(204, {"x-amz-version-id": number})


def copy(server, request):
    bucket = server.world.bucket(request.bucket)
    refuse_key(request.key)
    origin, held = source(server, request)
    if (origin.name, request.key) == (request.bucket, source_key(request)):
        raise S3Error("InvalidRequest", "This copy request is illegal: it copies an object to itself.")
    conditions.may_write(request, bucket)
    retention, hold = locking.asked_for(request, bucket)
    algorithm = request.headers.get("x-amz-checksum-algorithm", "").lower()
    sums = {algorithm: checksums.of(algorithm, held.data)} if algorithm else _whole(held)
    version = Version(bucket.new_id(), held.data, f'"{bodies.md5_of(held.data)}"', sums)
    version.headers, version.retention, version.legal_hold = dict(held.headers), retention, hold
    bucket.add(request.key, version)
    headers = numbered(version)
    if origin.versioning:
        headers["x-amz-copy-source-version-id"] = held.id
    fields = [("ETag", version.etag), ("LastModified", markup.time(version.modified)), *as_fields(sums)]
    return markup.answer("CopyObjectResult", fields, headers)


def source(server, request):
    """The bucket and the version that a copy is made of."""
    name, _, number = request.headers["x-amz-copy-source"].partition("?versionId=")
    bucket, _, key = unquote(name).removeprefix("/").partition("/")
    origin = server.world.bucket(bucket)
    held = locating.of(origin, key, number or None)
    conditions.may_read(request.headers, held, "x-amz-copy-source-")
    return origin, held


def source_key(request):
    name = request.headers["x-amz-copy-source"].partition("?versionId=")[0]
    return unquote(name).removeprefix("/").partition("/")[2]


def refuse_key(key):
    if len(key.encode()) > LARGEST_KEY:
        raise S3Error("KeyTooLongError", "Your key is too long")


def kept(headers):
    """What an upload says that is given back with the object."""
    return {name: value for name, value in headers.items() if name in KEPT or name.startswith("x-amz-meta-")}


def described(version):
    """The headers with the checksums that an object was uploaded with."""
    if not version.checksums:
        return {}
    named = {f"x-amz-checksum-{name}": value for name, value in version.checksums.items()}
    return {**named, "x-amz-checksum-type": version.checksum_type}


def numbered(version):
    """The header that tells whoever wrote an object its number, where it has one."""
    return {} if version.id == NULL else {"x-amz-version-id": version.id}


def as_fields(sums):
    return [(f"Checksum{name.upper()}", value) for name, value in sums.items()]


def _whole(version):
    """The checksums of a copy: those of an object that was put at once are taken over."""
    return {name: checksums.of(name, version.data) for name in version.checksums}


def _of_object(bucket, version):
    return {
        "ETag": version.etag,
        "Last-Modified": version.modified.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "Accept-Ranges": "bytes",
        "content-type": "binary/octet-stream",
        **version.headers,
        **({"x-amz-version-id": version.id} if bucket.versioning else {}),
        **locking.described(version),
    }


def _span(asked, size):
    """The first and the last byte of a range.

    Raises:
        S3Error: The object has none of them.
    """
    first, last = asked.groups()
    begin = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if begin >= size or (not first and int(last) == 0) or (last and first and int(last) < int(first)):
        raise S3Error("InvalidRange", "The requested range is not satisfiable", {"ActualObjectSize": size})
    return begin, end
