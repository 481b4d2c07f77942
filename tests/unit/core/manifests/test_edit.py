import pytest

from modelops_git.core.errors import RefusedError
from modelops_git.core.findings import Edit
from modelops_git.core.manifests.edit import apply_edits, insert_after, remove_key, replace_value
from modelops_git.core.manifests.yamltext import read


def replaced(text, pointer, value):
    return apply_edits(text, replace_value(read(text.encode(), "f.yaml"), pointer, value))


def inserted(text, pointer, key, value):
    return apply_edits(text, insert_after(read(text.encode(), "f.yaml"), pointer, key, value))


def removed(text, pointer):
    return apply_edits(text, remove_key(read(text.encode(), "f.yaml"), pointer))


@pytest.mark.parametrize(
    ("before", "pointer", "value", "after"),
    [
        ("# c\na: 1 # one\nb: 2\n", "/a", "1.3.0", "# c\na: 1.3.0 # one\nb: 2\n"),
        ("a: 1 # one\r\nb: 2\r\n", "/b", "no", 'a: 1 # one\r\nb: "no"\r\n'),
        ("a: {b: 1, c: [x, 'y']} # d\n", "/a/c/1", "p, q", 'a: {b: 1, c: [x, "p, q"]} # d\n'),
        ("a: {b: 1}\n", "/a/b", "two\nlines", 'a: {b: "two\\nlines"}\n'),
        ("a: 'x'  # d\n", "/a", None, "a: null  # d\n"),
        ("a: one\n  two # c\nb: 1\n", "/a", 3, "a: 3 # c\nb: 1\n"),
        ("a: | # why\n  x\n\n  y\n\n# c\nb: 1\n", "/a", "z", "a: z # why\n\n# c\nb: 1\n"),
        ("a: |+\n  x\n\nb: 1\n", "/a", True, "a: true\nb: 1\n"),
        ("a:\n  - b: 1\n    c: old\n", "/a/0/c", "x\ny", "a:\n  - b: 1\n    c: |-\n      x\n      y\n"),
        ("a: old\r\nb: 1\r\n", "/a", "x\ny\n", "a: |\r\n  x\r\n  y\r\nb: 1\r\n"),
        ("a: old # c\nb: 1\n", "/a", "x\ny\n", 'a: "x\\ny\\n" # c\nb: 1\n'),
        ("a: old\n    # deep\nb: 1\n", "/a", "x\ny\n", 'a: "x\\ny\\n"\n    # deep\nb: 1\n'),
        ("a: old", "/a", "x\ny\n", 'a: "x\\ny\\n"'),
        ("a:\nb: # c\n", "/a", 1, "a: 1\nb: # c\n"),
        ("a:\nb:  # c\n", "/b", 1, "a:\nb: 1  # c\n"),
        ("a:\n  -\n  - x\n", "/a/0", 1, "a:\n  - 1\n  - x\n"),
        ("a: {b, c: , d:  }\n", "/a/b", 1, "a: {b: 1, c: , d:  }\n"),
        ("a: {b, c: , d:  }\n", "/a/c", 1, "a: {b, c: 1, d:  }\n"),
        ("a: {b, c: , d:  }\n", "/a/d", 1, "a: {b, c: , d:  1}\n"),
        (
            "a: # inline\n  type: canary # t\n  steps: [1]\n# c\nb: 1\n",
            "/a",
            "std",
            "a: std # inline\n# c\nb: 1\n",
        ),
        ("a:\n- x\n- y\nb: 1\n", "/a", "std", "a: std\nb: 1\n"),
        ("a: {type: x} # c\n", "/a", "std", "a: std # c\n"),
        ("a:\n  - b: 1\n    c: 2\n  - d\n", "/a/0", "x", "a:\n  - x\n  - d\n"),
        ("a: x\n", "/a", "2026-06-02T15:30:00Z", 'a: "2026-06-02T15:30:00Z"\n'),
        ("until: x\n", "/until", "2026-06-02T15:30:00Z", "until: 2026-06-02T15:30:00Z\n"),
        ("😀: é # ü\nb: 中\n", "/b", "ñ", "😀: é # ü\nb: ñ\n"),
    ],
)
def test_a_value_is_replaced_and_nothing_else(before, pointer, value, after):
    assert replaced(before, pointer, value) == after


@pytest.mark.parametrize("pointer", ["", "/nothing", "/a/b", "a"])
def test_a_value_that_is_not_there_cannot_be_replaced(pointer):
    with pytest.raises(LookupError):
        replaced("a: 1\n", pointer, 2)


def test_only_scalars_replace():
    with pytest.raises(ValueError):
        replaced("a: 1\n", "/a", {"b": 1})


