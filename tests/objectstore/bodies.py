"""The bytes of a request: read, unpacked from chunks, and held to every checksum that was sent with them."""

from __future__ import annotations

import hashlib
import io
import re

from objectstore import checksums
from objectstore.errors import S3Error

UNSIGNED = "UNSIGNED-PAYLOAD"
TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
ALGORITHM = re.compile(r"x-amz-checksum-(?!algorithm|mode|type)([a-z0-9]+)")


def unchunked(stream, *, has_trailer=False):
    """The pieces of a body in chunks; those of HTTP and those of AWS are written alike.

    With `has_trailer`, the lines behind the last chunk are left to be read.
    """
    while size := _size(stream.readline()):
        yield stream.read(size)
        if stream.readline() != b"\r\n":
            raise S3Error("IncompleteBody", "a chunk has another length than it says")
    if not has_trailer:
        stream.readline()


def _size(line):
    try:
        return int(line.split(b";")[0], 16)
    except ValueError as error:
        raise S3Error("IncompleteBody", "a chunk does not say its length") from error


def unpacked(headers, raw, *, of_body=True):
    """The bytes that are meant, and the checksums that came with them, verified, by algorithm.

    With `of_body` false, the checksums are those of something else than the body.

    Raises:
        S3Error: Something was said of the bytes that is not true.
    """
    said = {name: value for name, value in headers.items() if ALGORITHM.fullmatch(name)}
    data = raw
    if "aws-chunked" in headers.get("content-encoding", ""):
        data, trailer = _from_chunks(headers, raw)
        said |= trailer
    _verify_payload(headers.get("x-amz-content-sha256"), data)
    if "content-md5" in headers:
        checksums.verify_md5(headers["content-md5"], data)
    if len(said) > 1:
        raise S3Error("InvalidRequest", "Expecting a single x-amz-checksum- header")
    found = {ALGORITHM.fullmatch(name)[1]: value for name, value in said.items()}
    for algorithm, value in found.items() if of_body else ():
        checksums.verify(algorithm, value, data)
    return data, found


def _verify_payload(said, data):
    if said in {UNSIGNED, TRAILER}:
        return
    if said is None:
        raise S3Error("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    if said.startswith("STREAMING-"):
        raise S3Error("NotImplemented", "the fake verifies no signatures of chunks, so it takes none")
    if hashlib.sha256(data).hexdigest() != said:
        raise S3Error("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' does not match.")


def _from_chunks(headers, raw):
    if headers.get("x-amz-content-sha256") != TRAILER:
        raise S3Error("InvalidRequest", "aws-chunked, and x-amz-content-sha256 does not say so")
    stream = io.BytesIO(raw)
    data = b"".join(unchunked(stream, has_trailer=True))
    if headers.get("x-amz-decoded-content-length") != str(len(data)):
        raise S3Error("IncompleteBody", "x-amz-decoded-content-length is not the length of what came")
    return data, _trailer(headers, stream.read())


def _trailer(headers, rest):
    lines = [line.partition(b":") for line in rest.split(b"\r\n") if line]
    found = {name.decode().lower().strip(): value.decode().strip() for name, _, value in lines}
    if sorted(found) != sorted(filter(None, headers.get("x-amz-trailer", "").lower().split(","))):
        raise S3Error("InvalidRequest", "the trailer is not what x-amz-trailer says")
    return found


def md5_of(data):
    return hashlib.md5(data).hexdigest()  # noqa: S324 - S3's ETag is one


def etag_of_parts(parts):
    joined = b"".join(bytes.fromhex(part.strip('"')) for part in parts)
    return f'"{md5_of(joined)}-{len(parts)}"'
