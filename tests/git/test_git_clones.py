"""Clones that lack something, and settings that change what git shows; with the installed command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest

from installed import COMMAND
from iris import NEXT, OLD, files, numbered

TULIP = "models/tulip/model.yaml"


def tulip():
    return files()["models/iris/model.yaml"].replace("name: iris", "name: tulip")


@pytest.fixture
def origin(empty_clone):
    """What everybody clones: a registry with two models, from which partial clones may be made."""
    made = empty_clone("origin")
    made.commit(files())
    made.commit({TULIP: tulip()})
    made.git("config", "uploadpack.allowFilter", "true")
    made.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return made


@pytest.fixture
def iris(origin, clone_of):
    made = clone_of(origin, "clone")
    made.git("checkout", "--quiet", "-b", "work")
    return made


def validated(clone, *words, **environment):
    """The exit code of the command, and all that it said."""
    done = subprocess.run(
        [COMMAND, "validate", *words],
        cwd=clone.path,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )
    said = (done.stdout + done.stderr).decode()
    assert "Traceback" not in said
    return done.returncode, said


def tamper(clone, path=OLD):
    clone.write(path, (clone.path / path).read_text().replace("0.96", "0.99"))


@pytest.mark.parametrize("index", ["--no-sparse-index", "--sparse-index"])
@pytest.mark.parametrize("staged", [[], ["--staged"]])
def test_what_a_sparse_checkout_leaves_out_is_not_deleted_and_is_still_checked(iris, index, staged):
    iris.git("sparse-checkout", "set", "--cone", index, "models/tulip")
    assert not (iris.path / OLD).exists()
    assert (iris.path / "modelops.yaml").exists()
    assert validated(iris, *staged) == (0, "no findings in 0 files\n")
    code, said = validated(iris, "--all", *staged)
    assert (code, "no findings in 9 files" in said) == (0, True), said
    iris.write(TULIP, tulip().replace("risk: low", "risk: high"))
    iris.git("add", TULIP)
    code, said = validated(iris, *staged)
    assert (code, "no findings in 1 file" in said) == (0, True), said


def test_a_file_that_was_made_outside_of_a_sparse_checkout_counts(iris):
    iris.git("sparse-checkout", "set", "--cone", "models/tulip")
    iris.write(OLD, files()[OLD].replace("0.96", "0.99"))
    code, said = validated(iris)
    assert (code, "MOG301" in said) == (1, True)


def test_a_deletion_inside_of_a_sparse_checkout_is_one(iris):
    iris.git("sparse-checkout", "set", "--cone", "models/iris")
    (iris.path / OLD).unlink()
    code, said = validated(iris)
    assert (code, "MOG302" in said) == (1, True)


def test_a_path_marked_skip_worktree_is_as_in_the_index(iris):
    iris.git("update-index", "--skip-worktree", OLD)
    (iris.path / OLD).unlink()
    assert validated(iris) == (0, "no findings in 0 files\n")
    assert validated(iris, "--all")[0] == 0


@pytest.mark.parametrize("what", ["blob:none", "tree:0"])
def test_a_partial_clone_fetches_what_it_needs(origin, clone_of, what):
    clone = clone_of(origin, "partial", f"--filter={what}", "--no-checkout")
    clone.git("sparse-checkout", "set", "--cone", "models/tulip")
    clone.git("checkout", "--quiet", "-b", "work", "main")
    code, said = validated(clone, "--all")
    assert (code, "no findings" in said) == (0, True), said
    clone.write(OLD, files()[OLD].replace("0.96", "0.99"))
    code, said = validated(clone)
    assert (code, "MOG301" in said) == (1, True)


@pytest.mark.parametrize("words", [["--all"], ["--all", "--staged"], [OLD], ["--all", "--head", "main"]])
def test_a_partial_clone_whose_remote_is_gone_is_an_error_and_never_a_pass(origin, clone_of, words):
    clone = clone_of(origin, "partial", "--filter=blob:none", "--no-checkout")
    clone.git("sparse-checkout", "set", "--cone", "models/tulip")
    clone.git("checkout", "--quiet", "main")
    shutil.move(origin.path, origin.path.with_name("moved"))
    code, said = validated(clone, *words)
    assert code == 3, said
    assert "no findings" not in said
    assert "remote" in said, said


def test_a_shallow_clone_is_refused_where_history_is_needed_with_the_command_that_mends_it(origin, clone_of):
    shallow = clone_of(origin, "shallow", "--depth=1")
    shallow.git("checkout", "--quiet", "-b", "work")
    assert validated(shallow, "--all")[0] == 0, "the merge base is the tip, which is there"
    origin.commit({"README.md": "goes on\n"})
    shallow.git("fetch", "--quiet", "--depth=1", "origin", "+main:refs/remotes/origin/main")
    for words in (["--all"], ["--staged"], ["--base", "origin/main"], ["--head", "work"]):
        code, said = validated(shallow, *words)
        assert code == 3, said
        assert "git fetch --unshallow" in said
    shallow.git("fetch", "--quiet", "--unshallow")
    assert validated(shallow, "--all")[0] == 0


def test_line_ends_that_git_changes_on_checkout_are_no_difference(origin, clone_of):
    clone = clone_of(origin, "crlf", "--config", "core.autocrlf=true")
    clone.git("checkout", "--quiet", "-b", "work")
    assert b"\r\n" in (clone.path / OLD).read_bytes()
    assert validated(clone) == (0, "no findings in 0 files\n")
    assert validated(clone, "--all")[0] == 0
    text = (clone.path / OLD).read_bytes()
    clone.write(OLD, text.replace(b"0.96", b"0.99"))
    code, said = validated(clone)
    assert (code, "MOG301" in said, "\\r" in said) == (1, True, False)


def test_line_ends_that_were_committed_are_read_as_they_are(iris):
    iris.git("config", "core.autocrlf", "false")
    iris.write(NEXT, numbered(2).replace("\n", "\r\n"))
    assert validated(iris)[0] == 0
    iris.git("add", "--all")
    assert validated(iris, "--staged")[0] == 0


def test_the_executable_bit_alone_is_no_change_of_a_version_whatever_core_file_mode_says(iris):
    for setting in ("true", "false"):
        iris.git("config", "core.fileMode", setting)
        (iris.path / OLD).chmod(0o755)
        code, said = validated(iris)
        assert code == 0, said


def test_a_link_that_the_system_writes_as_a_file_is_still_a_link(iris):
    (iris.path / "models/lily").symlink_to("iris")
    iris.git("add", "--all")
    iris.git("commit", "--quiet", "--message", "a link")
    iris.git("config", "core.symlinks", "false")
    (iris.path / "models/lily").unlink()
    iris.git("checkout", "--quiet", "--", "models/lily")
    assert not (iris.path / "models/lily").is_symlink()
    for words in ([], ["--staged"], ["--all"], ["--head", "work"]):
        code, said = validated(iris, *words)
        assert (code, "MOG118" in said, "models/lily is a symbolic link" in said) == (1, True, True)


def test_a_model_that_is_a_submodule_is_refused(iris, origin):
    iris.git("submodule", "--quiet", "add", f"file://{origin.path}", "models/lily")
    for words in ([], ["--staged"]):
        code, said = validated(iris, *words)
        assert (code, "MOG118" in said, "models/lily is a submodule" in said) == (1, True, True)


def test_a_registry_in_a_submodule_is_its_own(iris, empty_clone):
    outer = empty_clone("outer")
    outer.git("submodule", "--quiet", "add", f"file://{iris.path}", "registry")
    outer.commit()
    inner = type(outer)(outer.path / "registry")
    inner.git("checkout", "--quiet", "-b", "inner")
    tamper(inner)
    code, said = validated(inner)
    assert (code, "MOG301" in said) == (1, True)
    assert validated(outer)[0] == 2, "the outer one has no registry"


def test_a_repository_of_somebody_else_is_not_read_until_it_is_trusted(iris):
    code, said = validated(iris, "--all", GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    assert code == 3
    assert "safe.directory" in said
    trust = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    code, said = validated(iris, "--all", GIT_TEST_ASSUME_DIFFERENT_OWNER="1", **trust)
    assert code == 0, said


def test_a_ceiling_for_the_search_is_kept(iris):
    below = type(iris)(iris.path / "models/iris")
    assert validated(below, "--all")[0] == 0
    code, said = validated(below, "--all", GIT_CEILING_DIRECTORIES=str(iris.path / "models"))
    assert (code, "not a git repository" in said) == (3, True)


def test_a_monitor_of_the_file_system_hides_nothing_that_it_names(iris, tmp_path):
    monitor = tmp_path / "monitor"
    monitor.write_text("#!/bin/sh\nprintf 'token\\0/\\0'\n")
    monitor.chmod(0o755)
    iris.git("config", "core.fsmonitor", str(monitor))
    iris.git("status")
    tamper(iris)
    code, said = validated(iris)
    assert (code, "MOG301" in said) == (1, True)


def test_neither_replaced_objects_nor_grafts_change_what_is_compared(iris):
    first = iris.head("main~1")
    tamper(iris)
    iris.git("commit", "--quiet", "--all", "--message", "altered")
    iris.git("replace", first, "work")
    iris.git("replace", iris.head(f"main:{OLD}"), iris.head(f"work:{OLD}"))
    code, said = validated(iris)
    assert (code, "MOG301" in said) == (1, True)
    iris.git("replace", "--delete", first, iris.head(f"main:{OLD}"))
    grafts = iris.path / ".git/info/grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(f"{iris.head('origin/main')} {iris.head('work')}\n")
    code, said = validated(iris)
    assert (code, "MOG301" in said) == (1, True)


def test_names_that_are_easily_misread_are_named_and_nothing_else_happens(iris, odd_names):
    for name in odd_names:
        iris.write(f"models/{name}/model.yaml", tulip())
    for words in ([], ["--staged"], ["--all"]):
        iris.git("add", "--all")
        code, said = validated(iris, *words)
        assert code == 1
        assert said.count("MOG117 bad-name") >= len(odd_names)
        assert not (iris.path / "oops").exists()
    done = subprocess.run(
        [COMMAND, "validate", "--format", "json"],
        cwd=iris.path,
        env=os.environ,
        capture_output=True,
        check=False,
    )
    paths = {finding["path"] for finding in json.loads(done.stdout)["findings"]}
    assert "models/line\nbreak.yaml/model.yaml" in paths
    assert len(paths) == len(odd_names)


def test_a_registry_in_a_folder_of_a_larger_repository_sees_nothing_else(empty_clone):
    clone = empty_clone()
    clone.commit({f"ml/registry/{path}": text for path, text in files().items()})
    clone.commit({"models/other/model.yaml": "no manifest\n", "ml/models/x.yaml": "neither\n"})
    clone.git("checkout", "--quiet", "-b", "work")
    inner = type(clone)(clone.path / "ml/registry")
    clone.write("models/other/model.yaml", "changed\n")
    assert validated(inner) == (0, "no findings in 0 files\n")
    tamper(inner)
    for words in ([], [OLD]):
        code, said = validated(inner, *words)
        assert (code, f"{OLD}:" in said, "MOG301" in said) == (1, True, True)
    assert validated(clone)[0] == 2
