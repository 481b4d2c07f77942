"""Small real repositories. HOME and the identity never come from the machine the tests run on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

WHO = {
    "GIT_AUTHOR_NAME": "Ana Example",
    "GIT_AUTHOR_EMAIL": "ana@example.com",
    "GIT_COMMITTER_NAME": "Ana Example",
    "GIT_COMMITTER_EMAIL": "ana@example.com",
}


@pytest.fixture(autouse=True)
def _ana(monkeypatch):
    for name, value in WHO.items():
        monkeypatch.setenv(name, value)


class Clone:
    """A work tree on disk, handled by the real git."""

    def __init__(self, path):
        self.path = Path(path)

    def git(self, *args, check=True, **env):
        command = ["git", "-C", os.fspath(self.path), "-c", "protocol.file.allow=always", *args]
        done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, **env})
        assert not check or done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, path, content="x\n"):
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def commit(self, files=None, message="work"):
        for path, content in (files or {}).items():
            if content is None:
                (self.path / path).unlink()
            else:
                self.write(path, content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.head()

    def head(self, rev="HEAD"):
        return self.git("rev-parse", rev)

    def hook(self, name, python):
        """Install a hook that runs `python` code."""
        script = self.path.parent / f"{name}.py"
        script.write_text(python)
        folder = Path(self.git("rev-parse", "--git-common-dir"))
        file = self.path / folder / "hooks" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}"\n')
        file.chmod(0o755)


ODD_NAMES = [
    "line\nbreak.yaml",
    "two  spaces.yaml",
    " leading.yaml",
    "trailing ",
    "-dash.yaml",
    "--help",
    "quote\"'.yaml",
    "back\\slash.yaml",
    "tab\t.yaml",
    "star*?[a].yaml",
    ":(exclude)x.yaml",
    "ümlaut.yaml",
    "not-utf8-\udcff\udcfe.yaml",
    "$(touch oops).yaml",
    "a -> b.yaml",
]
FILES = {
    "modelops.yaml": "kind: Registry\n",
    "models/iris/model.yaml": "kind: Model\n",
    "models/iris/versions/1.0.0.yaml": "version: 1.0.0\n",
    "analyses/errors.yaml": "kind: Analysis\n",
    "README.md": "hello\n",
}


def _init(path, *options):
    command = ["git", "init", "--quiet", "--initial-branch=main", "--template=", *options, path]
    subprocess.run(command, check=True, capture_output=True)
    return Clone(path)


@pytest.fixture
def empty_clone(tmp_path):
    """Makes empty repositories by name."""
    return lambda name="clone", *options: _init(tmp_path / name, *options)


@pytest.fixture(scope="session")
def _template(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in WHO.items():
            patch.setenv(name, value)
        made = _init(tmp_path_factory.mktemp("template") / "clone")
        made.commit(FILES)
        return made.path


@pytest.fixture
def clone(tmp_path, _template):
    """A registry with one commit on main."""
    shutil.copytree(_template, tmp_path / "clone", symlinks=True)
    made = Clone(tmp_path / "clone")
    made.git("update-index", "--refresh")
    return made


@pytest.fixture
def clone_of(tmp_path):
    """`git clone` of another repository, over the file transport."""

    def make(source, name, *options):
        path = tmp_path / name
        url = f"file://{source.path}"
        subprocess.run(["git", "clone", "--quiet", *options, url, path], check=True, capture_output=True)
        return Clone(path)

    return make


@pytest.fixture
def odd_names():
    """Names that files can have, and that are easily misread."""
    return ODD_NAMES
