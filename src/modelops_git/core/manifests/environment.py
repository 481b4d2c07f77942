"""Environments: where models go live, in promotion order, and what a promotion needs there."""

from typing import Annotated, Literal

from pydantic import Field

from modelops_git.core.manifests.base import (
    AtLeastOne,
    Count,
    Duration,
    Name,
    Part,
    Text,
    Time,
    TimeOfDay,
    Timezone,
)
from modelops_git.core.manifests.target import Target

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Requirements(Part):
    """What every rollout in an environment must have at least."""

    strategies: tuple[Name, ...] = Field(
        default=(), description="The strategies that are allowed; any where none is named."
    )
    analysis: tuple[Name, ...] = Field(default=(), description="The analyses that every rollout must run.")
    signatures: bool = Field(default=False, description="Whether only signed versions may be promoted.")


class RollbackRules(Part):
    """What a rollback may skip, and what follows an abort."""

    revisions: Count = Field(
        default=3, description="How many of the last completed versions a rollback reaches without the steps."
    )
    on_abort: Literal["pull_request", "none"] = Field(
        default="pull_request",
        description="Whether an abort opens a pull request that reverts the promotion.",
    )


class Freeze(Part):
    """A time in which nothing new goes live."""

    from_: Time = Field(alias="from", description="When it begins.")
    until: Time = Field(description="When it ends.")
    reason: Text = Field(description="Why.", examples=["year end"])


class DeployWindow(Part):
    """The hours in which something new may go live."""

    days: Annotated[tuple[Day, ...], AtLeastOne] = Field(description="The days of the week that it opens on.")
    from_: TimeOfDay = Field(alias="from", description="When it opens.", examples=["08:00"])
    until: TimeOfDay = Field(
        description="When it closes; on the next day where it is not later than `from`.", examples=["16:00"]
    )
    timezone: Timezone = Field(
        default="UTC", description="The time zone of the hours.", examples=["Europe/Berlin"]
    )


class Environment(Part):
    """A place where models go live."""

    name: Name = Field(description="The environment's name.", examples=["staging", "production"])
    targets: Annotated[tuple[Target, ...], AtLeastOne] = Field(
        description="What serves the models here; the first that matches a model wins."
    )
    promote_from: tuple[Name, ...] = Field(
        default=(), description="The environments where the same version must have completed before."
    )
    soak: Duration | None = Field(
        default=None,
        description="How long it must have had all traffic there without a break.",
        examples=["24h"],
    )
    require: Requirements = Field(
        default_factory=Requirements.model_construct,
        description="What every rollout here must have at least.",
    )
    required_signatures: tuple[Name, ...] = Field(
        default=(),
        description="The signers of whom one must have signed what goes live here.",
        examples=[["release"]],
    )
    controller: bool = Field(
        default=False,
        description="Whether a controller is at work here; else a failed analysis waits for CI.",
    )
    on_new_revision: Literal["queue", "supersede", "reject"] = Field(
        default="queue", description="What happens to a new revision while a rollout is running."
    )
    on_stale_plan: Literal["block", "reapprove"] = Field(
        default="block", description="What happens when the plan is no longer the one that was approved."
    )
    rollback: RollbackRules = Field(
        default_factory=RollbackRules.model_construct, description="The rules of rollbacks here."
    )
    freeze: tuple[Freeze, ...] = Field(default=(), description="Times in which nothing new goes live.")
    deploy_window: DeployWindow | None = Field(
        default=None, description="The hours in which something new may go live; always where none are given."
    )
