from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_git.core.authorizing.approvals import (
    MAX_FILE,
    SignedApproval,
    Statement,
    file_name,
    listed_principals,
    only_principal,
    read_approval,
    stated,
)
from modelops_git.core.authorizing.facts import Binding

BINDING = Binding("sha256:" + "a" * 64, "sha256:" + "b" * 64, "sha256:" + "c" * 64)
SIGNATURE = "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n"
NOW = datetime(2026, 6, 2, 15, 30, 0, 5, tzinfo=UTC)
BO = stated("shop", BINDING, "bo@example.com", NOW)


def written(statement=BO, signature=SIGNATURE):
    return SignedApproval(statement=statement, signature=signature).to_bytes()


def test_an_approval_is_read_as_it_was_written():
    path = f"approvals/{'b' * 16}/bo@example.com.json"
    assert read_approval(path, written()).statement == BO
    assert BO.path == path
    assert BO.binding == BINDING


def test_it_belongs_at_one_place():
    with pytest.raises(ValueError, match="belongs at approvals/bbbb"):
        read_approval("approvals/aaaa/bo@example.com.json", written())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"[]",
        b"[" * 60_000,
        b'{"statement":' + b"9" * 6000 + b"}",
        written().replace(b'"approved"', b'"refused"'),
        written().replace(b'"format_version":1', b'"format_version":2'),
        written().replace(b'"kind":"Approval"', b'"kind":"Approval","more":1'),
        written().replace(b"2026-06-02T15:30:00.000005Z", b"2026-06-02T15:30:00.000005"),
        written().replace(b"bo@example.com", b"bo\\u0000x"),
        written().replace(b"bo@example.com", b"\\ud800"),
        written().replace(b"BEGIN SSH SIGNATURE", b"BEGIN PGP SIGNATURE"),
        written().replace(b"U1NIU0lH", b"U1NI\\u001bU0lH"),
        written().replace(b"END SSH SIGNATURE-----\\n", b"END SSH SIGNATURE-----\\n\\n"),
        written().removesuffix(b"\n"),
        written() + b"\n",
        written() + b" " * MAX_FILE,
    ],
)
def test_what_is_no_approval_is_refused_in_one_line(data):
    with pytest.raises(ValueError, match=r"\A[^\n]+\Z"):
        read_approval(BO.path, data)


@pytest.mark.parametrize("by", ["", "bo smith", "bø", "x" * 253, "bo\n"])
def test_nobody_signs_by_a_name_that_is_none(by):
    with pytest.raises(ValueError, match="by"):
        stated("shop", BINDING, by, NOW)


@given(st.one_of(st.binary(max_size=300), st.tuples(st.integers(0, 700), st.binary(max_size=3))))
def test_any_bytes_are_an_approval_or_refused(found):
    """Whatever is not exactly what was written is none."""
    sound = written()
    data = (
        found
        if isinstance(found, bytes)
        else sound[: found[0]] + found[1] + sound[found[0] + len(found[1]) :]
    )
    try:
        approval = read_approval(BO.path, data)
    except ValueError:
        return
    assert approval.to_bytes() == data
    assert approval.statement.path == BO.path


def test_no_two_signers_share_a_file():
    names = [
        "bo@example.com",
        "Bo@example.com",
        "BO@EXAMPLE.COM",
        "bo/example.com",
        "bo-example.com",
        "../bo",
        "..",
        "a" * 101,
        "A" * 101,
    ]
    files = [file_name(name) for name in names]
    assert len({file.casefold() for file in files}) == len(names)
    assert all("/" not in file and not file.startswith(".") and len(file) < 120 for file in files)


def test_who_signed_is_one_person():
    assert only_principal(("bo@example.com",)) == "bo@example.com"
    for found, says in [
        ((), "not one of the allowed"),
        (("a", "b"), "several people: a, b"),
        (("*@example.com",), "names no one person"),
        (("b?",), "names no one person"),
        (("!bo",), "names no one person"),
        (("bo\x1b",), "names no one person"),
        (("",), "names no one person"),
    ]:
        with pytest.raises(ValueError, match=says.replace("*", r"\*")):
            only_principal(found)


def test_a_key_is_looked_up_in_the_list():
    signers = """# bo ssh-ed25519 KEY

ana,anna@x namespaces="a b" ssh-ed25519 KEY ana
bo ssh-ed25519 KEY
ca cert-authority ssh-ed25519 OTHER
"""
    assert listed_principals(signers, "ssh-ed25519 KEY comment") == ("ana", "anna@x")
    assert listed_principals(signers, "ssh-ed25519 OTHER") == ()
    assert listed_principals(signers, "ssh-ed25519") == ()
    assert listed_principals(signers, "") == ()


def test_what_is_signed_is_all_of_it():
    assert Statement.from_bytes(BO.to_bytes()) == BO
    assert b'"registry":"shop"' in BO.to_bytes()
