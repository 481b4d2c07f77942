"""The fixtures that give tests a server of S3. The conftest.py of a folder brings them in."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from objectstore.fake import FakeS3, Ways
from objectstore.seaweed import SeaweedS3


@pytest.fixture(scope="session")
def seaweed():
    """The real server: started by the first test that needs it, and shared by all in this process."""
    with SeaweedS3() as server:
        yield server


@pytest.fixture(scope="session")
def _fake():
    with FakeS3() as server:
        yield server


@pytest.fixture
def fake_s3(_fake):
    """A strict server of S3, empty, which fails when it is told to; parts may have any size."""
    _fake.begin_anew(Ways(part_minimum=1))
    yield _fake
    _fake.begin_anew(Ways())


@pytest.fixture(scope="session")
def fake_s3_as_aws(tmp_path_factory):
    """The fake with all limits of Amazon's S3, reached by TLS as well; for those tests that harm nothing."""
    folder = tmp_path_factory.mktemp("certificates")
    with FakeS3() as server, FakeS3(tls=True, folder=folder) as secure:
        secure.world = server.world
        server.access_by_tls = secure.access
        yield server


@pytest.fixture
def waits(monkeypatch):
    """How long was waited between tries, in seconds; nobody really waits."""
    from botocore import endpoint

    from modelops_git.edges.stores.s3 import ranges, writing

    waited = []
    hurried = SimpleNamespace(**{**vars(time), "sleep": waited.append})
    for module in (endpoint, ranges, writing):
        monkeypatch.setattr(module, "time", hurried)
    return waited


@pytest.fixture
def impatient(monkeypatch):
    """A server that says nothing for a moment is asked again."""
    from modelops_git.edges.stores.s3 import client
    from objectstore.stores import forget_clients

    monkeypatch.setattr(client, "READ_SECONDS", 0.3)
    forget_clients()
    yield
    forget_clients()


@pytest.fixture
def small_parts(monkeypatch):
    """What is larger than 64 KiB goes in parts of that size."""
    from modelops_git.edges.stores.s3 import parts, writing

    monkeypatch.setattr(parts, "PART", 1 << 16)
    monkeypatch.setattr(parts, "MIB", 1 << 16)
    monkeypatch.setattr(writing, "THRESHOLD", 1 << 16)


@pytest.fixture
def store(fake_s3, monkeypatch, waits):  # noqa: ARG001 - nobody waits
    """A store in a bucket of the fake, which keeps no versions."""
    from objectstore.stores import let_in, store_in

    let_in(fake_s3.access, monkeypatch)
    return store_in(fake_s3)
