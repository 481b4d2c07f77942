"""What a server takes of a push, asked as git's pre-receive hook asks it, in a real bare repository."""

from __future__ import annotations

import io
import subprocess
from datetime import timedelta
from unittest import mock

import pytest

from approvers import ANA, BO, Mould, Office

pytestmark = pytest.mark.needs("ssh-keygen", package="openssh-client")
NONE = "0" * 40
JOURNAL = "refs/heads/modelops/shop/journal/production"


class Server(Office):
    """An office whose remote is asked what it would take; what is pushed is there already, under no name."""

    def bring(self, rev):
        """Have the commits of `rev` at the server, as in the quarantine of a push."""
        self.git("push", "--quiet", "--force", str(self.remote), f"{rev}:refs/heads/brought")
        return self.head(rev)

    def asked(self, *updates, by=ANA, words=()):
        """What the hook says of (old, new, ref) updates, old and new by name."""
        rows = [f"{old} {new} {ref}" for old, new, ref in updates]
        data = io.TextIOWrapper(io.BytesIO("".join(f"{row}\n" for row in rows).encode()))
        before = self.env
        self.env = {**self.env, "REMOTE_USER": by} if by else before
        try:
            with mock.patch("sys.stdin", data):
                return self.modelops("--format", "json", "pre-receive", *words, cwd=self.remote, check=False)
        finally:
            self.env = before

    def moved(self, rev, by=ANA):
        """What the hook says of the default branch moving from where it is to `rev`."""
        new = self.bring(rev)
        done = self.asked((self.server("main"), new, "refs/heads/main"), by=by)
        assert done.out, done
        (update,) = done.data["updates"]
        assert (done.code == 0) == update["taken"]
        return update

    def server(self, rev):
        return self.run("git", "rev-parse", rev, cwd=self.remote).out.strip()


@pytest.fixture(scope="module")
def mould(tmp_path_factory):
    return Mould(tmp_path_factory.mktemp("server"), Server)


@pytest.fixture
def server(mould):
    return mould.cast()


def codes(update):
    return sorted({one["code"] for one in update["findings"] if one["severity"] == "error"})


def why(update):
    return " ".join(update["reasons"])


def merged(server):
    server.git("switch", "--quiet", "main")
    server.as_("ana", signs=False).git("merge", "--quiet", "--no-ff", "--no-edit", "go")


def squashed(server):
    server.git("switch", "--quiet", "main")
    server.as_("ana", signs=False).git("merge", "--quiet", "--squash", "go")
    server.commit("Promote iris 1.1.0")


def rebased(server):
    server.as_("ana", signs=False).git("rebase", "--quiet", "main", "go")
    server.git("switch", "--quiet", "main")
    server.git("merge", "--quiet", "--ff-only", "go")


def elsewhere(server):
    """Main moves on meanwhile."""
    server.as_("cy", signs=False).git("switch", "--quiet", "main")
    server.want("1.0.0", "staging")
    server.commit("Elsewhere")
    server.git("push", "--quiet", str(server.remote), "main")


@pytest.mark.parametrize("bring", [merged, squashed, rebased])
def test_an_approved_change_is_taken_however_it_is_merged(server, bring):
    server.proposed(signs=False).approved("bo")
    elsewhere(server)
    bring(server)
    update = server.moved("main")
    assert update["taken"], update
    assert [one["by"] for one in update["authorization"]["approvals"]] == [f"ssh:{BO}"]
    assert update["authorization"]["author"] == f"ssh:{ANA}"


def test_what_is_not_approved_or_not_so_is_refused(server):
    server.proposed(signs=False)
    assert codes(server.moved("go")) == ["MOG603"]
    server.approved("bo")
    server.as_("ana").want("1.1.0", "staging")
    server.commit("One more thing")
    assert codes(server.moved("go")) == ["MOG603", "MOG605"]


def test_who_pushes_does_not_count(server):
    server.proposed(signs=False).approved("bo")
    assert codes(server.moved("go", by=BO)) == ["MOG603", "MOG604"]


def test_a_pusher_of_whom_nobody_knows_who_they_are_could_be_the_approver(server):
    server.proposed(signs=False).approved("bo")
    update = server.moved("go", by="bobby")
    assert not update["taken"]
    assert "could be one person" in why(update)


def test_people_say_who_a_pusher_is(server):
    server.git("switch", "--quiet", "main")
    people = {"bo": ["ssh:bobby", f"ssh:{BO}"], "ana": ["ssh:anna", f"ssh:{ANA}"]}
    server.write("modelops.yaml", {**server.registry("1s"), "people": people})
    server.merge("Name people")
    server.proposed(signs=False).approved("bo")
    assert codes(server.moved("go", by="bobby")) == ["MOG603", "MOG604"]
    assert server.moved("go", by="anna")["taken"]


