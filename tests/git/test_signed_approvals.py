"""Signed approvals in real git: they hold through merge, squash and rebase, and for nothing else."""

from __future__ import annotations

import json

import pytest

from approvers import ANA, BO, Mould, Office, new_key, signer_line
from modelops_git.core.errors import GitError, RefusedError, SigningError
from modelops_git.edges.git import contributions
from modelops_git.edges.git.repository import find_registry
from modelops_git.engine import approving
from modelops_git.engine.approving import signed_approvals

pytestmark = pytest.mark.needs("ssh-keygen", package="openssh-client")


@pytest.fixture(scope="module")
def mould(tmp_path_factory):
    return Mould(tmp_path_factory.mktemp("signed"))


@pytest.fixture
def office(mould):
    return mould.cast()


def signed(office, base="main", head="HEAD"):
    return signed_approvals(find_registry(office.clone), base, head)


def codes(judged):
    return sorted({finding["code"] for finding in judged["findings"]})


def approval_file(office):
    return next((office.clone / "approvals").rglob("*.json"))


def test_a_change_lacks_an_approval_until_somebody_else_gave_one(office):
    office.proposed()
    assert codes(office.judged()) == ["MOG603"]
    done = office.approved("bo")
    assert done["by"] == f"ssh:{BO}"
    judged = office.judged()
    assert judged["allowed"], judged
    assert [one["by"] for one in judged["approvals"]] == [f"ssh:{BO}"]
    assert judged["author"] == f"ssh:{ANA}"


def test_to_approve_makes_nobody_an_author(office):
    office.proposed().approved("bo")
    said = signed(office)
    assert {one.identity for one in said.participants} == {f"ssh:{ANA}", f"email:{ANA}"}
    assert said.author == f"ssh:{ANA}"
    assert said.problems == ()


def test_ones_own_change_cannot_be_approved(office):
    office.proposed()
    done = office.modelops("approve", "--key", office.keys["ana"], check=False)
    assert done.code == 1
    assert "an approval of one's own change does not count" in done.err
    assert not (office.clone / "approvals").exists()


def merged(office):
    office.git("switch", "--quiet", "main")
    office.as_("ana").git("merge", "--quiet", "--no-ff", "--no-edit", "-S", "go")


def squashed(office):
    office.git("switch", "--quiet", "main")
    office.as_("ana").git("merge", "--quiet", "--squash", "go")
    office.commit("Promote iris 1.1.0")


def rebased(office):
    office.as_("ana").git("rebase", "--quiet", "main", "go")
    office.git("switch", "--quiet", "main")
    office.git("merge", "--quiet", "--ff-only", "go")


@pytest.mark.parametrize(
    ("bring", "moved"),
    [pytest.param(merged, False, marks=pytest.mark.slow), (merged, True), (squashed, True), (rebased, True)],
)
def test_an_approval_holds_however_the_change_is_merged(office, bring, moved):
    """Also where main has moved on meanwhile."""
    office.proposed().approved("bo")
    before = office.judged()["binding"]
    if moved:
        office.as_("cy").git("switch", "--quiet", "main")
        office.write("docs.md", "Something else.\n")
        office.want("1.0.0", "staging")
        office.commit("Elsewhere")
    base = office.head("main")
    bring(office)
    judged = office.judged(base, "main")
    assert judged["allowed"], judged
    assert [one["by"] for one in judged["approvals"]] == [f"ssh:{BO}"]
    assert (judged["binding"]["change"], judged["binding"]["intent"]) == (before["change"], before["intent"])


def test_an_update_from_main_is_no_work_of_whoever_merges_it(office):
    office.proposed().approved("bo")
    office.git("switch", "--quiet", "main")
    office.as_("cy").want("1.0.0", "staging")
    office.commit("Elsewhere")
    office.git("switch", "--quiet", "go")
    office.as_("bo").git("merge", "--quiet", "--no-edit", "main")
    assert office.judged()["allowed"]
    assert BO not in str(signed(office).participants)


def test_who_puts_something_of_their_own_into_a_merge_had_a_part(office):
    office.proposed().approved("bo")
    office.git("switch", "--quiet", "main")
    office.as_("cy").want("1.0.0", "staging")
    office.commit("Elsewhere")
    office.git("switch", "--quiet", "go")
    office.as_("bo").git("merge", "--quiet", "--no-commit", "main")
    office.want("1.1.0", "staging")
    office.commit("Merge main")
    assert f"ssh:{BO}" in {one.identity for one in signed(office).participants}
    assert not office.judged()["allowed"]


