"""What people meet when something around the registry is not as it should be."""

from __future__ import annotations

import os
import re

from shop import Shop

BRANCH = "refs/heads/modelops/shop/journal/production"


def delete_journal(shop):
    tip = shop.git("rev-parse", BRANCH, cwd=shop.remote)
    shop.git("update-ref", "-d", BRANCH, cwd=shop.remote)
    return tip


def test_a_journal_that_was_deleted_is_no_journal_that_nobody_began(live):
    tip = delete_journal(live)
    for words in (("status",), ("apply",), ("journal", "create", "production")):
        done = live.modelops(*words, check=False)
        assert done.code == 3, words
        assert f"is gone from origin: this clone saw the branch {BRANCH[11:]} there" in done.err
    assert live.modelops("audit", "verify", check=False).code == 5
    assert "fail  journal production" in live.modelops("doctor", check=False).out
    assert live.modelops("status", "--offline").code == 0
    hint = re.search(r"git --git-dir=.* push .*", done.err)[0]
    live.run("sh", "-c", hint, cwd=live.clone)
    assert live.git("rev-parse", BRANCH, cwd=live.remote) == tip
    assert live.is_whole()


def test_who_never_saw_the_journal_is_told_how_to_begin_it(shop):
    other = shop.new_clone("bo")
    delete_journal(shop)
    done = shop.modelops("status", cwd=other, check=False)
    assert (done.code, "modelops journal create production" in done.err) == (3, True)
    assert "warn  journal production" in shop.modelops("doctor", cwd=other, check=False).out


def test_a_repository_with_sha256_ids_has_the_whole_story(tmp_path):
    shop = Shop(tmp_path / "shop", object_format="sha256")
    assert shop.git("rev-parse", "--show-object-format") == "sha256"
    shop.journals()
    for number, parent in (("1.0.0", None), ("1.1.0", "1.0.0")):
        shop.version(number, parent=parent)
        shop.want(number)
        shop.merge()
        shop.modelops("apply")
    shop.modelops("rollback", "iris", "--env", "production", "--now")
    assert shop.live() == "1.0.0"
    assert shop.is_whole()


def test_registries_in_one_repository_have_journals_of_their_own(shop):
    for name in ("one", "two"):
        shop.write(f"{name}/modelops.yaml", shop.registry("1s") | {"name": name})
    shop.git("rm", "--quiet", "modelops.yaml")
    shop.merge()
    for name in ("one", "two"):
        folder = shop.clone / name
        shop.modelops("journal", "create", "staging", "production", cwd=folder)
    for name in ("one", "two"):
        assert shop.modelops("audit", "verify", cwd=shop.clone / name).out.count("1 entry, whole") == 2


def test_an_apply_that_fails_does_not_sound_as_if_nothing_was_to_do(live):
    live.want("1.1.0")
    live.merge()
    bytes_of = next((live.folder / "store" / "iris").glob("1.1.0-*/model.onnx"))
    bytes_of.chmod(0o644)
    bytes_of.write_bytes(b"x" * bytes_of.stat().st_size)
    done = live.modelops("apply", check=False)
    assert (done.code, "nothing to do" in done.out) == (1, False)
    assert done.out.startswith("Nothing was done for commit ")
    assert "MOG403" in done.out


def test_the_end_of_a_hold_is_called_so_by_plan_apply_and_history(live):
    live.want("1.1.0")
    live.merge()
    live.modelops("apply")
    live.modelops("rollback", "iris", "--env", "production", "--now")
    live.git("merge", "--quiet", "rollback/iris-to-1.0.0-in-production")
    assert "a commit that is not pushed, and not applied" in live.modelops("apply").err
    live.git("push", "--quiet", "origin", "main")
    assert "update (ends the hold)" in live.modelops("plan").out
    assert "update (ended the hold)" in live.modelops("apply").out
    last = live.modelops("history").out.splitlines()[-1]
    assert "end of hold" in last
    assert "what the hold served is what was merged" in last
    (*_, ended) = live.modelops("--format", "json", "history").data["history"]
    assert ended["ended_hold"]
    told = live.modelops("who-served", "--env", "production", "--model", "iris").out
    assert len(re.findall("sha256:", told)) == 1


