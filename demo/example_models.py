"""What the example registry holds, as its authors would say it: models, versions, rollouts, notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

IRIS = "iris-classifier"
DIABETES = "clinic/diabetes-progression"

MODELS: dict[str, dict[str, Any]] = {
    IRIS: {
        "description": "Names the species of an iris by the measurements of its petals and sepals.",
        "owners": ["botany"],
        "risk": "low",
        "lifecycle": "active",
        "license": "apache-2.0",
        "tags": ["tabular", "classification"],
        "metrics": {
            "accuracy": {
                "evaluation": "holdout",
                "goal": "maximize",
                "primary": True,
                "min": 0.85,
                "max_regression": 0.01,
            },
            "f1_macro": {"evaluation": "holdout", "goal": "maximize", "min": 0.85},
        },
        "intended_use": "Teaching, and trying out modelops-git.",
        "out_of_scope": ["Other species than setosa, versicolor and virginica, which it names all the same."],
    },
    DIABETES: {
        "description": "Foretells how far diabetes has gone a year later, from ten measurements of today.",
        "owners": ["clinic"],
        "risk": "high",
        "lifecycle": "active",
        "license": "apache-2.0",
        "tags": ["tabular", "regression"],
        "metrics": {
            "mean_absolute_error": {
                "evaluation": "holdout",
                "goal": "minimize",
                "primary": True,
                "max": 50,
                "max_regression": 1,
            },
            "r2": {"evaluation": "holdout", "goal": "maximize", "min": 0.3},
        },
        "intended_use": "Showing a model with a floor for its metrics and an evaluation of fairness.",
        "out_of_scope": [
            "Any decision about a patient.",
            "Inputs that are not scaled as the training data is.",
        ],
        "review": {"every": "180d"},
    },
}


@dataclass(frozen=True, slots=True)
class Version:
    """A version to train and to register.

    Attributes:
        model: Its model.
        number: The version that `register` must come to.
        created_at: When it was made.
        program: Which program trains it.
        training: The words of the program.
        words: More words for `register`.
        dataset: What there is to say of the training data; `register` adds the digest.
        said: What its author says in the manifest.
    """

    model: str
    number: str
    created_at: str
    program: str
    training: tuple[str, ...]
    words: tuple[str, ...]
    dataset: dict[str, Any]
    said: dict[str, Any]


IRIS_DATA = {"name": "iris", "features": 4, "collected": "1936"}
DIABETES_DATA = {
    "name": "diabetes",
    "rows": 332,
    "features": 10,
    "collected": "before 2004",
    "sampling": "three in four",
}
ONE_GARDEN = "Knows three species, which grew together and were measured by one person in 1936."
SCALED = "Wants every measurement centred and scaled as in the training data, and cannot tell if it is not."
ONE_CLINIC = "442 patients; nothing is known of where they came from."

VERSIONS = (
    Version(
        IRIS,
        "1.0.0",
        "2026-08-03T10:12:00Z",
        "train.py",
        ("--flowers", "40", "--trees", "5"),
        (),
        {**IRIS_DATA, "rows": 40, "sampling": "stratified, two flowers in five of those not held out"},
        {
            "summary": "First version: a forest of five trees, trained on the forty flowers measured so far.",
            "authors": ["github:ana"],
            "limitations": [
                ONE_GARDEN,
                "Takes one versicolor in six for virginica, and the other way round.",
            ],
        },
    ),
    Version(
        IRIS,
        "1.1.0",
        "2026-09-14T14:30:00Z",
        "train.py",
        ("--flowers", "100", "--trees", "10"),
        (),
        {**IRIS_DATA, "rows": 100, "sampling": "stratified, all flowers that are not held out"},
        {
            "summary": "Retrained on a hundred flowers with ten trees; accuracy from 0.88 to 0.92.",
            "authors": ["github:ana"],
            "limitations": [ONE_GARDEN],
        },
    ),
    Version(
        IRIS,
        "2.0.0",
        "2026-11-02T08:45:00Z",
        "train.py",
        ("--flowers", "100", "--trees", "10", "--petal-area"),
        (),
        {**IRIS_DATA, "rows": 100, "sampling": "stratified, all flowers that are not held out"},
        {
            "summary": "Takes the area of the petal as a fifth number, length times width.",
            "authors": ["github:bo"],
            "limitations": [ONE_GARDEN, "Callers compute the area themselves; a wrong one is not noticed."],
        },
    ),
    Version(
        DIABETES,
        "1.0.0",
        "2026-08-17T11:05:00Z",
        "train_diabetes.py",
        ("--trees", "40"),
        (),
        DIABETES_DATA,
        {
            "summary": "First version: forty boosted trees.",
            "authors": ["github:cleo"],
            "limitations": [SCALED, ONE_CLINIC],
            "ethical_considerations": ["The error is larger for one sex than for the other: see by-sex."],
        },
    ),
    Version(
        DIABETES,
        "1.0.1",
        "2026-08-31T09:20:00Z",
        "train_diabetes.py",
        ("--trees", "40", "--opset", "15"),
        ("--bump", "patch"),
        DIABETES_DATA,
        {
            "summary": "The same trees, exported with operator set 15, for the runtime of the clinic.",
            "authors": ["github:cleo"],
            "limitations": [SCALED, ONE_CLINIC],
            "ethical_considerations": ["The error is larger for one sex than for the other: see by-sex."],
        },
    ),
    Version(
        DIABETES,
        "1.1.0",
        "2026-10-05T16:40:00Z",
        "train_diabetes.py",
        ("--opset", "15"),
        (),
        DIABETES_DATA,
        {
            "summary": "A ridge regression instead of trees: smaller, easier to explain, and better.",
            "authors": ["github:cleo", "github:ana"],
            "limitations": [SCALED, ONE_CLINIC, "Linear: it sees no effect of two measurements together."],
            "ethical_considerations": ["The error is larger for one sex than for the other: see by-sex."],
        },
    ),
)

ROLLOUTS = (
    (IRIS, "2.0.0", "staging"),
    (IRIS, "1.1.0", "production"),
    (DIABETES, "1.1.0", "staging"),
    (DIABETES, "1.0.1", "production"),
)

NOTICES = (
    (
        f"{IRIS}@1.1.0",
        "erratum",
        (
            "The iris data holds one virginica twice, and it is in the training data and in the holdout:"
            " the accuracy is a little better than it should be."
        ),
    ),
    (
        f"{DIABETES}@1.0.0",
        "deprecated",
        "The runtime of the clinic does not know operator set 18. Use 1.0.1, which is the same model.",
    ),
)
