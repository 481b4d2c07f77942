"""MOG4xx: the bytes that a version pins, against the bytes that a store holds. `engine.verify` makes them."""

from __future__ import annotations

from functools import partial

from modelops_git.core.checks.base import Scope, define

_artifact = partial(define, scope=Scope.ARTIFACT)

MISSING = _artifact(
    "MOG401",
    "missing",
    """A file that the version lists is not in its store.

    A version is the whole list of its files. If one is gone, what is served is not what was reviewed.
    Restore it from a copy; it cannot be registered anew, since a version is written once.

    Wrong:
    ```yaml
    # the store holds: model.onnx
    - {path: "model.onnx", …}
    - {path: labels.json, …}
    ```
    Right:
    ```yaml
    # the store holds: labels.json, model.onnx
    - {path: "model.onnx", …}
    - {path: labels.json, …}
    ```
    """,
)
SIZE_DIFFERS = _artifact(
    "MOG402",
    "size-differs",
    """A stored file has another size than the version says.

    The file was cut off, appended to or replaced. The size is compared first, since it costs no reading.
    Restore the file from a copy, or register the other bytes as a version of their own.

    Wrong:
    ```yaml
    # the store holds: model.onnx of 21 bytes
    - {path: "model.onnx", …, size: 22}
    ```
    Right:
    ```yaml
    # the store holds: model.onnx of 22 bytes
    - {path: "model.onnx", …, size: 22}
    ```
    """,
)
DIGEST_DIFFERS = _artifact(
    "MOG403",
    "digest-differs",
    """A stored file has another SHA-256 than the version says.

    One changed bit is enough. The message gives the start of both digests, so that an older copy can be
    told from damage. Restore the file from a copy, or register the other bytes as a version of their own.

    Wrong:
    ```yaml
    # the store holds: model.onnx with sha256 9e7d4f…
    - {path: "model.onnx", …, sha256: 178446…, size: 22}
    ```
    Right:
    ```yaml
    # the store holds: model.onnx with sha256 178446…
    - {path: "model.onnx", …, sha256: 178446…, size: 22}
    ```
    """,
)
EXTRA_FILE = _artifact(
    "MOG404",
    "extra-file",
    """A file lies among those of the version and is not in its list.

    Model servers read the version's folder as it is, so a file that nobody reviewed could be loaded.
    Remove the file from the store, or register a new version that lists it.

    Wrong:
    ```yaml
    # the store holds: model.onnx, tokenizer.json
    artifacts:
      - {path: "model.onnx", …}
    interface:
    ```
    Right:
    ```yaml
    # the store holds: model.onnx
    artifacts:
      - {path: "model.onnx", …}
    interface:
    ```
    """,
)
EMPTY_MODEL = _artifact(
    "MOG405",
    "empty-model",
    """A version lists no file, or files without a single byte.

    With nothing to compare, every comparison would succeed: an empty list is never a pass.

    Wrong:
    ```yaml
    artifacts:
      - {path: "model.onnx", …, size: 0}
    interface:
    ```
    Right:
    ```yaml
    artifacts:
      - {path: "model.onnx", …, size: 22}
      - {path: empty.txt, …, size: 0}
    ```
    """,
)
UNSAFE_PATH = _artifact(
    "MOG406",
    "unsafe-path",
    """An artifact's path could lead out of the version's folder, or two paths exclude each other.

    Paths are relative, with `/`, in Unicode normalization form C, at most 1024 bytes long; without `..`,
    `.`, empty segments, backslashes, control characters, a drive letter. Links inside a store are not
    followed. A stored file that is a symbolic link counts as well.

    Wrong:
    ```yaml
    - {path: "../model.onnx", …}
    ```
    Right:
    ```yaml
    - {path: "onnx/model.onnx", …}
    ```
    """,
)
LFS_POINTER = _artifact(
    "MOG407",
    "lfs-pointer",
    """A stored file is a Git LFS pointer, not the file that it points to.

    A checkout without Git LFS leaves small text files in the place of the real ones. Such a pointer has a
    digest as well, so it could be registered and verified, and would fail only when it is served. Run
    `git lfs pull`, then register the file itself.

    Wrong:
    ```yaml
    # store/model.onnx, and that is all of it
    version https://git-lfs.github.com/spec/v1
    oid sha256:000000…
    size 12345
    ```
    Right:
    ```yaml
    # store/model.onnx, after `git lfs pull`
    weights of iris 1.2.0
    ```
    """,
)
SIGNATURE_INVALID = _artifact(
    "MOG411",
    "signature-invalid",
    """A version states a signature that does not hold.

    The bundle is missing from the store or is not the one of the manifest, no known signer made the
    signature, or what was signed is not the version's list of files; every file that differs is named.
    Signers are read from what is merged, so a change cannot bring its own. A signature is over the names and
    the SHA-256 of the files, not over what else the manifest says. Find out who changed what; a version that
    is not merged yet can be registered and signed anew.

    Wrong:
    ```yaml
    # models/iris/versions/1.2.0.yaml; what release signed is model.onnx alone
    - {path: labels.json, …}
    …
    signature: {type: openssf-model-signing, bundle: {sha256: …, size: …}}
    ```
    Right:
    ```yaml
    # models/iris/versions/1.2.0.yaml; what release signed is model.onnx
    artifacts:
      - {path: "model.onnx", …}
    interface:
    …
    signature: {type: openssf-model-signing, bundle: {sha256: …, size: …}}
    ```
    """,
)
UNPINNED_OBJECT = _artifact(
    "MOG412",
    "unpinned-object",
    """An artifact has a uri of its own, at which other bytes may lie tomorrow.

    A file that `register` stores lies under a key that holds its digest, and nothing is put there twice. A
    uri of its own gives no such promise: it has to name one version of an object in S3 (`version_id`), or one
    commit of the Hugging Face hub. Or leave the uri out, and let `register` store the file.

    Wrong:
    ```yaml
    - {path: "model.onnx", …, uri: "https://example.org/…"}
    ```
    Right:
    ```yaml
    - {path: "model.onnx", …, size: 22}
    ```
    """,
)
COULD_NOT_VERIFY = _artifact(
    "MOG413",
    "could-not-verify",
    """Bytes or a signature could not be checked: a store gave no answer, or a file changed while it was read.

    What could not be checked is not verified. It blocks as a defect does, with exit code 3. Mount the
    folder, or grant access, and verify again. A signature cannot be checked where what is merged knows no
    signers, or where the library for it is not installed.

    Wrong:
    ```yaml
    # models/iris/versions/1.2.0.yaml; no store of modelops.yaml covers hf://acme
    - {path: "model.onnx", …, uri: "hf://acme/…"}
    ```
    Right:
    ```yaml
    # models/iris/versions/1.2.0.yaml
    - {path: "model.onnx", …, size: 22}
    ```
    """,
)
CHECKS = (
    MISSING,
    SIZE_DIFFERS,
    DIGEST_DIFFERS,
    EXTRA_FILE,
    EMPTY_MODEL,
    UNSAFE_PATH,
    LFS_POINTER,
    SIGNATURE_INVALID,
    UNPINNED_OBJECT,
    COULD_NOT_VERIFY,
)
