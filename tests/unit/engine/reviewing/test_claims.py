from __future__ import annotations

import json

import pytest

from modelops_git.core.errors import UsageError
from modelops_git.engine.reviewing.claims import Claims, Proof, read_claims

ROW = {"model": "iris", "version": "1.0.0", "verified": True, "proofs": {"sha256": 2}}


def claims(tmp_path, *rows, **more):
    file = tmp_path / "verified.json"
    file.write_text(json.dumps({"format_version": 1, "mode": "full", "versions": list(rows), **more}))
    return read_claims(file)


def of(tmp_path, mode="full", **changes):
    return claims(tmp_path, ROW | changes, mode=mode).versions.get(("iris", "1.0.0"))


def test_what_was_read_whole_is_verified(tmp_path):
    assert of(tmp_path) is Proof.READ
    assert of(tmp_path, proofs={"sha256": 1, "remembered": 1}) is Proof.READ


def test_what_was_only_compared_is_not(tmp_path):
    assert of(tmp_path, mode="metadata") is Proof.COMPARED
    assert of(tmp_path, proofs={"sha256": 1, "size": 1}) is Proof.COMPARED
    assert of(tmp_path, proofs={}) is Proof.COMPARED


def test_what_is_wrong_is_wrong_and_what_another_share_does_is_unknown(tmp_path):
    assert of(tmp_path, verified=False) is Proof.WRONG
    assert of(tmp_path, verified=None) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "Iris!"},
        {"model": 1},
        {"version": "1.0"},
        {"version": "1.0.0\n"},
        {"verified": 1},
        {"verified": "true"},
        {"proofs": None},
        {"proofs": {"sha256": True}},
        {"proofs": {"sha256": -1}},
        {"proofs": {"sha256": 1e9}},
    ],
)
def test_a_row_that_is_none_is_refused(changes, tmp_path):
    with pytest.raises(UsageError, match="is not what `modelops verify --format json` prints"):
        of(tmp_path, **changes)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"format_version": 1}',
        b'{"format_version": true, "mode": "full", "versions": []}',
        b'{"format_version": 2, "mode": "full", "versions": []}',
        b'{"format_version": 1, "mode": "fast", "versions": []}',
        b'{"format_version": 1, "mode": ["full"], "versions": []}',
        b'{"format_version": 1, "mode": "full", "versions": {}}',
        b'{"format_version": 1, "mode": "full", "versions": [1]}',
        b'{"format_version": 1, "format_version": 1, "mode": "full", "versions": []}',
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"format_version": ' + b"9" * 10_000 + b"}",
        b" " * (9 << 20),
    ],
)
def test_a_file_that_is_none_is_refused(data, tmp_path):
    file = tmp_path / "verified.json"
    file.write_bytes(data)
    with pytest.raises(UsageError, match="is not what `modelops verify --format json` prints"):
        read_claims(file)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_claims(tmp_path)


def test_nothing_claims_nothing():
    assert Claims().versions == {}
