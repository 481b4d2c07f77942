"""Requests to forges: what is sent where, and how much is read."""

import pytest

from forgery import forge_site, github
from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges import open_forge, web
from modelops_git.edges.forges.base import Site


@pytest.fixture
def fake(tmp_path):
    with github(tmp_path, prefix="/api/v3") as server:
        server.commit("iris")
        server.open("iris")
        yield server


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_a_token_is_not_sent_in_the_clear(kind):
    forge = open_forge(kind, Site("acme/models", "http://forge.example/api/v4", "secret", "FORGE_TOKEN"))
    with pytest.raises(ForgeError, match="not sent over http") as refused:
        forge.pull_request(1)
    assert "secret" not in refused.value.message + refused.value.hint


@pytest.mark.parametrize(
    ("kind", "base"), [("github", "https://api.github.com"), ("gitlab", "https://gitlab.com/api/v4")]
)
def test_the_public_forges_are_the_default(kind, base):
    assert open_forge(kind, Site("acme/models")).client.base == base


def test_a_server_of_ones_own_is_asked_below_its_path(fake):
    fake.bot("promoter[bot]")
    fake.state.me = "promoter[bot]"
    forge = open_forge("github", forge_site(fake))
    assert forge.comment(1, "<!-- m -->", "<!-- m --> text")
    assert {path.split("/")[1:3][0] for _, path in fake.asked} == {"api"}
    assert ("POST", "/api/graphql") in fake.asked


def test_answers_are_read_to_a_bound(fake, monkeypatch):
    monkeypatch.setattr(web, "LARGEST", 500)
    with pytest.raises(ForgeError, match="larger than"):
        open_forge("github", forge_site(fake)).pull_request(1)


def test_a_forge_that_says_nothing_is_given_up(fake, monkeypatch):
    monkeypatch.setattr(web, "READ_SECONDS", 0.05)
    fake.fail("slow", times=9, status=0.2)
    with pytest.raises(ForgeError, match="timed out"):
        open_forge("github", forge_site(fake)).pull_request(1)


def test_a_forge_that_is_not_there_is_said():
    with pytest.raises(ForgeError, match=r"127\.0\.0\.1 cannot be asked about pull request #1") as refused:
        open_forge("github", Site("acme/models", "http://127.0.0.1:9", "secret", "T")).pull_request(1)
    assert "secret" not in refused.value.message


def test_limits_that_github_keeps_to_itself_are_said(fake):
    said = {"message": "You have exceeded a secondary rate limit."}
    fake.fail("status", status=403, document=said)
    with pytest.raises(ForgeError, match="takes no more requests"):
        open_forge("github", forge_site(fake)).pull_request(1)


def test_nobody_may_edit_whose_token_is_not_known(fake):
    fake.bot("promoter[bot]")
    fake.state.me = "promoter[bot]"
    fake.fail("status", "/graphql", status=200, document={"data": {"viewer": None}})
    with pytest.raises(ForgeError, match="does not say whose the token"):
        open_forge("github", forge_site(fake)).comment(1, "<!-- m -->", "text")
