import os

import pytest

from modelops_git.core.errors import StoreError
from modelops_git.edges import processes
from modelops_git.edges.stores.file import FileStore
from modelops_git.engine import crowds
from modelops_git.engine.attempts import Proof
from modelops_git.engine.stores import Only
from modelops_git.engine.verify import How, Mode, verify_all
from versions import codes, overwrite, stored

FILES = {f"{number % 7}/{number}.bin": b"%d" % number for number in range(50)}


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch):
    monkeypatch.setattr(crowds, "LEAST", 10)
    monkeypatch.setattr(crowds, "ROUND", 20)
    monkeypatch.setattr(processes, "available", lambda: 3)


@pytest.fixture
def readers(monkeypatch):
    """Counts which process asked for parts, and how many files they had."""
    seen = []
    each = processes.each_in_a_process

    def noted(work, parts):
        seen.append([len(part) for part in parts])
        return each(work, parts)

    monkeypatch.setattr(processes, "each_in_a_process", noted)
    return seen


def verify(made, store, **how):
    return next(verify_all([made], Only(store), How(processes=3, **how)))


def test_processes_share_small_files_and_find_what_one_finds(tmp_path, readers):
    made, store = stored(tmp_path / "store", {**FILES, "large.bin": b"x" * (1 << 17), "pointer": b"p" * 200})
    overwrite(store, made.key("3/3.bin"), b"4")
    overwrite(store, made.key("large.bin"), b"y" * (1 << 17))
    overwrite(store, made.key("6/6.bin"), b"more")
    (store.root / made.key("5/5.bin")).unlink()
    told = []
    found = verify(made, store, progress=told.append)
    assert codes(found.findings) == codes(verify_alone(made, store).findings)
    assert found == verify_alone(made, store)
    assert found.proofs == {Proof.SHA256: 48}
    assert readers == [[7, 7, 6], [7, 7, 6], [4, 4, 3]]
    assert sum(told) == sum(row.size for row in made.manifest.artifacts)


def verify_alone(made, store):
    return next(verify_all([made], Only(store)))


def test_few_files_other_stores_and_questions_are_not_shared(tmp_path, readers, monkeypatch):
    made, store = stored(tmp_path / "store", FILES)
    assert verify(made, store, mode=Mode.METADATA).findings == ()
    monkeypatch.setattr(crowds, "LEAST", 51)
    assert verify(made, store).findings == ()
    monkeypatch.setattr(processes, "available", lambda: 1)
    monkeypatch.setattr(crowds, "LEAST", 10)
    assert verify(made, store).findings == ()
    assert readers == []


def test_a_process_that_is_killed_loses_nothing(tmp_path, monkeypatch):
    made, store = stored(tmp_path / "store", FILES)
    parent, opened = os.getpid(), FileStore.open

    def fatal(self, key, version=""):
        if os.getpid() != parent:
            os._exit(9)
        return opened(self, key, version)

    monkeypatch.setattr(FileStore, "open", fatal)
    assert verify(made, store).proofs == {Proof.SHA256: 50}


def test_a_store_that_fails_in_a_process_is_a_finding(tmp_path, monkeypatch):
    made, store = stored(tmp_path / "store", FILES)

    def failing(_self, key, _version=""):
        raise StoreError(f"{key} is not for {os.getpid()}")

    monkeypatch.setattr(FileStore, "open", failing)
    assert set(codes(verify(made, store).findings)) == {"MOG413"}
