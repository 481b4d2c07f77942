from __future__ import annotations

import pytest

from modelops_git.core import artifacts, digests


@pytest.mark.parametrize(
    "path",
    ["model.onnx", "a/b/c.bin", "..a", "a..", "...", "naïve.txt", "模型/权重.bin", "with space", "-rf"],
)
def test_ordinary_paths_are_safe(path):
    assert artifacts.unsafe_path(path) == ""


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "empty"),
        ("/etc/passwd", "absolute"),
        ("C:/x", "absolute"),
        ("c:x", "absolute"),
        ("..", "`..`"),
        ("a/../../x", "`..`"),
        ("a/..", "`..`"),
        (".", "`.`"),
        ("a/./b", "`.`"),
        ("a//b", "empty segment"),
        ("a/", "empty segment"),
        ("a\\b", "backslash"),
        ("a\nb", "control"),
        ("a\0b", "control"),
        ("a\x7f", "control"),
        ("a\x85", "control"),
        ("a\u202egnp", "control"),
        ("a\u2028b", "control"),
        ("\udcff", "control"),
        ("nai\u0308ve", "normalization form C"),
        ("x" * 1025, "1024 bytes"),
        ("é" * 513, "1024 bytes"),
    ],
)
def test_a_path_that_could_lead_astray_is_refused_with_the_reason(path, why):
    assert why in artifacts.unsafe_path(path)


def test_a_path_of_1024_bytes_is_the_longest():
    assert artifacts.unsafe_path("x" * 1024) == ""


def test_a_path_that_is_listed_twice_clashes_where_it_comes_again():
    assert artifacts.clashes(["a", "b", "a"]) == {2: "is listed twice"}


@pytest.mark.parametrize("paths", [["a", "a/b"], ["a/b", "a"], ["a/b/c", "a"], ["a", "a/b/c"]])
def test_a_file_cannot_be_a_folder_as_well(paths):
    assert list(artifacts.clashes(paths)) == [1]


def test_neighbours_with_similar_names_do_not_clash():
    assert artifacts.clashes(["a", "ab", "a.b/c", "a.b/d"]) == {}


def test_a_key_holds_model_version_and_the_start_of_the_digest():
    digest = "sha256:" + "ab" * 32
    assert artifacts.artifact_prefix("team/iris", "1.2.0", digest) == "team/iris/1.2.0-abababababab/"
    assert artifacts.artifact_prefix("team/iris", "1.2.0", digest) == "team/iris/1.2.0-abababababab/"


def test_the_artifacts_digest_is_of_path_sha256_and_size_only():
    row = {"path": "a", "sha256": "0" * 64, "size": 1}
    other = {"path": "b", "sha256": "1" * 64, "size": 2}
    written = {"artifacts": [{**other, "role": "config"}, {**row, "format": "onnx"}]}
    assert artifacts.artifacts_digest(written) == digests.of_json([row, other])


def test_a_name_is_shown_without_its_control_characters():
    assert artifacts.printable("a\n\x1b[31m\udcff\u202e模") == "a\\n\\x1b[31m\\udcff\\u202e模"
