"""Where a version comes from: run, code, data, parameters; and how it was evaluated."""

from typing import Any

from pydantic import Field

from modelops_git.core.manifests.base import (
    Commit,
    Count,
    Hex64,
    Integer,
    Label,
    Name,
    Number,
    Part,
    Text,
    Uri,
)


class Run(Part):
    """The run of an experiment tracker that made the version."""

    tracker: Name = Field(description="The tracker.", examples=["mlflow"])
    id: Label = Field(description="The run's id there.", examples=["0f3cbd7e1a2b"])
    uri: Uri | None = Field(default=None, description="Where people can look at it.")


class Code(Part):
    """The code that trained the version."""

    repository: Text = Field(description="The repository.", examples=["https://git.example/acme/iris"])
    commit: Commit = Field(description="The full id of the commit.")
    version: Label | None = Field(default=None, description="The code's own version.", examples=["v2.3.0"])
    entrypoint: Text | None = Field(default=None, description="What was started.", examples=["train.py"])


class Lockfile(Part):
    """The file that pins the packages of the training."""

    path: Text = Field(
        description="The file, relative to the code's repository.", examples=["requirements.lock"]
    )
    sha256: Hex64 | None = Field(default=None, description="The SHA-256 of its content, in hex.")


class TrainingEnvironment(Part):
    """What the training ran on."""

    python: Label | None = Field(default=None, description="The version of Python.", examples=["3.11.7"])
    lockfile: Lockfile | None = Field(default=None, description="The file that pins the packages.")


class Dataset(Part):
    """Data, pinned by its digest where one is known."""

    name: Label = Field(description="The data's name.", examples=["iris-train"])
    uri: Uri | None = Field(
        default=None, description="Where it is.", examples=["s3://acme-data/iris.parquet"]
    )
    sha256: Hex64 | None = Field(default=None, description="The SHA-256 of its content, in hex.")
    rows: Count | None = Field(default=None, description="How many rows it has.", examples=[150])
    features: Count | None = Field(default=None, description="How many features it has.", examples=[4])
    collected: Text | None = Field(default=None, description="When it was collected.", examples=["1936"])
    sampling: Text | None = Field(default=None, description="How it was sampled.", examples=["full"])


class Preprocessing(Part):
    """A step that the data went through."""

    name: Label = Field(description="The step's name.", examples=["standard-scaler"])
    code: Text | None = Field(default=None, description="Where its code is.", examples=["features.py"])


class Training(Part):
    """Where the version comes from."""

    run: Run | None = Field(default=None, description="The run of an experiment tracker.")
    code: Code | None = Field(default=None, description="The code that trained it.")
    environment: TrainingEnvironment | None = Field(default=None, description="What the training ran on.")
    data: tuple[Dataset, ...] = Field(default=(), description="The data it was trained on.")
    preprocessing: tuple[Preprocessing, ...] = Field(
        default=(), description="The steps that the data went through."
    )
    hyperparameters: dict[str, Any] = Field(
        default={}, description="The parameters of the training, of any type."
    )
    seed: Integer | None = Field(default=None, description="The seed of the random numbers.", examples=[42])


class Slice(Part):
    """Metrics on a part of the data."""

    name: Label = Field(description="The part's name.", examples=["site-a"])
    metrics: dict[Label, Number] = Field(description="The values by the metric's name.")


class Evaluation(Part):
    """Metrics on one data set; comparable only under the same name and data digest."""

    name: Label = Field(description="The evaluation's name.", examples=["holdout"])
    kind: Name = Field(description="What is evaluated.", examples=["performance", "latency", "fairness"])
    data: Dataset | None = Field(default=None, description="The data it was evaluated on.")
    metrics: dict[Label, Number] = Field(default={}, description="The values by the metric's name.")
    slices: tuple[Slice, ...] = Field(default=(), description="Metrics on parts of the data.")
