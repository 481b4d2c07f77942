"""Versions that stay readable by their number."""

from objectstore.probes.asks import KEY, Upload, body, refused


def numbered(server):
    """Each `PutObject` gives a `VersionId`, by which these bytes are read for ever"""
    client, bucket = server.client(), server.new_bucket(versioning=True)
    first, other = (_put(client, bucket, data) for data in (b"first", b"other"))
    assert first != other
    assert body(client, bucket) == b"other"
    assert body(client, bucket, VersionId=first) == b"first"
    assert body(client, bucket, VersionId=first, Range="bytes=1-2") == b"ir"
    assert client.head_object(Bucket=bucket, Key=KEY, VersionId=first)["VersionId"] == first


def numbered_parts(server):
    """`CompleteMultipartUpload` gives one too"""
    client, bucket = server.client(), server.new_bucket(versioning=True)
    number = Upload(client, bucket).put(b"first").complete()["VersionId"]
    client.put_object(Bucket=bucket, Key=KEY, Body=b"other")
    assert body(client, bucket, VersionId=number) == b"first"


def unnumbered(server):
    """A bucket without versions gives none"""
    client, bucket = server.client(), server.new_bucket()
    assert "VersionId" not in client.put_object(Bucket=bucket, Key=KEY, Body=b"bytes")


def marked(server):
    """A deleted key is `NoSuchKey`, and its versions stay readable"""
    client, bucket = server.client(), server.new_bucket(versioning=True)
    first = _put(client, bucket, b"first")
    said = client.delete_object(Bucket=bucket, Key=KEY)
    assert said["DeleteMarker"]
    refused("NoSuchKey", client.get_object, Bucket=bucket, Key=KEY)
    refused("404", client.head_object, Bucket=bucket, Key=KEY)
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert body(client, bucket, VersionId=first) == b"first"


def read_marker(server):
    """The number of a delete marker is not read: 405"""
    client, bucket = server.client(), server.new_bucket(versioning=True)
    _put(client, bucket, b"first")
    marker = client.delete_object(Bucket=bucket, Key=KEY)["VersionId"]
    said = refused("MethodNotAllowed 405", client.get_object, Bucket=bucket, Key=KEY, VersionId=marker)
    assert said["ResponseMetadata"]["HTTPStatusCode"] == 405


def removed(server):
    """A version that was deleted by its number is gone: 404"""
    client, bucket = server.client(), server.new_bucket(versioning=True)
    first = _put(client, bucket, b"first")
    _put(client, bucket, b"other")
    client.delete_object(Bucket=bucket, Key=KEY, VersionId=first)
    refused("NoSuchVersion", client.get_object, Bucket=bucket, Key=KEY, VersionId=first)
    refused("404", client.head_object, Bucket=bucket, Key=KEY, VersionId=first)
    assert body(client, bucket) == b"other"


def listed(server):
    """`ListObjectVersions` gives versions and markers, the latest first"""
    client, bucket = server.client(), server.new_bucket(versioning=True)
    numbers = [_put(client, bucket, data) for data in (b"first", b"other")]
    marker = client.delete_object(Bucket=bucket, Key=KEY)["VersionId"]
    found = client.list_object_versions(Bucket=bucket)
    assert [row["VersionId"] for row in found["Versions"]] == numbers[::-1]
    assert [(row["VersionId"], row["IsLatest"]) for row in found["DeleteMarkers"]] == [(marker, True)]


def _put(client, bucket, data):
    return client.put_object(Bucket=bucket, Key=KEY, Body=data)["VersionId"]
