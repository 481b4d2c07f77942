"""Two engineers register the same number on two branches, and one of the two gets another."""

from __future__ import annotations

import hashlib
import re
import signal
import sys

import pytest

from modelops_git.core.digests import of_json
from modelops_git.core.manifests.parse import parse_document
from modelops_git.engine import renumber as renumbering
from workshop import Workshop, onnx_bytes

OLD = "models/iris/versions/1.1.0.yaml"
FIRST = "models/iris/versions/1.0.0.yaml"


@pytest.fixture
def desk(tmp_path):
    """main has 1.0.0 and another's 1.1.0; the branch `mine`, checked out, has its own 1.1.0."""
    made = Workshop(tmp_path / "shop")
    made.first()
    made.merge("Register 1.0.0")
    made.git("checkout", "--quiet", "-b", "mine")
    register(made, 2.0, "mine")
    made.git("add", "--all")
    made.git("commit", "--quiet", "-m", "Register 1.1.0")
    made.git("checkout", "--quiet", "main")
    register(made, 3.0, "theirs")
    made.merge("Register 1.1.0")
    made.theirs = (made.clone / OLD).read_bytes()
    made.git("checkout", "--quiet", "mine")
    return made


def register(desk, weight, rows, *words):
    model, data = desk.file("model.onnx", onnx_bytes(weight=weight)), desk.file("data.csv", rows)
    words = words or ("--summary", f"By {rows}.")
    return desk.register(model, "--data", f"iris={data}", *words, check=True)


def renumber(desk, *words, about="iris@1.1.0", check=True):
    return desk.modelops("register", "--renumber", about, *words, check=check)


def is_mended(desk, number="1.2.0", parent="1.1.0"):
    """Whether all is as it should be: their version as it was, ours under its new number, all of it legal."""
    assert (desk.clone / OLD).read_bytes() == desk.theirs
    written = desk.read_version("iris", number)
    assert (written["summary"], written.get("parent")) == ("By mine.", parent)
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "-m", "Renumber")
    assert desk.modelops("validate", "--all").code == 0
    assert desk.modelops("verify", f"iris@{number}").code == 0
    assert desk.modelops("verify", "iris@1.1.0").code == 0


def in_conflict(desk):
    assert desk.run("git", "merge", "main", cwd=desk.clone, check=False).code == 1
    assert desk.git("diff", "--name-only", "--diff-filter=U") == OLD


def test_before_main_is_merged(desk):
    assert "MOG303" in desk.modelops("validate", check=False).out
    done = renumber(desk)
    assert "Renumbered iris 1.1.0 to 1.2.0: MINOR, since the training data changed" in done.out
    assert "git add --all models/iris && git commit -m 'Renumber iris 1.1.0 to 1.2.0'" in done.out
    is_mended(desk)
    desk.git("merge", "--quiet", "--no-edit", "main")
    assert desk.modelops("validate", "--all").code == 0


def test_in_the_middle_of_a_merge(desk):
    in_conflict(desk)
    renumber(desk)
    is_mended(desk)
    assert desk.run("git", "merge-base", "--is-ancestor", "main", "HEAD", cwd=desk.clone).code == 0


def test_in_the_middle_of_a_rebase_where_git_calls_theirs_ours(desk):
    assert desk.run("git", "rebase", "main", cwd=desk.clone, check=False).code == 1
    renumber(desk)
    desk.git("add", "--all")
    desk.git("-c", "core.editor=true", "rebase", "--continue")
    assert desk.git("diff", "--name-only", "main", "HEAD") == "models/iris/versions/1.2.0.yaml"
    assert desk.modelops("validate", "--all").code == 0


def test_after_a_merge_that_took_our_side(desk):
    in_conflict(desk)
    desk.git("checkout", "--ours", "--", OLD)
    desk.git("add", OLD)
    desk.git("commit", "--quiet", "--no-edit")
    assert "MOG301" in desk.modelops("validate", check=False).out
    renumber(desk)
    is_mended(desk)


def test_before_it_is_committed(desk):
    desk.git("reset", "--quiet", "--soft", "main~1")
    desk.git("reset", "--quiet")
    renumber(desk)
    is_mended(desk)


def test_a_merge_of_two_branches_of_which_neither_is_merged(desk):
    desk.git("push", "--quiet", "--force", "origin", "main~1:main")
    desk.git("branch", "other", "main")
    desk.git("branch", "--force", "main", "main~1")
    assert desk.run("git", "merge", "other", cwd=desk.clone, check=False).code == 1
    renumber(desk)
    is_mended(desk)


