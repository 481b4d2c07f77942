"""The gateway has the manifest of whatever its routes name, whoever put it there."""

from __future__ import annotations

import shutil

from modelops_git.core.digests import of_bytes


def kept(shop):
    """The manifests that production's gateway has, by the digests in their names."""
    folder = shop.folder / "live" / "production" / "manifests"
    return {f"sha256:{path.stem}": path.read_bytes() for path in folder.glob("*.json")}


def named(shop):
    return {route["digest"] for route in shop.table()["routes"]}


def test_what_goes_live_brings_its_manifest(live):
    assert named(live) == kept(live).keys()
    assert all(of_bytes(data) == digest for digest, data in kept(live).items())


def test_each_step_of_a_canary_finds_those_of_both_versions(live):
    strategy = {"type": "canary", "steps": [{"weight": 50, "for": "10m"}]}
    live.want("1.1.0", strategy=strategy)
    live.merge()
    live.modelops("apply")
    assert len(named(live)) == 2
    assert named(live) == kept(live).keys()


def test_a_rollback_at_night_brings_one_that_an_older_release_did_not(live):
    live.want("1.1.0")
    live.merge()
    live.modelops("apply")
    shutil.rmtree(live.folder / "live" / "production" / "manifests")
    live.modelops("rollback", "iris", "--env", "production", "--now")
    assert live.live() == "1.0.0"
    assert named(live) == kept(live).keys()


def test_a_table_that_is_healed_has_its_manifests_again(live):
    shutil.rmtree(live.folder / "live" / "production" / "manifests")
    (live.folder / "live" / "production" / "routes" / "iris.json").unlink()
    live.modelops("reconcile", "--heal")
    assert named(live) == kept(live).keys()
