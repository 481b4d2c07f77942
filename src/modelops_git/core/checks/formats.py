"""MOG408 to MOG410: what stored files are by their content. `engine.inspecting` finds it."""

from __future__ import annotations

from functools import partial

from modelops_git.core.checks.base import Scope, define

_artifact = partial(define, scope=Scope.ARTIFACT)

UNSAFE_FORMAT = _artifact(
    "MOG408",
    "unsafe-format",
    """A file has a format that the registry does not allow, whatever its name says.

    Loading a pickle runs code that is in it, and so does loading what PyTorch and joblib write, arrays of
    objects, HDF5 and Keras models with code: these are refused whatever they are for. A model has to be of a
    format in `formats.allowed` of modelops.yaml. Export it to ONNX, safetensors or skops. Where nothing else
    will do, `formats.exceptions` allows a format to some models until a day, with a reason that is reviewed.
    `unsafe_format_reason` of a version explains, and allows nothing.

    Wrong:
    ```yaml
    # modelops.yaml
    formats: {allowed: [onnx]}
    # models/iris/versions/1.2.0.yaml; the content is a pickle
    - {path: "model.onnx", …}
    ```
    Right:
    ```yaml
    # modelops.yaml
    exceptions:
      - {models: [iris], formats: [joblib], until: 2026-12-31, reason: …}
    # models/iris/versions/1.2.0.yaml
    - {path: "model.joblib", …}
    ```
    """,
)
FORMAT_MISMATCH = _artifact(
    "MOG409",
    "format-mismatch",
    """A file is not of the format that its name or its entry says, or breaks the rules of that format.

    A download that went wrong, a file that is cut off, bytes behind the end, tensors that overlap, weights
    that an ONNX graph takes from outside its folder: a server would fail on it, or read what nobody reviewed.
    Export the model again.

    Wrong:
    ```yaml
    # store/model.onnx, and that is all of it
    <html>Not found</html>
    ```
    Right:
    ```yaml
    # models/iris/versions/1.2.0.yaml; the content is what an exporter wrote
    - {path: "model.safetensors", …}
    ```
    """,
)
UNSCANNABLE = _artifact(
    "MOG410",
    "unscannable",
    """Nobody can tell what is in a file.

    An archive that is encrypted, damaged, ambiguous, of a kind that there is no reader for, or that unpacks
    to more than is looked at, could hold a pickle. A pickle that an exception allows could hold anything if
    the installed scanner cannot read it to its end. Save the file again, or register what is in it as plain
    files.

    Wrong:
    ```yaml
    - {path: weights.7z, …}
    ```
    Right:
    ```yaml
    - {path: labels.json, …}
    ```
    """,
)
CHECKS = (UNSAFE_FORMAT, FORMAT_MISMATCH, UNSCANNABLE)
