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

    Wrong: `artifacts: [{path: model.onnx, …}]`, and nothing is stored under that path.
    Right: the file is restored from a copy. It cannot be registered anew: a version is written once.
    """,
)
SIZE_DIFFERS = _artifact(
    "MOG402",
    "size-differs",
    """A stored file has another size than the version says.

    The file was cut off, appended to or replaced. The size is compared first, since it costs no reading.

    Wrong: `size: 181224`, and the stored file has 181000 bytes.
    Right: the file is restored from a copy, or the other bytes are registered as a version of their own.
    """,
)
DIGEST_DIFFERS = _artifact(
    "MOG403",
    "digest-differs",
    """A stored file has another SHA-256 than the version says.

    One changed bit is enough. The message gives the start of both digests, so that an older copy can be told
    from damage.

    Wrong: `sha256: 9f86…`, and the stored file has `60303…`.
    Right: the file is restored from a copy, or the other bytes are registered as a version of their own.
    """,
)
EXTRA_FILE = _artifact(
    "MOG404",
    "extra-file",
    """A file lies among those of the version and is not in its list.

    Model servers read the version's folder as it is, so a file that nobody reviewed could be loaded.

    Wrong: `model.onnx` and `tokenizer.py` are stored, and the version lists `model.onnx` only.
    Right: the file is removed from the store, or registered with a new version that lists it.
    """,
)
EMPTY_MODEL = _artifact(
    "MOG405",
    "empty-model",
    """A version lists no file, or files without a single byte.

    With nothing to compare, every comparison would succeed: an empty list is never a pass.

    Wrong: `artifacts: []`, or one file with `size: 0`.
    Right: the version lists the files that are served.
    """,
)
UNSAFE_PATH = _artifact(
    "MOG406",
    "unsafe-path",
    """An artifact's path could lead out of the version's folder, or two paths exclude each other.

    Paths are relative, with `/`, in Unicode normalization form C, at most 1024 bytes long; without `..`, `.`,
    empty segments, backslashes, control characters, a drive letter. Links inside a store are not followed.

    Wrong: `path: ../other-model/model.onnx`, or a stored file that is a symbolic link.
    Right: `path: model.onnx`, and the file itself is stored.
    """,
)
LFS_POINTER = _artifact(
    "MOG407",
    "lfs-pointer",
    """A stored file is a Git LFS pointer, not the file that it points to.

    A checkout without Git LFS leaves small text files in the place of the real ones. Such a pointer has a
    digest as well, so it could be registered and verified, and would fail only when it is served.

    Wrong: a file of 130 bytes that starts with `version https://git-lfs.github.com/spec/v1`.
    Right: `git lfs pull`, then register the file itself.
    """,
)
COULD_NOT_VERIFY = _artifact(
    "MOG413",
    "could-not-verify",
    """The bytes could not be checked: a store gave no answer, or a file changed while it was read.

    What could not be checked is not verified. It blocks as a defect does, with exit code 3.

    Wrong: the store's folder is not mounted, or may not be read.
    Right: mount it or grant access, and verify again.
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
    COULD_NOT_VERIFY,
)
