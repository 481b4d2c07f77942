import io
import json
import sys
from types import SimpleNamespace

import click
import pytest

from modelops_git import __main__ as entrance
from modelops_git import __version__
from modelops_git.core.errors import RefusedError, StoreError
from modelops_git.core.findings import Finding, Place, Severity
from modelops_git.faces.cli import commands
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode
from modelops_git.faces.cli.main import main
from modelops_git.faces.cli.options import takes_session
from modelops_git.faces.cli.session import Terminal

FOUND = Finding(
    "MOG403", "digest-differs", Severity.ERROR, "other bytes", Place("models/a/versions/1.yaml", 4, 2)
)


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    """Runs `modelops try` with a function of the session as its body."""

    def run(body, *words):
        @click.command("try")
        @takes_session
        def command(session):
            """Try."""
            return body(session)

        module = f"{commands.__name__}.trial"
        monkeypatch.setitem(sys.modules, module, SimpleNamespace(command=command))
        monkeypatch.setitem(commands.COMMANDS, "try", ("trial", "Try."))
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        code = main(list(words) or ["try"])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def raising(error):
    def body(_session):
        raise error

    return body


def test_a_format_of_the_commands_own_is_printed_as_it_is(call):
    assert call(lambda _: Answer({}, ["one"], text="::x::\n")) == (0, "::x::\n", "")


def test_a_failure_is_an_annotation_where_github_was_to_read_the_result(call):
    failing = raising(StoreError("gone: 1 %\n::error::x", hint="Look\nthere."))
    code, out, err = call(failing, "try", "--format", "github")
    assert code == 2  # this command has no such format
    assert out.startswith("::error title=modelops::")
    assert out.count("\n") == 1
    assert err


def test_an_answer_is_printed_as_lines_and_gives_its_exit_code(call):
    assert call(lambda _: Answer({}, ["one", "two"], ExitCode.FINDINGS)) == (1, "one\ntwo\n", "")


@pytest.mark.parametrize("words", [["--format", "json", "try"], ["try", "--format", "json"]])
def test_the_format_is_taken_before_and_behind_the_command(call, words):
    code, out, err = call(lambda session: Answer({"format": session.format.value}), *words)
    assert (code, json.loads(out), err) == (0, {"format_version": 1, "format": "json"}, "")


def test_an_error_is_a_sentence_and_what_to_do_on_stderr(call):
    answer = call(raising(StoreError("the disk is full", hint="Make room.")))
    assert answer == (3, "", "error: the disk is full\nhint: Make room.\n")


def test_an_error_is_a_json_document_on_stdout_too(call):
    code, out, err = call(raising(StoreError("no")), "try", "--format=json")
    assert code == 3
    assert json.loads(out) == {
        "format_version": 1,
        "error": {"kind": "store", "message": "no", "hint": "", "exit_code": 3, "findings": []},
    }
    assert err == "error: no\n"


def test_the_findings_of_a_refusal_are_printed_before_it(call):
    code, out, err = call(raising(RefusedError("nothing was applied", findings=[FOUND])))
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "models/a/versions/1.yaml:4:2: error MOG403 digest-differs",
        "  other bytes",
        "",
        "error: nothing was applied",
    ]


def test_hostile_text_in_an_error_cannot_reach_the_terminal(call):
    _, _, err = call(raising(StoreError("\x1b]0;x\x07\nerror: forged")))
    assert err == "error: \\x1b]0;x\\x07\\nerror: forged\n"


def test_a_bug_is_exit_70_with_a_report_and_no_traceback(call, tmp_path):
    code, out, err = call(raising(ZeroDivisionError("secret")))
    (report,) = tmp_path.iterdir()
    assert (code, out) == (70, "")
    assert str(report) in err
    assert "Traceback" not in err
    assert "secret" not in err + report.read_text().replace('ZeroDivisionError("secret")', "")


