"""Which version a request is about."""

from __future__ import annotations

import re

from objectstore.errors import S3Error

ID = re.compile(r"null|[A-Za-z0-9_.-]{32}")


def found(bucket, request):
    """The object that is meant by the key and, where one is named, the version.

    Raises:
        S3Error: There is none, or it was deleted.
    """
    return of(bucket, request.key, request.query.get("versionId"))


def of(bucket, key, number):
    if number is None:
        latest = bucket.latest(key)
        if latest is None:
            raise S3Error("NoSuchKey", "The specified key does not exist.", {"Key": key})
        if latest.is_marker:
            marks = {"x-amz-delete-marker": "true", "x-amz-version-id": latest.id}
            raise S3Error("NoSuchKey", "The specified key does not exist.", {"Key": key}, marks)
        return latest
    if not ID.fullmatch(number):
        raise S3Error("InvalidArgument", "Invalid version id specified")
    version = bucket.version(key, number)
    if version is None:
        raise S3Error(
            "NoSuchVersion", "The specified version does not exist.", {"Key": key, "VersionId": number}
        )
    if version.is_marker:
        marks = {"x-amz-delete-marker": "true", "Allow": "DELETE"}
        raise S3Error(
            "MethodNotAllowed", "The specified method is not allowed against a marker.", None, marks
        )
    return version
