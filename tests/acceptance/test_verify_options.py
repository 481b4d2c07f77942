"""What the options of `modelops verify` change, and what each says that it proves."""

import hashlib
import json
import os
import time

import pytest
from blake3 import blake3


@pytest.fixture
def large(iris):
    """Beside the two versions of `iris`, one of eight files."""
    iris.version("iris", "1.2.0", {f"shard-{n}": bytes([n]) * 1000 * n for n in range(1, 9)})
    return iris


def said(ran):
    return json.loads(ran.out)


def test_metadata_reads_nothing_and_says_so(large):
    ran = large.modelops("verify", "iris@1.2.0", "--mode", "metadata")
    assert (ran.code, ran.out) == (
        0,
        "1 version, 8 files, 36,000 bytes compared, nothing read: 8 by size alone, which proves no content\n",
    )


@pytest.mark.parametrize("executor", ["threads://1", "threads://3", "processes://2"])
def test_every_executor_finds_the_same(large, executor):
    stored = large.version("iris", "1.3.0", {"shard-a": b"123", "shard-b": b"456"})
    stored.write_bytes(b"12!")
    stored.with_name("shard-b").unlink()
    ran = large.modelops("verify", "--format", "json", "--executor", executor)
    assert ran.code == 1
    assert said(ran) == said(large.modelops("verify", "--format", "json"))
    assert [one["code"] for one in said(ran)["findings"]] == ["MOG403", "MOG401"]


def test_the_shares_are_all_of_it_and_each_says_that_it_is_one(large):
    ran = [large.modelops("verify", "--shard", f"{number}/3") for number in (1, 2, 3)]
    assert {one.code for one in ran} == {0}
    assert all(one.out.startswith(f"share {n}/3 of ") for n, one in enumerate(ran, 1))
    documents = [
        said(large.modelops("verify", "--shard", f"{number}/3", "--format", "json")) for number in (1, 2, 3)
    ]
    whole = said(large.modelops("verify", "--format", "json"))
    assert sum(one["bytes"] for one in documents) == whole["bytes"]
    assert sum(one["proofs"].get("sha256", 0) for one in documents) == whole["proofs"]["sha256"] == 10


def test_damage_is_found_by_exactly_one_share(large):
    stored = large.version("iris", "1.3.0", {"shard-a": b"123"})
    stored.write_bytes(b"12!")
    ran = [large.modelops("verify", "--shard", f"{number}/4") for number in (1, 2, 3, 4)]
    assert sorted(one.code for one in ran) == [0, 0, 0, 1]


def test_what_was_read_is_believed_only_where_that_is_asked_for(large):
    (stored,) = (large.path / ".modelops/store/iris").glob("1.2.0-*")
    while time.time() - max(file.stat().st_ctime for file in stored.iterdir()) < 2.1:
        time.sleep(0.1)  # a file that has just changed may change again unseen, so it is not remembered
    assert large.modelops("verify", "iris@1.2.0").out.endswith("36,000 bytes verified\n")
    ran = large.modelops("verify", "iris@1.2.0", "--cached")
    assert ran.out.endswith("36,000 bytes verified: 8 unchanged since they were read\n")
    assert large.modelops("verify", "iris@1.2.0").out.endswith("36,000 bytes verified\n")
    file = stored / "shard-1"
    status = file.stat()
    file.chmod(0o644)
    file.write_bytes(b"\2" * 1000)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    ran = large.modelops("verify", "iris@1.2.0", "--cached")
    assert ran.code == 1
    assert "MOG403" in ran.out


def test_blake3_proves_where_the_manifest_has_it(large):
    path = large.path / "models/iris/versions/1.2.0.yaml"
    text = path.read_text()
    data = b"\1" * 1000
    sha256 = f"sha256: {hashlib.sha256(data).hexdigest()}"
    assert sha256 in text
    path.write_text(text.replace(sha256, f"{sha256}\n    blake3: {blake3(data).hexdigest()}"))
    ran = large.modelops("verify", "iris@1.2.0", "--digest", "blake3")
    assert (ran.code, ran.out) == (
        0,
        "1 version, 8 files, 36,000 bytes verified: 7 by SHA-256, 1 by BLAKE3\n",
    )
    path.write_text(text.replace(sha256, f"{sha256}\n    blake3: {'0' * 64}"))
    ran = large.modelops("verify", "iris@1.2.0")
    assert ran.code == 1
    assert "BLAKE3" in ran.out


@pytest.mark.parametrize(
    "words",
    [
        ("--shard", "3/2"),
        ("--shard", "x"),
        ("--executor", "ray://x"),
        ("--executor", "threads://0"),
        ("--mode", "no"),
    ],
)
def test_what_makes_no_sense_is_refused(iris, words):
    ran = iris.modelops("verify", *words)
    assert (ran.code, ran.out) == (2, "")