def test_what_changes_after_the_approval_is_not_approved(office):
    office.proposed().approved("bo")
    office.as_("ana").want("1.1.0", "staging")
    office.commit("One more thing")
    judged = office.judged()
    assert codes(judged) == ["MOG603", "MOG605"]


def test_approvals_can_follow_each_other(office):
    office.proposed().approved("bo")
    again = office.modelops("approve", "--key", office.keys["bo"], check=False)
    assert again.code == 1
    assert "already" in again.err
    office.approved("cy")
    assert {one.by for one in signed(office).approvals} == {f"ssh:{BO}", "ssh:cy@example.com"}


def test_an_approval_is_for_one_time(office):
    """Approved, merged, rolled back; to bring the very same again takes a new approval."""
    office.proposed().approved("bo")
    merged(office)
    kept = approval_file(office).read_bytes()
    path = approval_file(office)
    office.git("switch", "--quiet", "--create", "back", "main")
    office.want("1.0.0")
    path.unlink()
    office.commit("Roll back")
    office.git("switch", "--quiet", "main")
    office.git("merge", "--quiet", "--no-ff", "--no-edit", "back")
    office.proposed("again")
    path.parent.mkdir(parents=True)
    path.write_bytes(kept)
    office.commit("Approve it as before")
    said = signed(office)
    assert said.approvals == ()
    assert "was used before" in said.problems[0]
    path.unlink()
    office.commit("Take it away")
    office.approved("bo")
    assert office.judged()["allowed"]


def test_a_base_from_before_brings_no_approval_back(office):
    """Approved, merged, rolled back, asked for again: from far enough back that looks like the first time."""
    base = office.head("main")
    office.proposed().approved("bo")
    merged(office)
    office.want("1.0.0")
    office.commit("Roll back")
    back = office.head()
    office.want("1.1.0")
    office.commit("Again")
    assert signed_approvals(find_registry(office.clone), base, "main").approvals
    said = signed_approvals(find_registry(office.clone), base, "main", back)
    assert said.approvals == ()
    assert "was used before" in said.problems[0]


def test_no_base_is_older_than_the_revocation_of_a_key(office):
    base = office.head("main")
    public = office.keys["bo"].with_suffix(".pub").read_text()
    office.as_("cy").write("revoked_signers", public)
    office.commit("Revoke the key of bo")
    (office.clone / "revoked_signers").unlink()
    office.commit("Forget that")
    proposal = office.proposed().approved("bo")
    assert proposal
    assert signed(office, "main", "go").approvals
    said = signed(office, base, "go")
    assert said.approvals == ()
    assert "revoked" in said.problems[0]


def test_a_key_that_was_given_to_somebody_else_on_the_way_is_neithers(office):
    office.proposed().approved("bo")
    base, approval = office.head("main"), office.head("go")
    office.git("switch", "--quiet", "main")
    office.write("allowed_signers", office.signers().replace(BO, "eve@example.com"))
    office.as_("cy").commit("The key is another's")
    office.as_("ana").git("merge", "--quiet", "--no-ff", "--no-edit", "-S", approval)
    said = signed(office, base, "main")
    assert said.approvals == ()
    assert "given to somebody else" in said.problems[0]


# What is no approval


def test_signers_are_those_of_the_base(office):
    """Whoever adds a key in the change itself is nobody yet."""
    office.proposed()
    office.keys["dan"] = new_key(office.folder / "keys", "dan")
    office.principals["dan"] = "dan@example.com"
    office.write("allowed_signers", office.signers())
    office.commit("Add dan")
    office.as_("dan")
    done = office.modelops("approve", "--key", office.keys["dan"], check=False)
    assert done.code == 1
    assert "does not say who you are" in done.err


@pytest.mark.parametrize("how", [pytest.param("public keys", marks=pytest.mark.slow), "krl"])
def test_a_revoked_key_counts_no_more(office, how):
    office.proposed().approved("bo")
    approved = office.head()
    office.git("switch", "--quiet", "main")
    revoked = office.clone / "revoked_signers"
    public = f"{office.keys['bo']}.pub"
    if how == "krl":
        office.run("ssh-keygen", "-q", "-k", "-f", str(revoked), public)
    else:
        revoked.write_bytes(office.keys["bo"].with_suffix(".pub").read_bytes())
    office.as_("cy").commit("Revoke the key of bo")
    said = signed(office, "main", approved)
    assert said.approvals == ()
    assert "revoked" in said.problems[0]


