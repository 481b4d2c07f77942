"""What the message of a merge says of its review."""

from __future__ import annotations

import pytest

from modelops_git.core.reviews import MOST, review_of


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Merge pull request #12 from acme/promote\n\nPromote iris\n", "#12"),
        ("Promote iris 1.1.0 (#345)\n\n* Promote\n* Mend\n", "#345"),
        ("Merged in promote (pull request #6)\n\nPromote iris", "#6"),
        ("Merged PR 78: Promote iris", "#78"),
        ("Merge branch 'p' into 'main'\n\nPromote\n\nSee merge request acme/models!9\n", "acme/models!9"),
        ("Promote iris 1.1.0", ""),
        ("Promote as asked in #12", ""),
        ("Promote\n\nfixes (#12) and more", ""),
        ("Promote\n\nMerge pull request #12 from acme/promote", ""),
        ("", ""),
    ],
)
def test_the_pull_request_is_told_as_the_forge_writes_it(message, said):
    assert review_of(message).pull_request == said


def test_who_approved_is_told_once_each():
    trailers = (
        "Approved-by: Eve <eve@example.com>",
        "Reviewed-by: Bo",
        "approved-by: Bo",
        "Signed-off-by: Cy",
    )
    message = "\n".join(["Promote iris (#3)", "", *trailers])
    people = [(one.by, one.source) for one in review_of(message).approvals]
    assert people == [("Eve <eve@example.com>", "commit message"), ("Bo", "commit message")]


def test_a_message_that_goes_on_and_on_is_cut():
    message = "".join(f"Approved-by: {n} {'x' * 1000}\n" for n in range(1000))
    found = review_of(message).approvals
    assert len(found) == MOST
    assert max(len(one.by) for one in found) == 200
