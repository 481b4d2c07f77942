"""Trains a model that foretells how diabetes goes on; the second model of the example registry.

python train_diabetes.py --trees 40 --to out/1.1.0
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import sklearn
from skl2onnx import to_onnx
from sklearn.datasets import load_diabetes
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split
from train import write_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOLDOUT = 110
SEED = 3
"""Of the split, which is the same for every version, and of the trees."""


def main() -> None:
    """Train by the words of the command line."""
    words = argparse.ArgumentParser(description="Train a model of the progression of diabetes.")
    words.add_argument(
        "--trees", type=int, default=0, help="how many boosted trees; 0 for a ridge regression"
    )
    words.add_argument("--opset", type=int, default=18, help="the ONNX operator set to export to")
    words.add_argument("--to", type=Path, required=True, help="the folder to write")
    train(words.parse_args())


def train(asked: argparse.Namespace) -> None:
    """Fit, measure on the holdout, and write everything to the folder `asked.to`."""
    patients, progression = load_diabetes(return_X_y=True)
    known, unseen, known_answers, answers = train_test_split(
        patients.astype(np.float32), progression, test_size=HOLDOUT, random_state=SEED
    )
    model = estimator(asked.trees).fit(known, known_answers)
    guessed = model.predict(unseen)
    metrics = {
        "mean_absolute_error": round(float(mean_absolute_error(answers, guessed)), 2),
        "r2": round(float(r2_score(answers, guessed)), 4),
    }
    asked.to.mkdir(parents=True, exist_ok=True)
    graph = to_onnx(model, known[:1], target_opset=asked.opset)
    (asked.to / "model.onnx").write_bytes(graph.SerializeToString())
    write_table(asked.to / "train.csv", known, known_answers)
    write_table(asked.to / "holdout.csv", unseen, answers)
    evaluations = [evaluation("holdout.csv", asked.to, metrics), by_sex(asked.to, unseen, answers, guessed)]
    text = json.dumps(metadata(model, evaluations), indent=2)
    (asked.to / "metadata.json").write_text(text + "\n")


def estimator(trees: int) -> Ridge | GradientBoostingRegressor:
    """The model to fit: linear, or boosted trees."""
    if trees:
        return GradientBoostingRegressor(
            n_estimators=trees, max_depth=2, learning_rate=0.1, random_state=SEED
        )
    return Ridge(alpha=0.1)


def metadata(model: Any, evaluations: list[dict[str, Any]]) -> dict[str, Any]:
    """What cannot be read from the model's file, in the fields of a version manifest."""
    chosen = ("alpha",) if isinstance(model, Ridge) else ("n_estimators", "max_depth", "learning_rate")
    return {
        "framework": {"name": "scikit-learn", "version": sklearn.__version__},
        "algorithm": type(model).__name__,
        "training": {
            "environment": {"python": platform.python_version()},
            "hyperparameters": {name: model.get_params()[name] for name in chosen},
            "seed": SEED,
        },
        "evaluations": evaluations,
    }


def evaluation(file: str, folder: Path, metrics: dict[str, float], name: str = "holdout") -> dict[str, Any]:
    """A record of metrics on the holdout, with the digest of the data."""
    digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    data = {"name": "diabetes-holdout", "sha256": digest, "rows": HOLDOUT}
    return {"name": name, "kind": "performance", "data": data, "metrics": metrics}


def by_sex(
    folder: Path, unseen: NDArray[np.float32], answers: NDArray[np.float64], guessed: NDArray[np.float64]
) -> dict[str, Any]:
    """The error for either sex: the data scales the two to a number above and a number below zero."""
    slices = [
        {
            "name": name,
            "metrics": {
                "mean_absolute_error": round(float(mean_absolute_error(answers[of], guessed[of])), 2)
            },
        }
        for name, of in (("sex-1", unseen[:, 1] < 0), ("sex-2", unseen[:, 1] > 0))
    ]
    return evaluation("holdout.csv", folder, {}, "by-sex") | {"kind": "fairness", "slices": slices}


if __name__ == "__main__":
    main()
