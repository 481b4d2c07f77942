"""Requests for ranges of objects, sent as boto3 sends them but without what it does around each.

A call of boto3 takes more CPU time than the transfer of a small object: it resolves the endpoint, checks and
encodes the parameters, and parses the answer. The address, the region and the way to sign are the same for
all objects of a bucket, so they are learned from a request that boto3 made and that succeeded. The others are
signed by botocore's own signer, with credentials that it renews, and go through the same connections.

Whatever is unusual (another status, a broken connection, an answer without a size) is asked of boto3, which
retries, follows a bucket to its region, and says what is wrong; and what was learned is learned anew.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client

_SIGNATURE = "s3v4"
_FOUND = frozenset({200, 206})
_SAFE = "/~"  # as in keys that boto3 encodes
_MORE = (("ContentRange", "content-range"), ("VersionId", "x-amz-version-id"))


class Wanted(NamedTuple):
    """What is asked for.

    Attributes:
        bucket: Its name.
        key: Of the object.
        version: Which version; empty for the newest.
        span: Its bytes, such as `bytes=0-9`.
        tag: The entity tag that it must have; empty for any.
    """

    bucket: str
    key: str
    version: str
    span: str
    tag: str = ""

    @property
    def parameters(self) -> Any:
        """As boto3 names them."""
        version = {"VersionId": self.version} if self.version else {}
        tag = {"IfMatch": self.tag} if self.tag else {}
        return {"Bucket": self.bucket, "Key": self.key, "Range": self.span, **version, **tag}


class _Way(NamedTuple):
    """How objects of a bucket are asked for.

    Attributes:
        address: All of the URL before the key and its `/`.
        signer: botocore's, of the client.
        region: For which requests are signed.
        service: For which they are signed.
        agent: What the client calls itself.
    """

    address: str
    signer: Any
    region: str
    service: str
    agent: str


class Direct:
    """What a client knows of its buckets; several threads may use it at once.

    Args:
        client: Makes the requests that cannot be made here.
    """

    def __init__(self, client: S3Client) -> None:
        self._client = client
        endpoint = getattr(client, "_endpoint", None)  # where botocore has none, it makes all requests itself
        self._session: Any = getattr(endpoint, "http_session", None)
        self._known: dict[str, _Way] = {}
        self._here = threading.local()
        client.meta.events.register("before-sign.s3.GetObject", self._note)

    def get_object(self, wanted: Wanted) -> Any:
        """What the client's `get_object` answers, as far as it is used here; raises as that does."""
        way = self._known.get(wanted.bucket)
        if way is not None:
            if (answer := self._ask(way, wanted)) is not None:
                return answer
            self._known.pop(wanted.bucket, None)
        answer = self._client.get_object(**wanted.parameters)
        if self._session is not None and (learned := _way(wanted, self._here.said)) is not None:
            self._known[wanted.bucket] = learned
        return answer

    def _note(self, **said: Any) -> None:
        """Keep what boto3 is about to sign in this thread; the last request is the one that succeeds."""
        self._here.said = said

    def _ask(self, way: _Way, wanted: Wanted) -> Any:
        """The answer to a signed request; None where it is not the usual one."""
        from botocore.exceptions import BotoCoreError, ClientError
        from urllib3.exceptions import HTTPError

        try:
            answer = self._session.send(_signed(way, wanted))
        except (BotoCoreError, ClientError, HTTPError, OSError, ValueError):
            return None
        headers, length = answer.headers, answer.headers.get("content-length", "")
        if answer.status_code not in _FOUND or not length.isdecimal() or "etag" not in headers:
            answer.raw.close()
            return None
        more = {name: headers[header] for name, header in _MORE if header in headers}
        return {"Body": answer.raw, "ETag": headers["etag"], "ContentLength": int(length), **more}


def _way(wanted: Wanted, said: Mapping[str, Any]) -> _Way | None:
    """How objects are asked for, by the request for one; None where that is signed in an unusual way."""
    from botocore.utils import percent_encode

    request = said["request"]
    context = request.context.get("signing", {})
    url, key = request.url.partition("?")[0], "/" + percent_encode(wanted.key, safe=_SAFE)
    if said["signature_version"] != _SIGNATURE or "request_credentials" in context or not url.endswith(key):
        return None
    region = context.get("region") or said["region_name"]
    service = context.get("signing_name") or said["signing_name"]
    agent = str(request.headers.get("User-Agent", ""))
    return _Way(url.removesuffix(key), said["request_signer"], region, service, agent)


def _signed(way: _Way, wanted: Wanted) -> Any:
    from botocore.awsrequest import AWSRequest
    from botocore.utils import percent_encode

    url = f"{way.address}/{percent_encode(wanted.key, safe=_SAFE)}"
    if wanted.version:
        url += f"?versionId={percent_encode(wanted.version)}"
    headers = {"User-Agent": way.agent, "Range": wanted.span}
    if wanted.tag:
        headers["If-Match"] = wanted.tag
    request = AWSRequest("GET", url, headers, stream_output=True)
    way.signer.get_auth_instance(way.service, way.region, _SIGNATURE).add_auth(request)
    return request.prepare()
