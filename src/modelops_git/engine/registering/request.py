"""What is asked of `register`, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from modelops_git.core.versions import Bump


@dataclass(frozen=True, slots=True)
class Metric:
    """One value of an evaluation.

    Attributes:
        name: The metric.
        value: Its value, in its own unit.
        evaluation: The evaluation; empty for the one that `model.yaml` judges the metric by.
    """

    name: str
    value: float
    evaluation: str = ""


@dataclass(frozen=True, slots=True)
class Numbering:
    """What is asked of the version's number; what is empty is found out.

    Attributes:
        version: The number itself.
        bump: Which of its numbers shall rise; excludes `version`.
        parent: The version that it follows.
    """

    version: str = ""
    bump: Bump | None = None
    parent: str = ""


@dataclass(frozen=True, slots=True)
class NewModel:
    """What `model.yaml` of a new model says; of no use where there is one already."""

    description: str = ""
    owners: tuple[str, ...] = ()
    risk: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A version to register.

    Attributes:
        model: The model's name.
        paths: Its files and folders on disk.
        fields: Fields of the manifest that the words of the command give; they win over `metadata`.
        metrics: Values for the evaluations; they win likewise.
        data: Files with training data, each with its name.
        roles: What files are for, by their path within the version.
        metadata: A file with fields of the manifest, YAML or JSON; it wins over the card.
        card: A model card, JSON; it wins over what is found out.
        code: A folder of the training code; None for that of the first path.
        numbering: What is asked of the number.
        new_model: What is asked of `model.yaml`.
        now: The time; None for that of this machine.
    """

    model: str
    paths: tuple[Path, ...]
    fields: Mapping[str, Any] = field(default_factory=dict)
    metrics: tuple[Metric, ...] = ()
    data: tuple[tuple[str, Path], ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    metadata: Path | None = None
    card: Path | None = None
    code: Path | None = None
    numbering: Numbering = field(default_factory=Numbering)
    new_model: NewModel = field(default_factory=NewModel)
    now: datetime | None = None