def test_what_has_errors_is_refused_whoever_pushes_it(server):
    server.as_("ana").branch("broken")
    server.write("models/iris/model.yaml", "kind: Model\n")
    server.commit("Break it")
    update = server.moved("broken")
    assert not update["taken"]
    assert codes(update)


def test_a_change_that_no_rule_is_about_is_taken(server):
    server.as_("ana").branch("words")
    server.write("README.md", "Words.\n")
    server.commit("Words")
    assert server.moved("words")["taken"]


def test_the_rules_are_those_that_were_there(server):
    server.as_("ana").branch("free")
    server.write("modelops.yaml", {**server.registry("1s"), "rules": []})
    server.want("1.1.0")
    server.commit("Free all")
    assert "MOG603" in codes(server.moved("free"))


def test_the_default_branch_only_moves_forward(server):
    tip, before = server.server("main"), server.server("main~1")
    for new in (before, NONE):
        done = server.asked((tip, new, "refs/heads/main"))
        assert done.code == 1
        assert not done.data["updates"][0]["taken"]


def test_other_branches_and_tags_are_taken_as_they_are(server):
    tip, before = server.server("main"), server.server("main~1")
    refs = ("refs/heads/x", "refs/tags/v1", "refs/heads/modelops/x", "refs/notes/x", "refs/heads/main2")
    done = server.asked(*[(tip, before, ref) for ref in refs], *[(tip, NONE, ref) for ref in refs], by="")
    assert done.code == 0
    assert all(one["taken"] for one in done.data["updates"])


def test_one_that_is_refused_stops_all(server):
    tip = server.server("main")
    done = server.asked((NONE, tip, "refs/heads/x"), (tip, NONE, "refs/heads/main"))
    assert done.code == 1


def test_no_other_name_moves_the_default_branch(server):
    tip, before = server.server("main"), server.server("main~1")
    server.run("git", "symbolic-ref", "refs/heads/alias", "refs/heads/main", cwd=server.remote)
    assert server.asked((tip, before, "refs/heads/alias")).code == 1
    server.run("git", "symbolic-ref", "HEAD", "refs/heads/other", cwd=server.remote)
    assert server.asked((tip, before, "refs/heads/main")).code == 1
    assert server.asked((tip, NONE, "refs/heads/main")).code == 1


def test_a_default_branch_of_another_name_goes_on_from_the_one_that_is_there(server):
    server.git("switch", "--quiet", "main")
    server.write("modelops.yaml", {**server.registry("1s"), "default_branch": "trunk"})
    server.merge("Call it trunk")
    server.proposed("trunk", signs=False)
    new, ref = server.bring("trunk"), "refs/heads/trunk"
    assert server.asked((NONE, new, ref)).code == 1
    assert server.asked((NONE, server.server("main~1"), ref)).code == 1
    assert server.asked((NONE, server.server("main"), ref)).code == 0


def test_a_registry_below_the_top_is_named(server):
    """The same rules hold there."""
    server.git("switch", "--quiet", "main")
    for name in ("modelops.yaml", "models", "allowed_signers"):
        server.git("mv", "-k", name, server.write("ml/.keep", "") or "ml/")
    server.merge("Move it")
    server.clone = server.clone / "ml"
    server.proposed("go", signs=False)
    update = (server.server("main"), server.bring("go"), "refs/heads/main")
    refused = server.asked(update, words=("--registry", "ml/"))
    assert codes(refused.data["updates"][0]) == ["MOG603"]
    server.approved("bo")
    update = (server.server("main"), server.bring("go"), "refs/heads/main")
    assert server.asked(update, words=("--registry", "ml")).code == 0


def test_the_first_push_begins_it(server):
    empty = server.folder / "empty.git"
    server.run("git", "init", "--quiet", "--bare", "--initial-branch=main", str(empty))
    server.git("push", "--quiet", str(empty), "main:refs/heads/brought")
    server.remote = empty
    done = server.asked((NONE, server.head("main"), "refs/heads/main"))
    assert done.code == 0, done


def test_a_registry_that_is_not_found_is_not_taken_unchecked(server):
    server.proposed(signs=False)
    new = server.bring("go")
    done = server.asked((server.server("main"), new, "refs/heads/main"), words=("--registry", "ml/"))
    assert done.code == 1
    assert "no ml/modelops.yaml" in why(done.data["updates"][0])


