"""A registry as a team has it: a bare remote, clones of it, models in a store that all clones share.

Manifests are written as `register` would write them, but without training anything, so that a story is told
in a second. Commands are the real ones, as they are typed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import smallest
from modelops_git.core.artifacts import artifact_prefix, artifacts_digest
from modelops_git.core.digests import of_json
from modelops_git.core.manifests.write import dump
from modelops_git.edges.stores.base import Expected
from modelops_git.edges.stores.file import FileStore
from modelops_git.faces.cli.main import main

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ana Example",
    "GIT_AUTHOR_EMAIL": "ana@example.com",
    "GIT_COMMITTER_NAME": "Ana Example",
    "GIT_COMMITTER_EMAIL": "ana@example.com",
    "GIT_CONFIG_NOSYSTEM": "1",
}
MODELOPS = str(Path(sys.executable).with_name("modelops"))
INTERFACE = {
    "protocol": "json",
    "input": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
    "output": {"type": "integer"},
}


class Done:
    """A command that ended."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err

    @property
    def data(self):
        """Its JSON."""
        return json.loads(self.out)

    def __repr__(self):
        return f"exit {self.code}\n{self.out}\n{self.err}"


class Shop:
    """The team's remote, store and targets, below one folder."""

    def __init__(self, folder, *, lease="1s", object_format="sha1"):
        self.folder = Path(folder)
        self.home = self.folder / "home"
        self.home.mkdir(parents=True)
        self.remote = self.folder / "remote.git"
        self.store = FileStore(self.folder / "store", "store")
        self.env = {**os.environ, **IDENTITY, "HOME": str(self.home)}
        self.env["GIT_DEFAULT_HASH"] = object_format
        self.run("git", "init", "--quiet", "--bare", "--initial-branch=main", str(self.remote))
        self.clone = self.new_clone("ana")
        del self.env["GIT_DEFAULT_HASH"]
        self.git("checkout", "--quiet", "-b", "main")
        self.write("modelops.yaml", self.registry(lease))
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", "Begin")
        self.git("push", "--quiet", "--set-upstream", "origin", "main")

    def registry(self, lease):
        live = self.folder / "live"
        return {
            "api_version": "modelops/v1",
            "kind": "Registry",
            "name": "shop",
            "default_store": "shared",
            "stores": {"shared": {"uri": f"file:{self.folder / 'store'}"}},
            "strategies": {"immediate": {"type": "immediate"}},
            "environments": [
                {
                    "name": "staging",
                    "targets": [{"models": ["*"], "type": "gateway", "uri": f"file:{live}/staging"}],
                },
                {
                    "name": "production",
                    "targets": [{"models": ["*"], "type": "gateway", "uri": f"file:{live}/production"}],
                },
            ],
            "journal": {"lease": lease},
        }

    def new_clone(self, name):
        path = self.folder / name
        self.run("git", "clone", "--quiet", str(self.remote), str(path))
        return path

    def run(self, *command, cwd=None, check=True):
        process = subprocess.run(command, cwd=cwd, env=self.env, capture_output=True, check=False)
        done = Done(process.returncode, process.stdout.decode(), process.stderr.decode())
        assert not check or done.code == 0, done
        return done

    def git(self, *args, cwd=None):
        return self.run("git", *args, cwd=cwd or self.clone).out.strip()

    def modelops(self, *args, cwd=None, check=True):
        """A command of the tool, in this process: the same words and answers, without the start-up."""
        out, err = io.StringIO(), io.StringIO()
        with mock.patch.dict(os.environ, self.env), redirect_stdout(out), redirect_stderr(err):
            code = main(["--repo", str(cwd or self.clone), *args])
        done = Done(code, out.getvalue(), err.getvalue())
        assert not check or done.code == 0, done
        return done

    def start(self, *args, cwd=None):
        """A command that goes on in the background."""
        return subprocess.Popen(
            [MODELOPS, *args],
            cwd=cwd or self.clone,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def write(self, path, document, cwd=None):
        file = (cwd or self.clone) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(document if isinstance(document, str) else dump(document))

    def version(self, number, *, model="iris", parent=None, interface=None):
        """Store and write a version; returns its manifest as written."""
        data = self.weights(model, number)
        spec = Expected(hashlib.sha256(data).hexdigest(), len(data))
        written = {
            "api_version": "modelops/v1",
            "kind": "ModelVersion",
            "model": model,
            "version": number,
            **({"parent": parent} if parent else {}),
            "summary": f"Version {number}",
            "created_at": "2026-06-02T15:30:00Z",
            "authors": ["github:ana"],
            "framework": {"name": "scikit-learn", "version": "1.5.2"},
            "artifacts": [
                {
                    "path": "model.onnx",
                    "role": "model",
                    "format": "onnx",
                    "sha256": spec.sha256,
                    "size": spec.size,
                }
            ],
            "interface": interface or INTERFACE,
            "training": {
                "code": {"repository": "https://git.example/acme/iris", "commit": "0" * 40},
                "data": [{"name": "iris", "sha256": hashlib.sha256(number.encode()).hexdigest()}],
                "hyperparameters": {"depth": 3},
                "seed": 1,
            },
            "evaluations": [],
            "limitations": [],
        }
        key = artifact_prefix(model, number, artifacts_digest(written)) + "model.onnx"
        self.store.put(key, io.BytesIO(data), spec)
        self.write(f"models/{model}/versions/{number}.yaml", written)
        if not (self.clone / f"models/{model}/model.yaml").exists():
            self.write(f"models/{model}/model.yaml", self.model(model))
        return written

    def weights(self, model, number):
        """The bytes of a version."""
        return smallest.onnx(f"weights of {model} {number}")

    def model(self, name):
        return {
            "api_version": "modelops/v1",
            "kind": "Model",
            "name": name,
            "description": "A model.",
            "owners": ["ml"],
            "risk": "low",
            "lifecycle": "active",
        }

    def want(self, number, environment="production", *, model="iris", **more):
        """Write a rollout manifest that asks for a version (an empty one: for none)."""
        path = f"models/{model}/rollouts/{environment}.yaml"
        if not number:
            (self.clone / path).unlink()
            return
        written = self.read_version(model, number)
        rollout = {
            "api_version": "modelops/v1",
            "kind": "Rollout",
            "model": model,
            "environment": environment,
            "version": number,
            "manifest_digest": of_json(written),
            "strategy": "immediate",
        }
        self.write(path, rollout | more)

    def read_version(self, model, number):
        from modelops_git.core.manifests.parse import parse_document

        path = f"models/{model}/versions/{number}.yaml"
        return parse_document(path, (self.clone / path).read_bytes()).document.written

    def merge(self, subject="work"):
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", subject)
        self.git("push", "--quiet", "origin", "main")
        return self.git("rev-parse", "HEAD")

    def journals(self, *environments):
        self.modelops("journal", "create", *(environments or ("staging", "production")))

    def live(self, environment="production", model="iris"):
        """The version in the route table; None where nothing is live."""
        table = self.table(environment, model)
        return table["routes"][0]["version"] if table and table["routes"] else None

    def table(self, environment="production", model="iris"):
        path = self.folder / "live" / environment / "routes" / f"{model}.json"
        return json.loads(path.read_text()) if path.exists() else None

    def entries(self, environment="production", cwd=None):
        data = self.modelops("--format", "json", "audit", "log", "--env", environment, cwd=cwd).data
        return [one["entry"] for one in data["entries"]]

    def types(self, environment="production", model="iris"):
        return [
            entry["payload"]["type"]
            for entry in self.entries(environment)
            if entry["payload"].get("model") == model
        ]

    def is_whole(self, cwd=None):
        return self.modelops("audit", "verify", cwd=cwd, check=False).code == 0
