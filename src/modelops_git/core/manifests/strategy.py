"""Strategies: how traffic moves from the version that is live to the next one."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from modelops_git.core.manifests.base import AtLeastOne, Duration, Given, Name, Part, Weight

_ONE_END = Given(("for", "until"), 1, 1)


class Immediate(Part):
    """All traffic at once."""

    type: Literal["immediate"] = Field(description="All traffic moves at once.")


class CanaryStep(Part):
    """One step of a canary: a share of the traffic, held for a time or until somebody resumes."""

    model_config = ConfigDict(json_schema_extra=_ONE_END.schema())

    weight: Weight = Field(
        description="The share of the traffic that the new version gets, in whole percents.", examples=[5]
    )
    for_: Duration | None = Field(
        default=None,
        alias="for",
        description="How long the step lasts.",
        examples=["10m", "1h"],
    )
    until: Literal["resumed"] | None = Field(
        default=None, description="Instead of a time: the step lasts until somebody resumes the rollout."
    )
    analysis: tuple[Name, ...] = Field(
        default=(), description="Analyses that must succeed before the next step."
    )

    @model_validator(mode="after")
    def _has_one_end(self) -> Self:
        _ONE_END.require(self)
        return self


class Canary(Part):
    """The new version gets a growing share of the traffic; a last step of 100 is implied."""

    type: Literal["canary"] = Field(description="The new version gets a growing share of the traffic.")
    steps: Annotated[tuple[CanaryStep, ...], AtLeastOne] = Field(
        description="The steps in their order, with rising weights; a last one of 100 is implied."
    )
    analysis: tuple[Name, ...] = Field(
        default=(), description="Analyses that run in the background, from the first step on."
    )
    deadline: Duration | None = Field(
        default=None,
        description="When to abort a rollout that has not ended; a freeze or closed window stops its clock.",
        examples=["24h"],
    )


class BlueGreen(Part):
    """The new version stands beside the live one, and then takes all traffic at once."""

    type: Literal["blue_green"] = Field(
        description="The new version stands beside the live one, then takes all traffic at once."
    )
    preview: bool = Field(
        default=True, description="Whether the new version can be reached for tests before it goes live."
    )
    promote: Literal["automatic", "by_hand"] = Field(
        default="automatic", description="Whether the switch needs somebody to resume the rollout."
    )
    after: Duration | None = Field(
        default=None, description="How long the new version stands beside the live one before the switch."
    )
    pre_promotion: tuple[Name, ...] = Field(
        default=(), description="Analyses that must succeed before the switch."
    )
    post_promotion: tuple[Name, ...] = Field(
        default=(), description="Analyses after the switch; a failure switches back."
    )
    keep_previous: Duration | None = Field(
        default=None, description="How long the previous version is kept running after the switch."
    )
    deadline: Duration | None = Field(default=None, description="When to abort a rollout that has not ended.")


Strategy = Annotated[Immediate | Canary | BlueGreen, Field(discriminator="type")]


def _form_of(value: Any) -> str:
    return "name" if isinstance(value, str) else "inline"


NamedOrInline = Annotated[
    Annotated[Name, Tag("name")] | Annotated[Strategy, Tag("inline")], Discriminator(_form_of)
]
