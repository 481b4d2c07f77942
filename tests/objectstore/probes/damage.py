"""Bytes that were damaged on the way are not stored."""

import hashlib
from base64 import b64encode

from objectstore.probes.asks import KEY, Upload, crc32, exists, refused, sha256


def wrong_sha256(server):
    """A wrong `x-amz-checksum-sha256` is refused"""
    _refused_put(server, ChecksumSHA256=sha256(b"other"))


def wrong_crc32(server):
    """A wrong `x-amz-checksum-crc32` is refused"""
    _refused_put(server, ChecksumCRC32=crc32(b"other"))


def no_checksum_at_all(server):
    """A checksum that is none is refused"""
    _refused_put(server, ChecksumSHA256="bm9uZQ==")


def wrong_md5(server):
    """A wrong `Content-MD5` is refused"""
    _refused_put(server, ContentMD5=b64encode(hashlib.md5(b"other", usedforsecurity=False).digest()).decode())


def wrong_payload(server):
    """A body is refused that is not what was signed (`x-amz-content-sha256`)"""
    client, bucket = server.client(request_checksum_calculation="when_required"), server.new_bucket()

    def damage(request, **_):
        request.body = b"bytEs"

    client.meta.events.register("before-send.s3.PutObject", damage)
    codes = "XAmzContentSHA256Mismatch BadDigest SignatureDoesNotMatch"
    refused(codes, client.put_object, Bucket=bucket, Key=KEY, Body=b"bytes")
    assert not exists(client, bucket)


def trailing(server):
    """A checksum behind the body (`aws-chunked`, as boto3 sends it over TLS) is accepted and kept"""
    client, bucket = server.access_by_tls.client(), server.new_bucket()
    client.put_object(Bucket=bucket, Key=KEY, Body=b"bytes", ChecksumAlgorithm="SHA256")
    found = client.head_object(Bucket=bucket, Key=KEY, ChecksumMode="ENABLED")
    assert (found["ContentLength"], found["ChecksumSHA256"]) == (5, sha256(b"bytes"))


def wrong_trailing(server):
    """A wrong checksum behind the body is refused"""
    client, bucket = server.access_by_tls.client(), server.new_bucket()

    def damage(request, **_):
        request.body._raw.read()
        request.body._raw = type(request.body._raw)(b"bytEs")
        request.body._checksum.update(b"what was meant")

    client.meta.events.register("before-send.s3.PutObject", damage)
    codes = "BadDigest InvalidRequest IncompleteBody"
    refused(codes, client.put_object, Bucket=bucket, Key=KEY, Body=b"bytes", ChecksumAlgorithm="SHA256")
    assert not exists(client, bucket)


def wrong_part(server):
    """A part with a wrong checksum is refused"""
    client, bucket = server.client(), server.new_bucket()
    upload = Upload(client, bucket, ChecksumAlgorithm="SHA256")
    refused("BadDigest InvalidRequest", upload.put, data=b"bytes", ChecksumSHA256=sha256(b"other"))


def wrong_whole(server):
    """A wrong checksum of the whole is refused when an upload in parts completes"""
    client, bucket = server.client(), server.new_bucket()
    upload = Upload(client, bucket, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT").put(b"bytes")
    codes = "BadDigest InvalidRequest InvalidPart"
    refused(codes, upload.complete, ChecksumCRC32=crc32(b"other"), ChecksumType="FULL_OBJECT")
    assert not exists(client, bucket)


def wrong_size(server):
    """A wrong size of the whole (`x-amz-mp-object-size`) is refused when an upload in parts completes"""
    client, bucket = server.client(), server.new_bucket()
    refused("InvalidRequest", Upload(client, bucket).put(b"bytes").complete, MpuObjectSize=6)
    assert not exists(client, bucket)


def _refused_put(server, **said):
    client, bucket = server.client(), server.new_bucket()
    codes = "BadDigest InvalidDigest InvalidRequest InvalidArgument"
    refused(codes, client.put_object, Bucket=bucket, Key=KEY, Body=b"bytes", **said)
    assert not exists(client, bucket)
