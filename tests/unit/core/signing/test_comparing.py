"""What was signed against what a version lists."""

from __future__ import annotations

import versions
from modelops_git.core.signing.comparing import differences
from modelops_git.core.signing.statement import Resource

ROWS = versions.document({"a": b"1", "b": b"2", "c": b"3"}).manifest.artifacts
SIGNED = tuple(Resource(row.path, row.sha256) for row in ROWS)


def test_the_same_files_in_any_order_are_the_same():
    assert list(differences(SIGNED[::-1], ROWS)) == []


def test_missing_changed_and_extra_files_are_told_at_once():
    signed = (SIGNED[0], Resource("b", "0" * 64), Resource("new\x1b[2J", "1" * 64))
    found = list(differences(signed, ROWS))
    assert [one.pointer for one in found] == ["/artifacts/1/sha256", "/artifacts/2/path", "/signature"]
    assert [one.message.split()[0] for one in found] == ["is", "does", "covers"]
    assert "000000000000…" in found[0].message
    assert found[2].message == r"covers new\x1b[2J, which the version does not list"


def test_a_renamed_file_is_a_missing_and_an_extra_one():
    signed = (*SIGNED[:2], Resource("d", SIGNED[2].sha256))
    assert [one.pointer for one in differences(signed, ROWS)] == ["/artifacts/2/path", "/signature"]
