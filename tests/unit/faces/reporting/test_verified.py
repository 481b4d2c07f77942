from collections import Counter

import pytest

from modelops_git.engine.attempts import Proof
from modelops_git.engine.verify import Verified
from modelops_git.faces.reporting.verified import Told, summary, version_to_json
from versions import document

BAD = object()
ASKED = "1 version, {} files, 1,234 bytes compared, nothing read"
READ = "1 version, {} files, 1,234 bytes verified"
SIZE = "by size alone, which proves no content"
STORED = "by the SHA-256 that the store computed"


def one(findings=(), **proofs):
    counted = Counter({Proof(name): count for name, count in proofs.items()})
    return Verified(document({"m": b"x"}), tuple(findings), counted)


def told(*results, unreadable=0, shard=""):
    return Told(tuple(results), unreadable, sum(sum(each.proofs.values()) for each in results), 1234, shard)


def text(line):
    return line if isinstance(line, str) else "".join(span.text for span in line)


@pytest.mark.parametrize(
    ("proofs", "words"),
    [
        ({"sha256": 2}, "1 version, 2 files, 1,234 bytes verified"),
        ({}, "1 version, 0 files, 1,234 bytes verified"),
        ({"blake3": 1}, "1 version, 1 file, 1,234 bytes verified: 1 by BLAKE3"),
        (
            {"remembered": 1000, "sha256": 1},
            f"{READ.format('1,001')}: 1 by SHA-256, 1,000 unchanged since they were read",
        ),
        ({"stored": 3}, f"{ASKED.format(3)}: 3 {STORED}"),
        (
            {"stored": 1, "size": 1},
            f"{ASKED.format(2)}: 1 {STORED}, 1 by size alone, which proves no content",
        ),
    ],
)
def test_what_proved_the_files_is_said_the_strongest_first(proofs, words):
    assert text(summary(told(one(**proofs)))) == words


def test_what_is_not_verified_is_counted_with_what_cannot_be_read():
    line = summary(told(one([BAD]), one(sha256=1), unreadable=1))
    assert text(line) == "2 of 3 versions not verified"


def test_a_share_says_that_it_is_one():
    assert text(summary(told(one(sha256=1), shard="1/3"))).startswith("share 1/3 of 1 version, 1 file")
    assert text(summary(told(one([BAD]), shard="1/3"))) == "share 1/3 of 1 of 1 version not verified"


def test_programs_are_told_of_each_version_what_proved_it():
    assert version_to_json(one(blake3=2, sha256=1)) == {
        "model": "iris",
        "version": "1.0.0",
        "verified": True,
        "proofs": {"sha256": 1, "blake3": 2},
    }
    assert version_to_json(one([BAD], sha256=1))["verified"] is False
    assert version_to_json(one([BAD]))["verified"] is False


def test_a_version_of_which_nothing_was_done_here_is_not_called_verified():
    assert version_to_json(one())["verified"] is None
