"""Version 4 of AWS's signatures, as a server checks them. Source: AWS, "Authenticating requests (SigV4)"."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, unquote

from objectstore.errors import S3Error

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,]+)/(\d{8})/([^/,]+)/s3/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)
SKEW = timedelta(minutes=15)


@dataclass(frozen=True)
class Credential:
    """A key that the server knows. `denied` are operations that it may not do; `*` is all."""

    key: str
    secret: str
    token: str = ""
    expired: bool = False
    denied: frozenset[str] = frozenset()


class Signed(NamedTuple):
    credential: Credential
    region: str


def verified(request, credentials):
    """Who signed the request, and for which region.

    Raises:
        S3Error: Nobody that the server knows, or not this request.
    """
    found = AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if not found:
        raise S3Error("AccessDenied", "the request is not signed by version 4")
    key, date, region, names, signature = found.groups()
    credential = _known(credentials, key, request.headers.get("x-amz-security-token", ""))
    names = names.split(";")
    _refuse_unsigned(request.headers, names)
    stamp = _stamp(request.headers, date)
    scope = f"{date}/{region}/s3/aws4_request"
    asked = hashlib.sha256(_canonical(request, names).encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{asked}"
    secret = f"AWS4{credential.secret}".encode()
    for step in (date, region, "s3", "aws4_request"):
        secret = hmac.digest(secret, step.encode(), "sha256")
    if not hmac.compare_digest(hmac.digest(secret, text.encode(), "sha256").hex(), signature):
        raise S3Error("SignatureDoesNotMatch", "The signature we calculated does not match the one you gave.")
    return Signed(credential, region)


def _known(credentials, key, token):
    credential = credentials.get(key)
    if credential is None or (credential.token and not token):
        raise S3Error(
            "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."
        )
    if token != credential.token:
        raise S3Error("InvalidToken", "The provided token is malformed or otherwise invalid.")
    if credential.expired:
        raise S3Error("ExpiredToken", "The provided token has expired.")
    return credential


def _refuse_unsigned(headers, names):
    needed = {"host", *(name for name in headers if name.startswith("x-amz-"))}
    if not needed <= set(names):
        raise S3Error("AccessDenied", "There were headers present in the request which were not signed")


def _stamp(headers, date):
    stamp = headers.get("x-amz-date", "")
    try:
        when = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise S3Error("AccessDenied", "no valid x-amz-date") from error
    if abs(datetime.now(UTC) - when) > SKEW:
        raise S3Error("RequestTimeTooSkewed", "The difference between the times is too large.")
    if not stamp.startswith(date):
        raise S3Error("SignatureDoesNotMatch", "the date is not that of the credential")
    return stamp


def _canonical(request, names):
    path, _, query = request.target.partition("?")
    pairs = [piece.partition("=")[::2] for piece in query.split("&") if piece]
    asked = sorted((_encoded(name), _encoded(value)) for name, value in pairs)
    lines = [f"{name}:{' '.join(request.headers.get(name, '').split())}" for name in names]
    return "\n".join(
        [
            request.method,
            quote(unquote(path), safe="/-_.~"),
            "&".join(f"{name}={value}" for name, value in asked),
            *lines,
            "",
            ";".join(names),
            request.headers.get("x-amz-content-sha256", ""),
        ]
    )


def _encoded(text):
    return quote(unquote(text), safe="-_.~")
