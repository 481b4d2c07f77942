"""A rollout: which version should be live in an environment, and how it gets there."""

from typing import Literal

from pydantic import Field

from modelops_git.core.manifests.base import ApiVersion, Digest, ModelName, Name, Part, Semver, Text
from modelops_git.core.manifests.strategy import NamedOrInline


class AllowInterfaceBreak(Part):
    """The author's word that callers are ready for an interface that breaks."""

    reason: Text = Field(
        description="Why callers are ready for it.",
        examples=["The only caller was released with the new input on Monday."],
    )


class Rollout(Part):
    """Which version should be live in an environment, and how it gets there."""

    api_version: ApiVersion = Field(description="The version of the manifests' language.")
    kind: Literal["Rollout"] = Field(description="What this document is.")
    model: ModelName = Field(description="The model.")
    environment: Name = Field(description="The environment.")
    version: Semver = Field(description="The version that should be live there.")
    manifest_digest: Digest = Field(description="The digest of that version's manifest.")
    strategy: NamedOrInline = Field(description="A strategy's name from the registry, or a strategy.")
    first_deployment: Literal["skip", "strategy"] = Field(
        default="skip", description="Whether the model's first deployment here skips the strategy."
    )
    allow_interface_break: AllowInterfaceBreak | None = Field(
        default=None, description="Needed where the interface breaks against what is live."
    )
