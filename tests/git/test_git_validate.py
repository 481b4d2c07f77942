"""Validation in real repositories: what is checked, what it is compared with, and what fixes write."""

from __future__ import annotations

import pytest

import casebook
from modelops_git.core.errors import GitError, UsageError
from modelops_git.edges.git.repository import find_registry
from modelops_git.engine.validate import Request, fix, registry_paths, validate, write_fixes

OLD = "models/iris/versions/1.0.0.yaml"
NEWEST = "models/iris/versions/1.1.0.yaml"
NEXT = "models/iris/versions/1.2.0.yaml"
STAGING = "models/iris/rollouts/staging.yaml"


def files():
    snapshot = casebook.registry()
    return {path: snapshot.read(path).decode() for path in snapshot.paths()}


def next_version(accuracy=0.975):
    text = (
        files()[NEWEST].replace("version: 1.1.0", "version: 1.2.0").replace("parent: 1.0.0", "parent: 1.1.0")
    )
    return text.replace("2" * 64, "3" * 64).replace("b" * 64, "c" * 64).replace("0.97", str(accuracy))


@pytest.fixture
def iris(empty_clone):
    """A branch `work` that has just left `main`, where the registry is merged."""
    made = empty_clone()
    made.commit(files())
    made.git("checkout", "--quiet", "-b", "work")
    return made


def checked(clone, **request):
    request.setdefault("now", casebook.NOW)
    return validate(find_registry(clone.path), Request(**request))


def codes(clone, **request):
    return [finding.code for finding in checked(clone, **request).findings]


def edit(clone, path, old, new):
    text = (clone.path / path).read_text()
    assert old in text
    clone.write(path, text.replace(old, new))


def test_nothing_is_checked_where_nothing_changed(iris):
    assert checked(iris).files == ()


def test_everything_is_checked_on_request(iris):
    result = checked(iris, all=True)
    assert (result.findings, result.skipped) == ((), ())
    assert result.files == tuple(sorted(files()))


def test_what_changed_is_checked_with_what_refers_to_it(iris):
    edit(iris, OLD, "0.96", "0.99")
    result = checked(iris)
    assert {(finding.code, finding.place.path) for finding in result.findings} == {
        ("MOG301", OLD),
        ("MOG204", "models/iris/rollouts/production.yaml"),
        ("MOG204", "models/iris/notices/1.0.0-1.yaml"),
    }


def test_files_can_be_named_and_folders(iris):
    edit(iris, OLD, "0.96", "0.99")
    edit(iris, STAGING, "at-once", "at-onec")
    assert codes(iris, files=(STAGING,)) == ["MOG216"]
    assert codes(iris, files=("models/iris/versions",)) == ["MOG301"]


@pytest.mark.parametrize("name", ["README.md", "models/tulip", "models/iris/versions/9.9.9.yaml"])
def test_a_file_that_is_no_part_of_the_registry_is_misuse(iris, name):
    iris.write("README.md")
    with pytest.raises(UsageError, match="no file of the registry"):
        checked(iris, files=(name,))


def test_paths_are_named_from_where_one_is(iris):
    repo = find_registry(iris.path)
    assert registry_paths(repo, [iris.path / OLD, iris.path]) == (OLD, "")
    with pytest.raises(UsageError, match="not in the registry"):
        registry_paths(repo, [iris.path.parent / "elsewhere.yaml"])


def test_the_index_is_checked_and_not_the_work_tree(iris):
    edit(iris, OLD, "0.96", "0.99")
    assert codes(iris, staged=True) == []
    iris.git("add", OLD)
    iris.write(OLD, files()[OLD])
    assert "MOG301" in codes(iris, staged=True)
    assert codes(iris) == []


def test_an_unmerged_version_can_be_edited_after_it_was_committed(iris):
    iris.commit({NEXT: next_version()})
    edit(iris, NEXT, "0.975", "0.98")
    assert codes(iris) == []
    assert checked(iris).files.count(NEXT) == 1


