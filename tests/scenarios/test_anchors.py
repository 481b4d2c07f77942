"""Somebody who may rewrite a journal's branch does so, and the anchor shows it: with real git and files."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from modelops_git.core.journal import chain
from modelops_git.core.journal.fold import fold_environment, fold_model
from modelops_git.core.journal.people import Actor
from modelops_git.edges.git.journal_wire import import_stream
from modelops_git.edges.git.repository import Repository
from modelops_git.engine.anchoring import note
from modelops_git.engine.ground import stand
from modelops_git.engine.intent import known_intent
from shop import Shop

BRANCH = "refs/heads/modelops/shop/journal/production"


def anchored_at(shop, uri, **more):
    """Name an anchor in modelops.yaml; on the default branch, as all rules are."""
    kind = "file" if uri.startswith("file:") else "s3-object-lock"
    registry = shop.registry("1s")
    registry["journal"]["anchor"] = {"type": kind, "uri": uri, **more}
    shop.write("modelops.yaml", registry)
    shop.merge("Anchor the journals")


@pytest.fixture
def anchored(live):
    """A registry whose anchor is a file; its journal is noted after each apply."""
    anchored_at(live, f"file:{live.folder}/notes.jsonl")
    live.modelops("audit", "anchor")
    live.want("1.1.0")
    live.merge()
    live.modelops("apply")
    live.modelops("audit", "anchor")
    return live


class Forger:
    """Who may write to the remote as they like."""

    def __init__(self, shop):
        self.shop = shop
        self.tip = shop.git("rev-parse", BRANCH, cwd=shop.remote)
        self.commits = shop.git("rev-list", "--reverse", self.tip, cwd=shop.remote).split()
        ground = ground_of(shop)
        self.entries = [past.entry for past in ground.journal.history(ground.journal.refresh())]

    def git(self, *words, data=b""):
        command = ["git", "-C", self.shop.remote, *words]
        done = subprocess.run(command, input=data, capture_output=True, check=True, env=self.shop.env)
        return done.stdout.decode().strip()

    def point_at(self, commit):
        self.git("update-ref", BRANCH, commit)

    def chain_anew(self, since):
        """Write all entries from one on as if somebody else had done it all; the chain is in order."""
        tip, models = None, {}
        for entry in self.entries[:since]:
            tip = fold_environment(tip, entry)
            if entry.model:
                models[entry.model] = fold_model(models.get(entry.model), entry)
        links = []
        for entry in self.entries[since:]:
            writer = chain.Writer(Actor(name="mallory"), entry.at, entry.tool_version)
            links += chain.extend(links[-1].environment if links else tip, models, [entry.payload], writer)
            if entry.model:
                models[entry.model] = links[-1].model
        parent = self.commits[since - 1] if since else None
        self.git("update-ref", "-d", BRANCH)
        stream = b"".join([*import_stream(BRANCH, parent, links), b"done\n"])
        self.git("fast-import", "--quiet", "--force", "--done", "--date-format=raw", data=stream)

    def edit_tip(self, change):
        """Replace the newest commit by one whose tree has what `change` gives for its (mode, path) rows."""
        rows = self.git("ls-tree", "-r", self.tip).splitlines()
        index = {"GIT_INDEX_FILE": str(self.shop.folder / "forged.index")}
        command = ["git", "-C", self.shop.remote]
        environment = {**self.shop.env, **index}
        subprocess.run([*command, "read-tree", "--empty"], check=True, env=environment)
        data = "".join(f"{row}\n" for row in change(rows)).encode()
        subprocess.run([*command, "update-index", "--index-info"], input=data, check=True, env=environment)
        tree = subprocess.run([*command, "write-tree"], capture_output=True, check=True, env=environment)
        parent = self.commits[-2]
        self.point_at(self.git("commit-tree", tree.stdout.decode().strip(), "-p", parent, "-m", "forged"))


def ground_of(shop, environment="production"):
    repository = Repository.open(shop.clone)
    return stand(repository, known_intent(repository).registry, environment)


def newest(shop):
    return len(shop.entries()) - 1


def verified(shop, *words, env="production"):
    """The verdict of somebody who clones only now, and so saw nothing before."""
    auditor = shop.folder / "auditor"
    shutil.rmtree(auditor, ignore_errors=True)
    shop.new_clone("auditor")
    return shop.modelops("audit", "verify", "--env", env, *words, cwd=auditor, check=False)


def test_a_journal_that_was_noted_is_anchored_up_to_its_newest_entry(anchored):
    done = verified(anchored, "--anchor")
    last = newest(anchored)
    assert (done.code, done.err) == (0, "")
    said = f"production: {last + 1} entries, whole, anchored up to entry {last} of {last}\n"
    assert done.out.startswith(said)
    data = anchored.modelops("--format", "json", "audit", "verify", "--env", "production").data["journals"][0]
    assert (data["whole"], data["anchored"], data["anchored_up_to"]) == (True, True, last)
    assert data["anchor"] == f"file:{anchored.folder}/notes.jsonl"


def test_what_was_not_noted_yet_is_counted_and_noted_by_hand(anchored):
    notes = anchored.folder / "notes.jsonl"
    before, old = notes.read_text(), newest(anchored)
    anchored.modelops("rollback", "iris", "--env", "production", "--now", "--reason", "errors")
    notes.write_text(before)
    last = newest(anchored)
    done = verified(anchored)
    assert f"whole, anchored up to entry {old} of {last}\n" in done.out
    assert "  not anchored: 1 entry at its end; `modelops audit anchor` notes the newest\n" in done.out
    said = anchored.modelops("audit", "anchor", "--env", "production").out
    assert said == f"production: entry {last} is noted in file:{anchored.folder}/notes.jsonl\n"
    again = anchored.modelops("audit", "anchor", "--env", "production").out
    assert again == f"production: entry {last} was noted before in file:{anchored.folder}/notes.jsonl\n"
    assert f"anchored up to entry {last} of {last}" in verified(anchored).out


def test_a_journal_that_is_chained_anew_is_found_by_its_anchor_alone(anchored):
    forger = Forger(anchored)
    for since in (0, 1, len(forger.entries) - 1):
        forger.chain_anew(since)
        done = verified(anchored)
        assert done.code == 5, since
        assert "production: broken, " in done.out
        assert "is another one now: the journal was written anew" in done.out
        without = verified(anchored, "--anchor", forger.git("rev-parse", BRANCH))
        assert (without.code, "whole, anchored at" in without.out) == (0, True), since
    forger.point_at(forger.tip)
    assert verified(anchored).code == 0


def test_a_journal_that_is_cut_off_is_found_by_its_anchor_alone(anchored):
    forger = Forger(anchored)
    for number in (0, 5, len(forger.commits) - 2):
        forger.point_at(forger.commits[number])
        done = verified(anchored)
        assert done.code == 5
        assert f"is gone: the journal ends with entry {number}" in done.out


def test_a_dropped_entry_a_removed_and_an_added_state_are_found_without_an_anchor(anchored):
    anchored_at(anchored, f"file:{anchored.folder}/none.jsonl")
    forger = Forger(anchored)
    blob = forger.git("hash-object", "-w", "--stdin", data=b"{}")
    changes = {
        "removed": lambda rows: [row for row in rows if "\tstate/" not in row or "environment" in row],
        "added": lambda rows: [*rows, f"100644 blob {blob}\tstate/00/{'0' * 62}.json"],
        "no entry": lambda rows: [row for row in rows if "\tentry.json" not in row],
        "another": lambda rows: [
            f"100644 blob {blob}\tentry.json" if "\tentry.json" in row else row for row in rows
        ],
    }
    for name, change in changes.items():
        forger.edit_tip(change)
        assert verified(anchored).code == 5, name
    without = forger.git("commit-tree", f"{forger.tip}^{{tree}}", "-p", forger.commits[-3], "-m", "dropped")
    forger.point_at(without)
    assert verified(anchored).code == 5
    forger.point_at(forger.tip)
    assert f"production: {len(forger.entries)} entries, whole, not anchored\n" in verified(anchored).out


def test_without_notes_a_journal_is_whole_and_not_anchored_unless_it_must_be(live):
    assert " entries, whole, not anchored\n" in verified(live).out
    done = verified(live, "--anchor")
    assert (done.code, "modelops.yaml names no anchor" in done.err) == (2, True)
    anchored_at(live, f"file:{live.folder}/notes.jsonl")
    done = verified(live)
    assert (done.code, " entries, whole, not anchored\n" in done.out) == (0, True)
    assert f"the anchor file:{live.folder}/notes.jsonl holds no note of it" in done.out
    done = verified(live, "--anchor")
    assert (done.code, "holds no note of the journal of production" in done.err) == (3, True)


def test_an_anchor_that_cannot_be_read_is_no_pass(anchored):
    (anchored.folder / "notes.jsonl").write_text("{}\n")
    done = verified(anchored)
    assert (done.code, "line 1 of the anchor" in done.err) == (3, True)
    tip = anchored.git("rev-parse", BRANCH, cwd=anchored.remote)
    assert verified(anchored, "--anchor", tip).code == 0


def test_a_note_that_fails_is_told_and_stops_nothing(anchored):
    ground = ground_of(anchored)
    tip = ground.journal.refresh()
    notes = anchored.folder / "notes.jsonl"
    count = notes.read_text().count("\n")
    assert note(ground, tip) == ""
    assert notes.read_text().count("\n") == count + 1
    notes.unlink()
    notes.mkdir()
    said = note(ground, tip)
    assert said.startswith(
        f"entry {tip.environment.sequence} of the journal of production is not anchored: the anchor file:"
    )
    anchored_at(anchored, "file:nowhere/notes.jsonl")
    assert "cannot be written" in note(ground_of(anchored), tip)


def test_a_registry_without_an_anchor_notes_nothing(live):
    ground = ground_of(live)
    assert note(ground, ground.journal.refresh()) == ""
    done = live.modelops("audit", "anchor", check=False)
    assert (done.code, "modelops.yaml names no anchor" in done.err) == (2, True)


def test_a_journal_is_anchored_from_its_first_entry_on(tmp_path):
    shop = Shop(tmp_path / "shop")
    anchored_at(shop, f"file:{shop.folder}/notes.jsonl")
    shop.modelops("journal", "create", "production")
    assert ": 1 entry, whole, anchored up to entry 0 of 0\n" in verified(shop, "--anchor").out
    (shop.folder / "notes.jsonl").unlink()
    (shop.folder / "notes.jsonl").mkdir()
    done = shop.modelops("journal", "create", "staging")
    assert "note: entry 0 of the journal of staging is not anchored: the anchor file:" in done.out


def test_a_byte_that_flips_on_the_disk_is_no_pass(anchored):
    verified(anchored)
    copy = anchored.folder / "auditor" / ".git" / "modelops" / "journal.git"
    objects = sorted(path for path in (copy / "objects").rglob("*") if path.is_file())
    assert len(objects) > 20
    for path in objects[::4]:
        data = path.read_bytes()
        middle = len(data) // 2
        path.chmod(0o644)
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 0x10]) + data[middle + 1 :])
        done = anchored.modelops(
            "audit", "verify", "--env", "production", cwd=anchored.folder / "auditor", check=False
        )
        assert done.code in (3, 5), (path, done)
        assert "Traceback" not in done.err
        path.write_bytes(data)
    assert anchored.is_whole(anchored.folder / "auditor")
