"""Digests as values: SHA-256 of bytes and of canonical JSON (RFC 8785)."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST = 2**53 - 1
_SMALLEST = 1e-4
"""Python writes smaller fractions with an exponent."""
SHA256 = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


def canonical_json(value: Any) -> bytes:
    """The one way to write `value` as JSON, by RFC 8785.

    Raises:
        ValueError: A number is not finite or an integer lies beyond ±(2^53 - 1).
    """
    if _is_plain(value):
        return _dumps(value).encode()
    import rfc8785

    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise ValueError(str(error)) from error


def _is_plain(value: Any) -> bool:
    """Whether `json` writes `value` as RFC 8785 says, which it does fifteen times as fast.

    It does for texts, whole numbers in range, fractions that both write without an exponent, and keys in
    ASCII, whose order is the same in every encoding.
    """
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is dict:
        return all(type(key) is str and key.isascii() and _is_plain(one) for key, one in value.items())
    if kind is list:
        return all(map(_is_plain, value))
    if kind is float:
        return _SMALLEST <= abs(value) < LARGEST and not value.is_integer()
    return kind is int and -LARGEST <= value <= LARGEST


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def of_bytes(data: bytes) -> str:
    """`sha256:<hex>` of `data`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def of_json(value: Any) -> str:
    """`sha256:<hex>` of the canonical JSON of `value`."""
    return of_bytes(canonical_json(value))


def of_artifacts(artifacts: Iterable[tuple[str, str, int]]) -> str:
    """The artifacts digest of (path, sha256 hex, size in bytes) triples, whatever their order."""
    triples = sorted(artifacts)
    rows = [{"path": path, "sha256": sha256, "size": size} for path, sha256, size in triples]
    if any(size > LARGEST for _, _, size in triples):
        return of_json(rows)
    return of_bytes(_dumps(rows).encode())  # plain, and known to be


def short(digest: str) -> str:
    """The first twelve hex digits, for people and for names of folders."""
    return digest.removeprefix("sha256:")[:12]
