"""The other implementation of OpenSSF Model Signing verifies what we sign, and we what it signs."""

from __future__ import annotations

import json

import pytest

import signatory
from modelops_git.core.signing.bundle import read_bundle
from modelops_git.core.signing.statement import read_statement
from modelops_git.engine.signing import Signers, verify_signature


@pytest.fixture
def desk(tmp_path):
    """A folder with a model, and the files of a key."""
    signatory.folder(tmp_path / "model")
    for curve in signatory.CURVES:
        (tmp_path / f"{curve}.pem").write_bytes(signatory.key_pem("it", curve))
        (tmp_path / f"{curve}.pub").write_text(signatory.signer("it", curve).public_key)
    return tmp_path


def theirs_verifies(desk, bundle, *more, curve="P-256"):
    (desk / "ours.json").write_bytes(bundle)
    return signatory.model_signing(
        "verify", "key", "model", "--signature", "ours.json", "--public_key", f"{curve}.pub", *more, cwd=desk
    )


def theirs_signs(desk, *more, curve="P-256", to="theirs.json"):
    words = ("sign", "key", "model", "--signature", to, "--private_key", f"{curve}.pem", *more)
    done, said = signatory.model_signing(*words, cwd=desk)
    assert done, said
    return (desk / to).read_bytes()


def checked(desk, bundle, files=signatory.FILES, curve="P-256"):
    document, store = signatory.stored(desk / "store", bundle, files)
    known = Signers({"it": signatory.signer("it", curve)}, "modelops.yaml")
    return verify_signature(document, store, known)


@pytest.mark.parametrize("curve", signatory.CURVES)
def test_they_verify_what_we_sign(desk, curve):
    bundle = signatory.sign_with("it", curve)(signatory.statement())
    assert theirs_verifies(desk, bundle, curve=curve) == (True, "Verification succeeded\n")
    (desk / "model/model.onnx").write_bytes(b"evil")
    done, said = theirs_verifies(desk, bundle, curve=curve)
    assert not done
    assert "Hash mismatch for 'model.onnx'" in said


@pytest.mark.parametrize("curve", signatory.CURVES)
def test_we_verify_what_they_sign(desk, curve):
    bundle = theirs_signs(desk, curve=curve)
    assert checked(desk, bundle, curve=curve) == (("it",), ())
    others = signatory.FILES | {"model.onnx": b"evil", "new": b""}
    found = checked(desk / "others", bundle, others, curve).findings
    assert [one.place.pointer for one in found] == ["/artifacts/0/sha256", "/artifacts/4/path"]


def test_both_write_the_same_list_with_the_same_digest(desk):
    ours, theirs = (json.loads(one) for one in (signatory.statement(), payload_of_theirs(desk)))
    assert ours["subject"][0]["digest"] == theirs["subject"][0]["digest"]
    assert ours["predicate"]["resources"] == theirs["predicate"]["resources"]
    assert ours.keys() == theirs.keys()
    serialization = theirs["predicate"]["serialization"]
    assert set(serialization.pop("ignore_paths")) == {".git", ".gitattributes", ".github", ".gitignore"}
    assert ours["predicate"]["serialization"] == serialization


def payload_of_theirs(desk):
    return read_bundle(theirs_signs(desk)).payload


def test_a_signature_inside_of_the_folder_is_not_signed_itself(desk):
    (desk / "model/theirs.json").write_text("an older one")
    bundle = theirs_signs(desk, to="model/theirs.json")
    assert checked(desk, bundle).signed_by == ("it",)
    found = checked(desk / "with", bundle, signatory.FILES | {"theirs.json": bundle}).findings
    assert [one.message for one in found] == ["the signature of it does not cover theirs.json"]


def test_a_path_that_they_were_told_to_ignore_is_not_covered(desk):
    bundle = theirs_signs(desk, "--ignore-paths", "model/sub/labels.json")
    found = checked(desk, bundle).findings
    assert [one.message for one in found] == ["the signature of it does not cover sub/labels.json"]


def test_files_of_git_need_their_word_to_be_covered(desk):
    files = signatory.FILES | {".gitattributes": b"* -text\n"}
    signatory.folder(desk / "model", files)
    found = checked(desk / "without", theirs_signs(desk), files).findings
    assert [one.message for one in found] == ["the signature of it does not cover .gitattributes"]
    assert checked(desk, theirs_signs(desk, "--no-ignore-git-paths"), files).signed_by == ("it",)
    ours = signatory.sign_with("it")(signatory.statement(files))
    assert not theirs_verifies(desk, ours)[0]
    assert theirs_verifies(desk, ours, "--no-ignore-git-paths")[0]


def test_shards_and_other_hashes_are_refused_with_advice(desk):
    """The command has no word for them; the library has."""
    from model_signing import hashing, signing

    config = hashing.Config()
    for number, hashed in enumerate(
        (
            config.use_shard_serialization(shard_size=4),
            hashing.Config().use_file_serialization(hashing_algorithm="blake3"),
        )
    ):
        signing.Config().use_elliptic_key_signer(private_key=desk / "P-256.pem").set_hashing_config(
            hashed
        ).sign(desk / "model", desk / "sharded.json")
        bundle = (desk / "sharded.json").read_bytes()
        (finding,) = checked(desk / str(number), bundle).findings
        assert (finding.code, "file by file, with SHA-256" in finding.hint) == ("MOG411", True)


def test_they_refuse_what_we_refuse(desk):
    """Another's key, a changed payload, a second signature that is none."""
    bundle = signatory.sign_with("eve")(signatory.statement())
    assert not theirs_verifies(desk, bundle)[0]
    assert checked(desk, bundle).findings
    mine = signatory.sign_with("it")(signatory.statement())
    forged = signatory.with_payload(mine, signatory.statement({"model.onnx": b"evil"}))
    assert not theirs_verifies(desk, forged)[0]
    assert checked(desk / "forged", forged).findings


def test_a_folder_of_many_files_is_one_bundle_for_both(desk):
    files = {f"shards/{number:05}.bin": b"%d" % number for number in range(2_000)}
    signatory.folder(desk / "model", files)
    every = signatory.FILES | files
    bundle = signatory.sign_with("it")(signatory.statement(every))
    assert theirs_verifies(desk, bundle) == (True, "Verification succeeded\n")
    assert len(read_statement(read_bundle(theirs_signs(desk)).payload)) == len(every)
