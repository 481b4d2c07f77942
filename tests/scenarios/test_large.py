"""Sizes that real models have: one file of 20 GB (which takes no room on the disk), and memory that stays."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import pytest

from modelops_git.edges.stores.file import FileStore
from versions import Document, Manifest, Row, codes, verify_version

SIZE = 20_000_000_000
MOST_MEMORY = 150_000_000
BLOCK = bytes(1 << 24)
CHILD = """
import json, pickle, sys
from modelops_git.engine.stores import Only
from modelops_git.engine.verify import How, verify_version
made, store = pickle.load(sys.stdin.buffer)
found = [finding.code for finding in verify_version(made, Only(store), How())]
most = open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]  # getrusage counts our parent's
print(json.dumps({"found": found, "memory": int(most) * 1024}))
"""


def of_zeros(size):
    digest = hashlib.sha256()
    for _ in range(size // len(BLOCK)):
        digest.update(BLOCK)
    digest.update(bytes(size % len(BLOCK)))
    return digest.hexdigest()


@pytest.mark.slow
def test_a_file_of_20_gb_is_verified_in_little_memory_and_a_flipped_byte_at_its_end_is_found(tmp_path):
    import pickle

    made = Document(Manifest("iris", "1.0.0", (Row("weights.bin", of_zeros(SIZE), SIZE),)))
    store = FileStore(tmp_path / "store", "file:store")
    file = store.root / made.key("weights.bin")
    file.parent.mkdir(parents=True)
    with file.open("wb") as stream:
        stream.truncate(SIZE)
    assert file.stat().st_blocks * 512 < 1_000_000
    environment = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=pickle.dumps((made, store)),
        env=environment,
        capture_output=True,
        check=True,
    )
    said = json.loads(done.stdout)
    assert said["found"] == []
    assert said["memory"] < MOST_MEMORY
    with file.open("r+b") as stream:
        stream.seek(SIZE - 1)
        stream.write(b"\1")
    assert codes(verify_version(made, store)) == ["MOG403"]
