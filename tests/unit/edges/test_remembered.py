"""What a program remembers: never what another wrote, never half of it, never at the price of a failure."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import modelops_git
from modelops_git.edges import installed
from modelops_git.edges.remembered import MOST, Remembered

ME = "a" * 64


def remember(path, writer=ME, **answers):
    memory = Remembered(path, writer)
    for key, answer in answers.items():
        memory.learn(key, answer)
    memory.save()


def test_what_was_learned_is_known_to_the_next(tmp_path):
    remember(tmp_path / "deep" / "file", clean="", branch="main")
    memory = Remembered(tmp_path / "deep" / "file", ME)
    assert "clean" in memory
    assert memory.get("branch") == "main"
    assert "other" not in memory
    assert memory.get("other") is None


def test_what_another_program_wrote_is_not_believed(tmp_path):
    remember(tmp_path / "file", writer="b" * 64, clean="")
    assert "clean" not in Remembered(tmp_path / "file", ME)


def test_a_program_that_does_not_know_itself_remembers_nothing(tmp_path):
    remember(tmp_path / "file", writer="", clean="")
    assert not (tmp_path / "file").exists()
    (tmp_path / "file").write_text("\nclean \nend\n")
    assert "clean" not in Remembered(tmp_path / "file", "")


def test_a_file_that_is_not_whole_counts_as_empty(tmp_path):
    file = tmp_path / "file"
    remember(file, clean="")
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        assert "clean" not in Remembered(file, ME)
    file.write_bytes(b"\xff" + whole)
    assert "clean" not in Remembered(file, ME)


def test_where_nothing_can_be_written_nothing_fails(tmp_path):
    (tmp_path / "file").mkdir()
    remember(tmp_path / "file", clean="")
    assert "clean" not in Remembered(tmp_path / "file", ME)


def test_nothing_is_written_where_nothing_was_learned(tmp_path):
    remember(tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_the_oldest_go_when_there_are_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr("modelops_git.edges.remembered.MOST", 2)
    remember(tmp_path / "file", first="", second="", third="")
    memory = Remembered(tmp_path / "file", ME)
    assert [key in memory for key in ("first", "second", "third")] == [False, True, True]
    assert MOST > 100_000


def test_a_program_is_another_after_any_change_to_its_files(tmp_path, monkeypatch):
    copy = tmp_path / "modelops_git"
    shutil.copytree(Path(modelops_git.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(modelops_git, "__file__", str(copy / "__init__.py"))
    before = installed.program()
    assert before == installed.program()
    os.utime(copy / "core" / "clock.py", ns=(1, 1))
    after = installed.program()
    assert before != after
    monkeypatch.setattr(modelops_git, "__version__", "9.9.9")
    assert after != installed.program()


def test_a_program_whose_files_cannot_be_listed_does_not_know_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(modelops_git, "__file__", str(tmp_path / "gone" / "__init__.py"))
    assert installed.program() == ""