def test_nobody_pushes_without_a_name(server):
    new = server.bring("main")
    for by, says in [
        ("", "REMOTE_USER is not set"),
        ("bo smith", "cannot be an identity"),
        ("bø", "cannot be"),
    ]:
        done = server.asked((server.server("main~1"), new, "refs/heads/main"), by=by)
        assert done.code == 2
        assert says in done.err + done.out


NO_PUSHES = (b"", b"\n", b"x", b"\xff\xfe", b"0" * 40 + b" refs/heads/main\n", b"a" * (9 << 20))


def test_what_is_no_push_is_refused(server):
    for data in NO_PUSHES:
        with mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(data))):
            done = server.modelops("pre-receive", cwd=server.remote, check=False)
        assert done.code == 2
        assert "Traceback" not in done.err


# Journals


def went_live(server, number):
    """A version goes live in production, approved by bo."""
    server.proposed(f"to-{number}", number).approved("bo")
    server.git("switch", "--quiet", "main")
    server.as_("ana").git("merge", "--quiet", "--no-ff", "--no-edit", "-S", f"to-{number}")
    server.git("push", "--quiet", str(server.remote), "main")
    server.git("fetch", "--quiet", "origin")
    server.modelops("apply", "--env", "production")


def test_a_journal_only_grows(server):
    server.journals("production")
    begun = server.server(JOURNAL)
    went_live(server, "1.1.0")
    grown = server.server(JOURNAL)
    assert grown != begun
    assert server.asked((begun, grown, JOURNAL), by="").code == 0
    assert server.asked((NONE, grown, JOURNAL), by="").code == 0
    unlike = server.bring("main")
    for old, new, says in [
        (grown, NONE, "never deleted"),
        (grown, begun, "entries are only added"),
        (grown, unlike, "entries are only added"),
    ]:
        done = server.asked((old, new, JOURNAL))
        assert done.code == 1
        assert says in why(done.data["updates"][0])
    with mock.patch("modelops_git.engine.receiving.journals.MAX_SKEW", timedelta(days=-1)):
        done = server.asked((begun, grown, JOURNAL))
    assert "ahead of this server's clock" in why(done.data["updates"][0])


def test_a_rollback_is_one_by_the_journal_that_the_server_has(server):
    """Rollbacks need no approval here; whether something is one, the journals know."""
    server.journals("production")
    server.version("1.2.0", parent="1.1.0")
    server.as_("ana", signs=False).merge("Register")
    went_live(server, "1.1.0")
    went_live(server, "1.2.0")
    server.run("git", "remote", "add", "mirror", "/nowhere", cwd=server.remote)
    server.as_("ana", signs=False).branch("back")
    server.want("1.1.0")
    server.commit("Roll back")
    update = server.moved("back")
    assert update["taken"], update
    assert [one["action"] for one in update["authorization"]["acts"]] == ["rollback"]
    server.want("1.0.0")
    server.commit("Go to what was never live")
    assert codes(server.moved("back")) == ["MOG603"]


def test_entries_that_do_not_follow_are_refused(server):
    server.journals("production")
    tip = server.server(JOURNAL)
    for path, data in [("entry.json", "{}"), ("notes", "x"), ("entry.json", "[" * 99_999)]:
        server.git("fetch", "--quiet", "origin", JOURNAL)
        server.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
        server.write(path, data)
        server.commit("entry")
        done = server.asked((tip, server.bring("HEAD"), JOURNAL))
        assert done.code == 1
        assert "entry 1" in why(done.data["updates"][0]), done


def test_an_entry_of_a_thousand_million_files_is_not_listed(server):
    server.journals("production")
    tip = server.server(JOURNAL)
    inner = server.git("hash-object", "-w", "/dev/null")
    for kind, mode in [("blob", "100644"), *[("tree", "040000")] * 9]:
        rows = "".join(f"{mode} {kind} {inner}\t{number}\n" for number in range(10))
        made = subprocess.run(
            ["git", "mktree"], input=rows.encode(), cwd=server.clone, capture_output=True, check=True
        )
        inner = made.stdout.decode().strip()
    server.git("fetch", "--quiet", "origin", JOURNAL)
    bomb = server.git("commit-tree", "-p", "FETCH_HEAD", "-m", "entry", inner)
    done = server.asked((tip, server.bring(bomb), JOURNAL))
    assert done.code == 1
    assert "more than 50 files" in why(done.data["updates"][0])


def test_a_journal_belongs_on_its_own_branch(server):
    server.journals("production")
    tip = server.server(JOURNAL)
    for ref in ("refs/heads/modelops/shop/journal/staging", "refs/heads/modelops/shoq/journal/production"):
        done = server.asked((NONE, tip, ref))
        assert done.code == 1
        assert "on the branch of another" in why(done.data["updates"][0])
