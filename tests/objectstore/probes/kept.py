"""Checksums that the server keeps, so that an object can be checked without reading it."""

from objectstore.probes.asks import KEY, MINIMUM, Upload, crc32, noise, sha256


def single(server):
    """`HeadObject` gives the SHA-256 that an object was put with"""
    client, bucket = server.client(), server.new_bucket()
    client.put_object(Bucket=bucket, Key=KEY, Body=b"bytes", ChecksumSHA256=sha256(b"bytes"))
    found = client.head_object(Bucket=bucket, Key=KEY, ChecksumMode="ENABLED")
    assert found["ChecksumSHA256"] == sha256(b"bytes")


def single_typed(server):
    """It says that this is the checksum of the whole (`x-amz-checksum-type: FULL_OBJECT`)"""
    client, bucket = server.client(), server.new_bucket()
    client.put_object(Bucket=bucket, Key=KEY, Body=b"bytes", ChecksumSHA256=sha256(b"bytes"))
    assert client.head_object(Bucket=bucket, Key=KEY, ChecksumMode="ENABLED")["ChecksumType"] == "FULL_OBJECT"


def in_reads(server):
    """`GetObject` gives it too, so that the client verifies what it reads"""
    client, bucket = server.client(), server.new_bucket()
    client.put_object(Bucket=bucket, Key=KEY, Body=b"bytes", ChecksumSHA256=sha256(b"bytes"))
    assert client.get_object(Bucket=bucket, Key=KEY, ChecksumMode="ENABLED")["ChecksumSHA256"] == sha256(
        b"bytes"
    )


def only_where_asked(server):
    """It is given only to those who ask (`x-amz-checksum-mode`)"""
    client, bucket = server.client(response_checksum_validation="when_required"), server.new_bucket()
    client.put_object(Bucket=bucket, Key=KEY, Body=b"bytes", ChecksumSHA256=sha256(b"bytes"))
    assert "ChecksumSHA256" not in client.head_object(Bucket=bucket, Key=KEY)


def composite(server):
    """Of an upload in parts it gives the SHA-256 of the SHA-256 of the parts, with their count"""
    client, bucket = server.client(), server.new_bucket()
    parts = [noise(MINIMUM), b"end"]
    upload = Upload(client, bucket, ChecksumAlgorithm="SHA256")
    for part in parts:
        upload.put(part, ChecksumSHA256=sha256(part))
    upload.complete()
    found = client.head_object(Bucket=bucket, Key=KEY, ChecksumMode="ENABLED")
    assert found["ChecksumSHA256"] == _of_parts(parts)
    assert found["ContentLength"] == MINIMUM + 3


def composite_typed(server):
    """It says that this is a checksum of checksums (`x-amz-checksum-type: COMPOSITE`)"""
    client, bucket = server.client(), server.new_bucket()
    Upload(client, bucket, ChecksumAlgorithm="SHA256").put(b"x", ChecksumSHA256=sha256(b"x")).complete()
    assert client.head_object(Bucket=bucket, Key=KEY, ChecksumMode="ENABLED")["ChecksumType"] == "COMPOSITE"


def whole(server):
    """Of an upload in parts that asks for it, it gives the CRC32 of the whole"""
    client, bucket = server.client(), server.new_bucket()
    parts = [noise(MINIMUM), b"end"]
    upload = Upload(client, bucket, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    for part in parts:
        upload.put(part, ChecksumCRC32=crc32(part))
    upload.complete(ChecksumType="FULL_OBJECT", ChecksumCRC32=crc32(b"".join(parts)))
    found = client.head_object(Bucket=bucket, Key=KEY, ChecksumMode="ENABLED")
    assert found["ChecksumCRC32"] == crc32(b"".join(parts))


def _of_parts(parts):
    from objectstore import checksums

    return checksums.composite("sha256", [sha256(part) for part in parts])
