"""Run by a Python that has MLflow: folders that it saved are loaded and asked; prints what they said."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import mlflow.onnx
import mlflow.pyfunc
import mlflow.sklearn
import numpy as np
import pandas as pd
from mlflow.models import infer_signature
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from modelops_git.core.errors import ModelopsError
from modelops_git.engine.inspecting import Rules
from modelops_git.engine.serving.loading import load_version
from served import MODEL, NUMBERS, served

SAFE = Rules(frozenset({"onnx", "skops"}))
PICKLES = Rules(frozenset({"onnx", "skops", "pickle"}), frozenset({"pickle"}))
FLOWERS, SPECIES = load_iris(return_X_y=True)
TABLE = pd.DataFrame(FLOWERS, columns=list("abcd")).astype({"d": "float32"})
ROWS = {"type": "object", "properties": {name: {"type": "number"} for name in "abcd"}}
LABEL = {"type": "integer"}
MODELS = (".onnx", ".pkl", ".skops")


class Upper(mlflow.pyfunc.PythonModel):
    """A model in Python."""

    def predict(self, context, model_input, params=None):
        del context, params
        return [word.upper() for word in model_input["word"]]


def asked(folder, interface, instances, rules=SAFE):
    """What the model in `folder` answers, or why it is not loaded."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    files = {name: (data, "model" if name.endswith(MODELS) else "config") for name, data in names.items()}
    at = served(folder.with_name(f"{folder.name}-{len(rules.allowed)}"), files, interface)
    try:
        return load_version(at.root, MODEL, at.route, rules).predict(instances)
    except ModelopsError as error:
        return f"{type(error).__name__}: {error}"


def main(out):
    """Save each kind of model, and ask it."""
    plain = LogisticRegression(max_iter=500).fit(FLOWERS, SPECIES)
    signature = infer_signature(FLOWERS, SPECIES)
    array = {"input": NUMBERS, "output": LABEL}
    few = FLOWERS[::60].tolist()
    mlflow.sklearn.save_model(plain, out / "pickle", signature=signature, serialization_format="pickle")
    mlflow.sklearn.save_model(plain, out / "skops", signature=signature, serialization_format="skops")
    forest = RandomForestClassifier(2, random_state=0).fit(FLOWERS, SPECIES)
    trusted = {"skops_trusted_types": ["sklearn.tree._tree.Tree"], "serialization_format": "skops"}
    mlflow.sklearn.save_model(forest, out / "trusting", signature=signature, **trusted)
    named = LogisticRegression(max_iter=500).fit(TABLE, SPECIES)
    mlflow.sklearn.save_model(
        named, out / "named", signature=infer_signature(TABLE, SPECIES), serialization_format="skops"
    )
    graph = to_onnx(plain, FLOWERS[:1].astype(np.float32), options={"zipmap": False})
    shares = {"label": SPECIES, "probabilities": plain.predict_proba(FLOWERS).astype(np.float32)}
    mlflow.onnx.save_model(graph, out / "onnx", signature=infer_signature(FLOWERS.astype(np.float32), shares))
    both = {"label": LABEL, "probabilities": {"type": "array", "items": {"type": "number"}}}
    words = infer_signature(pd.DataFrame({"word": ["a"]}), ["A"])
    mlflow.pyfunc.save_model(out / "python", python_model=Upper(), signature=words)
    word = {"type": "object", "properties": {"word": {"type": "string"}}}
    spoken = {"input": word, "output": {"type": "string"}}
    return {
        "pickle": asked(out / "pickle", array, few, PICKLES),
        "pickle, not allowed": asked(out / "pickle", array, few),
        "skops": asked(out / "skops", array, few),
        "skops with types of its own": asked(out / "trusting", array, few),
        "named": asked(out / "named", {"input": ROWS, "output": LABEL}, TABLE[::60].to_dict("records")),
        "onnx": asked(
            out / "onnx", {"input": NUMBERS, "output": {"type": "object", "properties": both}}, few
        ),
        "python": asked(out / "python", spoken, [{"word": "abc"}], PICKLES),
        "python, not allowed": asked(out / "python", spoken, [{"word": "abc"}]),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
