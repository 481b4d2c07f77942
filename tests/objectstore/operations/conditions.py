"""If-Match, If-None-Match and their likes: which requests may go on."""

from __future__ import annotations

from objectstore.errors import S3Error

FAILED = "At least one of the pre-conditions you specified did not hold"


def may_write(request, bucket):
    """Refuse to write where the request says that it must not.

    Raises:
        S3Error: PreconditionFailed, above all where If-None-Match is `*` and the key is taken.
    """
    held = bucket.current(request.key)
    absent, present = request.headers.get("if-none-match"), request.headers.get("if-match")
    if absent is not None and absent != "*":
        raise S3Error("NotImplemented", "If-None-Match takes nothing but * where something is written")
    if absent and held is not None:
        raise S3Error("PreconditionFailed", FAILED, {"Condition": "If-None-Match"})
    if present is not None and held is None:
        raise S3Error("NoSuchKey", "The specified key does not exist.")
    if present is not None and _bare(present) != _bare(held.etag):
        raise S3Error("PreconditionFailed", FAILED, {"Condition": "If-Match"})


def may_read(headers, version, prefix=""):
    """Refuse to read another object than the one that the request means.

    Args:
        headers: Of the request.
        version: What it would read.
        prefix: `x-amz-copy-source-` where it is the source of a copy.
    """
    _refuse_dates(headers, prefix)
    present, absent = headers.get(f"{prefix}if-match"), headers.get(f"{prefix}if-none-match")
    if present is not None and present != "*" and _bare(present) != _bare(version.etag):
        raise S3Error("PreconditionFailed", FAILED, {"Condition": f"{prefix}If-Match"})
    if absent is not None and (absent == "*" or _bare(absent) == _bare(version.etag)):
        raise S3Error("PreconditionFailed" if prefix else "NotModified", FAILED)


def _refuse_dates(headers, prefix):
    for name in ("if-modified-since", "if-unmodified-since"):
        if prefix + name in headers:
            raise S3Error("NotImplemented", f"the fake does not know {prefix}{name}")


def _bare(etag):
    return etag.strip().strip('"')
