import os
from types import SimpleNamespace

import pytest

from modelops_git.core.artifacts import ArtifactSpec
from modelops_git.edges.stores import reading as file_reading
from modelops_git.edges.stores.file import FileStore
from modelops_git.engine.attempts import Proof, Seen
from modelops_git.engine.listing import Item
from modelops_git.engine.memory import readings
from modelops_git.engine.reading import Ask, Read
from versions import expected, overwrite, put


@pytest.fixture
def repository(tmp_path):
    return SimpleNamespace(common_dir=tmp_path / "clone.git")


@pytest.fixture
def item(tmp_path, monkeypatch):
    monkeypatch.setattr(file_reading, "YOUNG", -(1 << 62))  # no file here is too young to have an identity
    store = FileStore(tmp_path / "store", "file:x")
    put(store, "m", b"bytes")
    return Item(0, ArtifactSpec("m", expected(b"bytes").sha256, 5), store, "m", "m")


def verified(repository, item, *, believed=True, work=None):
    """What proves the file, in a run that remembers."""
    with readings(repository, believed=believed) as memory:
        known = memory.recall(item)
        seen = (work or Read())(known)
        memory.keep(known, seen)
    return seen.proof


def test_what_was_read_is_remembered_until_it_changes(repository, item):
    assert verified(repository, item) is Proof.SHA256
    assert verified(repository, item) is Proof.REMEMBERED
    assert verified(repository, item) is Proof.REMEMBERED


def test_without_being_asked_nothing_is_believed_but_learned(repository, item):
    assert verified(repository, item, believed=False) is Proof.SHA256
    assert verified(repository, item, believed=False) is Proof.SHA256
    assert verified(repository, item) is Proof.REMEMBERED


def test_what_was_only_asked_for_is_not_remembered(repository, item):
    verified(repository, item, work=Ask())
    assert verified(repository, item) is Proof.SHA256


@pytest.mark.parametrize("proof", [Proof.STORED, Proof.SIZE, Proof.REMEMBERED, None])
def test_nothing_but_a_reading_is_kept(repository, item, proof):
    with readings(repository, believed=True) as memory:
        memory.keep(item, Seen(None, proof, "identity"))
        assert memory.recall(item) == item


@pytest.mark.parametrize("identity", ["", "two words"])
def test_what_identifies_nothing_is_not_kept(repository, item, identity):
    with readings(repository, believed=True) as memory:
        memory.keep(item, Seen(None, Proof.SHA256, identity))
        assert memory.recall(item) == item


def touched(file):
    file.chmod(0o644)
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1))


def rewritten_with_the_old_time(file):
    status = file.stat()
    file.chmod(0o644)
    file.write_bytes(b"BYTES")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def replaced(file):
    other = file.with_name("other")
    other.write_bytes(file.read_bytes())
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    other.rename(file)


@pytest.mark.parametrize("change", [touched, replaced])
def test_a_file_that_was_touched_or_replaced_is_read_again(repository, item, change):
    verified(repository, item)
    change(item.store.root / "m")
    assert verified(repository, item) is Proof.SHA256


@pytest.mark.parametrize(
    "change",
    [rewritten_with_the_old_time, lambda file: overwrite(FileStore(file.parent, ""), "m", b"bytEs")],
    ids=["rewritten", "replaced"],
)
def test_other_bytes_are_never_believed(repository, item, change):
    verified(repository, item)
    change(item.store.root / "m")
    with pytest.raises(Exception, match="SHA-256"):
        verified(repository, item)


@pytest.mark.parametrize("fields", [{"sha256": "0" * 64}, {"version": "7"}])
def test_what_is_remembered_is_of_one_digest_and_version(repository, item, fields):
    verified(repository, item)
    other = Item(0, item.spec._replace(**fields), item.store, "m", "m")
    with readings(repository, believed=True) as memory:
        assert memory.recall(other).known == ""
        assert memory.recall(item).known


def test_what_is_remembered_is_of_one_store_and_key(repository, item):
    verified(repository, item)
    elsewhere = FileStore(item.store.root, "file:y")
    with readings(repository, believed=True) as memory:
        assert memory.recall(Item(0, item.spec, elsewhere, "m", "m")).known == ""
        assert memory.recall(Item(0, item.spec, item.store, "n", "n")).known == ""


def test_what_was_learned_is_kept_when_the_run_ends_early(repository, item):
    def run():
        with readings(repository, believed=True) as memory:
            memory.keep(item, Read()(item))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert verified(repository, item) is Proof.REMEMBERED


def test_a_memory_that_cannot_be_read_is_empty(repository, item):
    verified(repository, item)
    (file,) = (repository.common_dir / "modelops").iterdir()
    file.write_bytes(b"\xff rubbish")
    assert verified(repository, item) is Proof.SHA256
