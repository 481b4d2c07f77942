"""Bytes that are in the store already are not uploaded again."""

from objectstore.probes.asks import KEY, MINIMUM, Upload, body, noise, refused, sha256


def whole(server):
    """`CopyObject` makes a copy"""
    client, bucket = server.client(), server.new_bucket()
    client.copy_object(Bucket=bucket, Key=KEY, CopySource=_source(client, bucket, b"bytes"))
    assert body(client, bucket) == b"bytes"


def whole_with_checksum(server):
    """It computes the SHA-256 of the copy where it is asked to"""
    client, bucket = server.client(), server.new_bucket()
    source = _source(client, bucket, b"bytes")
    client.copy_object(Bucket=bucket, Key=KEY, CopySource=source, ChecksumAlgorithm="SHA256")
    found = client.head_object(Bucket=bucket, Key=KEY, ChecksumMode="ENABLED")
    assert found["ChecksumSHA256"] == sha256(b"bytes")


def to_another_bucket(server):
    """It copies to another bucket"""
    client, bucket, other = server.client(), server.new_bucket(), server.new_bucket()
    client.copy_object(Bucket=other, Key=KEY, CopySource=_source(client, bucket, b"bytes"))
    assert body(client, other) == b"bytes"


def of_a_version(server):
    """It copies the version that is named"""
    client, bucket = server.client(), server.new_bucket(versioning=True)
    source = {"Bucket": bucket, "Key": "source", "VersionId": _put(client, bucket, b"first")["VersionId"]}
    _put(client, bucket, b"other")
    client.copy_object(Bucket=bucket, Key=KEY, CopySource=source)
    assert body(client, bucket) == b"first"


def of_the_same_only(server):
    """A copy with `x-amz-copy-source-if-match` is refused once the source was overwritten"""
    client, bucket = server.client(), server.new_bucket()
    source = _source(client, bucket, b"first")
    etag = client.head_object(**source)["ETag"]
    _put(client, bucket, b"other")
    said = {"Bucket": bucket, "Key": KEY, "CopySource": source, "CopySourceIfMatch": etag}
    refused("PreconditionFailed", client.copy_object, **said)


def of_nothing(server):
    """A copy of nothing is `NoSuchKey`"""
    client, bucket = server.client(), server.new_bucket()
    source = {"Bucket": bucket, "Key": "nothing"}
    refused("NoSuchKey", client.copy_object, Bucket=bucket, Key=KEY, CopySource=source)


def in_parts(server):
    """`UploadPartCopy` copies ranges into an upload in parts"""
    client, bucket = server.client(), server.new_bucket()
    data = noise(MINIMUM + 1000)
    source, upload = _source(client, bucket, data), Upload(client, bucket)
    upload.copy(1, CopySource=source, CopySourceRange=f"bytes=0-{MINIMUM - 1}")
    upload.copy(2, CopySource=source, CopySourceRange=f"bytes={MINIMUM}-{MINIMUM + 999}")
    upload.complete()
    assert body(client, bucket) == data


def in_parts_with_checksums(server):
    """It gives the SHA-256 of each part of an upload that asks for it"""
    client, bucket = server.client(), server.new_bucket()
    upload = Upload(client, bucket, ChecksumAlgorithm="SHA256").copy(
        1, CopySource=_source(client, bucket, b"bytes")
    )
    assert upload.parts[0]["ChecksumSHA256"] == sha256(b"bytes")
    upload.complete()
    assert body(client, bucket) == b"bytes"


def in_parts_of_the_same_only(server):
    """It is refused with `x-amz-copy-source-if-match` once the source was overwritten"""
    client, bucket = server.client(), server.new_bucket()
    source = _source(client, bucket, b"first")
    etag = client.head_object(**source)["ETag"]
    _put(client, bucket, b"other")
    upload = Upload(client, bucket)
    refused("PreconditionFailed", upload.copy, number=1, CopySource=source, CopySourceIfMatch=etag)


def _put(client, bucket, data):
    return client.put_object(Bucket=bucket, Key="source", Body=data)


def _source(client, bucket, data):
    _put(client, bucket, data)
    return {"Bucket": bucket, "Key": "source"}
