"""Each forge in turn: a fake, its adapter, and a pull request on it."""

from __future__ import annotations

import pytest

from forgery import forge_site, github, gitlab
from modelops_git.edges.forges import open_forge

SERVERS = {"github": github, "gitlab": gitlab}
MARKER = "<!-- modelops-git: acme -->"


@pytest.fixture(params=SERVERS)
def fake(request, tmp_path):
    with SERVERS[request.param](tmp_path) as server:
        yield server


@pytest.fixture
def forge(fake):
    return open_forge(fake.kind, forge_site(fake))


def opened(fake, branch="iris", by="ana", **said):
    fake.commit(branch, by)
    return fake.open(branch, by, **said)


def verdicts(fake, forge, number):
    """What each person says of a pull request, without the prefix of the forge."""
    found = forge.reviews(forge.pull_request(number))
    return {one.by.removeprefix(f"{fake.kind}:"): one.state for one in found}
