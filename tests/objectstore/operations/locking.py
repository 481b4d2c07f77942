"""Object Lock: retention that is asked for, set, read and enforced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from objectstore import markup
from objectstore.errors import S3Error
from objectstore.operations import locating
from objectstore.requests import Answer
from objectstore.state import Retention

MODES = {"GOVERNANCE", "COMPLIANCE"}
ON = "x-amz-object-lock-"


def asked_for(request, bucket):
    """The retention that the headers of an upload ask for, or else that of the bucket; and the legal hold."""
    mode, until = request.headers.get(f"{ON}mode"), request.headers.get(f"{ON}retain-until-date")
    hold = request.headers.get(f"{ON}legal-hold")
    if (mode or until or hold) and not bucket.has_lock:
        raise S3Error("InvalidRequest", "Bucket is missing Object Lock Configuration")
    if bool(mode) != bool(until):
        raise S3Error("InvalidArgument", f"{ON}retain-until-date and {ON}mode must both be supplied")
    if mode:
        return _retention(mode, until), hold == "ON"
    return _of_bucket(bucket), hold == "ON"


def refuse_without_digest(request):
    """S3 wants a digest with whatever is locked."""
    locked = any(name.startswith(ON) for name in request.headers)
    if locked and not request.checksums and "content-md5" not in request.headers:
        raise S3Error(
            "InvalidRequest", "Content-MD5 OR x-amz-checksum- HTTP header is required with Object Lock"
        )


def refuse_to_remove(request, version):
    """What is retained is not deleted, unless it is under governance and the request says that it knows."""
    if version.legal_hold:
        raise S3Error("AccessDenied", "Access Denied because object protected by object lock.")
    held = version.retention
    if held is None or held.until <= datetime.now(UTC):
        return
    bypass = request.headers.get("x-amz-bypass-governance-retention", "").lower() == "true"
    if held.mode == "COMPLIANCE" or not bypass:
        raise S3Error("AccessDenied", "Access Denied because object protected by object lock.")


def get_retention(server, request):
    bucket = _locked(server, request)
    held = locating.found(bucket, request).retention
    if held is None:
        raise S3Error("NoSuchObjectLockConfiguration", "The specified object does not have a retention")
    return markup.answer("Retention", [("Mode", held.mode), ("RetainUntilDate", markup.time(held.until))])


def put_retention(server, request):
    bucket = _locked(server, request)
    version = locating.found(bucket, request)
    root = markup.read(request.data)
    wanted = _retention(root.findtext("Mode"), root.findtext("RetainUntilDate"))
    held = version.retention
    if held and (wanted.until < held.until or wanted.mode != held.mode):
        refuse_to_remove(request, version)
    version.retention = wanted
    return Answer()


def get_configuration(server, request):
    bucket = server.world.bucket(request.bucket)
    if not bucket.has_lock:
        raise S3Error("ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist")
    rule = []
    if bucket.default_retention:
        mode, days = bucket.default_retention
        rule = [("Rule", [("DefaultRetention", [("Mode", mode), ("Days", days)])])]
    return markup.answer("ObjectLockConfiguration", [("ObjectLockEnabled", "Enabled"), *rule])


def put_configuration(server, request):
    bucket = server.world.bucket(request.bucket)
    if not bucket.versioning:
        raise S3Error("InvalidBucketState", "Versioning must be 'Enabled' on the bucket")
    root = markup.read(request.data)
    if root.findtext("ObjectLockEnabled") != "Enabled":
        raise S3Error("MalformedXML", "Object Lock is switched on, and never off")
    found = root.find("Rule/DefaultRetention")
    if found is not None:
        bucket.default_retention = _default(found)
    bucket.has_lock = True
    return Answer()


def described(version):
    """The headers that say how an object is locked."""
    found = {f"{ON}legal-hold": "ON"} if version.legal_hold else {}
    if version.retention is not None:
        found[f"{ON}mode"] = version.retention.mode
        found[f"{ON}retain-until-date"] = markup.time(version.retention.until)
    return found


def _locked(server, request):
    bucket = server.world.bucket(request.bucket)
    if not bucket.has_lock:
        raise S3Error("InvalidRequest", "Bucket is missing Object Lock Configuration")
    return bucket


def _of_bucket(bucket):
    if bucket.default_retention is None:
        return None
    mode, days = bucket.default_retention
    return Retention(mode, datetime.now(UTC) + timedelta(days=days))


def _default(found):
    """The mode and the days of a bucket's own retention."""
    mode, days, years = (found.findtext(name) for name in ("Mode", "Days", "Years"))
    if mode not in MODES or bool(days) == bool(years) or not (days or years).removeprefix("-").isdecimal():
        raise S3Error("MalformedXML", "A default retention has a mode, and either days or years")
    count = int(days) if days else 365 * int(years)
    if count < 1:
        raise S3Error("InvalidArgument", "Default retention period must be a positive integer value.")
    return mode, count


def _retention(mode, until):
    if mode not in MODES:
        raise S3Error("MalformedXML", "Unknown wormMode directive.")
    try:
        moment = datetime.fromisoformat(until or "")
    except ValueError as error:
        raise S3Error("InvalidArgument", "The retain until date is no date") from error
    if moment <= datetime.now(UTC):
        raise S3Error("InvalidArgument", "The retain until date must be in the future!")
    return Retention(mode, moment)