def test_a_merged_version_cannot(iris):
    iris.commit({NEXT: next_version()})
    iris.git("checkout", "--quiet", "main")
    iris.git("merge", "--quiet", "--squash", "work")
    iris.git("commit", "--quiet", "--message", "squashed")
    iris.git("checkout", "--quiet", "-b", "later")
    edit(iris, NEXT, "0.975", "0.98")
    assert codes(iris) == ["MOG301"]


def test_the_same_number_on_both_branches_is_found_before_the_merge(iris):
    iris.git("checkout", "--quiet", "main")
    iris.commit({NEXT: next_version(0.98)})
    iris.git("checkout", "--quiet", "work")
    iris.commit({NEXT: next_version(0.99)})
    assert codes(iris) == ["MOG303"]
    edit(iris, NEXT, "0.99", "0.98")
    assert codes(iris) == []


def test_a_renamed_model_folder_deletes_its_versions(iris):
    iris.git("mv", "models/iris", "models/lily")
    deleted = {finding.place.path for finding in checked(iris).findings if finding.code == "MOG302"}
    assert deleted == {OLD, NEWEST, "models/iris/notices/1.0.0-1.yaml"}


def test_what_was_pushed_to_the_default_branch_is_compared_with_a_given_base(iris):
    before = iris.head()
    iris.commit({OLD: files()[OLD].replace("0.96", "0.99")})
    iris.git("branch", "--force", "main", "work")
    iris.git("checkout", "--quiet", "main")
    assert codes(iris) == []
    assert "MOG301" in codes(iris, base=before)


def test_a_change_cannot_choose_what_it_is_compared_with(iris):
    edit(iris, OLD, "0.96", "0.99")
    edit(iris, "modelops.yaml", "default_branch: main", "default_branch: work")
    assert "MOG301" in codes(iris)
    iris.git("add", "--all")
    assert "MOG301" in codes(iris, staged=True)


def test_a_change_of_the_default_branch_that_is_committed_does_not_count_against_a_given_base(iris):
    base = iris.head("main")
    edit(iris, "modelops.yaml", "default_branch: main", "default_branch: work")
    iris.commit({OLD: files()[OLD].replace("0.96", "0.99")})
    assert "MOG301" in codes(iris, base=base)


def test_before_the_first_commit_everything_is_new(empty_clone):
    clone = empty_clone()
    for path, text in files().items():
        clone.write(path, text)
    result = checked(clone)
    assert (result.findings, result.skipped) == ((), ())
    assert len(result.files) == len(files())


def test_a_registry_of_nothing_but_modelops_yaml(empty_clone):
    clone = empty_clone()
    text = files()["modelops.yaml"].replace("    analysis: [serving-health]\n", "")
    clone.commit({"modelops.yaml": text})
    assert checked(clone, all=True).findings == ()


def test_a_registry_in_a_folder_of_a_larger_repository(empty_clone):
    clone = empty_clone()
    clone.commit({f"ml/registry/{path}": text for path, text in files().items()})
    clone.git("checkout", "--quiet", "-b", "work")
    edit(clone, f"ml/registry/{OLD}", "0.96", "0.99")
    result = validate(find_registry(clone.path / "ml/registry/models"), Request(now=casebook.NOW))
    assert ("MOG301", OLD) in {(finding.code, finding.place.path) for finding in result.findings}


def test_a_deleted_modelops_yaml_is_missed(iris):
    iris.git("rm", "--quiet", "modelops.yaml")
    assert codes(iris) == ["MOG218"]


def test_what_is_wrong_with_modelops_yaml_is_told_even_if_nothing_can_be_compared(empty_clone):
    clone = empty_clone("clone", "--initial-branch=trunk")
    broken = files()["modelops.yaml"].replace("default_branch: main", "default_branch: [trunk]")
    clone.commit({**files(), "modelops.yaml": broken})
    assert codes(clone) == ["MOG114"]


def test_a_default_branch_that_is_not_there_is_an_error(iris):
    iris.git("branch", "--delete", "--force", "main")
    with pytest.raises(GitError, match="default branch 'main' is not here"):
        checked(iris)


