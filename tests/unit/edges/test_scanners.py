"""A scanner is a program that may crash, hang or eat all memory: then nothing was scanned."""

from __future__ import annotations

import io
import pickle
import zlib

import pytest

from modelfiles import Loads, classifier, hdf5_file
from modelops_git.core.formats.reading import FileView
from modelops_git.edges import scanners
from modelops_git.edges.scanners import Limits, Outcome, Scanner

PICKLESCAN = scanners.SCANNERS[0]


def asked(data, scanner=PICKLESCAN, kind="pickle", limits=scanners.USUAL):
    return scanners.opinion(scanner, kind, FileView(io.BytesIO(data), len(data)), limits)


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A scanner of our own, from the text of its module, which alone is found beside the installed ones."""
    found = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    monkeypatch.setattr(scanners, "_LIMITED", found + scanners._LIMITED)

    def make(text):
        (tmp_path / "scanner_of_a_test.py").write_text(text)
        return Scanner("test", "scanner_of_a_test", ("--file",))

    return make


def test_the_scanner_of_the_tests_is_installed():
    assert scanners.installed() == PICKLESCAN


def test_a_harmless_pickle_is_clean_and_a_dangerous_one_found():
    assert asked(pickle.dumps(classifier())).outcome is Outcome.CLEAN
    found = asked(pickle.dumps(Loads()))
    assert found.outcome is Outcome.FOUND
    assert "system" in found.said
    assert "/tmp" not in found.said  # noqa: S108 - the point: where it was looked at is nobody's business


def test_what_it_cannot_read_was_not_scanned():
    assert asked(hdf5_file()).outcome is Outcome.NOT_SCANNED
    assert asked(zlib.compress(pickle.dumps(Loads()))).outcome is Outcome.FOUND, "it is unpacked"
    assert asked(pickle.dumps([1] * 500)[:-50]).outcome is Outcome.NOT_SCANNED


@pytest.mark.parametrize(
    ("text", "outcome", "says"),
    [
        ("", Outcome.CLEAN, ""),
        ("raise SystemExit(1)", Outcome.FOUND, ""),
        ("print('model.pkl: bad import FOUND'); raise SystemExit(1)", Outcome.FOUND, "bad import"),
        ("raise SystemExit(2)", Outcome.NOT_SCANNED, "ended with exit code 2"),
        ("raise ValueError('a bug')", Outcome.NOT_SCANNED, "ended with exit code 1"),
        ("import os; os.abort()", Outcome.NOT_SCANNED, "ended by signal 6"),
        ("import os; os.kill(os.getpid(), 9)", Outcome.NOT_SCANNED, "ended by signal 9"),
        ("x = bytearray(1 << 40)", Outcome.NOT_SCANNED, "exit code 1"),
        ("open('big', 'wb').write(bytes(4 << 20))", Outcome.NOT_SCANNED, "ended"),
        ("import os; raise SystemExit(3 if os.environ.get('SECRET') else 0)", Outcome.CLEAN, ""),
        (
            "import sys; raise SystemExit(0 if sys.argv[1:] == ['--file', 'model.pkl'] else 4)",
            Outcome.CLEAN,
            "",
        ),
    ],
)
def test_how_a_scanner_ends_is_what_it_says(made, monkeypatch, text, outcome, says):
    monkeypatch.setenv("SECRET", "of the one who asks")
    found = asked(pickle.dumps(1), made(text))
    assert found.outcome is outcome, found
    assert says in found.said


def test_a_scanner_that_hangs_is_stopped_with_all_that_it_began(made):
    found = asked(pickle.dumps(1), made("import time; time.sleep(600)"), limits=Limits(seconds=1))
    assert (found.outcome, found.said) == (Outcome.NOT_SCANNED, "it took more than 1 s")


def test_a_scanner_that_computes_without_end_is_stopped(made):
    found = asked(pickle.dumps(1), made("while True: pass"), limits=Limits(seconds=1))
    assert found.outcome is Outcome.NOT_SCANNED


def test_a_scanner_that_eats_memory_is_stopped(made):
    eater = made("kept = []\nwhile True: kept.append(bytearray(1 << 24))")
    found = asked(pickle.dumps(1), eater, limits=Limits(memory=1 << 29))
    assert found.outcome is Outcome.NOT_SCANNED


def test_a_file_that_is_too_large_is_not_scanned():
    found = asked(pickle.dumps(bytes(2 << 20)), limits=Limits(size=1 << 20))
    assert (found.outcome, found.said) == (Outcome.NOT_SCANNED, "it is larger than 1 MiB")


def test_a_damaged_joblib_file_is_not_scanned():
    found = asked(b"\x78\x9c" + bytes(30), kind="joblib")
    assert found.outcome is Outcome.NOT_SCANNED
