"""Where each manifest lives: from a path to what must be there, and back."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

REGISTRY_FILE = "modelops.yaml"
ALLOWED_SIGNERS, REVOKED_SIGNERS = SIGNERS = ("allowed_signers", "revoked_signers")
"""Whose SSH signatures count, and which keys count no longer: files of the registry in OpenSSH's formats."""
RESERVED = ("versions", "rollouts", "experiments", "notices")
SEGMENT = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*", re.ASCII)
MAX_NAME = 128
_KINDS = {
    "versions": "ModelVersion",
    "rollouts": "Rollout",
    "experiments": "Experiment",
    "notices": "Notice",
}
_FOLDERS = {kind: folder for folder, kind in _KINDS.items()}


class Home(NamedTuple):
    """What a path is the home of.

    Attributes:
        kind: The kind of manifest that belongs there.
        model: The model's name; empty for Registry and Analysis.
        name: The file's own name without `.yaml`: a version, an environment, an analysis; else empty.
    """

    kind: str
    model: str = ""
    name: str = ""

    @property
    def path(self) -> str:
        """The path that this home stands for."""
        if self.kind == "Registry":
            return REGISTRY_FILE
        if self.kind == "Analysis":
            return f"analyses/{self.name}.yaml"
        if self.kind == "Model":
            return f"models/{self.model}/model.yaml"
        return f"models/{self.model}/{_FOLDERS[self.kind]}/{self.name}.yaml"


def home_of(path: str) -> Home | None:
    """What belongs at `path`; None where no manifest does.

    Names are taken as they are: whether they are well formed is a check's business (MOG117).
    """
    if path == REGISTRY_FILE:
        return Home("Registry")
    folder, _, file = path.rpartition("/")
    if not file.endswith(".yaml"):
        return None
    stem = file.removesuffix(".yaml")
    if folder == "analyses":
        return Home("Analysis", name=stem)
    top, _, inner = folder.partition("/")
    return _home_in_model(inner, stem) if top == "models" and inner else None


def _home_in_model(folder: str, stem: str) -> Home | None:
    model, _, last = folder.rpartition("/")
    if last in _KINDS and model:
        return Home(_KINDS[last], model, stem)
    return Home("Model", folder) if stem == "model" else None


@lru_cache(4096)
def is_name(text: str) -> bool:
    """Whether `text` is a legal name: segments with `/` between them, none reserved, none too long."""
    return bool(text) and len(text) <= MAX_NAME and all(_is_segment(part) for part in text.split("/"))


def _is_segment(text: str) -> bool:
    legal = SEGMENT.fullmatch(text) is not None
    return legal and text not in RESERVED and not text.endswith((".lock", ".json", ".yaml"))
