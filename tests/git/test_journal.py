"""The journal branch with real remotes: what is pushed, who wins, and what is found out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from modelops_git.core.digests import of_bytes
from modelops_git.core.errors import JournalError, LostRaceError
from modelops_git.core.journal import chain
from modelops_git.core.journal.entry import Deferred, Genesis, Notified
from modelops_git.core.journal.people import Actor
from modelops_git.core.journal.state import state_file
from modelops_git.edges.git import journal_copy
from modelops_git.edges.git.journal import JournalBranch
from modelops_git.edges.git.journal_memory import RememberingJournal
from modelops_git.edges.git.journal_place import JournalPlace, JournalRewrittenError
from modelops_git.edges.git.repository import Repository

BRANCH = "modelops/acme/journal/production"


def writer(name="ana"):
    return chain.Writer(Actor(name=name), datetime.now(UTC), "0.1.0")


def journal_of(clone, remote="origin"):
    repo = Repository.open(clone.path)
    return JournalBranch(JournalPlace(repo.top, repo.common_dir, "acme", "production", remote))


def begin(journal):
    genesis = Genesis(registry="acme", environment="production")
    return journal.create(chain.extend(None, {}, [genesis], writer()))


def note(journal, tip, *keys, by="ana"):
    payloads = [Notified(key=key, model="iris") for key in keys]
    models = {}
    state = journal.state(tip, "iris")
    if state:
        models["iris"] = state
    return journal.append(tip, chain.extend(tip.environment, models, payloads, writer(by)))


def keys(journal, tip):
    entries = [past.entry for past in journal.history(tip)]
    return [entry.payload.key for entry in entries[1:]]


def server_hook(clone, name, line):
    hook = Path(clone.git("remote", "get-url", "origin")) / "hooks" / name
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{line}\n")
    hook.chmod(0o755)


@pytest.fixture
def clones(empty_clone):
    """Two clones of one bare remote."""
    remote = empty_clone("remote.git", "--bare")
    made = []
    for name in ("one", "two"):
        clone = empty_clone(name)
        clone.git("remote", "add", "origin", remote.path)
        made.append(clone)
    return made


@pytest.fixture
def local(empty_clone):
    return journal_of(empty_clone("alone"), remote=None)


def test_an_absent_journal_is_an_error_and_never_an_empty_history(clones):
    with pytest.raises(JournalError, match="there is no journal for production on origin") as caught:
        journal_of(clones[0]).refresh()
    assert "modelops journal create production" in caught.value.hint


def test_an_absent_local_journal_is_one_as_well(local):
    with pytest.raises(JournalError, match="in this clone"):
        local.refresh()


def test_an_unreachable_remote_is_no_absent_journal(clones):
    clones[0].git("remote", "set-url", "origin", "/nowhere")
    with pytest.raises(JournalError, match="cannot be reached"):
        journal_of(clones[0]).refresh()


def test_a_journal_is_begun_once(clones):
    begin(journal_of(clones[0]))
    for clone in clones:
        with pytest.raises(JournalError, match="exists already"):
            begin(journal_of(clone))


def test_another_clone_reads_what_was_appended(clones):
    one, two = (journal_of(clone) for clone in clones)
    tip = note(one, begin(one), "a", "b")
    seen = two.refresh()
    assert seen == tip
    assert seen.environment.sequence == 2
    assert keys(two, seen) == ["a", "b"]


def test_a_status_fetches_one_commit_however_long_the_history(clones):
    one, two = (journal_of(clone) for clone in clones)
    note(one, begin(one), *(str(number) for number in range(30)))
    tip = two.refresh()
    assert two.state(tip, "iris") is not None
    copy = Repository.open(clones[1].path).common_dir / "modelops" / "journal.git"
    count = subprocess.run(
        ["git", "-C", copy, "rev-list", "--count", tip.commit], capture_output=True, check=True
    )
    assert count.stdout.strip() == b"1"


def test_the_users_clone_does_not_become_shallow_and_its_refs_stay(clones):
    one, two = (journal_of(clone) for clone in clones)
    note(one, begin(one), "a")
    two.refresh()
    assert clones[1].git("rev-parse", "--is-shallow-repository") == "false"
    assert clones[1].git("for-each-ref") == ""


def test_of_two_writers_on_one_tip_one_wins_and_the_other_learns_of_it(clones):
    one, two = (journal_of(clone) for clone in clones)
    begin(one)
    first, second = one.refresh(), two.refresh()
    note(one, first, "one")
    with pytest.raises(LostRaceError):
        note(two, second, "two")
    assert keys(two, note(two, two.refresh(), "two")) == ["one", "two"]


def test_of_two_local_writers_one_wins(local):
    tip = begin(local)
    note(local, tip, "one")
    with pytest.raises(LostRaceError):
        note(local, tip, "two")
    assert keys(local, local.refresh()) == ["one"]


def test_eight_writers_lose_nothing_and_write_nothing_twice(empty_clone):
    remote = empty_clone("remote.git", "--bare")
    journals = []
    for number in range(8):
        clone = empty_clone(f"clone{number}")
        clone.git("remote", "add", "origin", remote.path)
        journals.append(journal_of(clone))
    begin(journals[0])

    def write(number):
        for turn in range(3):
            while True:
                try:
                    note(journals[number], journals[number].refresh(), f"{number}.{turn}")
                    break
                except LostRaceError:
                    continue

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    tip = journals[0].refresh()
    assert sorted(keys(journals[0], tip)) == sorted(f"{a}.{b}" for a in range(8) for b in range(3))
    assert list(chain.check(journals[0].record(tip.commit))) == []


def test_two_threads_of_one_clone_share_its_copy(clones):
    journals = [journal_of(clones[0]), journal_of(clones[0])]
    begin(journals[0])

    def write(number):
        while True:
            try:
                return note(journals[number], journals[number].refresh(), str(number))
            except LostRaceError:
                continue

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, range(2)))
    assert sorted(keys(journals[0], journals[0].refresh())) == ["0", "1"]


def test_a_lost_answer_to_a_push_that_won_is_told_from_the_branch(clones):
    one = journal_of(clones[0])
    tip = begin(one)
    server_hook(clones[0], "post-receive", "kill -9 $PPID")
    assert keys(one, note(one, tip, "a")) == ["a"]


def test_a_remote_that_refuses_the_push_is_an_error_with_its_words(clones):
    one = journal_of(clones[0])
    tip = begin(one)
    server_hook(clones[0], "pre-receive", "echo 'the ruleset says no' >&2; exit 1")
    with pytest.raises(JournalError, match="refuses to take entries"):
        note(one, tip, "a")
    assert one.refresh() == tip


def test_a_rewound_journal_is_found(clones):
    one, two = (journal_of(clone) for clone in clones)
    first = begin(one)
    note(one, first, "a")
    two.refresh()
    remote = clones[0].git("remote", "get-url", "origin")
    subprocess.run(["git", "-C", remote, "update-ref", f"refs/heads/{BRANCH}", first.commit], check=True)
    with pytest.raises(JournalRewrittenError, match="was rewritten"):
        two.refresh()


def test_a_deleted_journal_is_found(clones):
    one = journal_of(clones[0])
    note(one, begin(one), "a")
    remote = clones[0].git("remote", "get-url", "origin")
    subprocess.run(["git", "-C", remote, "update-ref", "-d", f"refs/heads/{BRANCH}"], check=True)
    with pytest.raises(JournalError, match="is gone from"):
        one.refresh()


def test_an_anchor_is_in_the_history_or_not(clones):
    one, two = (journal_of(clone) for clone in clones)
    first = begin(one)
    tip = note(one, first, "a")
    assert two.holds(first.commit, two.newest())
    assert not two.holds("0" * 40, tip.commit)
    assert not one.holds(tip.commit, first.commit)


def test_a_record_is_whole_as_it_was_written(clones):
    one, two = (journal_of(clone) for clone in clones)
    note(one, begin(one), "a", "b")
    assert list(chain.check(two.record(two.newest()))) == []


def test_an_entry_that_was_edited_on_the_branch_is_found(clones):
    one, two = (journal_of(clone) for clone in clones)
    tip = note(one, begin(one), "a")
    remote = clones[0].git("remote", "get-url", "origin")

    def git(*args, stdin=b""):
        done = subprocess.run(["git", "-C", remote, *args], input=stdin, capture_output=True, check=True)
        return done.stdout

    entry = json.loads(git("show", f"{tip.commit}:entry.json"))
    entry["payload"]["key"] = "b"
    blob = git("hash-object", "-w", "--stdin", stdin=json.dumps(entry).encode()).decode().strip()
    rows = git("ls-tree", tip.commit).decode().splitlines()
    rows = [f"100644 blob {blob}\tentry.json" if row.endswith("\tentry.json") else row for row in rows]
    tree = git("mktree", stdin="\n".join([*rows, ""]).encode()).decode().strip()
    parent = git("rev-parse", f"{tip.commit}^").decode().strip()
    forged = git("commit-tree", tree, "-p", parent, "-m", "forged").decode().strip()
    git("update-ref", f"refs/heads/{BRANCH}", forged)
    assert list(chain.check(two.record(two.newest())))


def test_the_clones_own_credentials_and_remotes_are_used(clones):
    one = journal_of(clones[0])
    begin(one)
    remote = clones[1].git("remote", "get-url", "origin")
    clones[1].git("remote", "set-url", "origin", "short:remote")
    clones[1].git("config", f"url.{remote}.insteadOf", "short:remote")
    assert journal_of(clones[1]).refresh().environment.sequence == 0


def test_a_remote_with_a_relative_address_is_found_from_the_clone(clones):
    clones[0].git("remote", "set-url", "origin", "../remote.git")
    one = journal_of(clones[0])
    begin(one)
    assert journal_of(clones[1]).refresh() == one.refresh()


def test_hooks_of_the_clone_do_not_run_for_the_journal(clones, tmp_path):
    marker = tmp_path / "ran"
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-push").write_text(f"#!/bin/sh\ntouch {marker}\n")
    (hooks / "pre-push").chmod(0o755)
    clones[0].git("config", "core.hooksPath", hooks)
    begin(journal_of(clones[0]))
    assert not marker.exists()


def test_a_work_tree_and_a_submodule_have_their_journal_too(tmp_path, clones, empty_clone):
    one = journal_of(clones[0])
    begin(one)
    clones[1].commit({"a": "a"})
    clones[1].git("worktree", "add", "--quiet", tmp_path / "tree")
    tree = type(clones[1])(tmp_path / "tree")
    assert journal_of(tree).refresh().environment.sequence == 0
    outer = empty_clone("outer")
    outer.git("submodule", "add", "--quiet", clones[1].path, "inner")
    inner = type(clones[1])(outer.path / "inner")
    inner.git("remote", "set-url", "origin", clones[0].git("remote", "get-url", "origin"))
    assert journal_of(inner).refresh().environment.sequence == 0


KILLED = """
import os, sys, threading, time
sys.path.insert(0, {tests!r})
from pathlib import Path
from test_journal import journal_of, note
class Clone:
    path = Path({clone!r})
