"""What every forge promises, run against GitHub's adapter and GitLab's, each on a fake of its own."""

from __future__ import annotations

import pytest

from forgery import forge_site, github, gitlab
from forging.bare import Signature
from modelops_git.core.authorizing.facts import Participant
from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges import open_forge, web
from modelops_git.edges.forges.base import Proposal

SERVERS = {"github": github, "gitlab": gitlab}
MARKER = "<!-- modelops-git: acme -->"


@pytest.fixture(params=SERVERS)
def fake(request, tmp_path):
    with SERVERS[request.param](tmp_path) as server:
        yield server


@pytest.fixture
def forge(fake):
    return open_forge(fake.kind, forge_site(fake))


def opened(fake, branch="iris", by="ana", **said):
    fake.commit(branch, by)
    return fake.open(branch, by, **said)


def parts(fake, forge, number):
    """Who did what, without the prefix of the forge."""
    found = forge.participants(forge.pull_request(number))
    return {(one.identity.removeprefix(f"{fake.kind}:"), one.part) for one in found}


def verdicts(fake, forge, number):
    return {
        one.by.removeprefix(f"{fake.kind}:"): one.state for one in forge.reviews(forge.pull_request(number))
    }


def test_a_pull_request_is_read_with_what_became_of_it(fake, forge):
    number = opened(fake, "iris-2", "Ana", title="Promote iris")
    pull = forge.pull_request(number)
    assert (pull.number, pull.title, pull.opened_by, pull.by_bot) == (
        number,
        "Promote iris",
        f"{fake.kind}:ana",
        False,
    )
    assert (pull.state, pull.head, pull.merged_as) == ("open", fake.git.tip("iris-2"), "")
    assert (pull.head_branch, pull.base_branch, pull.from_fork) == ("iris-2", "main", False)
    assert fake.git.git("rev-parse", pull.fetch) == pull.head
    assert pull.url.startswith(fake.url)
    assert pull.reference in {"#1", "!1"}
    fake.close(number)
    assert forge.pull_request(number).state == "closed"
    with pytest.raises(ForgeError, match="does not show"):
        forge.pull_request(99)


def test_a_pull_request_from_a_fork_says_so(fake, forge):
    number = opened(fake, fork="eve/models")
    assert forge.pull_request(number).from_fork
    assert forge.find_open("iris") is None


def test_of_each_person_the_latest_word_counts(fake, forge):
    number = opened(fake)
    for by in ("bo", "cy", "di", "ed"):
        fake.approve(number, by)
    fake.say(number, "cy", "commented")
    fake.dismiss(number, "di")
    assert verdicts(fake, forge, number) == {"bo": "approved", "cy": "approved", "ed": "approved"} | (
        {"di": "dismissed"} if fake.kind == "github" else {}
    )


def test_an_approval_is_bound_to_the_head_of_its_time(fake, forge):
    number = opened(fake)
    first = fake.git.tip("iris")
    fake.approve(number, "bo")
    second = fake.commit("iris")
    fake.approve(number, "cy")
    found = {one.by: one.commit for one in forge.reviews(forge.pull_request(number))}
    assert found == {f"{fake.kind}:bo": first, f"{fake.kind}:cy": second}


def test_who_wants_changes_does_not_approve(fake, forge):
    number = opened(fake)
    fake.approve(number, "bo") if fake.kind == "github" else None
    fake.say(number, "bo", "changes_requested")
    fake.approve(number, "cy")
    assert verdicts(fake, forge, number) == {"bo": "changes_requested", "cy": "approved"}


def test_bots_are_told_from_people(fake, forge):
    fake.bot("renovate[bot]" if fake.kind == "github" else "project_1_bot_renovate")
    bot = next(one.login for one in fake.people.values() if one.is_bot)
    number = opened(fake, by=bot, assignees=["ana"])
    fake.approve(number, bot)
    pull = forge.pull_request(number)
    assert pull.by_bot
    assert [one.by_bot for one in forge.reviews(pull)] == [True]
    assert ("ana", "asked") in parts(fake, forge, number)


def test_everybody_with_a_part_is_named(fake, forge):
    trailers = "Change\n\nCo-authored-by: Cy <CY@example.com>\nOn-behalf-of: Di <di@nowhere.example>\n"
    for login in ("Bo", "cy"):
        fake.person(login)
    fake.commit("main", "cy")
    fake.commit("iris", "ana", message=trailers, author=Signature("Bo", "bo@example.com"))
    fake.commit("iris", "ed", author=Signature("Nobody", "who@nowhere.example"))
    number = fake.open("iris", "flo")
    found = parts(fake, forge, number)
    assert {
        ("flo", "opened"),
        ("bo", "wrote"),
        ("cy", "co-wrote"),
        ("email:di@nowhere.example", "asked"),
    } <= found
    assert ("email:who@nowhere.example", "wrote") in found
    assert {("ana", "pushed"), ("ed", "pushed")} <= found


