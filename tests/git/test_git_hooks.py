"""What hooks see, run by the real `git commit` and `git merge`."""

from __future__ import annotations

import json
import os

import pytest

LOOK = """
import json, sys
from pathlib import Path
from modelops_git.edges.git.comparing import comparison
from modelops_git.edges.git.reading import index_snapshot
from modelops_git.edges.git.repository import find_registry
repo = find_registry(Path({start!r}))
found = comparison(repo, "main", head="index")
head = found.change.head
seen = {{"files": {{path: head.read(path).decode() for path in head.paths()}},
        "changed": found.change.changed, "base": found.base, "prefix": repo.prefix}}
Path({out!r}).write_text(json.dumps(seen))
"""


@pytest.fixture
def look(tmp_path):
    """Installs hooks that note what they see; gives a function that reads the note."""

    def install(clone, start="."):
        note = tmp_path / "seen.json"
        for name in ("pre-commit", "pre-merge-commit"):
            clone.hook(name, LOOK.format(start=start, out=str(note)))

        def seen():
            found = json.loads(note.read_text())
            note.unlink()
            return found

        return seen

    return install


FIRST = {
    "modelops.yaml": "kind: Registry\n",
    "models/iris/model.yaml": "kind: Model\n",
    "models/iris/versions/1.0.0.yaml": "version: 1.0.0\n",
    "analyses/errors.yaml": "kind: Analysis\n",
}


def test_a_plain_commit_shows_what_is_staged_and_not_what_is_written(clone, look):
    seen = look(clone)
    clone.write("models/iris/model.yaml", "staged\n")
    clone.git("add", "--all")
    clone.write("models/iris/model.yaml", "written\n")
    clone.git("commit", "--quiet", "--message=x")
    assert seen()["files"] == FIRST | {"models/iris/model.yaml": "staged\n"}


def test_commit_a_shows_what_it_adds(clone, look):
    seen = look(clone)
    clone.write("models/iris/model.yaml", "written\n")
    clone.write("models/untracked.yaml", "not in this commit\n")
    clone.git("commit", "--quiet", "--all", "--message=x")
    note = seen()
    assert note["files"] == FIRST | {"models/iris/model.yaml": "written\n"}
    assert note["changed"] == ["models/iris/model.yaml"]


def test_commit_of_a_path_shows_that_path_and_nothing_else_that_is_staged(clone, look):
    seen = look(clone)
    clone.write("models/iris/model.yaml", "this one\n")
    clone.write("modelops.yaml", "staged, for later\n")
    clone.git("add", "--all")
    clone.git("commit", "--quiet", "--message=x", "--", "models/iris/model.yaml")
    assert seen()["files"] == FIRST | {"models/iris/model.yaml": "this one\n"}


def test_a_commit_that_only_deletes_is_seen(clone, look):
    seen = look(clone)
    clone.git("rm", "--quiet", "models/iris/versions/1.0.0.yaml")
    clone.git("commit", "--quiet", "--message=x")
    assert seen()["changed"] == ["models/iris/versions/1.0.0.yaml"]


def test_a_rename_is_a_deletion_and_an_addition(clone, look):
    seen = look(clone)
    clone.git("mv", "models/iris", "models/flower")
    clone.git("commit", "--quiet", "--message=x")
    assert seen()["changed"] == [
        "models/flower/model.yaml",
        "models/flower/versions/1.0.0.yaml",
        "models/iris/model.yaml",
        "models/iris/versions/1.0.0.yaml",
    ]


def test_the_first_commit_is_compared_with_the_empty_tree(empty_clone, look):
    clone = empty_clone()
    seen = look(clone)
    clone.commit({"modelops.yaml": "x\n"})
    note = seen()
    assert (note["base"], note["changed"]) == (None, ["modelops.yaml"])


def test_a_commit_in_a_linked_work_tree_from_a_subfolder_sees_its_own_index(clone, look):
    clone.commit({"sub/modelops.yaml": "x\n", "sub/models/m.yaml": "m\n"})
    clone.git("worktree", "add", "--quiet", "../linked", "-b", "side")
    linked = type(clone)(clone.path.parent / "linked")
    seen = look(clone, start="sub/models")
    linked.write("sub/models/m.yaml", "new\n")
    type(clone)(linked.path / "sub").git("commit", "--quiet", "--all", "--message=x")
    note = seen()
    assert note["prefix"] == "sub/"
    assert note["files"] == {"modelops.yaml": "x\n", "models/m.yaml": "new\n"}


def test_a_commit_in_a_submodule_sees_the_submodule(clone, empty_clone, look):
    outer = empty_clone("outer")
    outer.git("submodule", "--quiet", "add", str(clone.path), "registry")
    outer.commit()
    inner = type(clone)(outer.path / "registry")
    git_dir = inner.git("rev-parse", "--git-dir")
    seen = look(inner)
    assert os.path.realpath(git_dir) != str(inner.path / ".git")
    inner.write("models/iris/model.yaml", "new\n")
    inner.git("commit", "--quiet", "--all", "--message=x")
    note = seen()
    assert note["files"] == FIRST | {"models/iris/model.yaml": "new\n"}
    assert note["changed"] == ["models/iris/model.yaml"]


def _diverged(clone):
    """A branch `side` with a model of its own, while main got another one; main's new tip."""
    clone.git("switch", "--quiet", "--create", "side")
    clone.commit({"models/side/model.yaml": "side\n"})
    clone.git("switch", "--quiet", "main")
    tip = clone.commit({"models/main/model.yaml": "main\n"})
    clone.git("switch", "--quiet", "side")
    return tip


def test_a_clean_merge_of_main_is_compared_with_the_main_that_comes_in(clone, look):
    tip = _diverged(clone)
    seen = look(clone)
    clone.git("merge", "--quiet", "--no-edit", "main")
    note = seen()
    assert (note["base"], note["changed"]) == (tip, ["models/side/model.yaml"])


def test_a_merge_of_main_that_alters_what_comes_in_shows_that(clone, look):
    tip = _diverged(clone)
    clone.git("merge", "--quiet", "--no-commit", "main")
    clone.write("models/main/model.yaml", "altered\n")
    seen = look(clone)
    clone.git("commit", "--quiet", "--all", "--no-edit")
    note = seen()
    assert note["base"] == tip
    assert note["changed"] == ["models/main/model.yaml", "models/side/model.yaml"]


def test_a_merge_into_main_is_compared_with_main(clone, look):
    tip = _diverged(clone)
    clone.git("switch", "--quiet", "main")
    seen = look(clone)
    clone.git("merge", "--quiet", "--no-edit", "--no-ff", "side")
    note = seen()
    assert (note["base"], note["changed"]) == (tip, ["models/side/model.yaml"])


def test_the_copy_of_the_index_leaves_the_commit_alone(clone, look):
    look(clone)
    clone.write("models/iris/model.yaml", "one\n")
    clone.git("add", "--all")
    clone.write("models/iris/model.yaml", "two\n")
    clone.git("commit", "--quiet", "--message=x")
    assert clone.git("show", "HEAD:models/iris/model.yaml") == "one"
    assert clone.git("status", "--porcelain") == "M models/iris/model.yaml"
