"""A version manifest: written once, it pins every byte of a version and says where it comes from."""

from typing import Annotated, Literal

from pydantic import Field

from modelops_git.core.manifests.base import (
    ApiVersion,
    AtLeastOne,
    Count,
    Hex64,
    Identity,
    JsonSchema,
    Label,
    ModelName,
    Name,
    Part,
    Semver,
    Text,
    Time,
    Uri,
)
from modelops_git.core.manifests.training import Evaluation, Training


class Framework(Part):
    """The library that the model was made with."""

    name: Label = Field(description="The library.", examples=["scikit-learn"])
    version: Label | None = Field(default=None, description="Its version.", examples=["1.5.2"])


Role = Literal[
    "model",
    "adapter",
    "tokenizer",
    "preprocessor",
    "chat_template",
    "prompt",
    "index",
    "config",
    "schema",
    "profile",
    "code",
    "other",
]
"""What a file of a version is for."""


class Artifact(Part):
    """One file of a version."""

    path: Text = Field(description="The file's path within the version, with `/`.", examples=["model.onnx"])
    role: Role = Field(description="What the file is for.")
    format: Name | None = Field(
        default=None, description="What the file is, by its content.", examples=["onnx", "json"]
    )
    sha256: Hex64 = Field(description="The SHA-256 of its content, in hex.")
    size: Count = Field(description="Its size in bytes.", examples=[181224])
    blake3: Hex64 | None = Field(default=None, description="The BLAKE3 of its content, in hex.")
    uri: Uri | None = Field(
        default=None, description="An immutable place of its own, instead of the version's store."
    )
    version_id: Label | None = Field(
        default=None, description="The object's version at an `s3:` uri.", examples=["3HL4kqtJlcpXroDTDmJ"]
    )


class BaseModelReference(Part):
    """A model that this one was made from."""

    uri: Uri = Field(
        description="The model, at a fixed revision.",
        examples=["hf://org/base@0123456789abcdef0123456789abcdef01234567"],
    )
    relation: Literal["adapter", "finetune", "quantized", "merge"] = Field(
        description="What was done with it."
    )


class Interface(Part):
    """What callers send and get; it decides whether a version is a MAJOR one."""

    protocol: Literal["json", "oip-v2", "openai-chat", "batch-table"] = Field(
        description="How callers talk to the model; another protocol is another interface."
    )
    input: JsonSchema = Field(
        description="JSON Schema 2020-12 of one instance that goes in, without the batch dimension."
    )
    output: JsonSchema = Field(description="JSON Schema 2020-12 of what comes out for one instance.")


class InterfaceReview(Part):
    """The author's word where the compatibility check cannot decide."""

    verdict: Literal["compatible", "incompatible"] = Field(
        description="Whether callers of the previous version can go on as before."
    )
    reason: Text = Field(
        description="Why; the reviewer sees it flagged.",
        examples=["The pattern of `id` only became stricter for ids that no caller has."],
    )


class SignatureBundle(Part):
    """The file that holds a signature."""

    sha256: Hex64 = Field(description="The SHA-256 of its content, in hex.")
    size: Count = Field(description="Its size in bytes.", examples=[181224])


class Signature(Part):
    """A signature over the list of artifacts."""

    type: Literal["openssf-model-signing"] = Field(description="OpenSSF Model Signing.")
    bundle: SignatureBundle = Field(description="The file that holds the signature.")


class ModelVersion(Part):
    """One version of a model: every byte of it, and where it comes from. Written once."""

    api_version: ApiVersion = Field(description="The version of the manifests' language.")
    kind: Literal["ModelVersion"] = Field(description="What this document is.")
    model: ModelName = Field(description="The model that this is a version of.")
    version: Semver = Field(description="The version's number, by semver 2.0.0.", examples=["1.2.0"])
    parent: Semver | None = Field(default=None, description="The version that this one was made from.")
    summary: Text = Field(
        description="What is new, in a sentence.", examples=["Retrained on the data of May."]
    )
    created_at: Time = Field(description="When it was made.", examples=["2026-06-02T15:30:00Z"])
    authors: Annotated[tuple[Identity, ...], AtLeastOne] = Field(
        description="Who made it.", examples=[["github:ana"]]
    )
    framework: Framework | None = Field(default=None, description="The library it was made with.")
    algorithm: Label | None = Field(
        default=None, description="The kind of model.", examples=["RandomForestClassifier"]
    )
    artifacts: Annotated[tuple[Artifact, ...], AtLeastOne] = Field(description="Every file of the version.")
    store: Name | None = Field(
        default=None, description="The store that holds the files; the default store where none is named."
    )
    image: Text | None = Field(
        default=None,
        description="A container that serves the version, pinned by its digest.",
        examples=[
            "registry.example/iris@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0bd822cd15d6c15b0f00a08"
        ],
    )
    base_models: tuple[BaseModelReference, ...] = Field(
        default=(), description="The models that this one was made from."
    )
    interface: Interface = Field(description="What callers send and get.")
    interface_review: InterfaceReview | None = Field(
        default=None, description="The author's word where the compatibility check cannot decide."
    )
    training: Training | None = Field(default=None, description="Where the version comes from.")
    evaluations: tuple[Evaluation, ...] = Field(default=(), description="How the version was evaluated.")
    limitations: tuple[Text, ...] = Field(default=(), description="What the version cannot do.")
    ethical_considerations: tuple[Text, ...] = Field(
        default=(), description="What to bear in mind where people are affected."
    )
    unsafe_format_reason: Text | None = Field(
        default=None,
        description="Why a file format that can run code is used all the same, for those who review it. Only "
        "`formats.exceptions` of the Registry allow one.",
        examples=["The library has no other format; the file is signed by us."],
    )
    signature: Signature | None = Field(default=None, description="A signature over the list of artifacts.")