def test_an_expired_key_counts_no_more_in_a_back_dated_commit(office):
    office.proposed().approved("bo")
    approved = office.head()
    office.git("switch", "--quiet", "main")
    office.write(
        "allowed_signers", office.signers(bo='valid-before="20260101"', ana='valid-before="20260101"')
    )
    office.as_("cy").commit("Let keys expire")
    office.git("switch", "--quiet", "go")
    office.env |= {"GIT_AUTHOR_DATE": "2025-06-01T00:00:00Z", "GIT_COMMITTER_DATE": "2025-06-01T00:00:00Z"}
    office.as_("ana").commit("Back-dated")
    said = signed(office, "main", "go")
    assert said.approvals == ()
    assert "no longer valid" in said.problems[0]
    assert said.author == ""
    assert not any(one.is_certain for one in said.participants)
    assert approved != office.head()


MADE_UP = [
    (lambda text: text.replace(BO, ANA), "belongs at"),
    (lambda text: text.replace('"registry":"shop"', '"registry":"shoq"'), "another registry"),
    (lambda text: text.replace('"intent":"sha256:', '"intent":"sha256:0'), "is no signed approval"),
    (lambda text: text.replace(":", ": ", 1), "is not written as"),
    (lambda text: text + "x" * (64 << 10), "more than 64 KiB"),
    (lambda text: text[:-20], "is no signed approval"),
    (lambda _: "[" * 50_000, "is no signed approval"),
    (lambda _: "", "is no signed approval"),
]


def test_a_file_that_somebody_made_up_counts_for_nothing(office):
    office.proposed().approved("bo")
    file = approval_file(office)
    sound = file.read_text()
    for change, says in MADE_UP:
        file.write_text(change(sound))
        office.commit("Change the approval")
        said = signed(office)
        assert said.approvals == ()
        assert says in said.problems[0]


def test_a_statement_that_was_changed_is_not_what_was_signed(office):
    office.proposed().approved("bo")
    file = approval_file(office)
    document = json.loads(file.read_text())
    document["statement"]["intent"] = "sha256:" + "0" * 64
    file.write_text(json.dumps(document, sort_keys=True, separators=(",", ":")) + "\n")
    office.commit("Change the approval")
    said = signed(office)
    assert said.approvals == ()
    assert "is not one of this content" in said.problems[0]


def test_an_approval_by_another_key_in_somebodys_name_is_none(office):
    office.proposed().approved("bo")
    file = approval_file(office)
    statement = json.loads(file.read_text())["statement"]
    from modelops_git.core.authorizing.approvals import SignedApproval, Statement

    stated = Statement.model_validate_json(json.dumps(statement))
    message = office.folder / "message"
    message.write_bytes(stated.to_bytes())
    office.run(
        "ssh-keygen",
        "-q",
        "-Y",
        "sign",
        "-n",
        "modelops-approval",
        "-f",
        str(office.keys["cy"]),
        str(message),
    )
    signature = (office.folder / "message.sig").read_text()
    file.write_bytes(SignedApproval(statement=stated, signature=signature).to_bytes())
    office.commit("Forge it")
    said = signed(office)
    assert said.approvals == ()
    assert f"says that it is by {BO}, and was signed by cy@example.com" in said.problems[0]


def test_links_and_odd_names_are_read_as_data(office):
    office.proposed()
    folder = office.clone / "approvals"
    folder.mkdir()
    (folder / "link.json").symlink_to("/etc/passwd")
    (folder / "line\nbreak\x1b[31m.json").write_text("{}")
    office.commit("Odd")
    said = signed(office)
    assert len(said.problems) == 2
    assert all("\x1b" not in one and "\n" not in one for one in said.problems)


def test_a_shallow_clone_cannot_tell_who_wrote_it(office):
    office.proposed().approved("bo")
    office.git("push", "--quiet", "origin", "go")
    shallow = office.folder / "shallow"
    office.run(
        "git",
        "clone",
        "--quiet",
        "--depth=1",
        "--branch=go",
        "--no-single-branch",
        office.remote.as_uri(),
        str(shallow),
    )
    base = office.run("git", "rev-parse", "origin/main", cwd=shallow).out.strip()
    with pytest.raises(GitError, match="too shallow"):
        signed_approvals(find_registry(shallow), base, "HEAD")


# Who had a part


def test_unsigned_commits_vouch_for_nobody(office):
    office.proposed(signs=False).approved("bo")
    said = signed(office)
    assert said.author == ""
    assert [one.is_certain for one in said.participants] == [False]
    assert codes(office.judged()) == ["MOG603", "MOG604"]


