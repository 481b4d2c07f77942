"""What a file is for, by its format and its name; `--role` says otherwise where this is wrong."""

from __future__ import annotations

import re
from typing import Final, get_args

from modelops_git.core.formats.inspection import RUNS_CODE
from modelops_git.core.manifests.version import Role

ROLES: Final[tuple[str, ...]] = get_args(Role)
_MODEL_FORMATS = frozenset(
    {"onnx", "safetensors", "gguf", "skops", "xgboost-json", "xgboost-ubj", "lightgbm-text", "catboost"}
    | {"keras", *RUNS_CODE} - {"h5"}
)
# The first expression that fits the file's name, in lower case, decides.
_BY_NAME = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        ("adapter", r"adapter[_.-].*"),
        ("chat_template", r"chat_template\..*"),
        ("tokenizer", r"(tokenizer|vocab|merges|special_tokens_map|added_tokens|spiece|sentencepiece)\b.*"),
        ("tokenizer", r"(tokenizer|special_tokens|added_tokens)_.*"),
        ("preprocessor", r"(pre|feature_|image_)?process(or|ing)(_config)?\..*|scaler\..*"),
        ("prompt", r"(.*\.)?prompts?\.(txt|md|jinja2?|ya?ml|json)|.*\.prompt"),
        ("index", r".*\.(faiss|hnsw|annoy|usearch)|index\.(bin|json)|.*\.index\.json"),
        ("schema", r"(.*[._-])?schema\.json|signature\.json"),
        ("profile", r"(.*[._-])?profile\.(json|ya?ml)"),
        ("code", r".*\.(py|ipynb|sql|sh|r|jl|java|scala|cc?|cpp|h|js|ts)|requirements.*\.txt|.*\.lock"),
        ("other", r"(readme|license|licence|notice|changelog).*|.*\.(md|rst|html|pdf|png|jpe?g|svg|csv)"),
        ("other", r".*(\.onnx_data|\.onnx\.data|\.data)"),
    )
)
_BY_FORMAT = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        ("model", r".*\.(onnx|safetensors|gguf|ubj|pt|pth|bin|h5|hdf5|keras|pb|tflite|joblib|pkl|pickle)"),
        ("model", r".*\.(skops|mlmodel|cbm|npz|npy|pmml|engine|plan|model)|model\.(json|txt)"),
        ("config", r".*\.(json|ya?ml|toml|ini|cfg|conf|txt)"),
    )
)


def role_of(path: str, kind: str) -> str:
    """The role of the file at `path` within a version, whose content is of the format `kind`."""
    name = path.rpartition("/")[2].lower()
    for role, pattern in _BY_NAME:
        if pattern.fullmatch(name):
            return role
    if kind in _MODEL_FORMATS:
        return "model"
    return next((role for role, pattern in _BY_FORMAT if pattern.fullmatch(name)), "other")
