"""What every forge promises when things go wrong: nothing is guessed, shown in part, or sent elsewhere."""

from __future__ import annotations

import pytest

from forgery import forge_site
from forging.fixtures import MARKER, opened, verdicts
from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges import open_forge, web


def test_long_lists_are_read_to_their_end(fake, forge):
    number = opened(fake)
    for index in range(101):
        fake.approve(number, f"person-{index}")
    assert len(verdicts(fake, forge, number)) == 101


def test_lists_without_an_end_are_an_error(fake, forge, monkeypatch):
    monkeypatch.setattr(web, "PAGES", 5)
    number = opened(fake)
    pull = forge.pull_request(number)
    fake.fail("endless", "/reviews" if fake.kind == "github" else "/notes")
    with pytest.raises(ForgeError, match="too many to judge"):
        forge.reviews(pull)
    fake.faults.clear()


def test_reads_are_tried_again_and_writes_are_not(fake, forge):
    number = opened(fake)
    fake.fail("status", times=2, status=502)
    assert forge.pull_request(number).number == number
    fake.fail("status", method="POST", status=502)
    with pytest.raises(ForgeError, match="502"):
        forge.comment(number, MARKER, f"{MARKER} once")
    assert [method for method, _ in fake.asked].count("POST") == 1


@pytest.mark.parametrize("kind", ["reset", "truncated"])
def test_a_connection_that_breaks_is_tried_again_or_said(fake, forge, kind):
    number = opened(fake)
    fake.fail(kind, times=9)
    with pytest.raises(ForgeError) as refused:
        forge.pull_request(number)
    assert fake.token not in refused.value.message + refused.value.hint
    fake.faults.clear()


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_says_which_variable_and_what_it_must_hold(fake, forge, status):
    number = opened(fake)
    fake.fail("status", status=status, document={"message": "Because\x1b[31m of that"})
    with pytest.raises(ForgeError) as refused:
        forge.pull_request(number)
    assert "FORGE_TOKEN" in refused.value.hint
    assert "acme/models" in refused.value.hint
    assert f"HTTP {status}: Because\\x1b[31m of that" in refused.value.message
    assert fake.token not in refused.value.message + refused.value.hint


def test_a_wrong_token_is_said_and_not_shown(fake):
    opened(fake)
    forge = open_forge(fake.kind, forge_site(fake, token="secret-and-wrong"))  # noqa: S106 - of a test
    with pytest.raises(ForgeError, match="does not know the token") as refused:
        forge.pull_request(1)
    assert "secret" not in refused.value.message + refused.value.hint


def test_redirects_are_not_followed(fake, forge):
    opened(fake)
    headers = {"Location": "http://127.0.0.1:9/elsewhere"}
    fake.fail("status", status=301, headers=headers, document={"message": "Moved Permanently"})
    with pytest.raises(ForgeError, match="another address") as refused:
        forge.pull_request(1)
    assert "forge.repository" in refused.value.hint


def test_a_short_limit_is_waited_for_and_a_long_one_is_said(fake, forge):
    opened(fake)
    fake.fail("status", status=429, headers={"Retry-After": "0"}, document={"message": "slow down"})
    assert forge.pull_request(1).number == 1
    fake.fail("status", status=429, headers={"Retry-After": "3600"}, document={"message": "slow down"})
    with pytest.raises(ForgeError, match="takes no more requests with this token until 20"):
        forge.pull_request(1)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"null",
        b"[]",
        b"<html>",
        b'{"number": "1"}',
        b'{"number": 1, "iid": 1, "state": 5}',
        b"[" * 100_000,
        b'{"number": ' + b"9" * 6000 + b"}",
        b"\xff\xfe",
        b'{"number": NaN}',
    ],
    ids=range(10),
)
def test_answers_that_make_no_sense_are_errors_and_no_tracebacks(fake, forge, answer):
    opened(fake)
    fake.fail("text", document=answer)
    with pytest.raises(ForgeError):
        forge.pull_request(1)
