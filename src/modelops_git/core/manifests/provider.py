"""Providers: where an analysis gets its measurements, one class for each type."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from modelops_git.core.manifests.base import EnvironmentVariable, Given, HttpUrl, Label, Name, Part, Uri

_ONE_PLACE = Given(("uri", "url_env"), 1, 1)


class Auth(Part):
    """Credentials, by the name of an environment variable."""

    bearer_env: EnvironmentVariable = Field(
        description="The environment variable that holds a bearer token.", examples=["PROM_TOKEN"]
    )


class PrometheusProvider(Part):
    """A Prometheus server."""

    type: Literal["prometheus"] = Field(description="A Prometheus server.")
    address: HttpUrl = Field(description="The server.", examples=["http://prometheus:9090"])
    auth: Auth | None = Field(default=None, description="Credentials.")


class CloudwatchProvider(Part):
    """Amazon CloudWatch."""

    type: Literal["cloudwatch"] = Field(description="Amazon CloudWatch.")
    region: Label = Field(description="The AWS region.", examples=["eu-west-1"])


class SqlProvider(Part):
    """SQL over prediction logs."""

    model_config = ConfigDict(json_schema_extra=_ONE_PLACE.schema())

    type: Literal["sql"] = Field(description="SQL over prediction logs.")
    backend: Name = Field(
        default="duckdb",
        description=(
            "The Ibis back end that runs the query: `duckdb` over the files at `uri`, or another, such as "
            "`postgres` or `pyspark`, that `url_env` is the database of."
        ),
    )
    uri: Uri | None = Field(
        default=None,
        description=(
            "Where the logs are: each folder below it, such as `predictions`, is a table of that name. "
            "`${environment}` stands for the environment's name."
        ),
        examples=["s3://acme-logs/${environment}", "file:.modelops/logs/${environment}"],
    )
    region: Label | None = Field(
        default=None, description="The region of an S3 bucket with logs.", examples=["eu-west-1"]
    )
    endpoint_url: HttpUrl | None = Field(
        default=None, description="The address of an S3 server other than Amazon's."
    )
    url_env: EnvironmentVariable | None = Field(
        default=None,
        description="The environment variable that holds the database's URL.",
        examples=["WAREHOUSE_URL"],
    )

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        _ONE_PLACE.require(self)
        return self


class HttpProvider(Part):
    """JSON over HTTP."""

    type: Literal["http"] = Field(description="JSON over HTTP.")
    url: HttpUrl = Field(description="The address of the JSON.")
    auth: Auth | None = Field(default=None, description="Credentials.")


class FileProvider(Part):
    """Measurements in a file."""

    type: Literal["file"] = Field(description="Measurements in a file.")
    uri: Uri = Field(description="The file.", examples=["file:.modelops/metrics.json"])


Provider = Annotated[
    PrometheusProvider | CloudwatchProvider | SqlProvider | HttpProvider | FileProvider,
    Field(discriminator="type"),
]
