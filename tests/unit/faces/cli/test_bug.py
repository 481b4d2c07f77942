import stat
import tempfile
from pathlib import Path

import pytest

from modelops_git.faces.cli.bug import describe, report, without_values


def caught():
    try:
        {}["hunter2"]
    except KeyError as error:
        return error


def test_the_report_names_versions_command_error_and_frames():
    text = report(caught(), ["list"])
    for part in (
        "modelops ",
        "python 3",
        "platform ",
        "command modelops list",
        "builtins.KeyError",
        "in caught",
    ):
        assert part in text


def test_the_report_does_not_hold_what_could_be_secret():
    words = ["register", "my-model", "--metadata=/home/ana/secret.yaml", "--summary", "hunter2"]
    text = report(caught(), words)
    assert "hunter2" not in text.replace('{}["hunter2"]', "")
    assert "/home/ana" not in text


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["register", "m", "--bump", "minor"], "modelops register … --bump …"),
        (["--format=json", "list", "-q"], "modelops --format=… list -q"),
        ([], "modelops"),
    ],
)
def test_values_are_left_out_of_the_command_line(words, shown):
    assert without_values(words) == shown


def test_the_report_is_a_file_of_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    bug = describe(caught(), ["list"])
    (file,) = tmp_path.iterdir()
    assert str(file) in bug.hint
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_report_that_cannot_be_written_is_said_so(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(Path(tmp_path, "gone")))
    assert "could not be written" in describe(caught(), ["list"]).hint
