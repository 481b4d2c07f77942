"""People and policy: who may do what, and what must hold for it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from modelops_git.core.manifests.base import AtLeastOne, ModelPattern, Name, Part, Positive, Text

Action = Literal["register", "promote", "rollback", "operate", "describe", "administer"]
Risk = Literal["low", "medium", "high"]
Groups = Annotated[tuple[Name, ...], AtLeastOne]
Environments = Annotated[tuple[Name, ...], AtLeastOne]
Models = Annotated[tuple[ModelPattern, ...], AtLeastOne]


class Approvals(Part):
    """Who must approve, and how many of them."""

    from_: Groups = Field(alias="from", description="The groups whose members' approvals count.")
    count: Positive = Field(default=1, description="How many different people must approve.")


class Rule(Part):
    """Who may do something; every rule that matches must hold."""

    action: Action = Field(description="What is done.")
    models: Models = Field(default=("*",), description="The models that the rule is about; all by default.")
    environments: Environments = Field(
        default=(), description="The environments that the rule is about; all by default."
    )
    risk: Annotated[tuple[Risk, ...], AtLeastOne] = Field(
        default=(), description="The risk classes of the models that the rule is about; all by default."
    )
    authors: Groups = Field(
        default=(), description="The groups whose members may do it; anybody where none is named."
    )
    approvals: Approvals | None = Field(default=None, description="The approvals that it needs.")


class PolicyTest(Part):
    """An example that shows what a policy says."""

    given: dict[str, Any] = Field(description="The values of the policy's variables.")
    expect: bool = Field(description="What the expression must then be.")


class Policy(Part):
    """A condition in CEL that must hold for an action."""

    name: Name = Field(description="The policy's name.")
    actions: Annotated[tuple[Action, ...], AtLeastOne] = Field(
        description="The actions that it is asked for."
    )
    environments: Environments = Field(
        default=(), description="The environments that it is asked for; all by default."
    )
    expression: Text = Field(
        description="CEL over candidate, live, parent, model, environment, rollout and change.",
        examples=["!live.exists || candidate.metrics.accuracy >= live.metrics.accuracy - 0.005"],
    )
    message: Text = Field(
        description="What people read when it does not hold.",
        examples=["The new version is less accurate than the live one."],
    )
    tests: tuple[PolicyTest, ...] = Field(
        default=(), description="Examples that are checked with the policy."
    )
