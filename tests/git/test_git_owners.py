"""The patterns of CODEOWNERS, which are those of `.gitignore`, judged by git."""

import subprocess

import pytest

from modelops_git.core.authorizing.owners import escaped, reaches

FOLDERS = ["plain", "two words", "a#b", "#first", "[odd]", "back\\slash", "st*r", "!not"]
PATTERNS = ["models/*/**/versions/", "models/fraud/*/**/model.yaml", "models/*/**/eu/model.yaml"]
PATHS = [
    "models/iris/model.yaml",
    "models/iris/versions/1.0.0.yaml",
    "models/fraud/model.yaml",
    "models/fraud/versions/1.0.0.yaml",
    "models/fraud/eu/model.yaml",
    "models/a/b/eu/model.yaml",
    "models/eu/model.yaml",
    "models/versions/1.0.0.yaml",
    "x/models/iris/versions/1.0.0.yaml",
]


@pytest.mark.parametrize("folder", FOLDERS)
def test_git_itself_matches_a_folder_of_any_name_by_what_is_written(tmp_path, folder):
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    for forge in ("github", "gitlab"):
        (tmp_path / ".gitignore").write_text(f"/{escaped(folder, forge)}/models/*/**/versions/\n")
        inside = f"{folder}/models/a/b/versions/1.0.0.yaml"
        for path, code in ((inside, 0), (f"x{inside}", 1), (f"{folder}/models/versions/1.0.0.yaml", 1)):
            command = ["git", "-C", tmp_path, "check-ignore", "--quiet", "--no-index", "--", path]
            assert subprocess.run(command, check=False).returncode == code, path


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_reaches_what_git_says_that_it_does(tmp_path, pattern):
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text(f"/{pattern}\n")
    for path in PATHS:
        command = ["git", "-C", tmp_path, "check-ignore", "--quiet", "--no-index", "--", path]
        assert (subprocess.run(command, check=False).returncode == 0) == reaches(pattern, path), path
