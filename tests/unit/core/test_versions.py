"""Semantic versions."""

from __future__ import annotations

import pytest

from modelops_git.core.versions import (
    bump,
    bump_between,
    is_prerelease,
    is_version,
    parse,
    sort_versions,
)

ORDERED = (  # the example of semver.org, and its neighbours
    "0.9.9",
    "1.0.0-0",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1",
    "1.9.0",
    "1.10.0",
    "2.0.0",
)


def test_versions_sort_as_the_standard_says():
    assert sort_versions(reversed(ORDERED)) == ORDERED


@pytest.mark.parametrize("text", [*ORDERED, "1.0.0+build.7", "1.0.0-a.b-c+x.y-z", "10.20.30"])
def test_the_standards_versions_are_read_and_written_back(text):
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.2",
        "1.2.3.4",
        "v1.2.3",
        "1.2.3\n",
        "\n1.2.3",
        " 1.2.3",
        "01.2.3",
        "1.02.3",
        "1.2.3-01",
        "1.2.3-",
        "1.2.3+",
        "1.2.3-a..b",
        "١.٢.٣",
        "1.2.3-é",
        "1.2.3-" + "a" * 128,
        "9" * 5000 + ".0.0",
    ],
)
def test_what_the_grammar_does_not_know_is_refused(text):
    assert not is_version(text)
    with pytest.raises(ValueError, match="is not a semantic version"):
        parse(text)


def test_build_metadata_counts_only_to_keep_the_order_total():
    assert sort_versions(["1.0.0+b", "1.0.0+a", "1.0.0"]) == ("1.0.0", "1.0.0+a", "1.0.0+b")
    assert parse("1.0.0+a") != parse("1.0.0+b")


@pytest.mark.parametrize(
    ("text", "name", "then"),
    [
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("1.2.3+build", "patch", "1.2.4"),
        ("2.0.0-rc.1", "major", "2.0.0"),
        ("1.3.0-rc.1", "minor", "1.3.0"),
        ("1.3.0-rc.1", "major", "2.0.0"),
        ("1.2.4-rc.1", "patch", "1.2.4"),
        ("1.2.4-rc.1", "minor", "1.3.0"),
    ],
)
def test_a_bump_gives_the_next_version(text, name, then):
    assert bump(text, name) == then


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("1.2.3", "2.0.0", "major"),
        ("1.2.3", "1.3.0", "minor"),
        ("1.2.3", "1.2.9", "patch"),
        ("1.2.3", "2.3.4", "major"),
        ("1.2.3", "1.3.0-rc.1", "minor"),
        ("1.3.0-rc.1", "1.3.0", None),
        ("1.2.3", "1.2.3", None),
    ],
)
def test_the_bump_between_two_versions_is_the_greatest_number_that_rises(old, new, name):
    assert bump_between(old, new) == name


def test_there_is_no_bump_downwards():
    with pytest.raises(ValueError, match=r"1\.9\.0 is lower than 2\.0\.0"):
        bump_between("2.0.0", "1.9.0")


def test_a_prerelease_is_known_by_its_hyphen_before_any_build():
    assert is_prerelease("1.0.0-rc.1")
    assert not is_prerelease("1.0.0")
    assert not is_prerelease("1.0.0+a-b")


def test_a_prerelease_leads_to_its_release():
    assert str(parse("2.0.0-rc.1").release) == "2.0.0"