@pytest.mark.slow
def test_two_signers_are_not_one_author(office):
    office.proposed()
    office.as_("cy").want("1.1.0", "staging")
    office.commit("More")
    assert signed(office).author == ""


def test_those_whom_trailers_name_had_a_part(office):
    office.proposed()
    office.want("1.1.0", "staging")
    office.commit("More\n\nCo-authored-by: Bo <bo@example.com>\nOn-behalf-of: @cy <cy@example.com>")
    found = {(one.identity, one.part, one.is_certain) for one in signed(office).participants}
    assert (f"email:{BO}", "co-wrote", True) in found
    assert ("email:cy@example.com", "asked", True) in found
    assert ("github:cy", "asked", True) in found
    office.as_("bo")
    done = office.modelops("approve", "--key", office.keys["bo"], check=False)
    assert done.code == 1
    assert "own change" in done.err


# Bounds


def test_what_is_too_much_to_read_is_refused(office, monkeypatch):
    office.proposed()
    office.commit("Long\n\n" + "x" * 5000)
    with monkeypatch.context() as patch:
        patch.setattr(contributions, "MOST_COMMITS", 1)
        with pytest.raises(RefusedError, match="more than 1 commits"):
            signed(office)
    monkeypatch.setattr(contributions, "MOST_BYTES", 1 << 12)
    with pytest.raises(RefusedError, match="without their files"):
        signed(office)


@pytest.mark.slow
def test_many_files_of_approvals_are_none(office, monkeypatch):
    monkeypatch.setattr(approving, "MOST", 1)
    office.proposed()
    for name in "ab":
        office.write(f"approvals/{name}.json", "{}")
    office.commit("Many")
    assert signed(office).problems == ("approvals/ has 2 new files, more than 1: none of them was read.",)


def test_a_list_of_revoked_keys_that_is_a_link_is_no_empty_list(office):
    (office.clone / "revoked_signers").symlink_to("allowed_signers")
    office.as_("cy").merge("Link")
    office.proposed()
    with pytest.raises(SigningError, match="nobody knows which keys are revoked"):
        signed(office)


@pytest.mark.slow
def test_in_a_repository_of_sha256(tmp_path):
    office = Office(tmp_path, object_format="sha256")
    office.proposed().approved("bo")
    assert office.judged()["allowed"]
    assert signed(office).author == f"ssh:{ANA}"


# The command


def test_the_key_of_git_is_taken_and_what_is_approved_is_shown(office):
    office.proposed().as_("bo")
    done = office.modelops("approve")
    assert "promote iris in production" in done.err
    assert f"Approved as {BO}" in done.out
    assert "git push origin go" in done.out


def test_without_a_key_it_says_how(office):
    office.proposed().git("config", "--unset", "user.signingkey")
    done = office.modelops("approve", check=False)
    assert done.code == 2
    assert "--key FILE" in done.err


def test_the_file_alone(office):
    office.proposed().as_("bo")
    done = office.json("approve", "--no-commit")
    assert done["commit"] is None
    assert (office.clone / done["path"]).exists()
    assert office.git("status", "--porcelain").startswith("?? approvals/")


def test_a_certificate_signs_for_whom_it_names(office):
    office.git("switch", "--quiet", "main")
    authority = new_key(office.folder / "keys", "authority")
    office.write("allowed_signers", signer_line("*@example.com", authority, "cert-authority"))
    office.as_("cy").merge("Trust an authority")
    office.proposed().as_("bo")
    public = f"{office.keys['bo']}.pub"
    office.run("ssh-keygen", "-q", "-s", str(authority), "-I", "bo", "-n", BO, public)
    certificate = str(office.keys["bo"]) + "-cert.pub"
    refused = office.modelops("approve", "--key", certificate, check=False)
    assert "--as" in refused.err
    office.modelops("approve", "--key", certificate, "--as", BO)
    assert [one.by for one in signed(office).approvals] == [f"ssh:{BO}"]


def test_on_the_default_branch_there_is_nothing_to_approve(office):
    done = office.modelops("approve", check=False)
    assert done.code == 2
    assert "merged already" in done.err


@pytest.mark.slow
def test_a_branch_that_changes_nothing_has_nothing_to_approve(office):
    office.branch("empty").commit("Nothing")
    done = office.modelops("approve", check=False)
    assert done.code == 1
    assert "nothing to approve" in done.err


def test_without_signers_it_says_how_to_begin(office):
    (office.clone / "allowed_signers").unlink()
    office.merge("No signers")
    office.proposed()
    done = office.modelops("approve", check=False)
    assert done.code == 1
    assert "merge it first" in done.err
