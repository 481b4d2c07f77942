"""Checking everything: the same result in one process and in several, and whatever was remembered."""

from __future__ import annotations

import pytest

import casebook
from modelops_git.edges import processes
from modelops_git.edges.git.repository import find_registry
from modelops_git.engine import checking
from modelops_git.engine.validate import Request, validate

MODELS = ("alpha", "beta", "team/gamma")
VERSIONS = 4


def files():
    """The registry of the casebook, with some models more that are like its own."""
    snapshot = casebook.registry()
    texts = {path: snapshot.read(path).decode() for path in snapshot.paths()}
    first = texts["models/iris/versions/1.0.0.yaml"]
    for model in MODELS:
        folder = f"models/{model}"
        texts[f"{folder}/model.yaml"] = texts["models/iris/model.yaml"].replace(
            "name: iris", f"name: {model}"
        )
        for minor in range(VERSIONS):
            text = first.replace("model: iris\n", f"model: {model}\n").replace("1.0.0", f"1.{minor}.0")
            text = text.replace("a" * 64, f"{minor:064x}")
            if minor:
                text = text.replace(
                    f"version: 1.{minor}.0\n", f"version: 1.{minor}.0\nparent: 1.{minor - 1}.0\n"
                )
            texts[f"{folder}/versions/1.{minor}.0.yaml"] = text
    return texts


@pytest.fixture
def many(empty_clone):
    made = empty_clone()
    made.commit(files())
    made.git("checkout", "--quiet", "-b", "work")
    return made


@pytest.fixture
def asked(monkeypatch):
    """The groups that were really checked, since the last look."""
    groups = []
    run_each = checking.run_each

    def recorded(catalog, change, part, facts):
        groups.extend(part)
        return run_each(catalog, change, part, facts)

    monkeypatch.setattr(checking, "run_each", recorded)
    monkeypatch.setattr(processes, "available", lambda: 1)
    return groups


def checked(clone, **request):
    request.setdefault("now", casebook.NOW)
    return validate(find_registry(clone.path), Request(all=True, **request))


def spoil(clone, path, old, new):
    text = (clone.path / path).read_text()
    assert old in text
    clone.write(path, text.replace(old, new))


def folders(groups):
    found = {checking.folder_of(group[0]) for group in groups}
    groups.clear()
    return found


def test_a_clean_registry_is_clean(many):
    result = checked(many)
    assert (result.findings, result.skipped) == ((), ())
    assert len(result.files) == len(files())


@pytest.mark.parametrize("count", [2, 3, 7])
def test_several_processes_find_what_one_finds(many, monkeypatch, count):
    spoil(many, "models/beta/versions/1.2.0.yaml", "parent: 1.1.0", "parent: 1.9.0")
    spoil(many, "models/iris/model.yaml", "owners:", "owner:")
    many.write("models/alpha/readme.yaml", "not: a manifest\n")
    monkeypatch.setattr(checking, "LEAST", 1)
    monkeypatch.setattr(processes, "available", lambda: 1)
    alone = checked(many)
    monkeypatch.setattr(processes, "available", lambda: count)
    assert checked(many) == alone
    assert alone.findings
    assert alone.skipped


def test_what_was_clean_is_not_checked_again(many, asked):
    first = checked(many)
    assert len(folders(asked)) == len(MODELS) + 3  # iris, modelops.yaml and analyses too
    assert checked(many) == first
    assert not asked


def test_a_change_is_checked_with_all_that_depends_on_it(many, asked):
    checked(many)
    asked.clear()
    spoil(many, "models/beta/versions/1.2.0.yaml", "parent: 1.1.0", "parent: 1.9.0")
    result = checked(many)
    assert "MOG209" in {finding.code for finding in result.findings}
    assert folders(asked) == {"models/beta", "analyses", "modelops.yaml"}
    assert checked(many) == result  # what was found is found again
    assert "models/beta" in folders(asked)


def test_the_rules_concern_everything(many, asked):
    checked(many)
    asked.clear()
    spoil(many, "modelops.yaml", "kind: Registry", "kind: Registry  # ours")
    checked(many)
    assert len(folders(asked)) == len(MODELS) + 3


def test_a_model_inside_another_is_seen_though_its_own_folder_is_as_it_was(many, asked):
    checked(many)
    asked.clear()
    text = (many.path / "models/alpha/model.yaml").read_text()
    many.write("models/team/model.yaml", text.replace("name: alpha", "name: team"))
    result = checked(many)
    assert ("MOG117", "models/team/gamma/model.yaml") in {
        (finding.code, finding.place.path) for finding in result.findings
    }


def test_another_day_is_another_question(many, asked):
    from datetime import timedelta

    checked(many)
    asked.clear()
    checked(many, now=casebook.NOW + timedelta(days=1))
    assert asked


def test_the_index_and_the_work_tree_are_two_things(many, asked):
    checked(many)
    asked.clear()
    checked(many, staged=True)
    assert asked


def test_what_is_merged_counts(many, asked):
    checked(many)
    asked.clear()
    spoil(many, "models/beta/model.yaml", "risk: low", "risk: medium")
    many.git("commit", "--quiet", "--all", "--message", "Riskier")
    checked(many)
    assert "models/beta" in folders(asked)


def test_the_memory_may_be_deleted_or_spoilt(many, asked):
    first = checked(many)
    asked.clear()
    memory = many.path / ".git" / "modelops" / "checked"
    memory.write_bytes(memory.read_bytes()[:100])
    assert checked(many) == first
    assert asked
    asked.clear()
    memory.unlink()
    assert checked(many) == first
    assert asked


def test_a_folder_with_a_finding_or_a_skip_is_never_remembered_as_clean(many, asked):
    spoil(many, "models/iris/model.yaml", "owners:", "owner:")
    first = checked(many)
    asked.clear()
    assert checked(many) == first
    assert folders(asked) == {"models/iris"}


def test_two_work_trees_share_what_is_known(many, asked, tmp_path):
    checked(many)
    asked.clear()
    many.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "other"), "main")
    repo = find_registry(tmp_path / "other")
    assert not validate(repo, Request(all=True, now=casebook.NOW)).findings
    assert repo.common_dir.samefile(many.path / ".git")
    assert not asked


def test_what_a_policy_may_look_at_elsewhere_is_another_question(many):
    policy = "policies:\n  - name: one\n    actions: [describe]\n    message: one model at a time\n"
    many.commit(
        {"modelops.yaml": files()["modelops.yaml"] + f"{policy}    expression: size(change.paths) == 1\n"}
    )
    many.git("branch", "--force", "main")
    spoil(many, "models/beta/model.yaml", "risk: low", "risk: medium")
    assert not checked(many).findings
    spoil(many, "models/alpha/model.yaml", "risk: low", "risk: medium")
    assert {one.place.path for one in checked(many).findings if one.code == "MOG606"} == {
        "models/alpha/model.yaml",
        "models/beta/model.yaml",
    }
