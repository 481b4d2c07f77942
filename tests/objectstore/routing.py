"""Which operation of S3 a request is, and who carries it out."""

from __future__ import annotations

from typing import NamedTuple

from objectstore.errors import S3Error
from objectstore.operations import buckets, listing, locking, objects, uploads


class Route(NamedTuple):
    """An operation: the method, the parameters that make it, and whether it names a key."""

    name: str
    method: str
    has_key: bool
    needs: frozenset[str]
    carry_out: object


def _route(name, method, has_key, needs, carry_out):
    return Route(name, method, has_key, frozenset(needs.split()), carry_out)


# The first that fits is taken. `x-amz-copy-source` is a header, and listed as if it were a parameter.
ROUTES = [
    _route("UploadPartCopy", "PUT", True, "partNumber uploadId x-amz-copy-source", uploads.copy_part),
    _route("UploadPart", "PUT", True, "partNumber uploadId", uploads.put_part),
    _route("PutObjectRetention", "PUT", True, "retention", locking.put_retention),
    _route("CopyObject", "PUT", True, "x-amz-copy-source", objects.copy),
    _route("PutObject", "PUT", True, "", objects.put),
    _route("CreateMultipartUpload", "POST", True, "uploads", uploads.create),
    _route("CompleteMultipartUpload", "POST", True, "uploadId", uploads.complete),
    _route("AbortMultipartUpload", "DELETE", True, "uploadId", uploads.abort),
    _route("DeleteObject", "DELETE", True, "", objects.delete),
    _route("ListParts", "GET", True, "uploadId", listing.parts),
    _route("GetObjectRetention", "GET", True, "retention", locking.get_retention),
    _route("GetObject", "GET", True, "", objects.get),
    _route("HeadObject", "HEAD", True, "", objects.get),
    _route("GetBucketLocation", "GET", False, "location", buckets.location),
    _route("GetBucketVersioning", "GET", False, "versioning", buckets.get_versioning),
    _route("PutBucketVersioning", "PUT", False, "versioning", buckets.put_versioning),
    _route("GetObjectLockConfiguration", "GET", False, "object-lock", locking.get_configuration),
    _route("PutObjectLockConfiguration", "PUT", False, "object-lock", locking.put_configuration),
    _route("ListMultipartUploads", "GET", False, "uploads", listing.uploads),
    _route("ListObjectVersions", "GET", False, "versions", listing.versions),
    _route("ListObjectsV2", "GET", False, "list-type", listing.objects),
    _route("CreateBucket", "PUT", False, "", buckets.create),
    _route("HeadBucket", "HEAD", False, "", buckets.head),
    _route("DeleteBucket", "DELETE", False, "", buckets.delete),
]
# What an operation may be told beside: all else is refused, so that nothing is silently ignored.
PARAMETERS = {
    "GetObject": {"versionId", "x-id"},
    "HeadObject": {"versionId"},
    "DeleteObject": {"versionId", "x-id"},
    "GetObjectRetention": {"versionId"},
    "PutObjectRetention": {"versionId"},
    "ListObjectsV2": {
        "prefix", "delimiter", "max-keys", "continuation-token", "start-after", "encoding-type", "fetch-owner"
    },
    "ListObjectVersions": {"prefix", "max-keys", "key-marker", "version-id-marker", "encoding-type"},
    "ListMultipartUploads": {"prefix", "encoding-type", "max-uploads"},
    "ListBuckets": {"x-id"},
}  # fmt: skip
LIST_BUCKETS = _route("ListBuckets", "GET", False, "", buckets.listed)


def route_of(request):
    """The operation that a request is.

    Raises:
        S3Error: None that the fake knows.
    """
    if not request.bucket and request.method == "GET":
        return LIST_BUCKETS
    said = set(request.query) | ({"x-amz-copy-source"} & set(request.headers))
    for route in ROUTES:
        if (route.method, route.has_key) == (request.method, bool(request.key)) and route.needs <= said:
            extra = said - route.needs - PARAMETERS.get(route.name, {"x-id"})
            if not extra:
                return route
            raise S3Error("NotImplemented", f"the fake does not know {sorted(extra)} of {route.name}")
    raise S3Error("NotImplemented", f"the fake does not know {request.method} {request.target}")
