"""`model.yaml`: what a model is, who owns it, and how its versions are judged."""

from typing import Annotated, Literal

from annotated_types import Ge
from pydantic import Field

from modelops_git.core.manifests.base import (
    ApiVersion,
    AtLeastOne,
    Date,
    Duration,
    Identity,
    Label,
    ModelName,
    Name,
    Number,
    Part,
    Text,
)
from modelops_git.core.manifests.reference import Reference


class MetricGoal(Part):
    """How a metric judges a version."""

    evaluation: Label = Field(description="The evaluation that the value comes from.", examples=["holdout"])
    goal: Literal["maximize", "minimize"] = Field(description="Which way is better.")
    primary: bool = Field(
        default=False, description="Whether this is the metric that versions are ranked by."
    )
    min: Number | None = Field(
        default=None, description="The floor: a version below it is refused.", examples=[0.9]
    )
    max: Number | None = Field(
        default=None, description="The ceiling: a version above it is refused.", examples=[120]
    )
    max_regression: Annotated[Number, Ge(0)] | None = Field(
        default=None,
        description="How much worse than its parent a version may be, in the metric's unit.",
        examples=[0.005],
    )


class ReviewRule(Part):
    """How often a model is reviewed."""

    every: Duration = Field(description="The longest time between two reviews.", examples=["180d"])


class ReviewRecord(Part):
    """A review that took place."""

    date: Date = Field(description="The day of the review.", examples=["2026-05-01"])
    by: Identity = Field(description="Who reviewed.", examples=["github:eve"])
    decision: Literal["approved", "rejected"] = Field(description="What was decided.")
    document: Reference | None = Field(default=None, description="The record of the review.")


class Model(Part):
    """What a model is, who owns it, and how its versions are judged."""

    api_version: ApiVersion = Field(description="The version of the manifests' language.")
    kind: Literal["Model"] = Field(description="What this document is.")
    name: ModelName = Field(
        description="The model's name, which is its folder's path below models/.",
        examples=["iris-classifier", "team/iris"],
    )
    description: Text = Field(
        description="What the model does, in a sentence or two.",
        examples=["Tells the species of an iris by the size of its flower."],
    )
    owners: Annotated[tuple[Name, ...], AtLeastOne] = Field(
        description="The groups that answer for the model."
    )
    risk: Literal["low", "medium", "high"] = Field(
        description="How much harm it can do (NIST AI RMF: MAP); rules may ask more of a higher risk."
    )
    lifecycle: Literal["active", "deprecated", "archived"] = Field(
        default="active", description="Whether the model is in use; an archived one may not be live."
    )
    license: Label | None = Field(
        default=None, description="The licence of the model's files.", examples=["apache-2.0"]
    )
    tags: tuple[Label, ...] = Field(default=(), description="Words to find the model by.")
    metrics: dict[Label, MetricGoal] = Field(
        default={}, description="How versions are judged and compared, by the metric's name."
    )
    intended_use: Text | None = Field(
        default=None, description="What the model is for.", examples=["Teaching."]
    )
    out_of_scope: tuple[Text, ...] = Field(default=(), description="What the model must not be used for.")
    review: ReviewRule | None = Field(default=None, description="How often the model is reviewed.")
    reviews: tuple[ReviewRecord, ...] = Field(default=(), description="The reviews that took place.")
