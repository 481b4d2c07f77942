"""Notifications: who is told about what happens to models in environments."""

from typing import Annotated, Literal

from pydantic import Field

from modelops_git.core.manifests.base import AtLeastOne, EnvironmentVariable, ModelPattern, Name, Part

Event = Literal[
    "adopted",
    "run-started",
    "paused",
    "resumed",
    "deferred",
    "run-ended",
    "hold-set",
    "hold-cleared",
    "retry-granted",
    "drift-observed",
    "drift-healed",
    "retired",
    "break-glass",
]
Events = Annotated[tuple[Event, ...], AtLeastOne]
Environments = Annotated[tuple[Name, ...], AtLeastOne]
Models = Annotated[tuple[ModelPattern, ...], AtLeastOne]
EVERY_MODEL = ("*",)


class Webhook(Part):
    """A CloudEvent, posted to an HTTP address."""

    type: Literal["webhook"] = Field(description="An HTTP POST of a CloudEvent in JSON.")
    url_env: EnvironmentVariable = Field(
        description="The environment variable that holds the address.", examples=["HOOK_URL"]
    )
    secret_env: EnvironmentVariable | None = Field(
        default=None,
        description="The environment variable that holds the secret that messages are signed with, as "
        "Standard Webhooks has it: `whsec_` and 24 to 64 bytes in base64; none where they are not signed.",
        examples=["HOOK_SECRET"],
    )
    on: Events = Field(description="The events that send it.")
    environments: Environments | None = Field(
        default=None, description="The environments that it is about; all where none is named."
    )
    models: Models = Field(default=EVERY_MODEL, description="The models that it is about.")


class Slack(Part):
    """A message for people, posted to an incoming webhook of Slack or of what speaks the same language."""

    type: Literal["slack"] = Field(description="A message to a channel of Slack, Mattermost or the like.")
    url_env: EnvironmentVariable = Field(
        description="The environment variable that holds the address, which is a secret.",
        examples=["SLACK_URL"],
    )
    on: Events = Field(description="The events that send it.")
    environments: Environments | None = Field(
        default=None, description="The environments that it is about; all where none is named."
    )
    models: Models = Field(default=EVERY_MODEL, description="The models that it is about.")


Notification = Annotated[Webhook | Slack, Field(discriminator="type")]
