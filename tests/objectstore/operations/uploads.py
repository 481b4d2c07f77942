"""Uploads in parts."""

from __future__ import annotations

import re
import secrets

from objectstore import bodies, checksums, markup
from objectstore.errors import S3Error
from objectstore.operations import conditions, locking, objects
from objectstore.requests import Answer
from objectstore.state import Part, Upload, Version

SPAN = re.compile(r"bytes=(\d+)-(\d+)")
MOST_PARTS = 10_000


def create(server, request):
    bucket = server.world.bucket(request.bucket)
    objects.refuse_key(request.key)
    algorithm = request.headers.get("x-amz-checksum-algorithm", "").lower()
    kind = request.headers.get("x-amz-checksum-type", "").upper()
    if algorithm:
        checksums.known(algorithm)
        kind = kind or "COMPOSITE"
    if kind == "FULL_OBJECT" and algorithm in checksums.HASHES:
        raise S3Error(
            "InvalidRequest", f"FULL_OBJECT cannot be used with the {algorithm} checksum algorithm."
        )
    retention, hold = locking.asked_for(request, bucket)
    made = Upload(secrets.token_urlsafe(24), request.key, algorithm, kind, objects.kept(request.headers))
    made.retention, made.legal_hold = retention, hold
    bucket.uploads[made.id] = made
    fields = [("Bucket", bucket.name), ("Key", request.key), ("UploadId", made.id)]
    headers = (
        {"x-amz-checksum-algorithm": algorithm.upper(), "x-amz-checksum-type": kind} if algorithm else {}
    )
    return markup.answer("InitiateMultipartUploadResult", fields, headers)


def put_part(server, request):
    upload = _upload(server, request)
    number = _number(request)
    wrong = upload.algorithm and request.checksums and upload.algorithm not in request.checksums
    if wrong:
        raise S3Error("InvalidRequest", f"Checksum Type mismatch occurred, expected: {upload.algorithm}")
    if upload.algorithm and not request.checksums:
        raise S3Error(
            "InvalidRequest", f"Checksum Type mismatch occurred, expected: {upload.algorithm}, not: null"
        )
    part = Part(request.data, f'"{bodies.md5_of(request.data)}"', dict(request.checksums))
    upload.parts[number] = part
    sums = {f"x-amz-checksum-{name}": value for name, value in part.checksums.items()}
    return Answer(200, {"ETag": part.etag, **sums})


def copy_part(server, request):
    upload, number = _upload(server, request), _number(request)
    origin, held = objects.source(server, request)
    data = held.data
    asked = request.headers.get("x-amz-copy-source-range")
    if asked is not None:
        found = SPAN.fullmatch(asked)
        if not found or not int(found[1]) <= int(found[2]) < len(data):
            code = "InvalidRange" if found else "InvalidArgument"
            raise S3Error(code, "The range is not within the source")
        data = data[int(found[1]) : int(found[2]) + 1]
    sums = {upload.algorithm: checksums.of(upload.algorithm, data)} if upload.algorithm else {}
    part = upload.parts[number] = Part(data, f'"{bodies.md5_of(data)}"', sums)
    headers = {"x-amz-copy-source-version-id": held.id} if origin.versioning else {}
    fields = [("ETag", part.etag), ("LastModified", markup.time(held.modified)), *objects.as_fields(sums)]
    return markup.answer("CopyPartResult", fields, headers)


def complete(server, request):
    bucket, upload = server.world.bucket(request.bucket), _upload(server, request)
    parts = _listed(request, upload)
    for part in parts[:-1]:
        if len(part.data) < server.ways.part_minimum:
            raise S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
    data = b"".join(part.data for part in parts)
    if int(request.headers.get("x-amz-mp-object-size", len(data))) != len(data):
        raise S3Error(
            "InvalidRequest", "The provided 'x-amz-mp-object-size' header does not match what was uploaded."
        )
    sums = _sums(upload, parts, data)
    _refuse_other_sums(request, sums)
    conditions.may_write(request, bucket)
    version = Version(bucket.new_id(), data, bodies.etag_of_parts([part.etag for part in parts]), sums)
    version.checksum_type = upload.checksum_type or "FULL_OBJECT"
    version.headers, version.retention, version.legal_hold = (
        upload.headers,
        upload.retention,
        upload.legal_hold,
    )
    bucket.add(request.key, version)
    del bucket.uploads[upload.id]
    said = [("ChecksumType", version.checksum_type)] if sums else []
    fields = [
        ("Bucket", bucket.name),
        ("Key", request.key),
        ("ETag", version.etag),
        *objects.as_fields(sums),
        *said,
    ]
    return markup.answer("CompleteMultipartUploadResult", fields, objects.numbered(version))


def abort(server, request):
    upload = _upload(server, request)
    del server.world.bucket(request.bucket).uploads[upload.id]
    return Answer(204)


def _upload(server, request):
    found = server.world.bucket(request.bucket).uploads.get(request.query["uploadId"])
    if found is None or found.key != request.key:
        raise S3Error("NoSuchUpload", "The specified multipart upload does not exist.")
    return found


def _number(request):
    text = request.query["partNumber"]
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_PARTS:
        raise S3Error("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
    return int(text)


def _listed(request, upload):
    """The parts that the body of a request to complete names, in its order."""
    named = markup.read(request.data).findall("Part")
    if not named:
        raise S3Error("MalformedXML", "You must specify at least one part")
    numbers = [_listed_number(element.findtext("PartNumber")) for element in named]
    if numbers != sorted(set(numbers)):
        raise S3Error("InvalidPartOrder", "The list of parts was not in ascending order.")
    return [_part(upload, number, element) for number, element in zip(numbers, named, strict=True)]


def _listed_number(text):
    if text is None or not text.isdecimal():
        raise S3Error("MalformedXML", "A part has no number")
    return int(text)


def _part(upload, number, element):
    held = upload.parts.get(number)
    if held is None or held.etag.strip('"') != (element.findtext("ETag") or "").strip('"'):
        raise S3Error("InvalidPart", "One or more of the specified parts could not be found.")
    said = {name: element.findtext(f"Checksum{name.upper()}") for name in checksums.RAW}
    said = {name: value for name, value in said.items() if value is not None}
    if upload.algorithm and upload.checksum_type == "COMPOSITE" and upload.algorithm not in said:
        raise S3Error(
            "InvalidRequest", f"The complete request must include the checksum for each part: {number}"
        )
    if any(held.checksums.get(name) != value for name, value in said.items()):
        raise S3Error("InvalidPart", "The checksum of a part is not that with which it was uploaded.")
    return held


def _sums(upload, parts, data):
    if not upload.algorithm:
        return {}
    if upload.checksum_type == "FULL_OBJECT":
        return {upload.algorithm: checksums.of(upload.algorithm, data)}
    return {
        upload.algorithm: checksums.composite(
            upload.algorithm, [p.checksums[upload.algorithm] for p in parts]
        )
    }


def _refuse_other_sums(request, sums):
    """The checksum of the whole that a request to complete may carry is held to what came."""
    for name, value in request.headers.items():
        found = bodies.ALGORITHM.fullmatch(name)
        if found and sums.get(found[1], value).partition("-")[0] != value.partition("-")[0]:
            raise S3Error("BadDigest", f"The {found[1]} you specified did not match the calculated checksum.")