def test_a_failure_of_the_system_is_exit_3(call):
    code, _, err = call(raising(PermissionError(13, "Permission denied", "/x")))
    assert (code, err) == (3, "error: the system refused: [Errno 13] Permission denied: '/x'\n")


def test_an_interrupt_is_exit_130_and_quiet(call):
    assert call(raising(KeyboardInterrupt())) == (130, "", "")


def test_notes_go_to_stderr_and_are_quiet_or_more_as_asked(call):
    def body(session):
        session.note("note")
        session.detail("detail")
        return Answer({})

    assert call(body)[1:] == ("", "note\n")
    assert call(body, "-q", "try")[2] == ""
    assert call(body, "-v", "try")[2] == "note\ndetail\n"


@pytest.mark.parametrize(
    "words", [["tri"], ["try", "--no-such-option"], ["--format", "xml", "try"], ["try", "x"]]
)
def test_a_mistake_in_the_words_is_exit_2_with_what_to_do(call, words):
    code, out, err = call(lambda _: Answer({}), *words)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert "\nhint: " in err


def test_an_unknown_command_is_told_the_nearest(call):
    assert "Did you mean `modelops validate`?" in call(lambda _: Answer({}), "valdate")[2]


def test_a_mistake_in_the_words_is_json_too(call):
    _, out, _ = call(lambda _: Answer({}), "tri", "--format", "json")
    assert json.loads(out)["error"]["kind"] == "usage"


def test_the_version_and_the_help_are_answers_like_all_others(call):
    assert call(None, "--version") == (0, f"modelops {__version__}\n", "")
    assert json.loads(call(None, "--version", "--format", "json")[1])["text"] == f"modelops {__version__}\n"
    code, out, _ = call(None, "--help")
    assert code == 0
    assert all(name in out for name in commands.COMMANDS)


def test_no_command_at_all_shows_the_help_and_is_a_mistake(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["modelops"])
    assert main() == ExitCode.USAGE
    assert capsys.readouterr().out.startswith("Usage: modelops")


class Full(io.TextIOWrapper):
    """A file on a disk that is full."""

    def write(self, _text):
        raise OSError(28, "No space left on device")


def test_stdout_that_takes_no_more_is_a_failure_of_the_world(call, monkeypatch, tmp_path):
    with Full((tmp_path / "out").open("wb")) as full:
        monkeypatch.setattr(sys, "stdout", full)
        code, _, err = call(lambda _: Answer({}, ["x"]))
    assert (code, err.splitlines()) == (
        3,
        [
            "error: the result could not be written: [Errno 28] No space left on device",
            "hint: The command itself came to its end, with exit code 0.",
        ],
    )


@pytest.mark.parametrize("plain", [{"NO_COLOR": "1"}, {"CI": "true"}, {"TERM": "dumb"}])
def test_colour_is_for_terminals_that_want_it(monkeypatch, plain):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, terminal)
    assert Terminal.of({}) == Terminal(asks=True, colours_out=True, colours_err=True)
    assert Terminal.of(plain) == Terminal(asks="CI" not in plain, colours_out=False, colours_err=False)


def test_a_pipe_is_no_terminal(monkeypatch):
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.StringIO())
    assert Terminal.of({}) == Terminal()


@pytest.mark.parametrize("group", ["audit", "journal"])
def test_a_group_without_its_command_shows_its_help(group, capsys):
    assert main([group]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert (out.splitlines()[0], err) == (f"Usage: modelops {group} [OPTIONS] COMMAND [ARGS]...", "")


def test_a_complaint_about_words_is_one_line(capsys):
    assert main(["notice", "iris@1.0.0"]) == ExitCode.USAGE
    choices = "deprecated, revoked, erratum, validation"
    assert f"Missing option '--type'. Choose from: {choices}\n" in capsys.readouterr().err


def test_an_interrupt_while_modules_are_imported_leaves_no_traceback(monkeypatch):
    class Slow:
        @property
        def main(self):
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "modelops_git.faces.cli.main", Slow())
    assert entrance.main() == ExitCode.INTERRUPTED