def test_main_went_on_so_the_newest_is_the_parent_and_comes_along(desk):
    desk.git("checkout", "--quiet", "main")
    register(desk, 4.0, "more")
    desk.merge("Register 1.2.0")
    desk.git("checkout", "--quiet", "mine")
    done = renumber(desk)
    assert "brought   models/iris/versions/1.2.0.yaml" in done.out
    is_mended(desk, "1.3.0", "1.2.0")


def test_an_older_line_is_continued_where_it_was(tmp_path):
    desk = Workshop(tmp_path / "shop")
    desk.first()
    model = desk.file("model.onnx", onnx_bytes(5))
    desk.register(model, "--data", f"iris={desk.file('data.csv', 'a,b')}", "--summary", "Five.", check=True)
    for number in ("1.0.0", "2.0.0"):
        made_on(desk, number, "2025-01-01")
    desk.merge("Register 1.0.0 and 2.0.0")
    words = ("--parent", "1.0.0", "--bump", "patch")
    desk.git("checkout", "--quiet", "-b", "mine")
    register(desk, 2.0, "a,b", "--summary", "By mine.", *words)
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "-m", "Register 1.0.1")
    desk.git("checkout", "--quiet", "main")
    register(desk, 3.0, "a,b", "--summary", "By theirs.", *words)
    desk.merge("Register 1.0.1")
    desk.git("checkout", "--quiet", "mine")
    renumber(desk, about="iris@1.0.1")
    assert desk.read_version("iris", "1.0.2")["parent"] == "1.0.1"
    assert desk.modelops("validate", "--all").code == 0


def made_on(desk, number, day):
    path = desk.clone / f"models/iris/versions/{number}.yaml"
    path.write_text(re.sub(r"created_at: \S+", f"created_at: {day}T12:00:00Z", path.read_text()))


def test_prereleases_count_on(tmp_path):
    desk = Workshop(tmp_path / "shop")
    desk.first()
    desk.merge("Register 1.0.0")
    desk.git("checkout", "--quiet", "-b", "mine")
    register(desk, 2.0, "mine", "--summary", "By mine.", "--version", "1.1.0-rc.1")
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "-m", "Register 1.1.0-rc.1")
    desk.git("checkout", "--quiet", "main")
    register(desk, 3.0, "theirs", "--summary", "By theirs.", "--version", "1.1.0-rc.1")
    desk.merge("Register 1.1.0-rc.1")
    desk.git("checkout", "--quiet", "mine")
    renumber(desk, about="iris@1.1.0-rc.1")
    assert desk.read_version("iris", "1.1.0-rc.2")["summary"] == "By mine."
    assert desk.modelops("validate", "--all").code == 0


def pins(desk):
    """A rollout, an experiment and a notice that name this branch's version, and a rollout that does not."""
    digest = of_json(desk.read_version("iris", "1.1.0"))
    head = {"api_version": "modelops/v1", "kind": "Experiment", "model": "iris", "environment": "staging"}
    candidate = {"version": "1.1.0", "manifest_digest": digest, "weight": 20}
    desk.want("1.1.0", "staging")
    desk.want("1.0.0", "production")
    experiment = {"type": "split", "candidates": [candidate], "until": "2027-01-01T00:00:00Z"}
    desk.write("models/iris/experiments/staging.yaml", {**head, **experiment})
    about = {"version": "1.1.0", "manifest_digest": digest, "type": "deprecated", "reason": "Slow."}
    notice = {"api_version": "modelops/v1", "kind": "Notice", "model": "iris", **about}
    desk.write("models/iris/notices/1.1.0-1.yaml", notice)
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "-m", "Promote 1.1.0")


def read(desk, path):
    return parse_document(path, (desk.clone / path).read_bytes()).document.written


def are_pinned(desk):
    digest = of_json(desk.read_version("iris", "1.2.0"))
    for path in ("rollouts/staging", "notices/1.2.0-1"):
        written = read(desk, f"models/iris/{path}.yaml")
        assert (written["version"], written["manifest_digest"]) == ("1.2.0", digest)
    (candidate,) = read(desk, "models/iris/experiments/staging.yaml")["candidates"]
    assert candidate == {"version": "1.2.0", "manifest_digest": digest, "weight": 20}
    assert read(desk, "models/iris/rollouts/production.yaml")["version"] == "1.0.0"
    notices = sorted(path.name for path in (desk.clone / "models/iris/notices").iterdir())
    assert notices == ["1.2.0-1.yaml"]


def test_what_names_the_version_in_this_branch_names_it_by_its_new_number(desk):
    pins(desk)
    renumber(desk)
    are_pinned(desk)
    is_mended(desk)


