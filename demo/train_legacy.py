"""Trains a classifier of iris flowers for an old scorer, which loads what joblib writes and nothing else.

    python train_legacy.py --to out/legacy

It stands for the many models that no exporter knows: a step of its own, which only Python can hold, is in it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
from pathlib import Path

import joblib
import numpy as np
import sklearn
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

HOLDOUT, SPLIT_SEED = 50, 7
INTERFACE = {
    "protocol": "json",
    "input": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
    "output": {"type": "integer", "enum": [0, 1, 2]},
}


def main() -> None:
    """Fit it, measure it on the holdout, and write everything to the folder that is named."""
    words = argparse.ArgumentParser(description="Train a classifier of iris flowers for an old scorer.")
    words.add_argument("--to", type=Path, required=True, help="the folder to write")
    folder = words.parse_args().to
    flowers, species = load_iris(return_X_y=True)
    known, unseen, known_species, unseen_species = train_test_split(
        flowers, species, test_size=HOLDOUT, stratify=species, random_state=SPLIT_SEED
    )
    model = make_pipeline(FunctionTransformer(np.log1p), LogisticRegression())
    model.fit(known, known_species)
    accuracy = round(float(accuracy_score(unseen_species, model.predict(unseen))), 4)
    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, folder / "model.joblib", compress=3)
    np.savetxt(folder / "train.csv", np.c_[known, known_species], delimiter=",", fmt="%.6g")
    np.savetxt(folder / "holdout.csv", np.c_[unseen, unseen_species], delimiter=",", fmt="%.6g")
    text = json.dumps(metadata(folder / "holdout.csv", accuracy), indent=2)
    (folder / "metadata.json").write_text(text + "\n")
    print(f"{folder}/model.joblib: learned from {len(known)} flowers, accuracy {accuracy}")


def metadata(holdout: Path, accuracy: float) -> dict[str, object]:
    """What cannot be read from the model's file, in the fields of a version manifest."""
    digest = hashlib.sha256(holdout.read_bytes()).hexdigest()
    data = {"name": "iris-holdout", "sha256": digest, "rows": HOLDOUT}
    return {
        "framework": {"name": "scikit-learn", "version": sklearn.__version__},
        "algorithm": "LogisticRegression",
        "interface": INTERFACE,
        "training": {"environment": {"python": platform.python_version()}, "hyperparameters": {"C": 1.0}},
        "evaluations": [
            {"name": "holdout", "kind": "performance", "data": data, "metrics": {"accuracy": accuracy}}
        ],
        "limitations": ["Only a process with this release of scikit-learn can load it."],
        "unsafe_format_reason": "The scorer of the branch offices loads only what joblib writes.",
    }


if __name__ == "__main__":
    main()