def test_what_only_a_commit_says_is_not_certain(fake, forge):
    fake.person("bo")
    fake.commit("iris", "ana", author=Signature("Bo", "bo@example.com"))
    found = forge.participants(forge.pull_request(fake.open("iris", "ana")))
    assert Participant(f"{fake.kind}:bo", "wrote", is_certain=False) in found
    assert Participant(f"{fake.kind}:ana", "opened", is_certain=True) in found


def test_who_pushed_before_a_forced_push_had_a_part_in_it(fake, forge):
    number = opened(fake)
    fake.commit("iris", "eve")
    fake.commit("iris", "ana", force=True)
    assert ("eve", "pushed") in parts(fake, forge, number)


def test_a_branch_of_the_same_name_before_or_after_is_another_one(fake, forge):
    opened(fake, by="eve")
    fake.merge(1, "squash", "eve")
    opened(fake, by="ana")
    assert "eve" not in {who for who, _ in parts(fake, forge, 2)}
    fake.merge(2, "squash", "ana")
    opened(fake, by="eve")
    assert "eve" not in {who for who, _ in parts(fake, forge, 2)}


@pytest.mark.parametrize(
    "how", ["merge", "squash", "rebase", "queue", "queue-squash", "fast-forward", "train"]
)
def test_each_commit_is_traced_to_what_brought_it(fake, forge, how):
    fake.commit("iris", "ana")
    fake.commit("iris", "bo")
    number = fake.open("iris", "ana")
    fake.commit("main", "cy")
    brought = fake.merge(number, how, "di")
    for commit in brought:
        found = forge.brought_by(commit)
        assert [(one.number, one.state) for one in found] == [(number, "merged")], how
    assert forge.pull_request(number).merged_as in brought
    assert {"ana", "bo"} <= {who for who, _ in parts(fake, forge, number)}


def test_a_commit_without_a_merge_was_brought_by_none(fake, forge):
    direct = fake.commit("main", "eve")
    number = opened(fake)
    assert forge.brought_by(direct) == ()
    assert forge.brought_by(forge.pull_request(number).head) == ()


def test_a_pull_request_is_opened_once(fake, forge):
    fake.commit("iris")
    assert forge.find_open("iris") is None
    proposal = Proposal("iris", "main", "Promote iris", "Because.")
    made = forge.propose(proposal)
    assert (made.title, made.head_branch, made.opened_by) == ("Promote iris", "iris", f"{fake.kind}:runner")
    assert forge.propose(proposal) == made == forge.find_open("iris")
    assert len(fake.pulls) == 1
    with pytest.raises(ForgeError, match="does not open"):
        forge.propose(Proposal("absent", "main", "Nothing", ""))


def test_one_comment_is_edited_in_place(fake, forge):
    number = opened(fake)
    fake.remark(number, "eve", f"{MARKER}\nI am the tool, honestly.")
    first = forge.comment(number, MARKER, f"{MARKER}\nOne.")
    fake.remark(number, "runner", f"{MARKER}\nTwo at once.")
    fake.remark(number, "runner", f"See {MARKER}.")
    assert forge.comment(number, MARKER, f"{MARKER}\nThree.") == first
    bodies = [one.body.partition("\n")[2] for one in fake.pull(number).remarks]
    assert bodies == ["I am the tool, honestly.", "Three.", ""]


def test_members_are_those_whom_the_forge_counts(fake, forge):
    fake.team("acme/leads/mlops", "Di")
    fake.team("acme/leads", "ana", "bo", children=["acme/leads/mlops"])
    prefix = "github-team" if fake.kind == "github" else "gitlab-group"
    # On GitLab the members of a group within are no members of it.
    known = ("ana", "bo", "di") if fake.kind == "github" else ("ana", "bo")
    assert forge.members(f"{prefix}:acme/leads") == {f"{fake.kind}:{one}" for one in known}
    with pytest.raises(ForgeError) as refused:
        forge.members(f"{prefix}:acme/absent")
    assert "FORGE_TOKEN" in refused.value.hint
    with pytest.raises(ForgeError, match="is no"):
        forge.members("email:ana@example.com")


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
