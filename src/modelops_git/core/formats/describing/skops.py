"""What a skops file says of itself, read from its `schema.json`: the estimator, its version and its features.

Nothing is loaded. The interface is told only where it is certain: an estimator, or a pipeline of estimators,
that takes numbers, with as many features as the schema says, and gives one class or one number. One that was
fitted on named columns takes an array as well as a table, so its interface is for people to say.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from modelops_git.core.formats.describing.npy import values_of
from modelops_git.core.formats.describing.said import Said, at, framework, json_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

SCHEMA = "schema.json"
MAX_SCHEMA = 32 * 2**20
MAX_DIRECTORY = 8 * 2**20
MAX_ENDING = 2**16 + 22  # the longest comment, and the record before it
MAX_ARRAY = 2**20
MAX_FEATURES = 100_000
MAX_CLASSES = 10_000
_NUMERIC = (
    "linear_model",
    "ensemble",
    "tree",
    "svm",
    "neighbors",
    "naive_bayes",
    "decomposition",
)
_SCALERS = frozenset(
    {"StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "Normalizer", "PowerTransformer"}
)
_UNREADABLE = (
    *(ValueError, KeyError, OSError, EOFError, RuntimeError, NotImplementedError),
    *(zipfile.BadZipFile, zlib.error, struct.error),
)
_SINGLE = frozenset({"float64", "float32"})


def describe(name: str, stream: BinaryIO) -> Said:
    """What the file called `name` says; one that cannot be read is for others to judge."""
    try:
        _refuse_long_directory(stream)
        with zipfile.ZipFile(stream) as archive:
            schema = json_of(_member(archive, SCHEMA, MAX_SCHEMA))
            return _said(name, schema, archive)
    except _UNREADABLE as error:
        reason = plain(str(error)) or type(error).__name__
        return Said({}, (), (f"the {SCHEMA} of {name} cannot be read: {reason}", ""))


def _refuse_long_directory(stream: BinaryIO) -> None:
    """Refuse an archive whose list of files is so long that reading it alone would cost much.

    Raises:
        ValueError: It is.
    """
    end = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, end - MAX_ENDING))
    ending = stream.read(MAX_ENDING)
    at = ending.rfind(b"PK\x05\x06")
    size = int.from_bytes(ending[at + 12 : at + 16], "little") if at >= 0 else 0
    stream.seek(0)
    if size > MAX_DIRECTORY:
        raise ValueError("its list of files is too long")


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A file of the archive, of which no more is unpacked than `most` bytes.

    Raises:
        ValueError: It is larger.
    """
    if archive.getinfo(name).compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ValueError(f"{name} is compressed in an unusual way")
    with archive.open(name) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(f"{name} is larger than {most:,} bytes")
    return data


def _said(name: str, schema: Any, archive: zipfile.ZipFile) -> Said:
    last = list(_steps(schema))[-1:]
    estimator = last[0] if last else schema
    algorithm = plain(at(estimator, "__class__"))
    content = at(estimator, "content", "content")
    fields: dict[str, Any] = {}
    if _package(schema) == "sklearn":
        fields |= framework("scikit-learn", _value(at(content, "_sklearn_version")))
    if algorithm:
        fields["algorithm"] = algorithm
    told, why = _interface(schema, archive)
    note = f"{name} was written by skops {plain(at(schema, '_skops_version')) or 'of an unknown version'}."
    if told is None:
        return Said(fields, (note,), (f"{name} holds {_called(algorithm)}, and {why}", ""))
    return Said({**fields, "interface": told}, (note,))


def _called(algorithm: str) -> str:
    return f"a {algorithm}" if algorithm else "an object without a name"


def _package(node: Any) -> str:
    return plain(at(node, "__module__")).partition(".")[0]


def _steps(node: Any) -> Iterator[Any]:
    """The estimators of a pipeline in their order, also of pipelines in it; else the node itself."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        rows = at(one, "content", "content", "steps", "content")
        if at(one, "__class__") != "Pipeline" or not isinstance(rows, list):
            yield one
            continue
        inner = [at(row, "content") for row in rows]
        waiting += [pair[1] for pair in reversed(inner) if isinstance(pair, list) and len(pair) == 2]  # noqa: PLR2004 - a name and a step


def _value(node: Any) -> Any:
    """What a node of a JSON value holds; None where it is another node."""
    content = at(node, "content")
    if at(node, "__loader__") != "JsonNode" or not isinstance(content, str):
        return None
    try:
        return json_of(content.encode("utf-8", "surrogatepass"))
    except ValueError:
        return None


def _interface(schema: Any, archive: zipfile.ZipFile) -> tuple[dict[str, Any] | None, str]:
    steps = list(_steps(schema))
    first = at(steps[0], "content", "content") if steps else None
    last = at(steps[-1], "content", "content") if steps else None
    features = _value(at(first, "n_features_in_"))
    if not steps or not all(map(_takes_numbers, steps)):
        return None, "whether it takes numbers only cannot be told"
    if at(first, "feature_names_in_") is not None:
        return (
            None,
            "it was fitted on named columns: whether callers send an array or an object is for you to say",
        )
    if not isinstance(features, int) or isinstance(features, bool) or not 0 < features <= MAX_FEATURES:
        return None, "the number of its features is not in the schema"
    output = _output(last, archive)
    if output is None:
        return None, "what it gives cannot be told from the schema"
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": features, "maxItems": features}
    return {"protocol": "json", "input": numbers, "output": output}, ""


def _takes_numbers(node: Any) -> bool:
    """Whether a step is an estimator of scikit-learn that works on numbers only."""
    package, _, rest = plain(at(node, "__module__")).partition(".")
    if package != "sklearn":
        return False
    return rest.partition(".")[0] in _NUMERIC or at(node, "__class__") in _SCALERS


def _output(content: Any, archive: zipfile.ZipFile) -> dict[str, Any] | None:
    """The schema of what `predict` gives for one instance; None where that is not certain."""
    if at(content, "_label_binarizer") is not None:
        return None  # it may give several labels at once
    classes = at(content, "classes_")
    if classes is not None:
        return _one_of(classes, archive)
    outputs = _value(at(content, "n_outputs_"))
    single = at(content, "intercept_", "__class__") in _SINGLE and at(content, "coef_") is not None
    return {"type": "number"} if outputs == 1 or single else None


def _one_of(node: Any, archive: zipfile.ZipFile) -> dict[str, Any] | None:
    name = at(node, "file")
    if at(node, "__class__") != "ndarray" or not isinstance(name, str):
        return None
    try:
        values = values_of(_member(archive, name, MAX_ARRAY), MAX_CLASSES)
    except ValueError:
        return None
    kinds = {type(value) for value in values}
    named = {int: "integer", str: "string", bool: "boolean"}
    if len(kinds) != 1 or not kinds <= named.keys():
        return None
    return {"type": named[kinds.pop()], "enum": values}
