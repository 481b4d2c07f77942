"""Every way in which git makes a commit, with the installed command as its hook."""

from __future__ import annotations

import os
import subprocess

import pytest

from installed import COMMAND
from iris import NEWEST, NEXT, OLD, files, numbered, path_of

HOOK = f'#!/bin/sh\nexec "{COMMAND}" validate --staged\n'


@pytest.fixture
def iris(empty_clone):
    """A branch `work` that has just left `main`, in a repository whose commits and merges are checked."""
    made = empty_clone()
    made.commit(files())
    made.git("checkout", "--quiet", "-b", "work")
    for name in ("pre-commit", "pre-merge-commit"):
        hook = made.path / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(HOOK)
        hook.chmod(0o755)
    return made


def tried(clone, *words, stdin=None, **environment):
    """The exit code of a git command, and all that it and the hook said."""
    done = subprocess.run(
        ["git", *words],
        cwd=clone.path,
        env={**os.environ, "GIT_EDITOR": "true", **environment},
        capture_output=True,
        input=stdin,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).decode()


def validated(clone, *words):
    done = subprocess.run(
        [COMMAND, "validate", *words],
        cwd=clone.path,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def tamper(clone, path=OLD):
    clone.write(path, (clone.path / path).read_text().replace("0.96", "0.99").replace("0.97", "0.99"))


def on_main(clone, changes):
    """What somebody else has merged meanwhile, without being checked."""
    clone.git("checkout", "--quiet", "main")
    clone.write_all(changes)
    clone.git("add", "--all")
    clone.git("commit", "--quiet", "--no-verify", "--message", "theirs")
    clone.git("checkout", "--quiet", "work")


@pytest.fixture(autouse=True)
def _write_all(iris):
    def write_all(changes):
        for path, text in changes.items():
            iris.write(path, text)

    iris.write_all = write_all


def test_an_amended_commit_is_checked_as_a_whole(iris):
    iris.commit({NEXT: numbered(2)})
    iris.write(NEXT, numbered(2, "0.98"))
    assert tried(iris, "commit", "--all", "--amend", "--no-edit")[0] == 0
    tamper(iris)
    code, said = tried(iris, "commit", "--all", "--amend", "--no-edit")
    assert (code, "MOG301" in said) == (1, True)


def test_a_part_of_a_file_is_committed_and_checked(iris):
    text = files()[NEWEST]
    iris.write(NEWEST, text.replace("Retrained on", "Trained on") + "# a comment at the end\n")
    first, second = tried(iris, "diff")[1].split("\n@@ ")[1:]
    header = tried(iris, "diff")[1].partition("\n@@ ")[0]
    code, said = tried(iris, "apply", "--cached", stdin=f"{header}\n@@ {second}".encode())
    assert code == 0, said
    assert "comment at the end" in iris.git("show", f":{NEWEST}")
    assert "Trained on" not in iris.git("show", f":{NEWEST}")
    code, said = tried(iris, "commit", "--message", "the comment")
    assert code == 0, said
    assert "Trained on" in first
    code, said = tried(iris, "commit", "--all", "--message", "the rest")
    assert (code, "MOG301" in said) == (1, True)


def test_commit_include_takes_what_is_staged_along(iris):
    tamper(iris)
    iris.git("add", OLD)
    iris.write(NEXT, numbered(2))
    iris.git("add", "--intent-to-add", NEXT)
    code, said = tried(iris, "commit", "--include", "--message", "x", "--", NEXT)
    assert (code, "MOG301" in said) == (1, True)


def test_a_commit_from_a_folder_below_or_with_another_work_tree_is_checked_alike(iris):
    tamper(iris)
    code, said = tried(type(iris)(iris.path / "models/iris"), "commit", "--all", "--message", "x")
    assert (code, "MOG301" in said) == (1, True)
    iris.git("checkout", "--quiet", "--", ".")
    iris.git("worktree", "add", "--quiet", "../linked", "-b", "side")
    linked = type(iris)(iris.path.parent / "linked")
    tamper(linked)
    code, said = tried(linked, "commit", "--all", "--message", "x")
    assert (code, "MOG301" in said) == (1, True)
    assert validated(iris) == (0, "no findings in 0 files\n")


def test_a_cherry_pick_of_a_merged_version_is_no_second_version(iris):
    on_main(iris, {NEXT: numbered(2)})
    code, said = tried(iris, "cherry-pick", "-x", "main")
    assert code == 0, said
    assert validated(iris)[0] == 0
    iris.write(NEXT, numbered(2, "0.98"))
    code, said = tried(iris, "commit", "--all", "--amend", "--no-edit")
    assert code == 1
    assert "MOG303" in said


def test_a_cherry_pick_that_is_not_committed_yet_is_checked_when_it_is(iris):
    iris.commit({NEXT: numbered(2)})
    iris.git("checkout", "--quiet", "-b", "other", "main")
    tamper(iris)
    iris.git("commit", "--quiet", "--all", "--no-verify", "--message", "not checked")
    iris.git("checkout", "--quiet", "work")
    assert tried(iris, "cherry-pick", "--no-commit", "other")[0] == 0
    code, said = tried(iris, "commit", "--message", "picked")
    assert (code, "MOG301" in said) == (1, True)


def test_in_the_middle_of_a_rebase_the_next_commit_is_compared_with_what_is_merged(iris):
    iris.commit({NEXT: numbered(2, "0.98")})
    on_main(iris, {NEXT: numbered(2)})
    code, said = tried(iris, "rebase", "main")
    assert (code != 0, "CONFLICT" in said) == (True, True)
    code, said = validated(iris, "--staged")
    assert code == 3
    assert f"unmerged paths: {NEXT}" in said
    iris.write(NEXT, numbered(2, "0.98"))
    iris.git("add", NEXT)
    code, said = validated(iris, "--staged")
    assert (code, "MOG301" in said) == (1, True)
    iris.git("rm", "--quiet", "--cached", NEXT)
    iris.write(path_of(3), numbered(3))
    iris.git("checkout", "--quiet", "main", "--", NEXT)
    iris.git("add", "--all")
    code, said = tried(iris, "rebase", "--continue")
    assert code == 0, said
    assert validated(iris)[0] == 0
    assert iris.git("diff", "--name-only", "main", "work") == path_of(3)


def test_a_commit_made_while_a_rebase_stands_still_is_checked(iris):
    iris.commit({NEXT: numbered(2)})
    code, said = tried(iris, "rebase", "--interactive", "--exec", "false", "main")
    assert code != 0, said
    tamper(iris)
    code, said = tried(iris, "commit", "--all", "--message", "x")
    assert (code, "MOG301" in said) == (1, True)


def test_a_stash_hides_what_it_holds_and_gives_it_back(iris):
    tamper(iris)
    iris.write(NEXT, numbered(2))
    iris.git("add", NEXT)
    assert validated(iris)[0] == 1
    iris.git("stash", "--include-untracked", "--quiet")
    assert validated(iris) == (0, "no findings in 0 files\n")
    iris.git("stash", "pop", "--quiet", "--index")
    assert (validated(iris)[0], validated(iris, "--staged")[0]) == (1, 0)


def test_a_stash_that_does_not_apply_leaves_an_index_that_is_refused(iris):
    iris.write(NEXT, numbered(2, "0.98"))
    iris.git("add", NEXT)
    iris.git("stash", "--quiet")
    iris.commit({NEXT: numbered(2)})
    assert tried(iris, "stash", "pop")[0] != 0
    code, said = validated(iris, "--staged")
    assert code == 3
    assert "git add" in said
    assert validated(iris)[0] == 1, "the conflict markers on disk are findings"


def test_a_squash_is_compared_with_the_branch_that_it_goes_to(iris):
    iris.commit({NEXT: numbered(2, "0.98")})
    iris.commit({NEXT: numbered(2)})
    iris.commit({path_of(3): numbered(3)})
    iris.git("checkout", "--quiet", "main")
    assert tried(iris, "merge", "--squash", "work")[0] == 0
    code, said = tried(iris, "commit", "--message", "squashed")
    assert (code, "no findings" in said) == (0, True), said
    iris.git("checkout", "--quiet", "work")
    tamper(iris)
    iris.git("commit", "--quiet", "--all", "--no-verify", "--message", "not checked")
    iris.git("checkout", "--quiet", "main")
    assert tried(iris, "merge", "--squash", "work")[0] == 0
    code, said = tried(iris, "commit", "--message", "squashed")
    assert (code, "MOG301" in said) == (1, True)


def test_a_fast_forward_makes_no_commit_and_is_checked_afterwards_by_its_base(iris):
    tamper(iris)
    iris.git("commit", "--quiet", "--all", "--no-verify", "--message", "not checked")
    before = iris.head("main")
    iris.git("checkout", "--quiet", "main")
    assert tried(iris, "merge", "--ff-only", "work")[0] == 0
    assert validated(iris) == (0, "no findings in 0 files\n")
    assert "MOG301" in validated(iris, "--base", before)[1]


def test_an_octopus_merge_is_checked_against_all_that_it_brings(iris):
    iris.commit({NEXT: numbered(2)})
    iris.git("checkout", "--quiet", "-b", "notes", "main")
    iris.commit({"models/iris/README.md": "hello\n"})
    on_main(iris, {"models/iris/CHANGES.md": "theirs\n"})
    code, said = tried(iris, "merge", "--no-edit", "main", "notes")
    assert code == 0, said
    assert validated(iris, "--all")[0] == 0


def test_the_same_version_on_both_sides_merges_cleanly_and_another_of_that_number_never_does(iris):
    on_main(iris, {NEXT: numbered(2)})
    iris.write(NEXT, numbered(2))
    assert tried(iris, "add", "--all")[0] == 0
    code, said = tried(iris, "commit", "--message", "the same by another hand")
    assert code == 0, said
    code, said = tried(iris, "merge", "--no-edit", "main")
    assert code == 0, said
    assert validated(iris, "--all")[0] == 0


def test_a_revert_of_a_merged_version_is_a_deletion(iris):
    on_main(iris, {NEXT: numbered(2)})
    iris.git("reset", "--quiet", "--hard", "main")
    assert tried(iris, "revert", "--no-commit", "HEAD")[0] == 0
    code, said = tried(iris, "commit", "--message", "reverted")
    assert (code, "MOG302" in said) == (1, True)


def test_three_hundred_files_in_one_commit_and_their_renaming_in_another(iris):
    for minor in range(2, 302):
        iris.write(path_of(minor), numbered(minor))
    iris.git("add", "--all")
    code, said = tried(iris, "commit", "--quiet", "--message", "very many")
    assert code == 0, said[-2000:]
    assert "no findings in 303 files" in said  # with those that refer to the model's versions
    iris.git("branch", "--force", "main", "work")
    iris.git("mv", "models/iris", "models/lily")
    code, said = tried(iris, "commit", "--quiet", "--message", "renamed")
    assert code == 1
    assert said.count("MOG302 version-deleted") == 303  # with 1.0.0, 1.1.0 and the notice


def test_a_hook_leaves_the_index_and_the_work_tree_as_they_were(iris):
    iris.write(NEXT, numbered(2))
    iris.git("add", NEXT)
    iris.write(NEXT, numbered(2, "0.98"))
    before = iris.git("status", "--porcelain=v2"), (iris.path / ".git/index").read_bytes()
    assert validated(iris, "--staged")[0] == 0
    assert validated(iris)[0] == 0
    assert (iris.git("status", "--porcelain=v2"), (iris.path / ".git/index").read_bytes()) == before
