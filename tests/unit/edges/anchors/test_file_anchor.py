from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from modelops_git.core.errors import AnchorError
from modelops_git.core.journal.anchor import Note
from modelops_git.core.manifests.registry import FileAnchor
from modelops_git.edges.anchors import file, open_anchor

WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_file_anchor import note, opened
anchor = opened(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 50):
    anchor.add(note(number))
"""


def opened(folder, name="notes.jsonl"):
    return open_anchor(FileAnchor(type="file", uri=f"file:{name}"), folder)


def note(sequence, **more):
    said = {
        "registry": "acme",
        "environment": "production",
        "sequence": sequence,
        "commit": "a" * 40,
        "digest": "sha256:" + "b" * 64,
        "at": datetime(2026, 6, 1, tzinfo=UTC),
        "by": "ana",
    }
    return Note(**{**said, **more})


def numbers(anchor):
    return [found.note.sequence for found in anchor.notes("acme", "production")]


def test_a_note_is_one_line_of_json(tmp_path):
    opened(tmp_path).add(note(3))
    assert (tmp_path / "notes.jsonl").read_text() == (
        '{"at":"2026-06-01T00:00:00Z","by":"ana","commit":"'
        + "a" * 40
        + '","digest":"sha256:'
        + "b" * 64
        + '"'
        ',"environment":"production","format_version":1,"registry":"acme","sequence":3}\n'
    )


def test_several_processes_append_at_once(tmp_path):
    code = WRITER.format(tests=str(Path(__file__).parent))
    command = [sys.executable, "-c", code, str(tmp_path)]
    writers = [subprocess.Popen([*command, str(50 * number)]) for number in range(4)]
    assert [writer.wait() for writer in writers] == [0] * 4
    assert sorted(numbers(opened(tmp_path))) == list(range(200))


@pytest.mark.parametrize("seconds", [0.01, 0.03, 0.07])
def test_a_writer_that_is_killed_leaves_whole_lines(tmp_path, seconds):
    code = "import os, threading\n" + WRITER.format(tests=str(Path(__file__).parent)).replace(
        "for number", f"threading.Timer({seconds}, os.kill, (os.getpid(), 9)).start()\nfor number"
    ).replace("+ 50", "+ 10**6")
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path), "0"], check=False)
    assert done.returncode == -9
    before = numbers(opened(tmp_path))
    assert before == list(range(len(before)))
    opened(tmp_path).add(note(9))
    assert numbers(opened(tmp_path)) == [*before, 9]


def test_a_line_that_a_crash_tore_off_is_told_and_takes_no_other_with_it(tmp_path):
    anchor = opened(tmp_path)
    anchor.add(note(1))
    anchor.path.write_bytes(anchor.path.read_bytes()[:-40])
    anchor.add(note(2))
    assert anchor.path.read_bytes().splitlines()[1] + b"\n" == note(2).to_bytes()
    with pytest.raises(AnchorError, match=r"line 1 of the anchor file:notes.jsonl is no note of a journal"):
        numbers(anchor)


@pytest.mark.parametrize("line", [b"\n", b"{}\n", b"null\n", b"\xff\n", b"x" * 100_000, b"[" * 4000 + b"\n"])
def test_what_is_no_note_is_told_with_its_line(tmp_path, line):
    anchor = opened(tmp_path)
    anchor.add(note(1))
    with anchor.path.open("ab") as stream:
        stream.write(line)
    with pytest.raises(AnchorError, match="line 2 of the anchor"):
        numbers(anchor)


def test_a_full_disk_leaves_no_half_of_a_note(tmp_path, monkeypatch):
    anchor = opened(tmp_path)
    anchor.add(note(1))
    write = os.write
    monkeypatch.setattr(file.os, "write", lambda descriptor, line: write(descriptor, line[:50]))
    with pytest.raises(AnchorError, match="cannot be written: No space left on device"):
        anchor.add(note(2))
    monkeypatch.undo()
    anchor.add(note(3))
    assert numbers(anchor) == [1, 3]


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(AnchorError, match="cannot be written: No such file or directory"):
        opened(tmp_path, "mount/notes.jsonl").add(note(1))
    assert not (tmp_path / "mount").exists()


def test_a_pipe_and_a_folder_are_no_anchors(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        for act in (lambda anchor: anchor.add(note(1)), numbers):
            with pytest.raises(AnchorError, match="the anchor file:"):
                act(opened(tmp_path, name))


def test_another_writer_is_waited_for_but_not_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(file, "PATIENCE", 0.05)
    anchor = opened(tmp_path)
    anchor.add(note(1))
    with anchor.path.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(AnchorError, match="is kept locked by another process"):
            anchor.add(note(2))
    anchor.add(note(2))
    assert numbers(anchor) == [1, 2]


def test_an_anchor_too_long_to_read_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(file, "MOST", 2)
    anchor = opened(tmp_path)
    for number in range(3):
        anchor.add(note(number))
    with pytest.raises(AnchorError, match="holds more than"):
        numbers(anchor)


def test_an_absolute_path_is_one(tmp_path):
    anchor = opened(Path("/nowhere"), tmp_path / "notes.jsonl")
    anchor.add(note(1))
    assert numbers(anchor) == [1]


@pytest.mark.parametrize("uri", ["https://host/notes", "file://host/notes", "file:a?b", "file:%2"])
def test_an_address_of_no_file_is_refused(uri):
    with pytest.raises(AnchorError, match="the anchor"):
        open_anchor(FileAnchor(type="file", uri=uri), Path())
