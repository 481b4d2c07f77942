"""A request as the fake sees it, and an answer as it gives it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote


@dataclass
class Request:
    """One request; `data` and `checksums` are known once the body was read and verified."""

    method: str
    target: str
    headers: dict[str, str]  # the names are lower case
    bucket: str = ""
    key: str = ""
    query: dict[str, str] = field(default_factory=dict)
    operation: str = ""
    data: bytes = b""
    checksums: dict[str, str] = field(default_factory=dict)


@dataclass
class Answer:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Seen(NamedTuple):
    """What a test is told of one request: `sent` and `received` are the lengths of the bodies, in bytes."""

    operation: str
    key: str
    headers: dict[str, str]
    query: dict[str, str]
    status: int  # 0 where the connection ended without an answer
    received: int
    sent: int

    @property
    def range(self):
        return self.headers.get("range", "")


def request_of(method, target, headers, domain):
    """The request that a line and headers make; the bucket is in the path or in the name of the host."""
    path, _, query = target.partition("?")
    host = headers.get("host", "").rpartition(":")[0]
    path = unquote(path).removeprefix("/")
    if host.endswith(f".{domain}"):
        bucket, key = host.removesuffix(f".{domain}"), path
    else:
        bucket, _, key = path.partition("/")
    asked = dict(parse_qsl(query, keep_blank_values=True))
    return Request(method, target, headers, bucket, key, asked)
