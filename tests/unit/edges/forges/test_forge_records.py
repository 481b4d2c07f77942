"""Answers of forges are read strictly: each field is what it must be, or an error says which is not."""

from datetime import UTC, datetime

import pytest

from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.records import Record, parsed, short

COMMIT = "0f3c" * 10


def record(**fields):
    return Record(fields, "pull request #1")


def test_fields_are_read_as_what_they_are():
    found = record(
        title="T", number=3, draft=False, at="2026-11-02T10:00:00+01:00", sha=COMMIT, login="Ana", names=["a"]
    )
    assert (found.text("title"), found.number("number"), found.flag("draft")) == ("T", 3, False)
    assert found.time("at") == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert (found.commit("sha"), found.login("login"), found.texts("names")) == (COMMIT, "ana", ("a",))


def test_what_is_not_there_is_empty():
    none = record(user=None)
    assert (none.text("a"), none.number("a"), none.flag("a"), none.time("a"), none.commit("a")) == (
        "", 0, None, None, "",
    )  # fmt: skip
    assert none.record("user").value == {}
    assert (list(none.records("a")), none.texts("a")) == ([], ())
    with pytest.raises(ForgeError, match="has no `user`"):
        none.require("user")


@pytest.mark.parametrize(
    ("read", "value"),
    [
        ("text", 5),
        ("text", "x" * 300_000),
        ("number", True),
        ("number", 1.5),
        ("number", -1),
        ("number", 2**60),
        ("number", "1"),
        ("flag", "true"),
        ("flag", 1),
        ("time", "yesterday"),
        ("time", "2026-11-02T10:00:00"),
        ("time", "0001-01-01T00:00:00+14:00"),
        ("commit", "0F3C" * 10),
        ("commit", "--upload-pack=x"),
        ("commit", COMMIT + "\n"),
        ("login", "ana bo"),
        ("login", "ana\u202eb"),
        ("login", "../../x"),
        ("record", []),
        ("records", {}),
        ("records", [1]),
        ("texts", [1]),
    ],
)
def test_what_is_something_else_is_an_error_that_names_the_field(read, value):
    found = getattr(record(field=value), read)
    with pytest.raises(ForgeError, match="answer about"):
        list(found("field"))


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"NaN", b"[" * 200_000, b"9" * 6000, b'"\\ud800'])
def test_what_is_no_json_is_an_error(data):
    with pytest.raises(ForgeError):
        parsed(data, "a pull request")


def test_texts_of_a_forge_are_shown_in_one_line_without_control_characters():
    assert short("a\nb\x1b[31m\u202ec") == "a b\\x1b[31m\\u202ec"
    assert len(short("x" * 5000)) == 200
