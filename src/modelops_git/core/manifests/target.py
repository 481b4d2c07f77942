"""Targets: where versions are served, one class for each type."""

from typing import Annotated, Literal

from pydantic import Field

from modelops_git.core.manifests.base import AtLeastOne, Duration, Label, ModelPattern, Part, Text, Uri

Models = Annotated[tuple[ModelPattern, ...], AtLeastOne]


class GatewayTarget(Part):
    """The embedded gateway: an atomic route table and verified files."""

    models: Models = Field(description="The models that this target serves; the first match wins.")
    type: Literal["gateway"] = Field(description="The embedded gateway.")
    uri: Uri = Field(
        description="Where the route table and the files lie; a `file:` path is relative to the registry.",
        examples=["file:.modelops/live/staging", "s3://acme-models/live"],
    )


class PointerTarget(Part):
    """A file that names the live version, for batch jobs and devices."""

    models: Models = Field(description="The models that this target serves; the first match wins.")
    type: Literal["pointer"] = Field(description="A file that names the live version.")
    uri: Uri = Field(
        description="The folder of the files that name live versions.",
        examples=["file:.modelops/pointers", "s3://acme-models/pointers"],
    )


class KserveTarget(Part):
    """InferenceServices of KServe on a Kubernetes cluster."""

    models: Models = Field(description="The models that this target serves; the first match wins.")
    type: Literal["kserve"] = Field(description="KServe on a Kubernetes cluster.")
    namespace: Label = Field(description="The namespace of the InferenceServices.", examples=["ml-prod"])
    context: Label | None = Field(
        default=None,
        description="The context of the kubeconfig to use; the current one where none is named.",
        examples=["production-eu"],
    )


class SagemakerTarget(Part):
    """Endpoints of Amazon SageMaker."""

    models: Models = Field(description="The models that this target serves; the first match wins.")
    type: Literal["sagemaker"] = Field(description="Endpoints of Amazon SageMaker.")
    region: Label = Field(description="The AWS region of the endpoints.", examples=["eu-west-1"])


class MlflowTarget(Part):
    """Aliases in the model registry of an MLflow server."""

    models: Models = Field(description="The models that this target serves; the first match wins.")
    type: Literal["mlflow"] = Field(description="Aliases in the model registry of an MLflow server.")
    uri: Uri = Field(description="The MLflow server.", examples=["https://mlflow.example"])
    alias: Label | None = Field(
        default=None,
        description="The alias to move; the environment's name where none is given.",
        examples=["champion"],
    )


class ExecTarget(Part):
    """A program of one's own that reads and writes JSON."""

    models: Models = Field(description="The models that this target serves; the first match wins.")
    type: Literal["exec"] = Field(description="A program that reads and writes JSON.")
    command: Annotated[tuple[Text, ...], AtLeastOne] = Field(
        description="The program and its arguments; no shell is involved.",
        examples=[["tools/deploy", "--json"]],
    )
    timeout: Duration = Field(default="60s", description="How long one call may take.")


Target = Annotated[
    GatewayTarget | PointerTarget | KserveTarget | SagemakerTarget | MlflowTarget | ExecTarget,
    Field(discriminator="type"),
]
