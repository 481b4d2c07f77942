"""The fixtures that give tests a server of S3. tests/conftest.py brings them in."""

from __future__ import annotations

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
