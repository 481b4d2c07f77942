import json

import pytest
import yaml

from modelops_git.core.manifests.write import dump, flow_text
from modelops_git.core.manifests.yamltext import locate, read

TEXT = """\
api_version: modelops/v1
created_at: 2026-06-02T15:30:00Z
collected: "2026-06-02T15:30:00Z"
version: 1.2.0
digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
python: "1.10"
"on":
  - "no"
  - rate: 0.5
    tiny: 1.0e-07
    left: []
    right: {}
  - - 1
    - true
    - null
summary: |
  Two lines,
    one indented.
open: |-
  No line break

  at the end
"""
VALUE = {
    "api_version": "modelops/v1",
    "created_at": "2026-06-02T15:30:00Z",
    "collected": "2026-06-02T15:30:00Z",
    "version": "1.2.0",
    "digest": "sha256:" + "0" * 64,
    "python": "1.10",
    "on": ["no", {"rate": 0.5, "tiny": 1e-7, "left": [], "right": {}}, [1, True, None]],
    "summary": "Two lines,\n  one indented.\n",
    "open": "No line break\n\nat the end",
}


def test_a_manifest_is_written_in_block_style_with_as_few_quotes_as_can_be():
    assert dump(VALUE) == TEXT


def test_a_yaml_1_1_reader_takes_it_for_the_same():
    seen = yaml.safe_load(dump(VALUE))
    assert seen.pop("created_at").isoformat() == "2026-06-02T15:30:00+00:00"
    assert seen == {key: value for key, value in VALUE.items() if key != "created_at"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " a",
        "a ",
        "- a",
        "-",
        "---",
        "...",
        "a: b",
        "a:",
        "a #b",
        "#a",
        "{a",
        "[a",
        "a\tb",
        "*",
        "&a",
        "!a",
        "|",
        "?",
        ": a",
        ",a",
        "%a",
        "@a",
        "`a",
        "'a'",
        '"',
        "<<",
        "=",
        "12:30",
        "0x1F",
        "yes",
        "null",
        "x\r\ny",
        " \n a",
    ],
)
def test_text_that_would_be_read_as_something_else_is_quoted(text):
    assert dump({"a": text}) == f"a: {json.dumps(text)}\n"
    assert locate(read(dump({"a": [text]}).encode(), "f").root, "/a/0").value == text


@pytest.mark.parametrize(
    "text",
    [
        "-a",
        "--flag",
        "a:b",
        "a#b",
        "it's",
        'a "b"',
        "a, b [c] {d}",
        "é 😀",
        "http://x/y",
        "-a - b",
        "a*",
        "50%",
    ],
)
def test_text_that_all_read_alike_is_plain(text):
    assert dump({"a": text}) == f"a: {text}\n"


def test_between_braces_commas_and_brackets_are_quoted():
    value = {"a": "b, c", "d": ["e]", "-f", "g:h"], "i": {}, "from": "2026-06-02T15:30:00Z"}
    text = flow_text(value)
    assert text == '{a: "b, c", d: ["e]", "-f", g:h], i: {}, from: 2026-06-02T15:30:00Z}'
    assert read(text.encode(), "f").findings == ()


def test_hidden_characters_are_written_visibly_and_then_refused():
    text = dump({"a": "x\u202ey", "b": "\x07", "c": "\U000e0041"})
    assert text == 'a: "x\\u202ey"\nb: "\\u0007"\nc: "\\U000e0041"\n'
    assert [finding.code for finding in read(text.encode(), "f").findings] == ["MOG110"] * 3


def test_a_key_of_any_length_that_is_read_is_read_again():
    key = "k " * 500 + "k"
    found = read(dump({key: {"a": [1]}, "b": [{key: "x\ny\n"}]}).encode(), "f")
    assert found.findings == ()
    assert locate(found.root, f"/{key}/a/0").value == "1"
    assert locate(found.root, f"/b/0/{key}").value == "x\ny\n"


@pytest.mark.parametrize(
    "value", [2**53, -(2**53), float("nan"), float("inf"), {1: 2}, {"a", "b"}, b"x", object()]
)
def test_what_manifests_cannot_hold_is_refused(value):
    with pytest.raises(ValueError):
        dump({"a": [value]})


def test_nesting_that_the_reader_refuses_is_not_written():
    value = "x"
    for _ in range(64):
        value = [value]
    with pytest.raises(ValueError, match="64 levels"):
        dump({"a": value})
    assert read(dump({"a": value[0]}).encode(), "f").findings == ()


def test_nothing_is_an_empty_mapping():
    assert dump({}) == "{}\n"
