"""Keys, bundles and signed versions for tests; and the other implementation, which judges them."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization import PrivateFormat as Format

import smallest
import versions
from modelops_git.core.manifests.signer import KeySigner
from modelops_git.core.manifests.version import Signature, SignatureBundle
from modelops_git.core.signing.bundle import write_bundle
from modelops_git.core.signing.statement import Resource, encoded_for_signing, write_statement
from modelops_git.edges.signing.keys import read_private_key
from modelops_git.edges.stores.base import Expected
from modelops_git.engine.signing import Signers, bundle_key

CURVES = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1}
MODEL_SIGNING = str(Path(sys.executable).with_name("model_signing"))
GOLDEN = Path(__file__).parent / "signed"
FILES = {
    "model.onnx": smallest.onnx(b"weights"),
    "sub/labels.json": b"[]",
    "sub-b/größe 数.txt": b"a",
    "sub/empty": b"",
}


def key_pem(name="release", curve="P-256"):
    """The private key of a signer, unencrypted; the same one each time it is asked for."""
    return _key_pem(name, curve)


@cache
def _key_pem(_name, curve):
    return ec.generate_private_key(CURVES[curve]()).private_bytes(Encoding.PEM, Format.PKCS8, NoEncryption())


def encrypted(pem, passphrase):
    key = load_pem_private_key(pem, None)
    return key.private_bytes(Encoding.PEM, Format.PKCS8, BestAvailableEncryption(passphrase))


def sign_with(name="release", curve="P-256"):
    return read_private_key(key_pem(name, curve), lambda: None)


def random_bundle(name, payload):
    """A bundle whose signature is another one each time, as older libraries make them."""
    key = load_pem_private_key(key_pem(name), None)
    signature = key.sign(encoded_for_signing(payload), ec.ECDSA(SHA256()))
    return write_bundle(payload, signature, sign_with(name).public)


def signer(name="release", curve="P-256"):
    return KeySigner(type="key", public_key=sign_with(name, curve).public.pem)


def signers(*names, **known):
    return Signers({name: signer(name) for name in names} | known, "modelops.yaml of commit 1a2b3c4")


def resources(files):
    return [Resource(path, hashlib.sha256(data).hexdigest()) for path, data in files.items()]


def statement(files=FILES):
    return write_statement("iris", resources(files))


@dataclass(frozen=True)
class SignedManifest(versions.Manifest):
    signature: Signature | None = None


def stating(document, bundle, **other):
    """`document` as it is when it states that `bundle` is its signature."""
    said = {"sha256": hashlib.sha256(bundle).hexdigest(), "size": len(bundle)} | other
    manifest = document.manifest
    signature = Signature(type="openssf-model-signing", bundle=SignatureBundle(**said))
    return replace(
        document, manifest=SignedManifest(manifest.model, manifest.version, manifest.artifacts, signature)
    )


def stored(root, bundle, files=FILES):
    """A version that states `bundle` as its signature, and a store that holds both."""
    document, store = versions.stored(root, files)
    put(store, document, bundle)
    return stating(document, bundle), store


def put(store, document, bundle):
    expected = Expected(hashlib.sha256(bundle).hexdigest(), len(bundle))
    store.put(bundle_key(document), io.BytesIO(bundle), expected)


def altered(bundle, change):
    """A bundle after `change` was done to what its JSON holds."""
    value = json.loads(bundle)
    change(value)
    return json.dumps(value).encode()


def payload_of(bundle):
    return b64decode(json.loads(bundle)["dsseEnvelope"]["payload"])


def with_payload(bundle, payload):
    return altered(
        bundle, lambda value: value["dsseEnvelope"].update(payload=b64encode(payload).decode("ascii"))
    )


def folder(path, files=FILES):
    """Files on disk."""
    for name, data in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return path


def model_signing(*words, cwd=None):
    """The command of the other implementation: whether it succeeded, and what it said."""
    done = subprocess.run([MODEL_SIGNING, *map(str, words)], cwd=cwd, capture_output=True, check=False)
    return done.returncode == 0, (done.stdout + done.stderr).decode()
