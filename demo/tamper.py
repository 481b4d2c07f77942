"""What somebody who means harm, or is careless, may do to a registry; so that the demo can show it found.

python tamper.py flip FILE                    flip one bit; a second time puts it back
python tamper.py replace FILE OLD NEW         replace a text
python tamper.py edit REMOTE BRANCH           blame somebody else in an entry of a journal
python tamper.py rechain REMOTE BRANCH        the same, and chain all that follows anew
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from modelops_git.core.journal.chain import Link, Writer, extend
from modelops_git.core.journal.entry import Entry
from modelops_git.core.journal.runs import RunStarted

SCAPEGOAT = "Mallory <mallory@example.com>"


def main() -> None:
    """Do what the command line says."""
    deed, *words = sys.argv[1:]
    print({"flip": flip, "replace": replace, "edit": edit, "rechain": rechain}[deed](*words))


def flip(name: str) -> str:
    """Flip the lowest bit of the byte in the middle of a file."""
    path = Path(name)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    return f"byte {middle} of {len(data)} is now {data[middle]:#04x}"


def replace(name: str, old: str, new: str) -> str:
    """Replace a text in a file."""
    path = Path(name)
    text = path.read_text()
    if old not in text:
        raise SystemExit(f"{old!r} is not in {name}")
    path.write_text(text.replace(old, new))
    return f"{old} is now {new}"


def edit(remote: str, branch: str) -> str:
    """Change one entry, and put all that follows behind it as it was."""
    entries = entries_of(remote, branch)
    place, forged = blame_somebody_else(entries)
    commits = [link.files() for link in chained(entries)]
    commits[place]["entry.json"] = forged.to_bytes()
    publish(remote, branch, commits)
    return told(place)


def rechain(remote: str, branch: str) -> str:
    """Change one entry, and compute every digest and every state behind it anew."""
    entries = entries_of(remote, branch)
    place, forged = blame_somebody_else(entries)
    entries[place] = forged
    publish(remote, branch, [link.files() for link in chained(entries)])
    return told(place)


def entries_of(remote: str, branch: str) -> list[Entry]:
    """The entries of a journal, oldest first."""
    commits = git(remote, "rev-list", "--reverse", branch).split()
    return [
        Entry.from_bytes(git(remote, "cat-file", "blob", f"{one.decode()}:entry.json")) for one in commits
    ]


def blame_somebody_else(entries: list[Entry]) -> tuple[int, Entry]:
    """The first entry that names the author of a change, naming somebody else; and its place."""
    place, entry = next((n, e) for n, e in enumerate(entries) if isinstance(e.payload, RunStarted))
    payload = entry.payload.model_copy(update={"author": SCAPEGOAT})
    return place, entry.model_copy(update={"payload": payload})


def chained(entries: list[Entry]) -> list[Link]:
    """The entries in a chain that fits: digests and states as the tool itself would write them."""
    links: list[Link] = []
    models = {}
    for entry in entries:
        tip = links[-1].environment if links else None
        (link,) = extend(tip, models, [entry.payload], Writer(entry.actor, entry.at, entry.tool_version))
        links.append(link)
        if link.model is not None:
            models[link.model.model] = link.model
    return links


def publish(remote: str, branch: str, commits: list[dict[str, bytes]]) -> None:
    """Make the branch anew, one commit of each dictionary from path to content."""
    stream = [f"reset refs/heads/{branch}\n".encode()]
    for number, files in enumerate(commits, start=1):
        stream.append(f"commit refs/heads/{branch}\nmark :{number}\n".encode())
        stream.append(
            b"committer Ana Example <ana@example.com> %d +0000\ndata 0\n" % (1_700_000_000 + number)
        )
        stream += [b"M 100644 inline %b\ndata %d\n%b\n" % (k.encode(), len(v), v) for k, v in files.items()]
    git(remote, "fast-import", "--quiet", "--force", stdin=b"".join(stream))


def told(place: int) -> str:
    """What was done, in a sentence."""
    return f"entry {place} now says that {SCAPEGOAT} did it"


def git(remote: str, *words: str, stdin: bytes = b"") -> bytes:
    """The output of a git command in `remote`."""
    done = subprocess.run(["git", "-C", remote, *words], input=stdin, stdout=subprocess.PIPE, check=True)  # noqa: S603, S607 - git, by name
    return done.stdout


if __name__ == "__main__":
    main()
