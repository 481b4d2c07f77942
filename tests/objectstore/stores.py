"""Stores of the product in the servers of the tests."""

from __future__ import annotations

from pathlib import Path

from modelops_git.core.manifests.registry import Store as Settings
from modelops_git.edges.stores import open_store
from modelops_git.edges.stores.s3 import client

_LET_IN = []


def let_in(access, monkeypatch):
    """Have AWS's software find the keys of a server where it looks for keys."""
    for name in ("AWS_SESSION_TOKEN", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in access.environment.items():
        monkeypatch.setenv(name, value)
    if [access] != _LET_IN:  # a client keeps its keys, and takes its time to be made
        client._client.cache_clear()
    _LET_IN[:] = [access]


def forget_clients():
    """Have clients made anew."""
    client._client.cache_clear()
    _LET_IN.clear()


def settings(access, bucket, *, prefix="registry", **more):
    """What a Registry says of a store."""
    said = {"region": access.region, "endpoint_url": access.endpoint, "addressing_style": "path", **more}
    return {"uri": f"s3://{bucket}/{prefix}", **said}


def store_in(server, bucket="", **more):
    """A store in a bucket of a server, a new one where none is named."""
    said = settings(server.access, bucket or server.new_bucket(), **more)
    return open_store("primary", Settings.model_validate(said), Path())
