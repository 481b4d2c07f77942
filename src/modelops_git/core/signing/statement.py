"""What is signed: an in-toto statement that lists the files of a model by name and SHA-256.

The format is version 1.0 of https://model_signing/signature, as the project OpenSSF Model Signing writes it.
The subject's digest is the SHA-256 of the digests of all resources in the order of the list.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.signing.faults import UnsoundError
from modelops_git.core.signing.reading import field, read_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://model_signing/signature/v1.0"
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LISTED_AGAIN = "Sign the folder that the files are in, file by file, with SHA-256, as `modelops sign` does."


class Resource(NamedTuple):
    """One file.

    Attributes:
        name: Its path below the model's folder, with `/`.
        sha256: 64 hex digits.
    """

    name: str
    sha256: str


def write_statement(subject: str, resources: Iterable[Resource]) -> bytes:
    """The statement that a model consists of `resources`, in the order that the standard gives them.

    Args:
        subject: What the model is called; for people only.
        resources: All of its files.
    """
    ordered = sorted(resources, key=lambda one: one.name.split("/"))
    predicate = {
        "serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": False},
        "resources": [{"name": one.name, "algorithm": "sha256", "digest": one.sha256} for one in ordered],
    }
    statement = {
        "_type": STATEMENT,
        "subject": [{"name": subject, "digest": {"sha256": root_digest(ordered)}}],
        "predicateType": PREDICATE,
        "predicate": predicate,
    }
    return json.dumps(statement, separators=(",", ":")).encode("ascii")


def read_statement(payload: bytes) -> tuple[Resource, ...]:
    """The files that a statement lists. Fields that the standard does not name are ignored, as it says.

    Raises:
        UnsoundError: It is no such statement, contradicts itself, or lists something else than whole files
            with SHA-256.
    """
    statement = read_object(payload, "what is signed")
    _expect(statement, "_type", STATEMENT)
    _expect(statement, "predicateType", PREDICATE)
    predicate = field(statement, "predicate", dict)
    serialization = field(predicate, "serialization", dict)
    _expect(serialization, "method", "files", _LISTED_AGAIN)
    _expect(serialization, "hash_type", "sha256", _LISTED_AGAIN)
    resources = tuple(_resource(one) for one in field(predicate, "resources", list))
    if not resources:
        raise UnsoundError("it lists no file")
    if any(one.name == "." for one in resources):
        raise UnsoundError("it is over a file without its name", hint=_LISTED_AGAIN)
    if len({one.name for one in resources}) != len(resources):
        raise UnsoundError("it lists a file twice")
    if _root(statement) != root_digest(resources):
        raise UnsoundError("the digest of its subject is not that of its list")
    return resources


def root_digest(resources: Iterable[Resource]) -> str:
    """The digest of a list: SHA-256, in hex, of the digests in the order of the list."""
    digest = hashlib.sha256()
    for one in resources:
        digest.update(bytes.fromhex(one.sha256))
    return digest.hexdigest()


def encoded_for_signing(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """The bytes that are signed: DSSE's pre-authentication encoding, version 1."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _expect(owner: Mapping[str, Any], name: str, wanted: str, hint: str = "") -> None:
    found = field(owner, name, str)
    if found != wanted:
        raise UnsoundError(f"its {name} is {ascii(found)[:120]}, not {wanted}", hint=hint)


def _root(statement: Mapping[str, Any]) -> str:
    subjects = field(statement, "subject", list)
    if len(subjects) != 1 or not isinstance(subjects[0], dict):
        raise UnsoundError("it has not exactly one subject")
    return field(field(subjects[0], "digest", dict), "sha256", str)


def _resource(one: Any) -> Resource:
    if not isinstance(one, dict):
        raise UnsoundError("a resource of it is no object")
    _expect(one, "algorithm", "sha256", _LISTED_AGAIN)
    resource = Resource(field(one, "name", str), field(one, "digest", str))
    if not _SHA256.fullmatch(resource.sha256):
        raise UnsoundError("a digest of it is not 64 lower-case hex digits")
    return resource
