"""Writes the example registry: the models, versions, rollouts and notices at the root of this project.

    python demo/example.py FOLDER

FOLDER lies in a git repository. Everything is made by `modelops` itself, from models that are trained here
with fixed seeds and by training code that is committed at a fixed time, so a second run gives the same
registry: with the same releases of scikit-learn, skl2onnx and onnx, that is. Others may write other bytes for
the same model.

A version is never changed, so models that are there already are refused, not overwritten.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from example_models import MODELS, NOTICES, ROLLOUTS, VERSIONS, Version

from modelops_git.core.manifests.write import dump

HERE = Path(__file__).resolve().parent
RULES = HERE.parent / "modelops.yaml"
"""Written by hand: rules are."""
PROGRAMS = ("train.py", "train_diabetes.py")
CODE = "https://git.example/acme/models"
COMMITTED = "2026-08-03T09:00:00Z"
IDENTITY = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in {"NAME": "Ana Example", "EMAIL": "ana@example.com", "DATE": COMMITTED}.items()
}


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where the example is made.

    Attributes:
        registry: The folder of the registry.
        code: A repository with the training code.
        out: What training writes.
        env: The environment of all commands.
    """

    registry: Path
    code: Path
    out: Path
    env: dict[str, str] = field(default_factory=lambda: {**os.environ, **IDENTITY})

    def run(self, *words: str) -> None:
        """Run a command, which must succeed."""
        subprocess.run(words, cwd=self.registry, env=self.env, check=True)  # noqa: S603 - our own commands

    def modelops(self, *words: str) -> None:
        """Run the installed `modelops`."""
        self.run(os.fspath(Path(sys.executable).with_name("modelops")), *words)


def main() -> int:
    """Write the example registry to the folder that is named."""
    if len(sys.argv) != len(("program", "folder")):
        sys.stderr.write("usage: python demo/example.py FOLDER\n")
        return 2
    folder = Path(sys.argv[1]).resolve()
    if (folder / "models").exists():
        sys.stderr.write(f"{folder / 'models'} is there already, and versions are never changed\n")
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        workshop = Workshop(folder, Path(scratch) / "code", Path(scratch) / "out")
        write_registry(workshop)
    return 0


def write_registry(workshop: Workshop) -> None:
    """Write all of the registry."""
    if not (workshop.registry / RULES.name).exists():
        shutil.copyfile(RULES, workshop.registry / RULES.name)
    commit_code(workshop)
    for name, manifest in MODELS.items():
        path = workshop.registry / "models" / name / "model.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(dump({"api_version": "modelops/v1", "kind": "Model", "name": name, **manifest}))
    for version in VERSIONS:
        register(workshop, version)
    for model, number, environment in ROLLOUTS:
        workshop.modelops("promote", model, number, "--to", environment, "--no-commit")
    for reference, kind, reason in NOTICES:
        workshop.modelops("notice", reference, "--type", kind, "--reason", reason)


def commit_code(workshop: Workshop) -> None:
    """Make the repository of the training code; the same files give the same commit."""
    workshop.code.mkdir(parents=True)
    for program in PROGRAMS:
        shutil.copyfile(HERE / program, workshop.code / program)
    git = ("git", "-C", os.fspath(workshop.code))
    workshop.run(*git, "init", "--quiet", "--initial-branch", "main")
    workshop.run(*git, "remote", "add", "origin", CODE)
    workshop.run(*git, "add", "--all")
    unsigned = ("-c", "commit.gpgSign=false", "-c", "core.hooksPath=/dev/null")
    workshop.run(*git, *unsigned, "commit", "--quiet", "--message", "Train the models of the example")


def register(workshop: Workshop, version: Version) -> None:
    """Train a version and register it."""
    out = workshop.out / version.model / version.number
    program = os.fspath(workshop.code / version.program)
    workshop.run(sys.executable, "-B", program, *version.training, "--to", os.fspath(out))
    metadata = out / "version.json"
    metadata.write_text(json.dumps(described(version, json.loads((out / "metadata.json").read_text()))))
    files = [os.fspath(out / "model.onnx")]
    words = ("--metadata", os.fspath(metadata), "--code", os.fspath(workshop.code), *version.words)
    data = f"{version.dataset['name']}={out / 'train.csv'}"
    workshop.modelops("register", version.model, *files, *words, "--data", data)


def described(version: Version, trained: dict[str, Any]) -> dict[str, Any]:
    """What training wrote, and what its author adds."""
    training = {**trained["training"], "code": {"entrypoint": version.program}, "data": [version.dataset]}
    return {**trained, "training": training, "created_at": version.created_at, **version.said}


if __name__ == "__main__":
    sys.exit(main())
