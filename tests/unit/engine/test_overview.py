import pytest

from modelops_git.core.catalog import Catalog
from modelops_git.core.manifests.write import dump
from modelops_git.core.snapshot import DictSnapshot
from modelops_git.engine.overview import list_models, newest

HEAD = {"api_version": "modelops/v1"}
MODEL = {"kind": "Model", "description": "It does.", "owners": ["ml"], "risk": "low"}
STAGES = {"uri": "file:x", "type": "gateway", "models": ["*"]}
REGISTRY = {
    "kind": "Registry",
    "name": "acme",
    "default_store": "s",
    "stores": {"s": {"uri": "file:s"}},
    "environments": [{"name": name, "targets": [STAGES]} for name in ("staging", "production")],
}


def rollout(environment, version):
    fields = {"model": "iris", "environment": environment, "version": version}
    pinned = {"manifest_digest": "sha256:" + "a" * 64, "strategy": "immediate"}
    return dump({**HEAD, "kind": "Rollout", **fields, **pinned})


FILES = {
    "modelops.yaml": dump({**HEAD, **REGISTRY}),
    "models/iris/model.yaml": dump({**HEAD, **MODEL, "name": "iris"}),
    "models/iris/versions/1.0.0.yaml": "",
    "models/iris/versions/1.10.0.yaml": "",
    "models/iris/versions/1.9.0.yaml": "",
    "models/iris/versions/2.0.0-rc.1.yaml": "",
    "models/iris/rollouts/production.yaml": rollout("production", "1.9.0"),
    "models/iris/rollouts/staging.yaml": rollout("staging", "1.10.0"),
    "models/odd/model.yaml": "kind: [",
}


@pytest.mark.parametrize(
    ("versions", "found"),
    [
        ((), ""),
        (("1.0.0", "1.1.0"), "1.1.0"),
        (("1.0.0", "2.0.0-rc.1"), "1.0.0"),
        (("1.0.0-a", "1.0.0-b"), "1.0.0-b"),
    ],
)
def test_the_newest_version_is_a_release_where_there_is_one(versions, found):
    assert newest(versions) == found


def test_models_are_listed_with_what_is_wanted_in_the_order_of_promotion():
    iris, odd = list_models(Catalog(DictSnapshot(FILES)))
    assert (iris.newest, iris.versions, iris.description) == ("1.10.0", 4, "It does.")
    assert list(iris.wanted.items()) == [("staging", "1.10.0"), ("production", "1.9.0")]
    assert (odd.name, odd.lifecycle, odd.versions) == ("odd", "", 0)
