"""Limits on how often a forge is asked, and the pages of its lists."""

import pytest

from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.limits import limit_of
from modelops_git.edges.forges.paging import next_page

NOW = 1_800_000_000.0
WITHIN = "https://api.github.com/x?per_page=100&page=2"


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (200, {"X-RateLimit-Remaining": "0"}, None),
        (403, {}, None),
        (403, {"X-RateLimit-Remaining": "4999", "X-RateLimit-Reset": "1800000060"}, None),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800000060"}, 60),
        (429, {"RateLimit-Remaining": "0", "RateLimit-Reset": "1800000005"}, 5),
        (429, {"Retry-After": "7"}, 7),
        (429, {"Retry-After": "Fri, 15 Jan 2027 08:00:30 GMT"}, 30),
        (429, {"Retry-After": "0"}, 0),
        (429, {}, 60),
        (429, {"Retry-After": "soon"}, 60),
        (429, {"Retry-After": "9" * 5000}, 60),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "-1"}, 60),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9999999999"}, 7 * 86_400),
        (429, {"Retry-After": "Sat, 01 Jan 2000 00:00:00 GMT"}, 0),
    ],
)
def test_a_forge_says_how_long_to_wait(status, headers, seconds):
    found = limit_of(status, headers, NOW)
    assert (found and found.seconds) == seconds


def test_a_long_wait_says_until_when():
    refusal = limit_of(429, {"Retry-After": "3600"}, NOW).refusal("github.example", "FORGE_TOKEN")
    assert "until 2027-01-15 09:00:00 UTC" in refusal.message
    assert "FORGE_TOKEN" in refusal.hint


@pytest.mark.parametrize(
    ("headers", "added"),
    [
        ({}, None),
        ({"Link": f'<{WITHIN}>; rel="last"'}, None),
        ({"Link": f'<{WITHIN}>; rel="next", <{WITHIN}>; rel="last"'}, {"page": "2"}),
        ({"Link": '<https://evil.example/x?page=3&token=y>; rel="next"'}, {"page": "3"}),
        ({"Link": '<https://api.github.com/x?after=Y3Vyc29y&ref=main>; rel="next"'}, {"after": "Y3Vyc29y"}),
        ({"X-Next-Page": "4"}, {"page": "4"}),
        ({"X-Next-Page": ""}, None),
    ],
)
def test_of_the_next_page_only_its_number_or_mark_is_taken(headers, added):
    query = {"ref": "a", "per_page": "100"}
    assert next_page(query, headers) == (None if added is None else query | added)


@pytest.mark.parametrize("link", ['<https://x/?other=1>; rel="next"', '<>; rel="next"', 'x; rel="next"'])
def test_a_next_page_that_is_not_understood_is_an_error_and_no_end(link):
    with pytest.raises(ForgeError, match="where a list goes on"):
        next_page({}, {"Link": link})