journal = journal_of(Clone)
threading.Timer({seconds}, os.kill, (os.getpid(), 9)).start()
number = 0
while True:
    note(journal, journal.refresh(), str(number))
    number += 1
"""


@pytest.mark.parametrize("seconds", [0.05, 0.11, 0.17, 0.23])
def test_a_writer_killed_at_any_time_leaves_a_whole_journal(clones, tests_folder, seconds):
    one, two = (journal_of(clone) for clone in clones)
    begin(one)
    script = KILLED.format(tests=tests_folder, clone=str(clones[0].path), seconds=seconds)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == -9, done.stderr
    tip = two.refresh()
    assert list(chain.check(two.record(tip.commit))) == []
    assert keys(two, tip) == [str(number) for number in range(tip.environment.sequence)]
    assert keys(one, note(one, one.refresh(), "after"))[-1] == "after"


@pytest.fixture
def tests_folder():
    return str(Path(__file__).parent)


def graphs_of(clone):
    copy = Repository.open(clone.path).common_dir / "modelops" / "journal.git"
    return copy / "objects" / "info" / "commit-graphs"


def test_git_takes_notes_of_a_long_history_and_nobody_depends_on_them(clones, monkeypatch):
    monkeypatch.setattr(journal_copy, "_CHARTED_AT_ONCE", 10)
    one, two = (journal_of(clone) for clone in clones)
    tip = note(one, begin(one), *(str(number) for number in range(8)))
    list(two.history(two.refresh(), "iris"))
    assert not graphs_of(clones[1]).exists()
    tip = note(one, tip, "8", "9")
    told = [past.commit for past in two.history(two.refresh(), "iris")]
    assert list(graphs_of(clones[1]).glob("*.graph"))
    shutil.rmtree(graphs_of(clones[1]))
    (Repository.open(clones[1].path).common_dir / "modelops" / "journal.git" / "charted").write_text("?")
    assert [past.commit for past in two.history(tip, "iris")] == told
    assert list(graphs_of(clones[1]).glob("*.graph"))


def test_a_rewritten_journal_is_found_whatever_git_is_told_of_forced_updates(clones):
    one, two = (journal_of(clone) for clone in clones)
    first = begin(one)
    note(one, first, "a")
    two.refresh()
    clones[1].git("config", "fetch.showForcedUpdates", "false")
    clones[1].git("config", "fetch.prune", "true")
    remote = clones[0].git("remote", "get-url", "origin")
    subprocess.run(["git", "-C", remote, "update-ref", f"refs/heads/{BRANCH}", first.commit], check=True)
    with pytest.raises(JournalRewrittenError, match="was rewritten"):
        two.refresh()


def test_an_append_leaves_no_ref_but_the_journals(clones):
    one = journal_of(clones[0])
    note(one, begin(one), "a", "b")
    copy = Repository.open(clones[0].path).common_dir / "modelops" / "journal.git"
    refs = subprocess.run(
        ["git", "-C", copy, "for-each-ref", "refs/modelops"], capture_output=True, check=True
    ).stdout
    assert refs.decode().split()[2::3] == [f"refs/{BRANCH}"]


def test_the_states_of_the_models_that_are_asked_for_are_read_and_no_other(clones):
    one = journal_of(clones[0])
    payloads = [Notified(key=model, model=model) for model in ("iris", "wine")]
    tip = begin(one)
    tip = one.append(tip, chain.extend(tip.environment, {}, payloads, writer()))
    assert set(one.states(tip)) == {"iris", "wine"}
    assert set(one.states(tip, ["wine", "gone"])) == {"wine"}
    assert len(one.listed(tip)) == 2


def lose(clone, name):
    """Take an object out of the clone's copy of the journals."""
    folder = Repository.open(clone.path).common_dir / "modelops" / "journal.git"
    git = ["git", f"--git-dir={folder}", "rev-parse", name]
    found = subprocess.run(git, capture_output=True, check=True).stdout.decode().strip()
    (folder / "objects" / found[:2] / found[2:]).unlink()


