"""`modelops verify` of files that have an address of their own: a version in S3, a commit of the hub."""

from __future__ import annotations

import json

import pytest
import yaml

from installed import Registry
from objectstore.stores import settings
from versions import expected
from web import serving

pytestmark = pytest.mark.slow
COMMIT = "0123456789abcdef0123456789abcdef01234567"
DATA = b"shared bytes"


@pytest.fixture
def registry(tmp_path):
    made = Registry(tmp_path / "registry")
    made.path.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    assert made.modelops("init").code == 0
    made.model("iris")
    return made


def declare(registry, **stores):
    path = registry.path / "modelops.yaml"
    said = yaml.safe_load(path.read_text())
    said["stores"].update(stores)
    path.write_text(yaml.safe_dump(said, sort_keys=False))


def listed(registry, uri, **more):
    """A version of one file that lies at `uri`."""
    bytes_ = expected(DATA)
    row = {"path": "shard", "role": "other", "sha256": bytes_.sha256, "size": bytes_.size, "uri": uri, **more}
    registry.version("iris", "1.0.0", {"shard": DATA}, artifacts=[row])
    for file in (registry.path / ".modelops/store").rglob("shard"):
        file.unlink()


def verified(registry, *words, **environment):
    ran = registry.modelops("verify", "--format", "json", *words, **environment)
    return ran.code, [one["code"] for one in json.loads(ran.out)["findings"]]


@pytest.mark.parametrize("words", [(), ("--mode", "metadata")], ids=["read", "asked"])
def test_a_version_in_s3_is_verified_whatever_came_after_it(registry, fake_s3, words):
    bucket = fake_s3.new_bucket(versioning=True)
    where = {"Bucket": bucket, "Key": "registry/shared/shard"}
    version = fake_s3.client().put_object(**where, Body=DATA)["VersionId"]
    declare(registry, shared=settings(fake_s3.access, bucket))
    listed(registry, f"s3://{bucket}/registry/shared/shard", version_id=version)
    environment = fake_s3.access.environment
    assert verified(registry, *words, **environment) == (0, [])
    fake_s3.client().put_object(**where, Body=b"other bytes!")
    assert verified(registry, *words, **environment) == (0, [])
    fake_s3.client().delete_object(**where)
    assert verified(registry, *words, **environment) == (0, [])
    fake_s3.client().delete_object(**where, VersionId=version)
    assert verified(registry, *words, **environment) == (1, ["MOG401"])


def test_an_object_in_s3_without_a_version_pins_nothing(registry, fake_s3):
    bucket = fake_s3.new_bucket(versioning=True)
    declare(registry, shared=settings(fake_s3.access, bucket))
    listed(registry, f"s3://{bucket}/registry/shared/shard")
    assert verified(registry, **fake_s3.access.environment) == (1, ["MOG412"])


def test_other_bytes_in_the_pinned_version_are_found(registry, fake_s3):
    bucket = fake_s3.new_bucket(versioning=True)
    where = {"Bucket": bucket, "Key": "registry/shared/shard"}
    version = fake_s3.client().put_object(**where, Body=DATA[::-1])["VersionId"]
    declare(registry, shared=settings(fake_s3.access, bucket))
    listed(registry, f"s3://{bucket}/registry/shared/shard", version_id=version)
    assert verified(registry, **fake_s3.access.environment) == (1, ["MOG403"])


def test_a_commit_of_the_hub_is_verified(registry):
    with serving() as web:
        file = f"acme/iris/resolve/{COMMIT}/weights/shard"
        web.files[file] = DATA
        declare(registry, hub={"uri": "hf://acme", "endpoint_url": web.url})
        listed(registry, f"hf://acme/iris@{COMMIT}/weights/shard")
        assert verified(registry) == (0, [])
        web.files[file] = DATA[::-1]
        assert verified(registry) == (1, ["MOG403"])
        web.files[file] = DATA + b"!"
        assert verified(registry) == (1, ["MOG402"])
        del web.files[file]
        web.absent["api/models/acme/iris/revision/"] = ("X-Error-Code", "RepoNotFound")
        assert verified(registry) == (3, ["MOG413"])
        web.files[f"api/models/acme/iris/revision/{COMMIT}"] = json.dumps(
            {"id": "acme/iris", "sha": COMMIT}
        ).encode()
        assert verified(registry) == (1, ["MOG401"])
