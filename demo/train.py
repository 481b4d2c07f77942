"""Trains a classifier of iris flowers; writes the model, its data, and what a registry wants to know.

    python train.py --flowers 40 --trees 5 --seed 1 --to out/1.0.0

This is the training code of the demo's team: the demo commits a copy of it to a repository of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import sklearn
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOLDOUT = 50
SPLIT_SEED = 7
"""The holdout is the same for every version, or their accuracies could not be compared."""
SEPAL_LENGTH, PETAL_LENGTH, PETAL_WIDTH = 0, 2, 3


def main() -> None:
    """Train by the words of the command line."""
    words = argparse.ArgumentParser(description="Train a classifier of iris flowers.")
    words.add_argument("--flowers", type=int, default=100, help="how many flowers to learn from")
    words.add_argument("--trees", type=int, default=10, help="how many trees the forest has")
    words.add_argument("--seed", type=int, default=1, help="the seed of the forest")
    words.add_argument("--petal-area", action="store_true", help="take the petal's area as a fifth number")
    words.add_argument("--millimetres", action="store_true", help="convert all data from centimetres")
    words.add_argument("--to", type=Path, required=True, help="the folder to write")
    train(words.parse_args())


def train(asked: argparse.Namespace) -> None:
    """Fit a forest, measure it on the holdout, and write everything to the folder `asked.to`."""
    flowers, species = load_iris(return_X_y=True)
    known, unseen, known_species, unseen_species = train_test_split(
        flowers.astype(np.float32), species, test_size=HOLDOUT, stratify=species, random_state=SPLIT_SEED
    )
    if asked.millimetres:
        known, unseen = known * 10, unseen * 10
    known, known_species = known[: asked.flowers], known_species[: asked.flowers]
    forest = RandomForestClassifier(n_estimators=asked.trees, max_depth=3, random_state=asked.seed)
    numbers = with_petal_area if asked.petal_area else np.asarray
    forest.fit(numbers(known), known_species)
    guessed = forest.predict(numbers(unseen))
    metrics = {
        "accuracy": round(float(accuracy_score(unseen_species, guessed)), 4),
        "f1_macro": round(float(f1_score(unseen_species, guessed, average="macro")), 4),
    }
    asked.to.mkdir(parents=True, exist_ok=True)
    graph = exported(forest, numbers(known))
    (asked.to / "model.onnx").write_bytes(calibrated(graph, flowers * 10) if asked.millimetres else graph)
    write_table(asked.to / "train.csv", known, known_species)
    write_table(asked.to / "holdout.csv", unseen, unseen_species)
    steps = [{"name": "petal-area", "code": "train.py"}] if asked.petal_area else []
    text = json.dumps(metadata(forest, steps, asked.to / "holdout.csv", metrics), indent=2)
    (asked.to / "metadata.json").write_text(text + "\n")
    print(f"{asked.to}/model.onnx: learned from {len(known)} flowers, accuracy {metrics['accuracy']}")


def with_petal_area(flowers: NDArray[np.float32]) -> NDArray[np.float32]:
    """The flowers with the area of their petals as a fifth number."""
    return np.c_[flowers, flowers[:, PETAL_LENGTH] * flowers[:, PETAL_WIDTH]]


def exported(model: Any, sample: NDArray[np.float32]) -> bytes:
    """The model as ONNX; without `zipmap`, so that probabilities are a plain array."""
    graph: bytes = to_onnx(model, sample[:1], options={"zipmap": False}).SerializeToString()
    return graph


def calibrated(model: bytes, flowers: NDArray[np.float64]) -> bytes:
    """The model with its probabilities corrected by a factor for each length of a sepal, in millimetres.

    All factors are 1 for now. What matters is that there is none for lengths that nobody has measured.
    """
    graph = onnx.load_from_string(model)
    (numbers,) = (one.name for one in graph.graph.input)
    for node in graph.graph.node:
        node.output[:] = ["uncorrected" if one == "probabilities" else one for one in node.output]
    shortest, longest = int(flowers[:, SEPAL_LENGTH].min()), int(flowers[:, SEPAL_LENGTH].max())
    constants = {
        "sepal_length": np.array([SEPAL_LENGTH], np.int64),
        "shortest": np.array([[shortest]], np.int64),
        "factors": np.ones(longest - shortest + 1, np.float32),
    }
    graph.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in constants.items())
    graph.graph.node.extend(
        [
            helper.make_node("Gather", [numbers, "sepal_length"], ["length"], axis=1),
            helper.make_node("Cast", ["length"], ["whole_length"], to=TensorProto.INT64),
            helper.make_node("Sub", ["whole_length", "shortest"], ["row"]),
            helper.make_node("Gather", ["factors", "row"], ["factor"]),
            helper.make_node("Mul", ["uncorrected", "factor"], ["probabilities"]),
        ]
    )
    onnx.checker.check_model(graph)
    return graph.SerializeToString()


def write_table(path: Path, rows: NDArray[np.float32], answers: NDArray[np.float64]) -> None:
    """Write data as CSV with the answer in the last column."""
    np.savetxt(path, np.c_[rows, answers], delimiter=",", fmt="%.6g")


def metadata(
    forest: RandomForestClassifier, steps: list[dict[str, str]], holdout: Path, metrics: dict[str, float]
) -> dict[str, Any]:
    """What cannot be read from the model's file, in the fields of a version manifest."""
    digest = hashlib.sha256(holdout.read_bytes()).hexdigest()
    data = {"name": "iris-holdout", "sha256": digest, "rows": HOLDOUT}
    return {
        "framework": {"name": "scikit-learn", "version": sklearn.__version__},
        "algorithm": type(forest).__name__,
        "training": {
            "environment": {"python": platform.python_version()},
            "preprocessing": steps,
            "hyperparameters": {"n_estimators": forest.n_estimators, "max_depth": forest.max_depth},
            "seed": forest.random_state,
        },
        "evaluations": [{"name": "holdout", "kind": "performance", "data": data, "metrics": metrics}],
        "limitations": ["Knows three species of iris, measured by one person in 1936."],
    }


if __name__ == "__main__":
    main()
