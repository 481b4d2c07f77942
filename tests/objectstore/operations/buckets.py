"""Buckets: made, found, versioned, removed."""

from __future__ import annotations

import re

from objectstore import markup
from objectstore.errors import S3Error
from objectstore.requests import Answer
from objectstore.state import Bucket

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def create(server, request):
    if not NAME.fullmatch(request.bucket):
        raise S3Error("InvalidBucketName", "The specified bucket is not valid.")
    if request.bucket in server.world.buckets:
        raise S3Error("BucketAlreadyOwnedByYou", "The bucket that you tried to create already exists")
    region = markup.read(request.data).findtext("LocationConstraint") if request.data else None
    has_lock = request.headers.get("x-amz-bucket-object-lock-enabled", "").lower() == "true"
    made = Bucket(request.bucket, region or server.region, "Enabled" if has_lock else "", has_lock)
    server.world.buckets[made.name] = made
    return Answer(200, {"Location": f"/{made.name}"})


def head(server, request):
    return Answer(200, {"x-amz-bucket-region": server.world.bucket(request.bucket).region})


def delete(server, request):
    bucket = server.world.bucket(request.bucket)
    if bucket.keys:
        raise S3Error("BucketNotEmpty", "The bucket you tried to delete is not empty")
    del server.world.buckets[bucket.name]
    return Answer(204)


def listed(server, _request):
    rows = [("Bucket", [("Name", name)]) for name in sorted(server.world.buckets)]
    return markup.answer("ListAllMyBucketsResult", [("Owner", [("ID", "tests")]), ("Buckets", rows)])


def location(server, request):
    region = server.world.bucket(request.bucket).region
    return markup.answer("LocationConstraint", "" if region == "us-east-1" else region)


def get_versioning(server, request):
    status = server.world.bucket(request.bucket).versioning
    return markup.answer("VersioningConfiguration", [("Status", status)] if status else [])


def put_versioning(server, request):
    bucket = server.world.bucket(request.bucket)
    status = markup.read(request.data).findtext("Status")
    if status not in {"Enabled", "Suspended"}:
        raise S3Error("MalformedXML", "The status is neither Enabled nor Suspended")
    if bucket.has_lock and status == "Suspended":
        raise S3Error("InvalidBucketState", "An Object Lock configuration is present on this bucket")
    bucket.versioning = status
    return Answer()
