"""A notice: what became known about a version after it was written."""

from typing import Literal

from pydantic import Field

from modelops_git.core.manifests.base import ApiVersion, Digest, ModelName, Part, Semver, Text
from modelops_git.core.manifests.reference import Reference


class Notice(Part):
    """What became known about a version after it was written; never changed, never taken back."""

    api_version: ApiVersion = Field(description="The version of the manifests' language.")
    kind: Literal["Notice"] = Field(description="What this document is.")
    model: ModelName = Field(description="The model.")
    version: Semver = Field(description="The version that the notice is about.")
    manifest_digest: Digest = Field(description="The digest of that version's manifest.")
    type: Literal["deprecated", "revoked", "erratum", "validation"] = Field(
        description="deprecated warns; revoked may not be promoted or rolled back to."
    )
    reason: Text = Field(description="What became known.", examples=["The training data held test examples."])
    evidence: tuple[Reference, ...] = Field(default=(), description="What shows it.")
