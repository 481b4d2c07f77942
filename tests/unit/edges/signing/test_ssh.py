"""Signatures by the real ssh-keygen."""

from __future__ import annotations

import os
import stat

import pytest

from approvers import new_key, signer_line
from modelops_git.core.errors import SigningError, UsageError
from modelops_git.edges.signing import ssh
from modelops_git.edges.signing.ssh import Signers, checking, public_key, sign

pytestmark = pytest.mark.needs("ssh-keygen", package="openssh-client")
SPACE = "modelops-approval"
BO = "bo@example.com"


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    return {name: new_key(folder, name) for name in ("bo", "cy")}


def signer(allowed, signature, message=b"yes", revoked=None, space=SPACE):
    with checking(Signers(allowed.encode(), revoked)) as checker:
        return checker.signer_of(message, signature, space)


def test_a_signature_says_who(keys):
    signature = sign(str(keys["bo"]), b"yes", SPACE, asks=False)
    assert signer(signer_line(BO, keys["bo"]), signature) == BO
    assert (
        signer("nonsense\n\n# x\n" + signer_line(BO, keys["bo"], 'valid-after="20200101"'), signature) == BO
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ('namespaces="git"', "may not sign this"),
        ('valid-before="20200101"', "no longer valid"),
        ('valid-after="20990101"', "not valid yet"),
        ("cert-authority", "not one of the allowed signers"),
    ],
)
def test_what_the_list_says_of_a_key_is_honoured(keys, options, says):
    signature = sign(str(keys["bo"]), b"yes", SPACE, asks=False)
    with pytest.raises(ValueError, match=says):
        signer(signer_line(BO, keys["bo"], options), signature)


@pytest.mark.parametrize(
    ("principal", "says"),
    [("*", "names no one person"), ("*@example.com", "no one"), ("bo,cy", "several people")],
)
def test_a_key_that_may_be_anybodys_is_nobodys(keys, principal, says):
    signature = sign(str(keys["bo"]), b"yes", SPACE, asks=False)
    with pytest.raises(ValueError, match=says):
        signer(signer_line(principal, keys["bo"]), signature)


def test_what_does_not_hold(keys):
    allowed = signer_line(BO, keys["bo"])
    signature = sign(str(keys["bo"]), b"yes", SPACE, asks=False)
    with pytest.raises(ValueError, match="is not one of this content"):
        signer(allowed, signature, b"no")
    with pytest.raises(ValueError, match="is not one of this content"):
        signer(allowed, sign(str(keys["bo"]), b"yes", "file", asks=False))
    for junk in ("", "junk", signature[:80], signature.replace("A", "B"), "\udcff"):
        with pytest.raises(ValueError, match=r"\w"):
            signer(allowed, junk)
    with pytest.raises(ValueError, match="not one of the allowed"):
        signer("", signature)


def test_a_list_of_revoked_keys_counts_and_one_that_cannot_be_read_lets_nobody_through(keys):
    allowed = signer_line(BO, keys["bo"]) + signer_line("cy", keys["cy"])
    signature = sign(str(keys["bo"]), b"yes", SPACE, asks=False)
    public = {name: key.with_suffix(".pub").read_bytes() for name, key in keys.items()}
    assert signer(allowed, signature, revoked=public["cy"]) == BO
    assert signer(allowed, signature, revoked=b"") == BO
    for revoked in (public["bo"], public["cy"] + public["bo"], b"nonsense\n"):
        with pytest.raises(ValueError, match="revoked"):
            signer(allowed, signature, revoked=revoked)


def test_signers_are_nobody_elses_to_read_or_write():
    with checking(Signers(b"x", b"y")) as checker:
        folder = checker._folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_a_locked_key_asks_nobody(tmp_path, monkeypatch):
    asked = tmp_path / "asked"
    helper = tmp_path / "askpass"
    helper.write_text(f"#!/bin/sh\ntouch {asked}\necho secret\n")
    helper.chmod(0o755)
    monkeypatch.setenv("SSH_ASKPASS", str(helper))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    monkeypatch.setenv("DISPLAY", ":0")
    key = new_key(tmp_path, "locked", lock="knock")
    with pytest.raises(UsageError, match="could not sign"):
        sign(str(key), b"yes", SPACE, asks=False)
    assert not asked.exists()


def test_the_public_key_of_what_signs(keys, tmp_path):
    public = keys["bo"].with_suffix(".pub").read_text().strip()
    assert public_key(str(keys["bo"]), asks=False) == public
    assert public_key(f"{keys['bo']}.pub", asks=False) == public
    assert public_key(f"key::{public}", asks=False) == public
    alone = tmp_path / "alone"
    alone.write_bytes(keys["bo"].read_bytes())
    alone.chmod(0o600)
    assert public_key(str(alone), asks=False).split()[:2] == public.split()[:2]
    with pytest.raises(UsageError, match="there is no key"):
        public_key(str(tmp_path / "none"), asks=False)
    junk = tmp_path / "junk"
    junk.write_text("junk")
    with pytest.raises(UsageError, match="no key that can be used"):
        public_key(str(junk), asks=False)


def test_without_openssh_nothing_is_decided(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SigningError, match="ssh-keygen was not found") as caught:
        signer("x", "y")
    assert "openssh-client" in caught.value.hint


def test_one_that_does_not_answer_is_ended(monkeypatch, tmp_path):
    slow = tmp_path / "ssh-keygen"
    slow.write_text("#!/bin/sh\nsleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(ssh, "SECONDS", 0.2)
    with pytest.raises(SigningError, match="no answer"):
        signer("x", "y")
