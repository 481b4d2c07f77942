"""Asks the version that is live: reads the route table of a gateway, and runs the model that it names.

    python predict.py .modelops/live/production iris-classifier 5.1 3.5 1.4 0.2

The model is run by onnxruntime, from the files that `modelops apply` verified and put beside the route table.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

SPECIES = ("setosa", "versicolor", "virginica")
ONLY_ERRORS = 3


def main() -> int:
    """Predict for one flower, and print the species; 1 where the model refuses the numbers."""
    gateway, model, *numbers = sys.argv[1:]
    version, folder = live(Path(gateway), model)
    flower = np.array([[float(number) for number in numbers]], dtype=np.float32)
    session = onnxruntime.InferenceSession(folder / "model.onnx", quiet())
    (asked,) = session.get_inputs()
    if flower.shape[1] != asked.shape[1]:
        print(f"{model} {version} wants {asked.shape[1]} numbers, and got {flower.shape[1]}")
        return 1
    label, probabilities = session.run(None, {asked.name: flower})
    print(f"{model} {version} says: {SPECIES[label[0]]} (probability {probabilities[0].max():.2f})")
    return 0


def live(gateway: Path, model: str) -> tuple[str, Path]:
    """The version that serves, and the folder of its files."""
    table = json.loads((gateway / "routes" / f"{model}.json").read_text())
    (route,) = table["routes"]
    digest = route["artifacts"].removeprefix("sha256:")
    return route["version"], gateway / "files" / model / f"{route['version']}-{digest[:12]}"


def quiet() -> onnxruntime.SessionOptions:
    """Options with which onnxruntime tells of errors only."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = ONLY_ERRORS
    return options


if __name__ == "__main__":
    sys.exit(main())
