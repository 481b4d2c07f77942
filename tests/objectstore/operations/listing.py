"""Lists of keys, versions and unfinished uploads, page by page."""

from __future__ import annotations

import base64
from itertools import islice
from urllib.parse import quote

from objectstore import markup
from objectstore.errors import S3Error


def objects(server, request):
    bucket = server.world.bucket(request.bucket)
    prefix, delimiter = request.query.get("prefix", ""), request.query.get("delimiter", "")
    after = max(_continued(request), request.query.get("start-after", ""), key=_order)
    keys = [key for key in _sorted(bucket.keys) if bucket.current(key) and key.startswith(prefix)]
    rows = [row for row in _rolled_up(keys, prefix, delimiter) if _order(row) > _order(after)]
    page, is_cut = _page(server, request, rows)
    said = [("Name", bucket.name), ("Prefix", _text(request, prefix)), ("KeyCount", len(page))]
    said += [("MaxKeys", _most(server, request)), ("IsTruncated", _flag(is_cut)), *_encoding(request)]
    if is_cut:
        said.append(("NextContinuationToken", base64.urlsafe_b64encode(page[-1].encode()).decode()))
    return markup.answer("ListBucketResult", said + [_row(bucket, request, row) for row in page])


def versions(server, request):
    bucket = server.world.bucket(request.bucket)
    prefix, after = request.query.get("prefix", ""), request.query.get("key-marker", "")
    all_of_them = [
        (key, version)
        for key in _sorted(bucket.keys)
        if key.startswith(prefix)
        for version in reversed(bucket.keys[key])
    ]
    rows = all_of_them[_place(all_of_them, after, request.query.get("version-id-marker")) :]
    page, is_cut = _page(server, request, rows)
    said = [("Name", bucket.name), ("Prefix", _text(request, prefix)), ("IsTruncated", _flag(is_cut))]
    said += [("MaxKeys", _most(server, request)), *_encoding(request)]
    if is_cut:
        key, version = page[-1]
        said += [("NextKeyMarker", _text(request, key)), ("NextVersionIdMarker", version.id)]
    return markup.answer("ListVersionsResult", said + [_version(bucket, request, *row) for row in page])


def uploads(server, request):
    bucket = server.world.bucket(request.bucket)
    prefix = request.query.get("prefix", "")
    found = [held for held in bucket.uploads.values() if held.key.startswith(prefix)]
    rows = [
        (
            "Upload",
            [
                ("Key", _text(request, held.key)),
                ("UploadId", held.id),
                ("Initiated", markup.time(held.started)),
            ],
        )
        for held in sorted(found, key=lambda held: (_order(held.key), held.started))
    ]
    said = [("Bucket", bucket.name), ("IsTruncated", "false"), ("MaxUploads", 1000), *_encoding(request)]
    return markup.answer("ListMultipartUploadsResult", said + rows)


def parts(server, request):
    bucket = server.world.bucket(request.bucket)
    upload = bucket.uploads.get(request.query["uploadId"])
    if upload is None:
        raise S3Error("NoSuchUpload", "The specified multipart upload does not exist.")
    rows = [
        ("Part", [("PartNumber", number), ("ETag", part.etag), ("Size", len(part.data))])
        for number, part in sorted(upload.parts.items())
    ]
    said = [("Bucket", bucket.name), ("Key", upload.key), ("UploadId", upload.id), ("IsTruncated", "false")]
    return markup.answer("ListPartsResult", said + rows)


def _order(key):
    """S3 sorts by the bytes of UTF-8."""
    return key.encode()


def _sorted(keys):
    return sorted(keys, key=_order)


def _continued(request):
    token = request.query.get("continuation-token")
    if token is None:
        return ""
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise S3Error("InvalidArgument", "The continuation token provided is incorrect") from error


def _rolled_up(keys, prefix, delimiter):
    """The keys, of which those with the delimiter after the prefix are one row that ends in it."""
    found = {}
    for key in keys:
        head, cut, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
        found[prefix + head + cut if cut else key] = None
    return list(found)


def _most(server, request):
    text = request.query.get("max-keys", "1000")
    if not text.isascii() or not text.isdigit():
        raise S3Error("InvalidArgument", "max-keys is no integer")
    return min(int(text), server.ways.page)


def _page(server, request, rows):
    most = _most(server, request)
    page = list(islice(rows, most))
    return page, len(rows) > len(page) and most > 0


def _place(rows, key, version_id):
    """Where a list of versions goes on after a marker."""
    if not key:
        return 0
    for index, (held, version) in enumerate(rows):
        if _order(held) > _order(key) or (held == key and version_id and version.id == version_id):
            return index + (held == key)
    return len(rows)


def _row(bucket, request, row):
    version = bucket.current(row)
    if version is None:
        return "CommonPrefixes", [("Prefix", _text(request, row))]
    sums = [("ChecksumAlgorithm", name.upper()) for name in version.checksums]
    kinds = [("ChecksumType", version.checksum_type)] if sums else []
    fields = [("LastModified", markup.time(version.modified)), ("ETag", version.etag)]
    size = [("Size", len(version.data)), ("StorageClass", "STANDARD")]
    return "Contents", [("Key", _text(request, row)), *fields, *sums, *kinds, *size]


def _version(bucket, request, key, version):
    fields = [("Key", _text(request, key)), ("VersionId", version.id)]
    fields += [
        ("IsLatest", _flag(bucket.latest(key) is version)),
        ("LastModified", markup.time(version.modified)),
    ]
    if version.is_marker:
        return "DeleteMarker", fields
    return "Version", [*fields, ("ETag", version.etag), ("Size", len(version.data))]


def _flag(value):
    return "true" if value else "false"


def _encoding(request):
    return [("EncodingType", "url")] if request.query.get("encoding-type") == "url" else []


def _text(request, key):
    return quote(key, safe="/") if _encoding(request) else key
