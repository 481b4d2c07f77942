"""The checksums of S3: what each algorithm makes of bytes, and of the checksums of parts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib

from objectstore.errors import S3Error


def _table(polynomial):
    """The remainders of each byte, for a reflected CRC."""
    found = []
    for byte in range(256):
        rest = byte
        for _ in range(8):
            rest = (rest >> 1) ^ polynomial if rest & 1 else rest >> 1
        found.append(rest)
    return found


_CRC32C = _table(0x82F63B78)
_CRC64NVME = _table(0x9A6C9329AC4BC9B5)


def _crc(table, bits, data):
    rest = (1 << bits) - 1
    for byte in data:
        rest = table[(rest ^ byte) & 0xFF] ^ (rest >> 8)
    return (rest ^ ((1 << bits) - 1)).to_bytes(bits // 8, "big")


RAW = {
    "crc32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "crc32c": lambda data: _crc(_CRC32C, 32, data),
    "crc64nvme": lambda data: _crc(_CRC64NVME, 64, data),
    "sha1": lambda data: hashlib.sha1(data).digest(),  # noqa: S324 - one that S3 knows
    "sha256": lambda data: hashlib.sha256(data).digest(),
}
HASHES = {"sha1", "sha256"}


def of(algorithm, data):
    return base64.b64encode(known(algorithm)(data)).decode()


def composite(algorithm, parts):
    """The checksum of checksums, in base64, and how many there were."""
    joined = b"".join(base64.b64decode(part) for part in parts)
    return f"{of(algorithm, joined)}-{len(parts)}"


def known(algorithm):
    if algorithm not in RAW:
        raise S3Error("NotImplemented", f"the fake does not compute {algorithm}")
    return RAW[algorithm]


def verify(algorithm, said, data):
    """Refuse a checksum that is no checksum, or not that of `data`."""
    raw = known(algorithm)(data)
    try:
        decoded = base64.b64decode(said, validate=True)
    except binascii.Error:
        decoded = b""
    if len(decoded) != len(raw):
        raise S3Error("InvalidRequest", f"Value for x-amz-checksum-{algorithm} header is invalid.")
    if decoded != raw:
        raise S3Error(
            "BadDigest", f"The {algorithm.upper()} you specified did not match the calculated checksum."
        )


def verify_md5(said, data):
    """The same for Content-MD5, whose errors have other names."""
    try:
        decoded = base64.b64decode(said, validate=True)
    except binascii.Error:
        decoded = b""
    if len(decoded) != 16:
        raise S3Error("InvalidDigest", "The Content-MD5 you specified is not valid.")
    if decoded != hashlib.md5(data).digest():  # noqa: S324 - the header is named so
        raise S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.")
