"""Who made the commits of a change: what each says of itself, and the signature that may vouch for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import GitError, RefusedError
from modelops_git.edges.git.failures import UNSHALLOW
from modelops_git.edges.git.plumbing import decode
from modelops_git.edges.git.trees import Trees, folder_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_git.edges.git.repository import Repository

MOST_COMMITS = 5000
MOST_BYTES = 64 << 20
"""What all commits of a change may have together, messages and signatures included."""
_AT_ONCE = 64
_ALONE = ("--write-tree", "--no-messages")
_MERGE_SECONDS = 60
_SIGNATURES = {"sha1": b"gpgsig", "sha256": b"gpgsig-sha256"}
_TRAILER = re.compile(r"^\s*(co-authored-by|on-behalf-of)\s*:(.*)$", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@,]+")
_HANDLE = re.compile(r"(?<![^\s(])@([A-Za-z0-9][A-Za-z0-9-]{0,38})(?=[\s),]|$)")


class Contribution(NamedTuple):
    """One commit of a change.

    Attributes:
        id: Its name.
        author: The author's address, as the commit says.
        committer: The committer's.
        co_authors: Addresses that its trailers name as co-authors.
        asked: Addresses, and names on a forge (`@ana`), on whose behalf a bot made it.
        signature: Its SSH signature; empty where it has none.
        signed: What that signature is over.
        writes: Whether it brings anything of its own: a merge of what others wrote does not, nor does a
            commit of approvals alone.
    """

    id: str
    author: str
    committer: str
    co_authors: tuple[str, ...]
    asked: tuple[str, ...]
    signature: str
    signed: bytes
    writes: bool


def contributions(repo: Repository, base: str, head: str, aside: str) -> tuple[Contribution, ...]:
    """The commits of `head` that `base` does not have, newest first.

    Args:
        repo: The registry.
        base: A commit's id; empty for all that `head` has.
        head: A commit's id.
        aside: The folder of the registry whose change alone is no contribution.

    Raises:
        RefusedError: There are more than `MOST_COMMITS`, or `MOST_BYTES`.
        GitError: git failed, or the clone is too shallow to know.
    """
    if repo.shallow:
        raise GitError("this clone is too shallow to know who wrote the change", hint=UNSHALLOW)
    spec = [head, *([f"^{base}"] if base else [])]
    rows = repo.git.text("rev-list", "--parents", f"--max-count={MOST_COMMITS + 1}", *spec).splitlines()
    if len(rows) > MOST_COMMITS:
        raise RefusedError(
            f"the change has more than {MOST_COMMITS} commits; who wrote it cannot be told",
            hint="Bring it in smaller parts.",
        )
    commits = [tuple(row.split()) for row in rows]
    ids = [commit for commit, *_ in commits]
    _bound(repo, ids)
    quiet = _that_bring_nothing(repo, commits, repo.prefix + aside)
    read = zip(ids, repo.objects.read_all(ids), strict=True)
    return tuple(_parsed(repo, commit, found.data, writes=commit not in quiet) for commit, found in read)


def _bound(repo: Repository, ids: Sequence[str]) -> None:
    """Refuse commits that are too long to be read, before they are."""
    asked = "".join(f"{commit}\n" for commit in ids).encode()
    sizes = repo.git.text("cat-file", "--batch-check=%(objectsize)", stdin=asked).split()
    if sum(map(int, sizes)) > MOST_BYTES:
        raise RefusedError(
            f"the commits of the change have more than {MOST_BYTES >> 20} MiB without their files"
        )


def _that_bring_nothing(repo: Repository, commits: Sequence[tuple[str, ...]], aside: str) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(commits), _AT_ONCE):
        trees = Trees(repo.objects)  # a new one now and then: it keeps what it has read
        for commit, *parents in commits[start : start + _AT_ONCE]:
            sides = [_tree(repo, one) for one in (commit, *parents[:1])]
            if _is_only(trees, (*sides, "")[:2], aside) or _is_plain(repo, commit, parents):
                found.add(commit)
    return found


def _tree(repo: Repository, commit: str) -> str:
    tree = repo.objects.find(commit + "^{tree}")
    if tree is None:
        raise GitError(f"the commit {commit[:12]} is not here", hint=UNSHALLOW)
    return tree.id


def _is_only(trees: Trees, sides: Sequence[str], aside: str) -> bool:
    """Whether two trees differ in nothing but what lies in the folder `aside`; nothing below is read."""
    for name in aside.encode().split(b"/"):
        old, new = (trees.folder(side) for side in sides)
        if {changed for changed, _ in old.items() ^ new.items()} - {name}:
            return False
        sides = [folder_id(folder.get(name)) for folder in (old, new)]
    return True


def _is_plain(repo: Repository, commit: str, parents: Sequence[str]) -> bool:
    """Whether a commit is exactly what git makes of two parents by itself."""
    if len(parents) != 2:  # noqa: PLR2004 - of more than two nobody can tell
        return False
    code, out, _ = repo.git.outcome("merge-tree", *_ALONE, *parents, timeout=_MERGE_SECONDS)
    made = repo.objects.find(commit + "^{tree}")
    return code == 0 and made is not None and decode(out).strip() == made.id


def _parsed(repo: Repository, commit: str, data: bytes, *, writes: bool) -> Contribution:
    head, _, body = data.partition(b"\n\n")
    signature, signed = _taken_apart(head, _SIGNATURES[repo.hash_name])
    message = body.decode("utf-8", "replace")
    return Contribution(
        id=commit,
        author=_address(head, b"author "),
        committer=_address(head, b"committer "),
        co_authors=tuple(_named(message, "co-authored-by")),
        asked=tuple(_named(message, "on-behalf-of")),
        signature=signature,
        signed=signed + b"\n" + body,
        writes=writes,
    )


def _taken_apart(head: bytes, name: bytes) -> tuple[str, bytes]:
    """A commit's SSH signature, and its header without any signature, as it was signed."""
    signature: list[bytes] = []
    kept: list[bytes] = []
    field = b""
    for line in head.split(b"\n"):
        field = field if line.startswith(b" ") else line.partition(b" ")[0]
        if field == name:
            signature.append(line[len(name) + 1 :] if line.startswith(name) else line[1:])
        elif field not in _SIGNATURES.values():
            kept.append(line + b"\n")
    text = decode(b"".join(line + b"\n" for line in signature))
    return (text if text.startswith("-----BEGIN SSH SIGNATURE-----\n") else ""), b"".join(kept)


def _address(head: bytes, field: bytes) -> str:
    line = next((line for line in head.split(b"\n") if line.startswith(field)), b"")
    return line.rpartition(b"<")[2].partition(b">")[0].decode("utf-8", "replace").strip()


def _named(message: str, trailer: str) -> Iterator[str]:
    for found in _TRAILER.finditer(message):
        if found[1].lower() == trailer:
            yield from _ADDRESS.findall(found[2])
            yield from (f"@{name}" for name in _HANDLE.findall(found[2]))
