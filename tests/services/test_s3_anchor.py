"""Journals that are anchored in a real bucket with Object Lock, and what somebody tries against it."""

from __future__ import annotations

import pytest

from objectstore.stores import let_in
from shop import Shop

BRANCH = "refs/heads/modelops/shop/journal/production"


class Anchored(Shop):
    """A shop whose journals are anchored in a bucket."""

    def __init__(self, folder, server, bucket):
        self.anchor = {
            "type": "s3-object-lock",
            "uri": f"s3://{bucket}/anchors",
            "region": server.access.region,
            "endpoint_url": server.access.endpoint,
            "addressing_style": "path",
        }
        super().__init__(folder)

    def registry(self, lease):
        registry = super().registry(lease)
        return {**registry, "journal": {**registry["journal"], "anchor": self.anchor}}

    def verified(self, *words):
        return self.modelops("audit", "verify", "--env", "production", *words, cwd=self.auditor, check=False)


def anchored(folder, server, bucket, **more):
    shop = Anchored(folder, server, bucket)
    shop.anchor |= more
    shop.write("modelops.yaml", shop.registry("1s"))
    if more:
        shop.merge()
    shop.journals()
    shop.version("1.0.0")
    shop.want("1.0.0")
    shop.merge()
    shop.modelops("apply")
    shop.modelops("audit", "anchor")
    return shop


@pytest.fixture
def bucket_of(seaweed, monkeypatch):
    let_in(seaweed.access, monkeypatch)
    return seaweed.new_bucket


def cut_off(shop):
    """What somebody does who administers the forge, before anybody else clones."""
    shop.git("update-ref", BRANCH, f"{BRANCH}~2", cwd=shop.remote)
    shop.auditor = shop.new_clone("auditor")


@pytest.mark.slow
def test_hiding_the_notes_of_a_locked_bucket_helps_nobody(tmp_path, seaweed, bucket_of):
    bucket = bucket_of(object_lock=True)
    shop = anchored(tmp_path / "shop", seaweed, bucket, object_lock={"mode": "compliance", "retain": "1d"})
    shop.auditor = shop.clone
    last = len(shop.entries()) - 1
    assert f"whole, anchored up to entry {last} of {last}\n" in shop.verified("--anchor").out
    client = seaweed.client()
    for one in client.list_objects_v2(Bucket=bucket, Prefix="anchors/")["Contents"]:
        client.delete_object(Bucket=bucket, Key=one["Key"])  # which makes a marker
    assert "Contents" not in client.list_objects_v2(Bucket=bucket, Prefix="anchors/")
    cut_off(shop)
    done = shop.verified()
    assert (done.code, f"is gone: the journal ends with entry {last - 2}\n" in done.out) == (5, True)


@pytest.mark.slow
def test_a_bucket_without_a_lock_anchors_nothing(tmp_path, seaweed, bucket_of):
    shop = anchored(tmp_path / "shop", seaweed, bucket_of(versioning=True))
    shop.auditor = shop.clone
    done = shop.verified()
    assert (done.code, "whole, not anchored\n" in done.out) == (0, True)
    assert f" of the notes in {shop.anchor['uri']} can be removed: no retention is seen" in done.out
    done = shop.verified("--anchor")
    assert (done.code, "keeps no note of the journal of production from being removed" in done.err) == (
        3,
        True,
    )
    cut_off(shop)
    assert shop.verified().code == 5


def test_a_bucket_that_is_gone_is_no_pass(tmp_path, seaweed, bucket_of):
    shop = anchored(tmp_path / "shop", seaweed, bucket_of(versioning=True))
    shop.auditor = shop.clone
    shop.anchor["uri"] = "s3://no-such-bucket/anchors"
    shop.write("modelops.yaml", shop.registry("1s"))
    shop.merge()
    done = shop.verified()
    assert (done.code, "there is no such bucket" in done.err) == (3, True)
