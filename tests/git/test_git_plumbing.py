from __future__ import annotations

import fcntl
import os
import sys
import time

import pytest

from modelops_git.core.errors import GitError
from modelops_git.edges.git.plumbing import Git, fields


def test_a_failure_names_the_command_and_the_first_thing_git_says(clone):
    with pytest.raises(GitError) as caught:
        Git(clone.path).run("rev-parse", "--verify", "nowhere")
    assert caught.value.message == "git rev-parse: Needed a single revision"


def test_a_folder_in_no_repository_gets_a_hint(tmp_path):
    with pytest.raises(GitError, match="not a git repository") as caught:
        Git(tmp_path).run("status")
    assert "git init" in caught.value.hint


def test_a_commit_without_identity_gets_a_hint(clone, monkeypatch):
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name)
    with pytest.raises(GitError) as caught:
        Git(clone.path).run("commit", "--allow-empty", "--message=x")
    assert "git config user.name" in caught.value.hint


def test_a_repository_of_somebody_else_gets_the_command_that_trusts_it(clone):
    git = Git(clone.path, env={**os.environ, "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    with pytest.raises(GitError, match="dubious ownership") as caught:
        git.run("status")
    assert f"safe.directory '{clone.path}'" in caught.value.hint


def test_a_machine_without_git_is_told_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="git was not found") as caught:
        Git(tmp_path).run("status")
    assert "install" in caught.value.hint


def test_trace_output_is_not_taken_for_the_failure(clone):
    git = Git(clone.path, env={**os.environ, "GIT_TRACE": "1"})
    with pytest.raises(GitError, match=r"^git rev-parse: Needed a single revision$"):
        git.run("rev-parse", "--verify", "nowhere")


@pytest.mark.parametrize("argument", ["a\0b", "\ud800"])
def test_an_argument_that_no_program_can_get_is_an_error_of_ours(clone, argument):
    with pytest.raises(GitError, match="could not be run"):
        Git(clone.path).run("rev-parse", argument)


def test_succeeds_tells_no_from_failure(clone):
    git, first = Git(clone.path), clone.head()
    second = clone.commit(message="second")
    assert git.succeeds("merge-base", "--is-ancestor", first, second)
    assert not git.succeeds("merge-base", "--is-ancestor", second, first)
    with pytest.raises(GitError):
        git.succeeds("merge-base", "--is-ancestor", "nowhere", first)


def test_names_of_files_are_never_patterns(clone):
    clone.commit({"a*.txt": "star", "ab.txt": "plain"})
    assert fields(Git(clone.path).run("ls-files", "-z", "--", "a*.txt")) == ["a*.txt"]


def test_a_remote_that_never_answers_ends_in_an_error_with_all_that_git_started(clone, tmp_path):
    lock = tmp_path / "held-by-ssh"
    lock.touch()
    script = tmp_path / "ssh.py"
    script.write_text(
        "import fcntl, sys, time\n"
        f"held = open({str(lock)!r}, 'w')\nfcntl.flock(held, fcntl.LOCK_EX)\n"
        "held.write('x')\nheld.flush()\ntime.sleep(60)\n"
    )
    env = {**os.environ, "GIT_SSH_COMMAND": f"{sys.executable} {script}", "GIT_SSH_VARIANT": "simple"}
    with pytest.raises(GitError, match="no answer after"):
        Git(clone.path, env=env).run("ls-remote", "ssh://nowhere.invalid/x", timeout=1.5)
    assert lock.read_text() == "x"
    assert _is_free(lock)


def _is_free(lock):
    with lock.open() as file:
        for _ in range(100):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.02)
            else:
                return True
    return False


def test_an_isolated_git_sees_nothing_of_the_hook_but_keeps_how_to_reach_remotes(tmp_path):
    env = {
        "PATH": "/bin",
        "GIT_DIR": "/a",
        "GIT_INDEX_FILE": "/b",
        "GIT_PREFIX": "c/",
        "GITHEAD_" + "0" * 40: "f",
    }
    kept = {"GIT_SSH_COMMAND": "ssh -i key", "GIT_CONFIG_COUNT": "0", "PATH": "/bin"}
    git = Git.isolated(tmp_path, env={**env, **kept})
    assert kept.items() <= git.env.items()
    assert not (env.keys() - {"PATH"}) & git.env.keys()


def test_the_users_own_git_keeps_what_a_hook_has_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    git = Git(tmp_path, env={"GIT_INDEX_FILE": ".git/index.lock", "GIT_DIR": ".git"})
    assert git.env["GIT_INDEX_FILE"] == ".git/index.lock"
    assert git.env["GIT_DIR"] == str(tmp_path / ".git")
