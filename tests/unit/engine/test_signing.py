"""Signatures of versions: each way in which one does not hold, and whose it is where it does."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest

import signatory
from modelops_git.core.errors import StoreError
from modelops_git.core.manifests.signer import SigstoreSigner
from modelops_git.core.signing.bundle import MAX_BUNDLE
from modelops_git.core.signing.statement import Resource, write_statement
from modelops_git.edges.signing.keyless import OFFLINE
from modelops_git.engine.signing import MOST_DIFFERENCES, Signers, bundle_key, verify_signature

BUNDLE = signatory.sign_with()(signatory.statement())


def check(root, bundle, *, files=signatory.FILES, signers=None, required=()):
    document, store = signatory.stored(root, bundle, files)
    return verify_signature(document, store, signers or signatory.signers("release", "ci"), required)


def found(checked):
    assert checked.signed_by == ()
    return [(one.code, one.place.pointer, one.message) for one in checked.findings]


def only(checked, code="MOG411"):
    ((its_code, pointer, message),) = found(checked)
    assert (its_code, pointer) == (code, "/signature")
    return message


def test_a_signature_that_holds_has_a_signer_and_no_finding(tmp_path):
    assert check(tmp_path, BUNDLE) == (("release",), ())


def test_the_bundle_lies_beside_the_folder_of_the_files(tmp_path):
    document, store = signatory.stored(tmp_path, BUNDLE)
    key = bundle_key(document)
    assert key.startswith("iris/1.0.0-")
    assert key.endswith(".sigstore.json")
    assert key.count("/") == 1
    assert key in list(store.keys(""))


@pytest.mark.parametrize("curve", signatory.CURVES)
def test_each_curve_is_known(tmp_path, curve):
    bundle = signatory.sign_with("it", curve)(signatory.statement())
    known = Signers({"it": signatory.signer("it", curve)}, "modelops.yaml")
    assert check(tmp_path, bundle, signers=known).signed_by == ("it",)


def test_one_key_under_two_names_is_both(tmp_path):
    known = Signers({"a": signatory.signer(), "b": signatory.signer()}, "modelops.yaml")
    assert check(tmp_path, BUNDLE, signers=known).signed_by == ("a", "b")


def test_a_version_without_a_signature_is_not_looked_at(tmp_path):
    document, store = signatory.stored(tmp_path, BUNDLE)
    unsigned = type(document)(signatory.SignedManifest("iris", "1.0.0", document.manifest.artifacts))
    assert verify_signature(unsigned, store, Signers({}, "modelops.yaml")) == ((), ())


def test_the_key_of_nobody_who_is_known_is_refused(tmp_path):
    said = only(check(tmp_path, signatory.sign_with("eve")(signatory.statement())))
    assert said == (
        "the signature does not hold: none of the signers in modelops.yaml of commit 1a2b3c4 made it "
        "(release, ci)"
    )


def test_the_hint_of_another_key_does_not_make_its_signature(tmp_path):
    """A bundle that says it is by release and was signed by another; one that does not say whose it is."""
    other = signatory.sign_with("eve")(signatory.statement())

    def claim(hint):
        return lambda value: value["verificationMaterial"]["publicKey"].update(hint=hint)

    for hint in (signatory.sign_with().public.hint, "", None):
        assert "none of the signers" in only(
            check(tmp_path / str(hint), signatory.altered(other, claim(hint)))
        )
    assert check(tmp_path / "none", signatory.altered(BUNDLE, claim(None))).signed_by == ("release",)
    assert "none of the signers" in only(check(tmp_path / "x", signatory.altered(BUNDLE, claim("0" * 64))))


def test_one_of_the_required_signers_must_have_signed(tmp_path):
    assert check(tmp_path, BUNDLE, required=("release", "ci")).signed_by == ("release",)
    said = only(check(tmp_path, BUNDLE, required=("ci",)))
    assert said == "the signature does not hold: release made it, and that of ci is needed"


def test_every_file_that_differs_is_named_at_its_place(tmp_path):
    files = dict(signatory.FILES)
    del files["sub/empty"]
    signed = signatory.resources(signatory.FILES | {"model.onnx": b"other"})
    bundle = signatory.sign_with()(write_statement("iris", signed))
    said = found(check(tmp_path, bundle, files=files | {"more.txt": b"more"}))
    assert [(code, pointer) for code, pointer, _ in said] == [
        ("MOG411", "/artifacts/0/sha256"),
        ("MOG411", "/artifacts/3/path"),
        ("MOG411", "/signature"),
    ]
    assert said[1][2] == "the signature of release does not cover more.txt"
    assert said[2][2] == "the signature of release covers sub/empty, which the version does not list"


def test_of_very_many_differences_the_first_are_told(tmp_path):
    signed = [Resource(f"file-{number}", "0" * 64) for number in range(MOST_DIFFERENCES + 5)]
    said = found(check(tmp_path, signatory.sign_with()(write_statement("iris", signed))))
    assert len(said) == MOST_DIFFERENCES + 1
    assert said[-1][2] == f"the signature of release differs in more than {MOST_DIFFERENCES} files"


def test_a_tampered_payload_is_refused(tmp_path):
    payload = signatory.payload_of(BUNDLE)
    forged = signatory.statement(signatory.FILES | {"model.onnx": b"evil"})
    for number, other in enumerate((forged, payload + b" ", payload.replace(b"iris", b"Iris"))):
        bundle = signatory.with_payload(BUNDLE, other)
        assert "none of the signers" in only(check(tmp_path / str(number), bundle))


def test_a_statement_of_another_kind_is_refused_though_the_signature_holds(tmp_path):
    value = json.loads(signatory.statement()) | {"predicateType": "https://slsa.dev/provenance/v1"}
    said = only(check(tmp_path, signatory.sign_with()(json.dumps(value).encode())))
    assert "its predicateType is 'https://slsa.dev/provenance/v1', not https://model_signing" in said


def test_a_bundle_that_is_missing_is_an_invalid_signature(tmp_path):
    document, store = signatory.stored(tmp_path, BUNDLE)
    (tmp_path / bundle_key(document)).unlink()
    said = only(verify_signature(document, store, signatory.signers("release")))
    assert "is missing from the store" in said


def test_a_bundle_that_is_a_link_is_not_read(tmp_path):
    document, store = signatory.stored(tmp_path / "store", BUNDLE)
    path = tmp_path / "store" / bundle_key(document)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert "is not read" in only(verify_signature(document, store, signatory.signers("release")))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"sha256": "0" * 64}, "the manifest says 000000000000…"),
        ({"size": len(BUNDLE) - 1}, "has more than the"),
        ({"size": len(BUNDLE) + 1}, f"has {len(BUNDLE)} of the"),
        ({"size": 0}, "has more than the 0 bytes"),
        ({"size": 100_000_000}, "is said to have 100,000,000 bytes"),
    ],
)
def test_a_bundle_that_is_not_the_one_of_the_manifest_is_refused(tmp_path, other, said):
    document, store = signatory.stored(tmp_path, BUNDLE)
    stating = signatory.stating(document, BUNDLE, **other)
    assert said in only(verify_signature(stating, store, signatory.signers("release")))


def test_of_a_huge_bundle_no_more_is_read_than_the_manifest_says(tmp_path):
    document, store = signatory.stored(tmp_path, BUNDLE)
    path = tmp_path / bundle_key(document)
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.truncate(100 << 20)
    counting = Counting(store)
    assert "has more than" in only(verify_signature(document, counting, signatory.signers("release")))
    assert counting.count == len(BUNDLE) + 1
    largest = signatory.stating(document, b" " * MAX_BUNDLE)
    assert "has more than" in only(verify_signature(largest, counting, signatory.signers("release")))


class Counting:
    """A store that counts what is read of it."""

    def __init__(self, store):
        self.store = store
        self.count = 0

    @contextmanager
    def open(self, key, version=""):
        assert version == ""
        with self.store.open(key) as stream:
            yield self
            del stream

    def read(self, size):
        self.count += size
        return b"x" * size


class Failing:
    """A store that is not there."""

    def open(self, key, version=""):
        raise StoreError(f"{key}{version}: no answer", hint="Ask again.")


def test_a_store_that_fails_leaves_it_unchecked(tmp_path):
    document, _ = signatory.stored(tmp_path, BUNDLE)
    said = only(verify_signature(document, Failing(), signatory.signers("release")), "MOG413")
    assert said.startswith("the signature could not be checked: iris/1.0.0-")


def test_without_signers_it_is_unchecked(tmp_path):
    known = Signers({}, "modelops.yaml of commit 1a2b3c4")
    checked = check(tmp_path, BUNDLE, signers=known)
    assert only(checked, "MOG413").endswith("modelops.yaml of commit 1a2b3c4 knows no signers")
    assert "merge that first" in checked.findings[0].hint
    unreadable = Signers({}, "modelops.yaml", "this clone is shallow")
    assert only(check(tmp_path, BUNDLE, signers=unreadable), "MOG413").endswith("this clone is shallow")


def keyless(identity="stefanb@us.ibm.com"):
    issuer = "https://sigstore.verify.ibm.com/oauth2"
    return SigstoreSigner(type="sigstore", identity=identity, issuer=issuer)


def test_a_certified_identity_is_a_signer(tmp_path, monkeypatch):
    monkeypatch.setenv(OFFLINE, "1")
    bundle = (signatory.GOLDEN / "keyless-1.1.0.json").read_bytes()
    files = {"signme-1": b"signme-1", "signme-2": b"signme-2"}
    known = Signers({"release": signatory.signer(), "eve": keyless("eve"), "ibm": keyless()}, "modelops.yaml")
    assert check(tmp_path / "a", bundle, files=files, signers=known).signed_by == ("ibm",)
    known = Signers({"release": signatory.signer(), "eve": keyless("eve")}, "modelops.yaml")
    said = only(check(tmp_path / "b", bundle, files=files, signers=known))
    assert "none of the signers in modelops.yaml made it" in said
    others = found(
        check(tmp_path / "c", bundle, files=files | {"more": b""}, signers=Signers({"ibm": keyless()}, ""))
    )
    assert others == [("MOG411", "/artifacts/2/path", "the signature of ibm does not cover more")]


def test_a_key_does_not_stand_for_a_certificate(tmp_path, monkeypatch):
    monkeypatch.setenv(OFFLINE, "1")
    known = Signers({"ibm": keyless()}, "modelops.yaml")
    assert "none of the signers" in only(check(tmp_path, BUNDLE, signers=known))