@pytest.mark.parametrize(
    ("before", "pointer", "key", "value", "after"),
    [
        ("a: 1 # one\n\n# two\nc: 3\n", "/a", "b", 2, "a: 1 # one\nb: 2\n\n# two\nc: 3\n"),
        ("a: 1\r\nc: 3\r\n", "/a", "b", {"x": ["z"]}, "a: 1\r\nb:\r\n  x:\r\n    - z\r\nc: 3\r\n"),
        ("a: 1", "/a", "b", "x\ny\n", "a: 1\nb: |\n  x\n  y\n"),
        (
            "a:\n  - b: 1\n    # c\n    d: 2\n",
            "/a/0/b",
            "c",
            3,
            "a:\n  - b: 1\n    c: 3\n    # c\n    d: 2\n",
        ),
        ("a:\n  b:\n    c: 1\n\nd: 1\n", "/a", "e", 2, "a:\n  b:\n    c: 1\ne: 2\n\nd: 1\n"),
        ("a:\n- x\n- y # z\nd: 1\n", "/a", "b", 2, "a:\n- x\n- y # z\nb: 2\nd: 1\n"),
        ("a: |\n  x\n\n\nd: 1\n", "/a", "b", 2, "a: |\n  x\nb: 2\n\n\nd: 1\n"),
        ("a: |+\n  x\n\nd: 1\n", "/a", "b", 2, "a: |+\n  x\n\nb: 2\nd: 1\n"),
        ("a:\nd: 1\n", "/a", "b", 2, "a:\nb: 2\nd: 1\n"),
        ("a: {b: 1, d: 2} # c\n", "/a/b", "c", ["x", "p, z"], 'a: {b: 1, c: [x, "p, z"], d: 2} # c\n'),
        ("a: {b: 1}\n", "/a/b", "c", {"d": None}, "a: {b: 1, c: {d: null}}\n"),
    ],
)
def test_a_key_is_added_behind_its_sibling(before, pointer, key, value, after):
    assert inserted(before, pointer, key, value) == after


def test_a_key_that_exists_is_not_added_again():
    with pytest.raises(ValueError, match="already"):
        inserted("a: 1\nb: 2\n", "/a", "b", 3)


def test_a_layout_that_an_addition_would_change_is_refused():
    with pytest.raises(RefusedError, match="by hand"):
        inserted("a: |\n  no line break", "/a", "b", 1)


@pytest.mark.parametrize(
    ("before", "pointer", "after"),
    [
        ("# top\na: 1 # one\n# two\nb: 2\n", "/a", "# top\n# two\nb: 2\n"),
        ("a: 1\r\nb:\r\n  c: |\r\n    x\r\n\r\nd: 2\r\n", "/b", "a: 1\r\n\r\nd: 2\r\n"),
        ("a: 1\nb: 2 # last", "/b", "a: 1\n"),
        ("a:\n  - b: 1\n    c: 2\n", "/a/0/b", "a:\n  - c: 2\n"),
        ("a:\n  - b: 1\n    c: 2\n", "/a/0/c", "a:\n  - b: 1\n"),
        ("a:\n  b: 1 # c\nd: 2\n", "/a/b", "a:\n  {} # c\nd: 2\n"),
        ("a: {b: 1, c: 2, d: 3}\n", "/a/b", "a: {c: 2, d: 3}\n"),
        ("a: {b: 1, c: 2, d: 3}\n", "/a/d", "a: {b: 1, c: 2}\n"),
        ("a: {b: 1}\n", "/a/b", "a: {}\n"),
    ],
)
def test_a_key_is_removed_with_its_lines(before, pointer, after):
    assert removed(before, pointer) == after


def test_a_removal_that_would_change_a_neighbour_is_refused():
    with pytest.raises(RefusedError, match="by hand"):
        removed("a: |+\n  x\nb: 1\n\nc: 2\n", "/b")


def test_the_edits_name_the_file_and_can_be_made_in_any_order():
    text = "a: 1\nb: 2\n"
    source = read(text.encode(), "models/m/model.yaml")
    edits = [
        *replace_value(source, "/b", 4),
        *replace_value(source, "/a", 3),
        *insert_after(source, "/b", "c", 5),
    ]
    assert {edit.path for edit in edits} == {"models/m/model.yaml"}
    assert apply_edits(text, edits) == apply_edits(text, edits[::-1]) == "a: 3\nb: 4\nc: 5\n"


@pytest.mark.parametrize(
    "edits",
    [
        [Edit("f", 0, 2, "x"), Edit("f", 1, 3, "y")],
        [Edit("f", 2, 1, "x")],
        [Edit("f", 0, 99, "x")],
        [Edit("f", -1, 1, "x")],
        [Edit("f", 0, 1, "x"), Edit("g", 1, 2, "y")],
    ],
)
def test_edits_that_cannot_be_made_together_are_refused(edits):
    with pytest.raises(ValueError):
        apply_edits("abc", edits)
