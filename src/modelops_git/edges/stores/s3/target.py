"""One object of a bucket, as all parts of this store name it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.artifacts import printable
from modelops_git.edges.stores.base import StoreMissingError
from modelops_git.edges.stores.s3 import failures
from modelops_git.edges.stores.s3.client import client_of, direct_of
from modelops_git.edges.stores.s3.direct import Wanted

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from modelops_git.edges.stores.s3.client import Settings

GONE = frozenset({"NoSuchKey", "NoSuchVersion", "404", "MethodNotAllowed", "405", "InvalidVersionId"})
"""What a server says of an object or a version that is not there; 405 of one that is a delete marker."""
NO_VERSION = "null"
"""What a bucket calls the version of an object that was stored while it kept none."""


class Target(NamedTuple):
    """An object, and how to reach it.

    Attributes:
        settings: How the bucket is reached.
        bucket: Its name.
        key: The whole key, with the prefix of the store.
        subject: What to call it in messages.
        version: The version that is meant; empty for the newest.
        tag: The entity tag that it must still have when it is copied; empty for any.
    """

    settings: Settings
    bucket: str
    key: str
    subject: str
    version: str = ""
    tag: str = ""

    @property
    def client(self) -> S3Client:
        """A client of this process."""
        return client_of(self.settings)

    def get(self, span: str, tag: str = "") -> Any:
        """Bytes such as `bytes=0-9`, of the object with this entity tag where one is given.

        Returns:
            As `get_object` of boto3 does: `Body`, `ETag`, `ContentLength`, `ContentRange` and `VersionId`.

        Raises: what boto3 does.
        """
        return direct_of(self.settings).get_object(Wanted(self.bucket, self.key, self.version, span, tag))

    @property
    def place(self) -> Any:
        """`Bucket` and `Key`, as requests name them."""
        return {"Bucket": self.bucket, "Key": self.key}

    @property
    def pinned(self) -> Any:
        """The same with `VersionId`, where a version is meant."""
        return {**self.place, "VersionId": self.version} if self.version else self.place

    def missing(self, error: Any) -> StoreMissingError:
        """The error that nothing is there, from what the server said."""
        headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        if headers.get("x-amz-delete-marker") == "true":
            return StoreMissingError(
                f"{printable(self.subject)} was deleted: a delete marker is the newest version"
            )
        return self.absent()

    def absent(self) -> StoreMissingError:
        """The error that nothing is there."""
        if self.version:
            return StoreMissingError(f"{printable(self.subject)} has no version {printable(self.version)}")
        return StoreMissingError(f"nothing is stored under {printable(self.subject)}")


def version_in(response: Any) -> str:
    """The version that a response speaks of; empty where the bucket keeps none."""
    said = str(response.get("VersionId") or "")
    return "" if said == NO_VERSION else said


def is_gone(error: Any) -> bool:
    """Whether a refusal says that the object or the version is not there."""
    return failures.code_of(error) in GONE