KILLED = """
import os, signal, sys
from pathlib import Path
from modelops_git.engine import renumber
from modelops_git.engine.renumbering import moving
from modelops_git.faces.cli.main import main

left = int(sys.argv[1])

def counted(function):
    def call(*args, **more):
        global left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return function(*args, **more)
    return call

moving.Mover.__call__ = counted(moving.Mover.__call__)
for name in ("create_file", "write_atomic"):
    setattr(renumber, name, counted(getattr(renumber, name)))
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("steps", range(7))
def test_killed_before_any_step_the_next_call_completes_it(desk, steps):
    pins(desk)
    if steps % 2:
        in_conflict(desk)
    words = (sys.executable, "-c", KILLED, str(steps), "register", "--renumber", "iris@1.1.0")
    killed = desk.run(*words, cwd=desk.clone, check=False)
    if killed.code == 0:
        assert steps == 6
    else:
        assert killed.code == -signal.SIGKILL, killed
        renumber(desk)
    are_pinned(desk)
    is_mended(desk)


def test_what_is_done_is_not_done_again(desk):
    renumber(desk)
    done = renumber(desk, check=False)
    assert (done.code, "nothing of this branch's own to renumber" in done.err) == (1, True)


def test_what_is_merged_is_never_touched(desk):
    desk.git("checkout", "--quiet", "main")
    done = renumber(desk, check=False)
    assert (done.code, "the version that keeps its number" in done.err) == (1, True)
    assert desk.git("status", "--porcelain") == ""


def test_a_number_that_nobody_else_has_is_not_changed(desk):
    done = renumber(desk, about="iris@9.9.9", check=False)
    assert (done.code, "there is no version iris@9.9.9" in done.err) == (2, True)
    desk.git("checkout", "--quiet", "-b", "more", "main")
    register(desk, 5.0, "more")
    done = renumber(desk, about="iris@1.2.0", check=False)
    assert (done.code, "has its number for itself" in done.err) == (2, True)
    done = desk.modelops("register", "iris", "--renumber", "iris@1.1.0", check=False)
    assert (done.code, "--renumber MODEL@VERSION" in done.err) == (2, True)


def test_a_version_that_others_of_the_branch_follow_is_refused(desk):
    register(desk, 6.0, "next")
    done = renumber(desk, check=False)
    assert (done.code, "iris 1.2.0 of this branch follows 1.1.0" in done.err) == (1, True)


def test_the_very_same_version_as_theirs_is_refused(desk):
    desk.git("reset", "--quiet", "--hard", "main")
    path = desk.clone / OLD
    path.write_text(path.read_text().replace("By theirs.", "By mine."))
    done = renumber(desk, check=False)
    assert (done.code, "MOG309" in done.err) == (1, True)


def test_the_number_can_be_chosen(desk):
    renumber(desk, "--version", "1.4.0")
    is_mended(desk, "1.4.0")


def test_without_its_bytes_nothing_is_written(desk):
    (file,) = [
        path for path in (desk.folder / "store/iris").glob("1.1.0-*/model.onnx") if is_mine(desk, path)
    ]
    file.unlink()
    done = renumber(desk, check=False)
    assert done.code == 3, done
    assert desk.git("status", "--porcelain") == ""


def is_mine(desk, path):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return digest == desk.read_version("iris", "1.1.0")["artifacts"][0]["sha256"]


class Versions:
    """A store that keeps versions of objects, over one that does not; it can copy by itself or not."""

    def __init__(self, below, *, copies):
        self.below, self.copies, self.uri = below, copies, below.uri

    def copy(self, source, key, expected):
        if not self.copies:
            return None
        with self.below.open(source) as stream:
            self.below.put(key, stream, expected)
        return "copied"

    def put(self, key, source, expected):
        self.below.put(key, source, expected)
        return "put"

    def open(self, key):
        return self.below.open(key)


@pytest.mark.parametrize("had", [True, False])
@pytest.mark.parametrize("copies", [True, False])
def test_where_the_store_keeps_versions_the_manifest_names_those_of_the_new_objects(
    desk, monkeypatch, copies, had
):
    path = desk.clone / OLD
    text = path.read_text()
    if had:
        path.write_text(re.sub(r"(    size: \d+\n)", r"\1    version_id: before\n", text))
    real = renumbering.store_named
    monkeypatch.setattr(renumbering, "store_named", lambda *about: Versions(real(*about), copies=copies))
    renumber(desk)
    (row,) = desk.read_version("iris", "1.2.0")["artifacts"]
    assert row["version_id"] == ("copied" if copies else "put")
    assert desk.modelops("validate").code == 0