def test_next_steps_are_commands_to_type(live):
    out = live.modelops("promote", "iris", "1.1.0", "--to", "staging").out
    assert "  modelops plan --env staging\n" in out
    assert "  git push -u origin promote/iris-1.1.0-to-staging\n" in out
    live.git("remote", "remove", "origin")
    assert "git push" not in live.modelops("promote", "iris", "1.0.0", "--to", "staging").out


def test_a_rollback_of_what_was_retired_says_so(live):
    live.want("")
    live.merge()
    live.modelops("apply")
    assert "serve iris 1.0.0 again, where no version is asked for now." in (
        live.modelops("rollback", "iris", "--env", "production").out
    )


def test_names_that_are_unknown_are_mistakes_of_use(live):
    for words in (
        ("audit", "log", "irys"),
        ("rollback", "iris", "--env", "production", "--to", "1.9.0"),
    ):
        done = live.modelops(*words, check=False)
        assert (done.code, "Did you mean" in done.err) == (2, True), words


def test_a_promotion_never_leaves_the_registry_by_a_link(live, tmp_path):
    rollouts = live.clone / "models/iris/rollouts"
    (rollouts / "production.yaml").unlink()
    rollouts.rmdir()
    rollouts.symlink_to(tmp_path)
    before = sorted(tmp_path.iterdir())
    words = ("promote", "iris", "1.1.0", "--to", "staging")
    for delivery in ("--branch", "--no-commit"):
        done = live.modelops(*words, delivery, check=False)
        assert (done.code, "outside the registry" in done.err) == (1, True)
    assert sorted(tmp_path.iterdir()) == before
    assert live.git("branch", "--show-current") == "main"


def test_a_registry_without_a_commit_is_told_to_commit(shop):
    shop.git("switch", "--quiet", "--orphan", "fresh")
    shop.write("modelops.yaml", shop.registry("1s"))
    done = shop.modelops("status", check=False)
    assert (done.code, "this branch has no commit yet" in done.err) == (3, True)
    assert "Commit modelops.yaml first" in done.err


def test_journals_that_were_begun_before_one_failed_are_told(shop):
    shop.git("update-ref", "-d", BRANCH.replace("production", "staging"), cwd=shop.remote)
    done = shop.modelops("journal", "create", "staging", "production", cwd=shop.new_clone("bo"), check=False)
    assert (done.code, "Begun before that: staging." in done.err) == (3, True)


def test_a_folder_whose_name_is_no_text_is_named_as_the_reason(live):
    odd = live.clone.rename(live.folder / os.fsdecode(b"odd\xff"))
    for name in ("staging", "production"):
        path = odd / "modelops.yaml"
        path.write_text(path.read_text().replace(f"{live.folder}/live/{name}", f"live/{name}"))
    live.git("commit", "--quiet", "--all", "--message", "Serve here", cwd=odd)
    live.git("push", "--quiet", cwd=odd)
    done = live.modelops("apply", cwd=odd, check=False)
    assert (done.code, "Rename the folder." in done.out) == (3, True)
    assert "odd\\udcff is no UTF-8" in done.out


def test_doctor_goes_on_where_the_remote_has_another_name(shop):
    shop.git("remote", "rename", "origin", "forge")
    done = shop.modelops("doctor", check=False)
    assert (done.code, done.err) == (1, "")
    assert "fail  default branch: this clone has no remote 'origin'" in done.out


def test_doctor_finds_what_waits_in_the_outbox_and_what_is_broken_there(live):
    live.want("1.1.0")
    live.merge()
    live.modelops("apply")
    aside = live.remote.rename(live.folder / "away.git")
    live.modelops("rollback", "iris", "--env", "production", "--now")
    aside.rename(live.remote)
    assert "wait in this clone to be journaled: 1" in live.modelops("doctor", check=False).out
    (live.clone / ".git/modelops/outbox/production/x.json").write_text("{")
    done = live.modelops("doctor", check=False)
    assert (done.code, "a request that waits for its journal cannot be read" in done.out) == (1, True)