def test_links_and_lfs_pointers_are_no_manifests(iris):
    (iris.path / "models/tulip").symlink_to("iris")
    iris.write(NEXT, "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 1\n")
    found = {(finding.code, finding.place.path) for finding in checked(iris).findings}
    assert found == {("MOG118", "models/tulip"), ("MOG118", NEXT)}


def test_fixes_are_written_once_and_keep_what_people_wrote(iris):
    edit(iris, STAGING, "version: 1.1.0", "version: 1.1.0  # the one of May")
    right = files()[STAGING].partition("manifest_digest: ")[2].split("\n")[0]
    edit(iris, STAGING, right, "sha256:" + "0" * 64)
    iris.write(
        NEXT,
        next_version().replace("seed: 42", "seed: 42\n  environment: {python: 3.10}  # as on the cluster"),
    )
    before = {path: (iris.path / path).read_text() for path in (STAGING, NEXT)}
    repo, request = find_registry(iris.path), Request(now=casebook.NOW)
    texts = fix(repo, request, validate(repo, request))
    assert texts == {
        STAGING: before[STAGING].replace("sha256:" + "0" * 64, right),
        NEXT: before[NEXT].replace("3.10", '"3.10"'),
    }
    assert {path: (iris.path / path).read_text() for path in before} == before
    write_fixes(repo, texts)
    repo = find_registry(iris.path)
    result = validate(repo, request)
    assert result.findings == ()
    assert fix(repo, request, result) == {}


def test_fixes_are_not_made_in_the_index(iris):
    request = Request(staged=True)
    with pytest.raises(UsageError, match="in the work tree"):
        fix(find_registry(iris.path), request, validate(find_registry(iris.path), request))


def test_any_commit_is_checked_whatever_is_on_disk(iris):
    good = iris.commit({NEXT: next_version()})
    bad = iris.commit({OLD: files()[OLD].replace("0.96", "0.99")})
    iris.git("checkout", "--quiet", "main")
    iris.write("modelops.yaml", "broken")
    assert codes(iris, head=good) == []
    assert checked(iris, head=good).files.count(NEXT) == 1
    assert "MOG301" in codes(iris, head=bad)
    assert codes(iris, head="work", files=(NEXT,)) == []
    assert codes(iris, head="work~1", all=True) == []


def test_any_commit_is_compared_with_any_other(iris):
    one = iris.commit({NEXT: next_version()})
    two = iris.commit({NEXT: next_version(0.98)})
    iris.git("branch", "--force", "main", "work")
    assert codes(iris, base=one, head=two) == ["MOG301"]
    assert codes(iris, base=f"{one}~1", head=two) == []
    assert codes(iris, head=two) == ["MOG301"], "with its first parent, since it is merged"
    assert checked(iris, base=two, head=two).files == ()


def test_a_merge_commit_is_compared_with_what_it_was_merged_into(iris):
    iris.commit({NEXT: next_version()})
    iris.git("checkout", "--quiet", "main")
    iris.commit({"README.md": "hello"})
    iris.git("merge", "--quiet", "--no-ff", "--no-edit", "work")
    result = checked(iris, head="main")
    assert NEXT in result.files
    assert result.findings == ()


def test_branches_with_odd_names_are_commits_like_others(iris):
    bad = iris.commit({OLD: files()[OLD].replace("0.96", "0.99")})
    iris.git("reset", "--quiet", "--hard", "main")
    for name in ("index", "worktree"):
        iris.git("branch", name, bad)
        assert "MOG301" in codes(iris, head=name)


@pytest.mark.parametrize("head", ["nothing", "HEAD~9", "main:modelops.yaml", "a\nb"])
def test_what_is_no_commit_cannot_be_checked(iris, head):
    with pytest.raises(GitError, match="names no commit"):
        checked(iris, head=head)


def test_fixes_are_not_made_in_a_commit(iris):
    with pytest.raises(UsageError, match="not in a commit"):
        fix(find_registry(iris.path), Request(head="work"), checked(iris, head="work"))
