"""`modelops.yaml`: the rules of the house, owned by the platform team."""

from typing import Annotated, Literal

from pydantic import Field

from modelops_git.core.manifests.base import (
    ApiVersion,
    AtLeastOne,
    Branch,
    Date,
    Duration,
    FieldPath,
    HttpUrl,
    Identity,
    Label,
    ModelPattern,
    Name,
    Part,
    Positive,
    Text,
    Uri,
)
from modelops_git.core.manifests.environment import Environment
from modelops_git.core.manifests.forge import Forge
from modelops_git.core.manifests.notification import Notification
from modelops_git.core.manifests.rules import Policy, Rule
from modelops_git.core.manifests.signer import Signer
from modelops_git.core.manifests.strategy import Strategy

SAFE_FORMATS = ("onnx", "safetensors", "skops", "xgboost-json", "lightgbm-text", "gguf")


class ObjectLock(Part):
    """Retention that the object store itself enforces."""

    mode: Literal["governance", "compliance"] = Field(description="The mode of S3 Object Lock.")
    retain: Duration = Field(description="How long an object cannot be deleted.", examples=["365d"])


class Store(Part):
    """A place where artifacts may live."""

    uri: Uri = Field(
        description="Where the store begins; a `file:` path is relative to the registry.",
        examples=["s3://acme-models/registry", "file:.modelops/store"],
    )
    region: Label | None = Field(
        default=None, description="The region of an S3 store.", examples=["eu-west-1"]
    )
    endpoint_url: HttpUrl | None = Field(
        default=None, description="The address of an S3 server other than Amazon's."
    )
    profile: Label | None = Field(
        default=None,
        description="The profile of the AWS configuration that has the credentials.",
        examples=["acme-models"],
    )
    addressing_style: Literal["auto", "virtual", "path"] = Field(
        default="auto",
        description="Whether the bucket is part of the host's name or of the path; many servers want `path`.",
    )
    checksum_mode: Literal["when_supported", "when_required"] = Field(
        default="when_supported", description="When an S3 server is asked to check sums itself."
    )
    object_lock: ObjectLock | None = Field(
        default=None, description="Retention that the object store itself enforces."
    )


class FormatException(Part):
    """Formats that some models may use for a while."""

    models: Annotated[tuple[ModelPattern, ...], AtLeastOne] = Field(description="The models that may.")
    formats: Annotated[tuple[Name, ...], AtLeastOne] = Field(description="The formats that they may use.")
    until: Date = Field(description="The last day of the exception.", examples=["2027-03-31"])
    reason: Text = Field(
        description="Why it is needed.", examples=["The supplier delivers nothing else before March."]
    )


class Formats(Part):
    """The file formats that an artifact with role model may have."""

    allowed: tuple[Name, ...] = Field(
        default=SAFE_FORMATS, description="The formats that are allowed, by content and not by name."
    )
    exceptions: tuple[FormatException, ...] = Field(
        default=(), description="Formats that some models may use for a while."
    )


class Retention(Part):
    """Which versions may be deleted."""

    keep_last: Positive | None = Field(
        default=None, description="How many of the newest versions are kept.", examples=[20]
    )
    min_age: Duration | None = Field(
        default=None, description="How old a version must be before it may go.", examples=["365d"]
    )
    keep_if_ever_live_in: tuple[Name, ...] = Field(
        default=(), description="Environments where having been live once keeps a version for ever."
    )


class FileAnchor(Part):
    """An anchor in a file."""

    type: Literal["file"] = Field(description="A file.")
    uri: Uri = Field(description="The file.", examples=["file:/srv/anchors/acme.jsonl"])


class ObjectLockAnchor(Part):
    """An anchor in a bucket that cannot be overwritten."""

    type: Literal["s3-object-lock"] = Field(description="A bucket with S3 Object Lock.")
    uri: Uri = Field(description="The bucket and the prefix.", examples=["s3://acme-audit/anchors"])
    region: Label | None = Field(default=None, description="The bucket's region.", examples=["eu-west-1"])
    endpoint_url: HttpUrl | None = Field(
        default=None, description="The address of an S3 server other than Amazon's."
    )
    profile: Label | None = Field(
        default=None,
        description="The profile of the AWS configuration that has the credentials.",
        examples=["acme-audit"],
    )
    addressing_style: Literal["auto", "virtual", "path"] = Field(
        default="auto",
        description="Whether the bucket is part of the host's name or of the path; many servers want `path`.",
    )
    checksum_mode: Literal["when_supported", "when_required"] = Field(
        default="when_supported", description="When an S3 server is asked to check sums itself."
    )
    object_lock: ObjectLock | None = Field(
        default=None,
        description="The retention of each note; none where the bucket gives its own to whatever is stored.",
    )


Anchor = Annotated[FileAnchor | ObjectLockAnchor, Field(discriminator="type")]


class Journal(Part):
    """Where the record of what happened is kept."""

    remote: Label | None = Field(
        default="origin", description="The git remote that holds the journal branches; null keeps them local."
    )
    signed: bool = Field(default=False, description="Whether every entry must be signed.")
    lease: Duration = Field(default="60s", description="How long another's unfinished step is waited for.")
    anchor: Anchor | None = Field(
        default=None,
        description="Where the journal's tip is noted, out of reach of who can rewrite the branch.",
    )


class Registry(Part):
    """The rules of the house: stores, environments, strategies, people and policy."""

    api_version: ApiVersion = Field(description="The version of the manifests' language.")
    kind: Literal["Registry"] = Field(description="What this document is.")
    name: Name = Field(description="The registry's name, also the prefix of its journal branches.")
    default_branch: Branch = Field(default="main", description="The branch that says what should be live.")
    default_store: Name = Field(description="The store that new versions go to.")
    stores: Annotated[dict[Name, Store], AtLeastOne] = Field(
        description="The only places where artifacts may live."
    )
    strategies: dict[Name, Strategy] = Field(
        default={}, description="The strategies that a promotion can name."
    )
    environments: tuple[Environment, ...] = Field(
        default=(), description="Where models go live, in promotion order."
    )
    groups: dict[Name, tuple[Identity, ...]] = Field(default={}, description="The groups of people.")
    people: dict[Name, Annotated[tuple[Identity, ...], AtLeastOne]] = Field(
        default={},
        description="The identities that are one person's, where forges and git know somebody by several.",
        examples=[{"ana": ["github:ana", "email:ana@example.com"]}],
    )
    forge: Forge | None = Field(
        default=None, description="The forge that is asked who approved; none where approvals are signed."
    )
    signers: dict[Name, Signer] = Field(default={}, description="Whose signatures over versions are known.")
    rules: tuple[Rule, ...] = Field(default=(), description="Who may do what; all that match must hold.")
    policies: tuple[Policy, ...] = Field(default=(), description="Conditions in CEL that actions must meet.")
    required_metadata: tuple[FieldPath, ...] = Field(
        default=(),
        description="Fields that every version must fill in.",
        examples=[["training.data", "evaluations", "limitations"]],
    )
    formats: Formats = Field(
        default_factory=Formats.model_construct,
        description="The formats that an artifact with role model may have.",
    )
    retention: Retention | None = Field(
        default=None, description="Which versions may be deleted; none where nothing is said."
    )
    journal: Journal = Field(
        default_factory=Journal.model_construct,
        description="Where the record of what happened is kept, and how.",
    )
    notifications: tuple[Notification, ...] = Field(default=(), description="Who is told about what.")
