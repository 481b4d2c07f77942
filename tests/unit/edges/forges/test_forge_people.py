"""Who had a part in a pull request: what addresses, trailers, pushes and signatures say."""

import pytest

from forgery import forge_site, github, gitlab
from forging.bare import Signature
from modelops_git.core.authorizing.facts import Participant
from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges import open_forge
from modelops_git.edges.forges.github import addresses
from modelops_git.edges.forges.naming import by_address, merged
from modelops_git.edges.forges.trailers import named_in


@pytest.fixture
def hub(tmp_path):
    with github(tmp_path) as server:
        yield server


@pytest.fixture
def lab(tmp_path):
    with gitlab(tmp_path) as server:
        yield server


def participants(fake, number=1):
    forge = open_forge(fake.kind, forge_site(fake))
    return forge.participants(forge.pull_request(number))


def wrote(fake):
    return {one.identity for one in participants(fake) if one.part in {"wrote", "co-wrote"}}


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("123+Ana@users.noreply.github.com", "github:ana"),
        ("ana@users.noreply.github.com", "github:ana"),
        ("5+ana@users.noreply.127.0.0.1", "github:ana"),
        ("49699333+dependabot[bot]@users.noreply.github.com", "github:dependabot[bot]"),
        ("ana@users.noreply.github.com.evil.example", "email:ana@users.noreply.github.com.evil.example"),
        ("a b@example.com", "email:a%20b@example.com"),
    ],
)
def test_addresses_that_github_gives_say_whose_they_are(hub, address, who):
    hub.commit("iris", author=Signature("Somebody", address), committer=Signature("Somebody", address))
    hub.open("iris")
    assert wrote(hub) == {who}


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("123-Ana@users.noreply.gitlab.com", {"gitlab:ana"}),
        ("bo@example.com", {"gitlab:bo", "email:bo@example.com"}),
        ("nobody", {"email:nobody"}),
    ],
)
def test_addresses_on_gitlab_keep_what_is_only_found_by_a_search(lab, address, who):
    lab.hidden["/graphql"] = 404
    lab.person("bo")
    lab.commit("iris", author=Signature("Somebody", address))
    lab.open("iris")
    assert wrote(lab) == who


def test_gitlab_knows_authors_by_addresses_that_it_keeps_to_itself(lab):
    lab.person("bo", email="bo@private.example")
    trailer = "Change\n\nCo-authored-by: Bo <bo@private.example>\n"
    lab.commit("iris", author=Signature("Bo", "Bo@Private.example"))
    lab.commit("iris", "ana", message=trailer)
    lab.open("iris", "ana")
    assert wrote(lab) == {"gitlab:bo", "gitlab:ana"}


def test_a_name_that_looks_like_an_address_hides_nobody(lab):
    lab.hidden["/graphql"] = 404
    lab.person("bo")
    lab.person("bo@example.com", email="eve@example.com")
    lab.commit("iris", author=Signature("Bo", "bo@example.com"))
    lab.open("iris", "ana")
    assert wrote(lab) == {"email:bo@example.com"}


def test_a_signature_that_github_checked_makes_the_writer_certain(hub):
    hub.verified.add(hub.commit("iris", "ana"))
    hub.open("iris", "bo")
    assert Participant("github:ana", "wrote", is_certain=True) in participants(hub)


def test_what_is_done_on_the_page_was_done_by_its_author(hub):
    page = Signature("GitHub", "noreply@github.com")
    hub.verified.add(hub.commit("iris", "ana", committer=page))
    hub.open("iris", "bo")
    found = participants(hub)
    assert Participant("github:ana", "wrote", is_certain=True) in found
    assert not any("web-flow" in one.identity for one in found)


def test_commits_that_github_does_not_show_are_an_error(hub):
    hub.commit("iris")
    hub.commit("iris")
    hub.open("iris")
    shown = [{"sha": hub.git.tip("iris"), "commit": {}}]
    hub.fail("status", "/commits", status=200, document=shown)
    with pytest.raises(ForgeError, match="shows 1 of the 2 commits"):
        participants(hub)


def test_a_head_that_moves_while_it_is_read_is_an_error(hub):
    hub.commit("iris")
    hub.open("iris")
    forge = open_forge("github", forge_site(hub))
    pull = forge.pull_request(1)
    hub.commit("iris")
    with pytest.raises(ForgeError, match="was pushed to while it was read"):
        forge.participants(pull)


def test_too_many_addresses_are_an_error(hub, monkeypatch):
    monkeypatch.setattr(addresses, "MOST", 1)
    trailers = "Co-authored-by: X <x@nowhere.example>\nCo-authored-by: Y <y@nowhere.example>"
    hub.commit("iris", message=f"Change\n\n{trailers}\n")
    hub.open("iris")
    with pytest.raises(ForgeError, match="too many to look up"):
        participants(hub)


def test_of_a_fork_that_cannot_be_seen_its_owner_pushed(hub):
    hub.commit("iris", "eve")
    hub.commit("iris", "di")
    hub.open("iris", "ana", fork="Eve/models")
    assert Participant("github:di", "pushed") in participants(hub)
    hub.hidden["/activity"] = 404
    pushed = {one.identity for one in participants(hub) if one.part == "pushed"}
    assert pushed == {"github:eve"}


def test_a_branch_that_is_gone_is_no_error_and_forced_pushes_stay_known(hub):
    hub.forgets_branches = True
    hub.state.forgets_branches = True
    hub.commit("iris", "ana")
    hub.open("iris", "ana")
    hub.commit("iris", "eve", force=True)
    hub.merge(1, "squash")
    assert Participant("github:eve", "pushed") in participants(hub)


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_pushes_that_the_forge_does_not_tell_of_yet_are_an_error(tmp_path, kind):
    with {"github": github, "gitlab": gitlab}[kind](tmp_path) as fake:
        fake.commit("iris")
        fake.open("iris")
        fake.state.pushes.clear()
        with pytest.raises(ForgeError, match="does not say who pushed"):
            participants(fake)


def test_trailers_name_people_wherever_they_stand():
    message = (
        "Change\r\n\r\nco-authored-by:  Ana <Ana@Example.com> \r\nText\n\n"
        "ON-BEHALF-OF: @bo-b <bo@example.com>\nOn-behalf-of: @cy\nCo-authored-by: nobody\n"
        "Not-Co-authored-by: D <d@example.com>\n"
    )
    assert [tuple(one) for one in named_in(message)] == [
        ("co-wrote", "Ana@Example.com", ""),
        ("asked", "bo@example.com", "bo-b"),
        ("asked", "", "cy"),
    ]


def test_addresses_are_identities_of_a_safe_form():
    assert by_address(" Ana@Example.COM ") == "email:ana@example.com"
    assert by_address("a\u202e\n<b>@x") == "email:a%e2%80%ae%0a<b>@x".replace("%e2%80%ae%0a", "%E2%80%AE%0A")
    assert len(by_address("x" * 5000)) <= 256


def test_a_part_is_told_once_and_certain_where_one_source_is():
    known = [Participant("github:ana", "wrote", is_certain=False), Participant("github:ana", "wrote")]
    assert merged([*known, Participant("github:ana", "opened")]) == (
        Participant("github:ana", "wrote"),
        Participant("github:ana", "opened"),
    )
