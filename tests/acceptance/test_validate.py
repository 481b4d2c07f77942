"""`modelops validate`: what it says, exactly, and its exit codes."""

import json

import pytest

NEW = "models/iris/versions/1.2.0.yaml"
OLD = "models/iris/versions/1.0.0.yaml"


@pytest.fixture
def work(iris):
    """A branch of its own, where `main` is what is merged."""
    iris.git("checkout", "--quiet", "-b", "work")
    return iris


def replaced(registry, path, old, new):
    text = (registry.path / path).read_text()
    assert old in text
    registry.write(path, text.replace(old, new))


@pytest.mark.parametrize("words", [[], ["--all"], ["--staged"]])
def test_what_init_writes_has_no_findings(registry, words):
    ran = registry.modelops("validate", *words)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("no findings in ")


def test_all_that_is_there_has_no_findings(work):
    assert work.modelops("validate", "--all").out == "no findings in 4 files\n"


def test_a_changed_version_is_an_error_with_its_place_and_what_to_do(work):
    replaced(work, OLD, "0.95", "0.99")
    ran = work.modelops("validate")
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (1, "")
    place, code = lines[0].split(" error ")
    assert place.startswith(f"{OLD}:")
    assert code == "MOG301 version-changed"
    assert lines[2].strip(" |") == "^"
    assert any(line.startswith("  -> ") for line in lines)
    assert lines[-1].startswith("1 error in ")


def test_json_has_the_documented_shape(work):
    replaced(work, OLD, "0.95", "0.99")
    ran = work.modelops("validate", "--format", "json")
    document = json.loads(ran.out)
    assert (ran.code, ran.err) == (1, "")
    assert list(document)[:3] == ["format_version", "summary", "findings"]
    assert list(document["summary"]) == ["files", "errors", "warnings", "skipped"]
    (finding,) = document["findings"]
    assert (finding["code"], finding["path"]) == ("MOG301", OLD)
    assert finding["line"] > 1
    assert finding["fixable"] is False


def test_a_fix_is_shown_first_and_made_only_when_asked_for(work):
    holdout = {"name": "holdout", "kind": "performance", "metrics": {"accuracy": 0.98}}
    data = {"training": {"data": [{"name": "new", "sha256": "f" * 64}]}}
    work.version("iris", "1.2.0", parent="1.1.0", evaluations=[holdout], **data)
    replaced(work, NEW, "summary: Version 1.2.0.", "summary: no  # a comment")
    before = (work.path / NEW).read_text()

    shown = work.modelops("validate", "--diff")
    assert shown.code == 1
    assert "-summary: no  # a comment" in shown.out.splitlines()
    assert '+summary: "no"  # a comment' in shown.out.splitlines()
    assert (work.path / NEW).read_text() == before

    fixed = work.modelops("validate", "--fix")
    assert fixed.err == f"fixed {NEW}\n"
    assert 'summary: "no"  # a comment\n' in (work.path / NEW).read_text()
    assert "MOG109" not in fixed.out
    assert work.modelops("validate", "--fix", "--staged").code == 2


def test_a_named_file_is_checked_and_one_that_is_none_is_a_mistake_of_use(work):
    ran = work.modelops("validate", OLD)
    assert (ran.code, ran.out) == (0, "no findings in 1 file\n")
    for words in (["README.md"], ["../elsewhere"], ["--all", OLD]):
        ran = work.modelops("validate", *words)
        assert (ran.code, ran.out) == (2, "")
    assert work.modelops("validate", ".").out == "no findings in 4 files\n"


def test_what_could_not_be_checked_is_no_pass(work):
    replaced(work, OLD, "kind: ModelVersion", "kind: [")
    work.commit()
    work.version("iris", "1.2.0", parent="1.0.0")
    ran = work.modelops("validate", NEW)
    assert ran.code != 0
    assert "not checked: " in ran.out


def test_what_is_staged_is_checked_and_not_what_is_on_disk(work):
    replaced(work, OLD, "0.95", "0.99")
    work.git("add", OLD)
    replaced(work, OLD, "0.99", "0.95")
    assert work.modelops("validate").code == 0
    assert work.modelops("validate", "--staged").code == 1


def test_an_unknown_base_is_a_failure_of_the_world(work):
    ran = work.modelops("validate", "--base", "no-such-commit")
    assert (ran.code, ran.out) == (3, "")


def test_a_broken_registry_is_a_finding_and_no_crash(work):
    work.write("modelops.yaml", b"\xff\xfe")
    ran = work.modelops("validate")
    assert ran.code == 1
    assert "MOG101" in ran.out


def test_two_commits_are_compared_whatever_is_on_disk(work):
    replaced(work, OLD, "0.95", "0.99")
    work.commit()
    replaced(work, OLD, "0.99", "0.98")
    ran = work.modelops("validate", "--base", "HEAD~1", "--head", "HEAD")
    assert ran.code == 1
    assert "MOG301" in ran.out
    assert "0.99" in ran.out, "the line is that of the commit"
    work.git("checkout", "--quiet", "--", ".")
    assert work.modelops("validate", "--base", "HEAD", "--head", "HEAD").out == "no findings in 0 files\n"


@pytest.mark.parametrize(
    "words", [["--head", "HEAD", "--staged"], ["--head", ""], ["--head", "HEAD", "--fix"]]
)
def test_a_head_that_says_nothing_or_is_to_be_fixed_is_a_mistake_of_use(work, words):
    replaced(work, OLD, "0.95", "0.99")
    work.commit()
    assert work.modelops("validate", *words).code == 2


def test_an_unknown_head_is_a_failure_of_the_world(work):
    ran = work.modelops("validate", "--head", "no-such-commit")
    assert (ran.code, ran.out) == (3, "")
    assert "names no commit" in ran.err
