"""An experiment: an A/B split or a shadow beside what is live."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from modelops_git.core.manifests.base import (
    ApiVersion,
    AtLeastOne,
    Digest,
    Form,
    Given,
    ModelName,
    Name,
    Part,
    Semver,
    Time,
    Weight,
)

_RULE = Given(("header", "cookie"), 1, 1)
Token = Annotated[
    str, Form("the name of a header or a cookie", "X-User-Id", r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", 128)
]


class Candidate(Part):
    """A version in an experiment, and its share of the traffic."""

    version: Semver = Field(description="The version.")
    manifest_digest: Digest = Field(description="The digest of its manifest.")
    weight: Weight = Field(
        description="The share of the traffic that it answers, or in a mirror sees, in whole percents.",
        examples=[10],
    )


class AssignBy(Part):
    """What decides which version a request goes to."""

    model_config = ConfigDict(json_schema_extra={"allOf": [_RULE.schema()]})

    header: Token | None = Field(
        default=None, description="The request header whose value decides.", examples=["X-User-Id"]
    )
    cookie: Token | None = Field(
        default=None, description="Instead of a header: the cookie whose value decides.", examples=["session"]
    )

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        _RULE.require(self)
        return self


class Experiment(Part):
    """An A/B split or a shadow beside what is live; it ends in a report, never in a promotion."""

    api_version: ApiVersion = Field(description="The version of the manifests' language.")
    kind: Literal["Experiment"] = Field(description="What this document is.")
    model: ModelName = Field(description="The model.")
    environment: Name = Field(description="The environment.")
    type: Literal["split", "mirror"] = Field(
        description="split shares the answers out; mirror records a candidate's answers and returns none."
    )
    candidates: Annotated[tuple[Candidate, ...], AtLeastOne] = Field(
        description="The versions beside the live one, which keeps the rest of the traffic."
    )
    assign_by: AssignBy | None = Field(
        default=None, description="What keeps a caller with one version; by request where nothing is said."
    )
    until: Time = Field(description="When the experiment ends.", examples=["2026-07-01T00:00:00Z"])
    analysis: tuple[Name, ...] = Field(default=(), description="Analyses whose failure ends it.")
