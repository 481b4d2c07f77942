"""From a request to an answer: who asks, whether the bytes are what is said of them, the operation."""

from __future__ import annotations

import re

from objectstore import bodies, faults, signature
from objectstore.errors import S3Error
from objectstore.requests import Answer
from objectstore.routing import route_of

CONDITIONS = ("if-none-match", "if-match")
SILENT = ("x-amz-sdk-checksum-algorithm", "x-amz-trailer")


# Whatever else is asked for by a header of this kind would silently not be done.
KNOWN = re.compile(
    r"x-amz-(date|content-sha256|security-token|user-agent|trailer|decoded-content-length|sdk-checksum-algorithm"
    r"|checksum-[a-z0-9]+|copy-source(-range|-if-match|-if-none-match)?|meta-.*|mp-object-size|object-lock-.*"
    r"|bucket-object-lock-enabled|bypass-governance-retention)"
)


def operation_of(request):
    """The name of the operation, or "" for one that the fake does not know."""
    try:
        return route_of(request).name
    except S3Error:
        return ""


def answer(server, request, raw, action):
    """What the server says, but for what goes wrong on the wire."""
    try:
        found = _inside(server, request, raw, action)
    except S3Error as error:
        found = Answer(error.status, {"Content-Type": "application/xml", **error.headers}, error.body)
    if isinstance(action, faults.Flip):
        found.body = _flipped(found.body, action.at)
    if isinstance(action, faults.Rewrite):
        found = action.change(found) or found
    return found


def _inside(server, request, raw, action):
    if isinstance(action, faults.Refuse):
        raise S3Error(action.code, fields=action.fields, headers=action.headers)
    if isinstance(action, faults.ErrorInside):
        return Answer(200, {"Content-Type": "application/xml"}, S3Error(action.code).body)
    route = route_of(request)
    signed = signature.verified(request, server.credentials)
    if signed.credential.denied & {route.name, "*"}:
        raise S3Error("AccessDenied", "Access Denied")
    unknown = [name for name in request.headers if name.startswith("x-amz-") and not KNOWN.fullmatch(name)]
    if unknown:
        raise S3Error("NotImplemented", f"the fake does not know {unknown}")
    _forget_what_is_ignored(server, request, action)
    # Whoever completes an upload sends the checksum of the object, not that of the list of its parts.
    of_body = route.name != "CompleteMultipartUpload"
    request.data, request.checksums = bodies.unpacked(request.headers, raw, of_body=of_body)
    with server.lock:
        if isinstance(action, faults.First):
            action.do(server.world)
        _refuse_region(server, request, signed.region)
        return route.carry_out(server, request)


def _forget_what_is_ignored(server, request, action):
    """Drop the headers that this server knows nothing of, and refuse those that it refuses."""
    names = set(request.headers)
    dropped = set(action.headers) if isinstance(action, faults.Without) else set()
    sums = {name for name in names if bodies.ALGORITHM.fullmatch(name)}
    if server.ways.ignores_conditions:
        dropped |= {name for name in names if name.removeprefix("x-amz-copy-source-") in CONDITIONS}
    if server.ways.ignores_checksums:
        dropped |= sums | {"x-amz-checksum-algorithm", "x-amz-checksum-type", "x-amz-checksum-mode"}
    _refuse_sums(server.ways.refused, request.headers)
    for name in dropped & names:
        del request.headers[name]


def _refuse_sums(refused, headers):
    asked = [headers.get(name, "").lower().removeprefix("x-amz-checksum-") for name in SILENT]
    asked += [headers.get("x-amz-checksum-algorithm", "").lower()]
    asked += [found[1] for name in headers if (found := bodies.ALGORITHM.fullmatch(name))]
    wrong = {name for name in asked if name and refused & {name, "*"}}
    if wrong:
        raise S3Error("NotImplemented", f"A header you provided implies functionality that is not: {wrong}")


def _refuse_region(server, request, region):
    """Send those on who ask in one region for a bucket of another."""
    bucket = server.world.buckets.get(request.bucket)
    right = bucket.region if bucket else server.region
    if region == right:
        return
    said = {"x-amz-bucket-region": right}
    if region == server.region:
        fields = {"Bucket": request.bucket, "Endpoint": f"{request.bucket}.s3.{right}.amazonaws.com"}
        raise S3Error("PermanentRedirect", "The bucket is to be addressed by another endpoint.", fields, said)
    raise S3Error(
        "AuthorizationHeaderMalformed",
        f"The authorization header is malformed; the region '{region}' is wrong; expecting '{right}'",
        {"Region": right},
        said,
    )


def _flipped(body, at):
    place = min(int(len(body) * at), len(body) - 1)
    return body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :] if body else body
