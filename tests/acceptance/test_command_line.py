"""The command itself: exit codes, streams, formats, signals, hostile text."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from installed import COMMAND, WHO
from modelops_git import __version__
from modelops_git.faces.cli.commands import COMMANDS
from modelops_git.faces.cli.main import cli


def test_the_version_imports_no_command_and_no_slow_library(folder):
    names = "pydantic", "yaml", "git", "jsonschema", "subprocess", "modelops_git.faces.cli.commands.list"
    code = (
        "import sys; from modelops_git.faces.cli.main import main; code = main(sys.argv[1:]); "
        f"print(code, [name for name in {names} if name in sys.modules])"
    )
    for words, printed in ((["--version"], f"modelops {__version__}"), (["--help"], "Usage: modelops")):
        command = [sys.executable, "-c", code, *words]
        out = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder.path).stdout
        assert out.startswith(printed)
        assert out.splitlines()[-1] == "0 []"


def test_outside_of_any_repository_it_is_a_failure_with_what_to_do(folder):
    ran = folder.modelops("list")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("error: ")
    assert "git init" in ran.err


def test_in_a_repository_without_a_registry_it_says_how_to_make_one(repository):
    ran = repository.modelops("list")
    assert (ran.code, ran.out) == (2, "")
    assert "modelops init" in ran.err


def test_a_folder_that_is_not_there_is_a_mistake_of_use(folder):
    ran = folder.modelops("--repo", "no such folder", "list")
    assert ran.code == 2
    assert "'no such folder' does not exist" in ran.err


def test_the_registry_is_found_from_below_and_by_its_folder(iris):
    (iris.path / "models/iris/versions").mkdir(exist_ok=True)
    below = subprocess.run(
        [COMMAND, "list"], cwd=iris.path / "models/iris/versions", capture_output=True, text=True, check=True
    )
    beside = iris.modelops("--repo", ".", "list")
    assert below.stdout == beside.out
    assert "iris" in below.stdout


def test_errors_are_json_where_json_is_asked_for_and_people_read_stderr(iris):
    ran = iris.modelops("show", "irs", "--format", "json")
    document = json.loads(ran.out)
    assert (ran.code, document["format_version"], document["error"]["exit_code"]) == (2, 1, 2)
    assert document["error"]["message"] == "there is no model 'irs' here"
    assert ran.err == "error: there is no model 'irs' here\nhint: Did you mean iris?\n"


def test_without_git_it_is_a_failure_of_the_world(iris, tmp_path):
    ran = iris.modelops("list", PATH=str(tmp_path))
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == "error: git was not found\nhint: install git, or put it on the PATH\n"


def test_a_reader_who_leaves_early_changes_nothing(iris):
    for command in ("modelops", "modelops --help", "modelops explain", "modelops show iris"):
        piped = command.replace("modelops", f"'{COMMAND}'") + " | head -1; exit ${PIPESTATUS[0]}"
        whole = iris.modelops(*command.split()[1:])
        ran = subprocess.run(
            ["bash", "-c", piped], cwd=iris.path, capture_output=True, text=True, check=False
        )
        assert (ran.returncode, ran.stderr) == (whole.code, "")
        assert ran.stdout == whole.out.splitlines(keepends=True)[0]


def test_hostile_names_of_files_and_values_cannot_reach_the_terminal(iris):
    iris.write("models/\x1b[2J\n/model.yaml", "kind: \x1b]0;x\x07\n")
    iris.write("models/iris/versions/\x1b[31m.yaml", "kind: ModelVersion\n")
    for words in (
        ["list"],
        ["show", "iris"],
        ["show", "\x1b[2J"],
        ["verify"],
        ["doctor"],
        ["diff", "iris", "\x1b", "b"],
    ):
        ran = iris.modelops(*words)
        assert "\x1b" not in ran.out + ran.err
        assert "\x07" not in ran.out + ran.err
        assert ran.code in {0, 1, 2, 3}


@pytest.mark.parametrize(
    "reference", ["", "@", "iris@", "../iris", "/etc/passwd", "iris@1@2", "Iris", "a/../b", "-x"]
)
def test_a_name_that_is_none_is_a_mistake_of_use(folder, reference):
    ran = folder.modelops("show", "--", reference)
    assert (ran.code, ran.out) == (2, "")


def test_an_interrupt_is_quiet_and_130(iris, tmp_path):
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text(f'#!/bin/sh\ntouch "{tmp_path}/started"\nexec sleep 60\n')
    slow.chmod(0o755)
    environment = {**os.environ, **WHO, "PATH": f"{slow.parent}{os.pathsep}{os.environ['PATH']}"}
    with subprocess.Popen(
        [COMMAND, "list"], cwd=iris.path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        while not (tmp_path / "started").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"")


def test_output_is_plain_where_nobody_looks_and_utf8_is_no_condition(iris):
    iris.model("größe", description="x")
    iris.model("iris", description="Größe \u6771")
    ran = iris.modelops("list", PYTHONIOENCODING="ascii", FORCE_COLOR="1")
    assert ran.code == 0
    assert ran.out.isascii()
    assert "Gr\\xf6\\xdfe \\u6771" in ran.out


def test_the_shell_can_complete_commands(folder):
    ran = folder.modelops(_MODELOPS_COMPLETE="bash_complete", COMP_WORDS="modelops ver", COMP_CWORD="1")
    assert ran.out == "plain,verify\n"


def test_every_command_has_the_help_that_the_table_promises():
    for name, (_, said) in COMMANDS.items():
        command = cli.get_command(None, name)
        assert command.name == name
        assert command.help.splitlines()[0] == said
