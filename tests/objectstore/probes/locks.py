"""Retention that nobody shortens."""

from datetime import UTC, datetime, timedelta

from objectstore.probes.asks import KEY, Upload, body, refused

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
COMPLIANCE = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": TOMORROW}
GOVERNANCE = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": TOMORROW}


def put(server):
    """`PutObject` takes a retention, which `GetObjectRetention` and `HeadObject` give"""
    client, bucket = server.client(), server.new_bucket(object_lock=True)
    client.put_object(Bucket=bucket, Key=KEY, Body=b"bytes", **COMPLIANCE)
    _is_locked(client, bucket)
    assert client.head_object(Bucket=bucket, Key=KEY)["ObjectLockMode"] == "COMPLIANCE"


def parts(server):
    """`CreateMultipartUpload` takes one"""
    client, bucket = server.client(), server.new_bucket(object_lock=True)
    Upload(client, bucket, **COMPLIANCE).put(b"bytes").complete()
    _is_locked(client, bucket)


def copy(server):
    """`CopyObject` takes one"""
    client, bucket = server.client(), server.new_bucket(object_lock=True)
    client.put_object(Bucket=bucket, Key="source", Body=b"bytes")
    client.copy_object(Bucket=bucket, Key=KEY, CopySource={"Bucket": bucket, "Key": "source"}, **COMPLIANCE)
    _is_locked(client, bucket)


def kept(server):
    """A version that is retained is not deleted"""
    client, bucket = server.client(), server.new_bucket(object_lock=True)
    number = client.put_object(Bucket=bucket, Key=KEY, Body=b"bytes", **COMPLIANCE)["VersionId"]
    where = {"Bucket": bucket, "Key": KEY, "VersionId": number}
    refused("AccessDenied", client.delete_object, **where)
    refused("AccessDenied", client.delete_object, **where, BypassGovernanceRetention=True)
    assert body(client, bucket) == b"bytes"


def not_shortened(server):
    """A retention in compliance mode is not shortened"""
    client, bucket = server.client(), server.new_bucket(object_lock=True)
    client.put_object(Bucket=bucket, Key=KEY, Body=b"bytes", **COMPLIANCE)
    shorter = {"Mode": "COMPLIANCE", "RetainUntilDate": TOMORROW - timedelta(hours=12)}
    refused("AccessDenied", client.put_object_retention, Bucket=bucket, Key=KEY, Retention=shorter)
    _is_locked(client, bucket)


def governed(server):
    """A version under governance is deleted only with the header that says so"""
    client, bucket = server.client(), server.new_bucket(object_lock=True)
    number = client.put_object(Bucket=bucket, Key=KEY, Body=b"bytes", **GOVERNANCE)["VersionId"]
    where = {"Bucket": bucket, "Key": KEY, "VersionId": number}
    refused("AccessDenied", client.delete_object, **where)
    client.delete_object(**where, BypassGovernanceRetention=True)
    refused("NoSuchKey", client.get_object, Bucket=bucket, Key=KEY)


def without_lock(server):
    """A bucket without Object Lock refuses an upload that asks for a retention"""
    client, bucket = server.client(), server.new_bucket(versioning=True)
    said = {"Bucket": bucket, "Key": KEY, "Body": b"bytes", **COMPLIANCE}
    refused("InvalidRequest", client.put_object, **said)


def in_the_past(server):
    """A retention until a day in the past is refused"""
    client, bucket = server.client(), server.new_bucket(object_lock=True)
    past = {**COMPLIANCE, "ObjectLockRetainUntilDate": TOMORROW - timedelta(days=9)}
    refused(
        "InvalidArgument InvalidRequest", client.put_object, Bucket=bucket, Key=KEY, Body=b"bytes", **past
    )


def without(server):
    """An object without a retention says so"""
    client, bucket = server.client(), server.new_bucket(object_lock=True)
    client.put_object(Bucket=bucket, Key=KEY, Body=b"bytes")
    codes = "NoSuchObjectLockConfiguration ObjectLockConfigurationNotFoundError"
    refused(codes, client.get_object_retention, Bucket=bucket, Key=KEY)


def _is_locked(client, bucket):
    found = client.get_object_retention(Bucket=bucket, Key=KEY)["Retention"]
    assert (found["Mode"], found["RetainUntilDate"]) == ("COMPLIANCE", TOMORROW)
