"""In whose name a pull request is judged."""

import pytest

from modelops_git.core.authorizing.facts import Participant
from modelops_git.edges.forges.base import PullRequest
from modelops_git.engine.knowing import _author

BOT, ANA, EVE = "github:promoter[bot]", "github:ana", "github:eve"


def pull(opened_by, *, by_bot):
    said = ("main", False, "", "refs/pull/1/head")
    return PullRequest(1, "#1", "", "T", opened_by, by_bot, "open", "0" * 40, "go", *said)


@pytest.mark.parametrize(
    ("opened_by", "asked", "author"),
    [
        (EVE, [Participant(ANA, "asked")], EVE),
        (BOT, [Participant(EVE, "asked", is_certain=False), Participant(ANA, "asked")], ANA),
        (BOT, [Participant(EVE, "asked", is_certain=False)], BOT),
        (BOT, [Participant(ANA, "wrote")], BOT),
    ],
)
def test_a_bots_pull_request_is_in_the_name_of_whom_the_forge_says_it_acted_for(opened_by, asked, author):
    assert _author(pull(opened_by, by_bot=opened_by == BOT), asked) == author
