"""The installed command in a subprocess, and registries in real repositories for it to work on."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import smallest
from modelops_git.core.artifacts import artifact_prefix
from modelops_git.core.digests import of_artifacts
from modelops_git.core.manifests.write import dump

COMMAND = shutil.which("modelops", path=os.fspath(Path(sys.executable).parent)) or "modelops"
WHO = {
    "GIT_AUTHOR_NAME": "Ana Example",
    "GIT_AUTHOR_EMAIL": "ana@example.com",
    "GIT_COMMITTER_NAME": "Ana Example",
    "GIT_COMMITTER_EMAIL": "ana@example.com",
}
INTERFACE = {
    "protocol": "json",
    "input": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
    "output": {"type": "integer", "minimum": 0, "maximum": 2},
}


def role_of(path):
    """What a file is: shards are bytes of any kind here, of which verification judges no format."""
    return "other" if "shard" in path else "model"


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


def run(folder, *command, **environment):
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **WHO, **environment},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


class Registry:
    """A folder that may be a repository and may hold a registry."""

    def __init__(self, path):
        self.path = path

    def modelops(self, *words, **environment):
        ran = run(self.path, COMMAND, *words, **environment)
        assert "Traceback" not in ran.out + ran.err
        return ran

    def git(self, *words):
        ran = run(self.path, "git", *words)
        assert ran.code == 0, ran.err
        return ran.out.strip()

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "work")

    def write(self, path, content):
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def model(self, name, **more):
        manifest = {"api_version": "modelops/v1", "kind": "Model", "name": name}
        fields = {"description": f"The model {name}.", "owners": ["ml-engineers"], "risk": "low", **more}
        self.write(f"models/{name}/model.yaml", dump({**manifest, **fields}))

    def version(self, model, number, files=None, **more):
        """Write the manifest of a version and store its files; returns the path of the first stored file."""
        files = files if files is not None else {"model.onnx": smallest.onnx(f"bytes of {number}")}
        rows = [
            {
                "path": path,
                "role": role_of(path),
                "sha256": hashlib.sha256(data).hexdigest(),
                "size": len(data),
            }
            for path, data in files.items()
        ]
        manifest = {
            "api_version": "modelops/v1",
            "kind": "ModelVersion",
            "model": model,
            "version": number,
            "summary": f"Version {number}.",
            "created_at": "2026-06-02T15:30:00Z",
            "authors": ["github:ana"],
            "artifacts": rows,
            "interface": INTERFACE,
            **more,
        }
        self.write(f"models/{model}/versions/{number}.yaml", dump(manifest))
        digest = of_artifacts((row["path"], row["sha256"], row["size"]) for row in rows)
        keys = [artifact_prefix(model, number, digest) + path for path in files]
        stored = [
            self.write(f".modelops/store/{key}", data) for key, data in zip(keys, files.values(), strict=True)
        ]
        return stored[0]
