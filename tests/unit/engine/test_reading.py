import importlib.util

import pytest
from blake3 import blake3

from modelops_git.core.artifacts import ArtifactSpec
from modelops_git.edges.stores import streams
from modelops_git.edges.stores.base import Stat, StoreMismatchError
from modelops_git.edges.stores.file import FileStore
from modelops_git.engine import reading
from modelops_git.engine.attempts import Proof, attempt
from modelops_git.engine.flaws import FlawedError
from modelops_git.engine.listing import Item
from modelops_git.engine.reading import Ask, Digest, Read
from versions import expected, put

DATA = b"weights " * 500_000
RIGHT = blake3(DATA).hexdigest()


@pytest.fixture
def item(tmp_path):
    store = FileStore(tmp_path, "file:x")
    put(store, "m", DATA)
    return Item(0, ArtifactSpec("m", expected(DATA).sha256, len(DATA), RIGHT), store, "m", "m")


def said(item, **fields):
    """The same with another manifest."""
    return Item(0, item.spec._replace(**fields), item.store, "m", "m", known=item.known)


def test_sha256_proves_a_file_and_blake3_must_be_right_as_well(item):
    assert Read()(item).proof is Proof.SHA256
    with pytest.raises(StoreMismatchError, match="BLAKE3"):
        Read()(said(item, blake3="0" * 64))
    with pytest.raises(StoreMismatchError, match="SHA-256"):
        Read()(said(item, sha256="0" * 64))


def test_blake3_alone_proves_a_file_where_that_is_asked_for(item):
    read = Read(Digest.BLAKE3)
    assert read(item).proof is Proof.BLAKE3
    assert read(said(item, sha256="0" * 64)).proof is Proof.BLAKE3
    with pytest.raises(StoreMismatchError, match=r"BLAKE3 \w+… where 000000"):
        read(said(item, blake3="0" * 64))


def test_where_the_manifest_has_no_blake3_sha256_is_what_proves(item):
    assert Read(Digest.BLAKE3)(said(item, blake3="")).proof is Proof.SHA256


def test_without_the_library_sha256_is_what_proves(item, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    reading.blake3_installed.cache_clear()
    try:
        assert Read(Digest.BLAKE3)(said(item, blake3="0" * 64)).proof is Proof.SHA256
    finally:
        reading.blake3_installed.cache_clear()


def test_each_byte_is_told_of_once(item):
    told = []
    Read(progress=told.append)(item)
    assert sum(told) == len(DATA)


def test_what_is_known_is_not_read(item, monkeypatch):
    with item.store.open("m") as stream:
        young = stream.found
    monkeypatch.setattr("modelops_git.edges.stores.reading.YOUNG", 0)
    with item.store.open("m") as stream:
        identity = stream.found.identity
    assert young.identity == ""
    told = []
    known = Item(0, item.spec._replace(sha256="0" * 64), item.store, "m", "m", known=identity)
    assert Read(progress=told.append)(known).proof is Proof.REMEMBERED
    assert told == [len(DATA)]
    changed = Item(0, item.spec, item.store, "m", "m", known=identity + "0")
    assert Read()(changed).proof is Proof.SHA256


class Said:
    """A store that says something of its objects."""

    def __init__(self, stat):
        self.found = stat

    def stat(self, _key, _version=""):
        return self.found


def asked(item, stat):
    return attempt(Ask(), [Item(0, item.spec, Said(stat), "m", "m")])[0]


def test_asking_proves_what_the_store_computed_or_the_size(item):
    assert asked(item, Stat(len(DATA), sha256=item.spec.sha256)).proof is Proof.STORED
    assert asked(item, Stat(len(DATA))).proof is Proof.SIZE
    assert asked(item, Stat(len(DATA), sha256="0" * 64)).flaw.code == "MOG403"
    assert asked(item, Stat(3)).flaw.code == "MOG402"
    assert asked(item, None).flaw.code == "MOG401"


def test_asking_tells_of_another_version_than_the_pinned_one(item):
    pinned = said(item, version="7")
    store = Said(Stat(len(DATA), "8", item.spec.sha256))
    with pytest.raises(FlawedError, match="was overwritten"):
        Ask()(Item(0, pinned.spec, store, "m", "m"))


@pytest.mark.parametrize("wrong", [False, True])
def test_a_large_file_is_read_ahead_by_blake3_and_one_at_a_time(item, monkeypatch, wrong):
    monkeypatch.setattr(reading, "LARGE", 1000)
    monkeypatch.setattr(streams, "LARGE_BUFFER", 4096)
    ahead, plain = [], []
    monkeypatch.setattr(streams, "pieces_ahead", seen_by(ahead, streams.pieces_ahead))
    monkeypatch.setattr(streams, "pieces", seen_by(plain, streams.pieces))
    read = Read(Digest.BLAKE3)
    asked = said(item, blake3="0" * 64 if wrong else RIGHT)
    for _ in range(2):
        if wrong:
            with pytest.raises(StoreMismatchError, match="BLAKE3"):
                read(asked)
        else:
            assert read(asked).proof is Proof.BLAKE3
    assert (len(ahead), plain) == (2, [])
    with reading._haste(asked.spec, Digest.BLAKE3) as is_alone:
        assert is_alone
        if not wrong:
            assert read(asked).proof is Proof.BLAKE3
            assert (len(ahead), len(plain)) == (2, 1)


def seen_by(calls, function):
    def called(source, limit):
        calls.append(limit)
        return function(source, limit)

    return called


def test_a_file_that_grows_or_ends_early_is_refused_when_it_is_read_ahead(item, monkeypatch):
    monkeypatch.setattr(reading, "LARGE", 1000)
    for size in (len(DATA) - 1, len(DATA) + 1):
        with pytest.raises((StoreMismatchError, FlawedError)):
            Read(Digest.BLAKE3)(said(item, size=size))
