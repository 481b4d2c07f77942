from types import SimpleNamespace

import pytest

from modelops_git.engine.pointing import Delivered, Message
from modelops_git.faces.reporting.pointed import pointed_lines

VERSION = SimpleNamespace(home=SimpleNamespace(name="1.1.0"))
POINTED = SimpleNamespace(path="staging.yaml", before="1.0.0", version=VERSION)
MESSAGE = Message("promote/iris", "Promote iris", "Because.")


@pytest.mark.parametrize(
    ("branch", "following"),
    [
        ("promote/iris", "push the branch, open a pull request"),
        ("main", "push; if it goes by a pull request"),
    ],
)
def test_only_a_branch_that_was_made_for_it_has_to_become_a_pull_request(branch, following):
    lines = pointed_lines(POINTED, MESSAGE, Delivered("staging.yaml", branch, "f" * 40))
    assert lines[1] == f"Committed {'f' * 12} on {branch}: Promote iris"
    (told,) = (line for line in lines if line.startswith("next: "))
    assert following in told
    assert lines[-3:] == ["  Promote iris", "", "  Because."]
