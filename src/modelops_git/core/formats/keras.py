"""What a Keras archive says that it needs: layers of Keras, or code that comes with the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from modelops_git.core.formats.inspection import Inspection
from modelops_git.core.formats.jsontext import whole_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.formats.zips import Member

CONFIG: Final = "config.json"
NAMES: Final = frozenset({CONFIG, "metadata.json"})
_CODE = frozenset({"Lambda", "__lambda__", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "TFSMLayer"})
_MODULES = frozenset({"keras", "builtins", "tensorflow", "keras_hub", "keras_nlp", "keras_cv", "tf_keras"})


def judge(members: Mapping[str, Member]) -> Inspection:
    """What a zip file is that holds the two texts of a Keras archive."""
    for name, one in members.items():
        is_weights = name.endswith(".h5") and one.found.format == "h5"
        if one.found.runs_code and not is_weights:
            return Inspection("pickle", inside=name)
        if one.found.unscannable:
            return Inspection("keras", unscannable=one.found.unscannable, inside=name)
    config, why = whole_json(members[CONFIG].content)
    if not isinstance(config, dict):
        return Inspection("keras", mismatch=f"its {CONFIG} {why or 'is no object'}")
    code = next(_code(config), "")
    return Inspection("keras-lambda", inside=code) if code else Inspection("keras")


def _code(config: Any) -> Iterator[str]:
    """What in a configuration makes Keras run code that is not its own."""
    waiting = [config]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += one.values()
            name, module = one.get("class_name"), one.get("module")
            if isinstance(name, str) and name in _CODE:
                yield f"a {name.strip('_')} layer"
            elif isinstance(module, str) and "class_name" in one and not _is_own(module, one):
                yield f"{module}.{name}"[:200]


def _is_own(module: str, one: dict[str, Any]) -> bool:
    """Whether Keras finds a class in itself; of the built-ins it writes functions by name, and dtypes."""
    root = module.partition(".")[0]
    return root in _MODULES and (root != "builtins" or one.get("class_name") in {"function", "dict", "slice"})
