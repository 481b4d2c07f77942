from types import SimpleNamespace

import pytest

from modelops_git.engine.pointing import Delivered, Message
from modelops_git.faces.reporting.pointed import pointed_lines

VERSION = SimpleNamespace(home=SimpleNamespace(name="1.1.0"))
POINTED = SimpleNamespace(path="models/iris/rollouts/staging.yaml", before="1.0.0", version=VERSION)
MESSAGE = Message("promote/iris", "Promote iris", "Because.")
TEXT = ["", "  Promote iris", "", "  Because."]


def lines_for(branch, remote="origin"):
    return pointed_lines(POINTED, MESSAGE, Delivered(POINTED.path, branch, "f" * 40, remote=remote))


@pytest.mark.parametrize(
    ("branch", "following"),
    [
        ("promote/iris", "Then have the branch merged; this text tells the reviewer what it does:"),
        ("main", "If it goes by a pull request, this is a text for it:"),
    ],
)
def test_only_a_branch_that_was_made_for_it_has_to_be_merged(branch, following):
    steps = ["next:", "  modelops plan --env staging", f"  git push -u origin {branch}", following]
    assert lines_for(branch)[3:] == [*steps, *TEXT]


def test_without_a_remote_nothing_is_pushed():
    assert [line for line in lines_for("promote/iris", remote="") if "push" in line] == []
