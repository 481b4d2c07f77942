"""References to things outside the registry: documents and files, pinned by digest."""

from pydantic import Field

from modelops_git.core.manifests.base import Hex64, Part, Uri


class Reference(Part):
    """Something outside the registry, pinned by its digest where one is known."""

    uri: Uri = Field(description="Where it is.")
    sha256: Hex64 | None = Field(default=None, description="The SHA-256 of its content, in hex.")