@pytest.mark.parametrize("lost", ["", f":{state_file('iris')}"], ids=["the commit", "a state"])
def test_what_is_lost_from_the_copy_is_never_taken_for_what_never_was(clones, lost):
    one = journal_of(clones[0])
    tip = note(one, begin(one), "0")
    lose(clones[0], f"{tip.commit}{lost}")
    again = journal_of(clones[0])
    with pytest.raises(JournalError, match="cannot be read"):
        again.states(again.tip())


def test_what_many_appends_leave_behind_is_packed(clones, monkeypatch):
    monkeypatch.setattr(journal_copy, "_LOOSE", -1)
    one = journal_of(clones[0])
    tip = note(one, note(one, begin(one), "0"), "1")
    objects = Repository.open(clones[0].path).common_dir / "modelops" / "journal.git" / "objects"
    assert list((objects / "pack").glob("*.pack"))
    assert keys(one, tip) == ["0", "1"]
    assert list(chain.check(one.record(tip.commit))) == []


def test_a_journal_with_a_memory_knows_what_any_other_knows(clones):
    ours, other = journal_of(clones[0]), journal_of(clones[1])
    remembering = RememberingJournal(ours.place)
    tip = note(ours, begin(ours), "one")
    assert remembering.states(tip) == ours.states(tip)
    remembering.states(tip).clear()
    assert remembering.states(tip) == ours.states(tip)
    payloads = [Deferred(model=model, generation=of_bytes(b""), reason="later") for model in ("iris", "wine")]
    tip = other.refresh()
    other.append(tip, chain.extend(tip.environment, other.states(tip), payloads, writer()))
    tip = remembering.refresh()
    states = remembering.states(tip)
    assert (states, set(states)) == (other.states(tip), {"iris", "wine"})
    assert states["iris"].deferred.reason == "later"
    assert set(remembering.states(tip, ["wine"])) == {"wine"}


def test_a_journal_with_a_memory_reads_what_has_changed_and_no_more(clones, monkeypatch):
    journal = RememberingJournal(journal_of(clones[0]).place)
    payloads = [Notified(key=model, model=model) for model in ("iris", "wine")]
    tip = begin(journal)
    tip = journal.append(tip, chain.extend(tip.environment, {}, payloads, writer()))
    journal.states(tip)
    later = Deferred(model="iris", generation=of_bytes(b""), reason="later")
    tip = journal.append(tip, chain.extend(tip.environment, journal.states(tip), [later], writer()))
    read = []
    model = journal._model
    monkeypatch.setattr(journal, "_model", lambda *found: read.append(found[1]) or model(*found))
    assert journal.states(tip)["iris"].deferred is not None
    assert read == [state_file("iris")]
