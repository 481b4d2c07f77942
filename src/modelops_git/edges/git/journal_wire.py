"""How a journal is written to git and read from it: the formats of fast-import and diff-tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.journal.entry import Entry
from modelops_git.core.journal.state import ENVIRONMENT_FILE, state_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelops_git.core.journal.chain import Link


def audited(entry: bytes | None) -> tuple[str, ...]:
    """Which files of a commit an audit reads: those that its entry says that it holds."""
    try:
        model = Entry.from_bytes(entry or b"").model
    except ValueError:
        model = ""  # the audit itself says that it cannot be read
    return ("entry.json", ENVIRONMENT_FILE, state_file(model)) if model else ("entry.json", ENVIRONMENT_FILE)


def parse_changes(raw: bytes, commits: set[str]) -> dict[str, tuple[str, ...]]:
    """The paths that each of `commits` changed, from `git diff-tree --stdin -r -z`."""
    changes: dict[str, list[str]] = {commit: [] for commit in commits}
    fields = iter(raw.decode(errors="surrogateescape").split("\0"))
    current: list[str] = []
    for field in fields:
        if field.startswith(":"):
            current.append(next(fields))
        elif field:
            current = changes[field]
    return {commit: tuple(paths) for commit, paths in changes.items()}


def import_stream(ref: str, parent: str | None, links: Iterable[Link]) -> Iterator[bytes]:
    """What `git fast-import` reads to make one commit of each link, behind `parent`, at `ref`."""
    before = parent
    for number, link in enumerate(links, start=1):
        entry = link.entry
        subject = f"{entry.payload.type} {entry.model}".strip()
        name = "".join(letter for letter in entry.actor.name if letter not in "<>\n\0").strip() or "modelops"
        yield f"commit {ref}\nmark :{number}\n".encode()
        yield f"committer {name} <modelops@invalid> {int(entry.at.timestamp())} +0000\n".encode()
        yield _data(subject.encode())
        if before:
            yield f"from {before}\n".encode()
        for path, data in link.files().items():
            yield f"M 100644 inline {path}\n".encode() + _data(data)
        before = f":{number}"


def tell_and_forget(ref: str, last: int, id_length: int) -> bytes:
    """What makes fast-import print the id of the commit with the mark `last`, leave no `ref`, and end."""
    return f"get-mark :{last}\nreset {ref}\nfrom {'0' * id_length}\n\ndone\n".encode()


def _data(data: bytes) -> bytes:
    return b"data %d\n" % len(data) + data + b"\n"
