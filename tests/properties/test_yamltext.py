import string

import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from modelops_git.core.manifests.edit import apply_edits, insert_after, remove_key, replace_value
from modelops_git.core.manifests.hidden import hidden_in_value
from modelops_git.core.manifests.scalars import ambiguity, core_value
from modelops_git.core.manifests.write import dump
from modelops_git.core.manifests.yamltext import ListNode, MapNode, Scalar, locate, read

TEXT, NEVER_PLAIN = "tag:yaml.org,2002:str", "tag:yaml.org,2002:yaml"
LARGEST = 2**53 - 1
TRICKY = st.sampled_from(
    [
        "",
        "no",
        "1.10",
        "12:30",
        "~",
        "- a",
        "a: b",
        "a\nb\n",
        " x\ny",
        "x\n\n",
        "#",
        "2026-06-02T15:30:00Z",
        "\t",
        "é😀",
    ]
)
LEGAL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(
    lambda text: not hidden_in_value(text)
)
YAML_LIKE = st.text("ab -:#,[]{}'\"|>&*!?%@`~.0123\n\t\\", max_size=10)
TEXTS = TRICKY | LEGAL | YAML_LIKE
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
MANIFESTS = st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4)


def json_of(node):
    match node:
        case Scalar():
            return core_value(node.value, node.style)
        case MapNode():
            return {entry.key.value: json_of(entry.value) for entry in node.entries}
        case ListNode():
            return [json_of(item) for item in node.items]


def pointers(node, above=""):
    """Each entry and item with its pointer."""
    match node:
        case MapNode():
            parts = [
                (entry.key.value.replace("~", "~0").replace("/", "~1"), entry.value) for entry in node.entries
            ]
        case ListNode():
            parts = [(str(index), item) for index, item in enumerate(node.items)]
        case _:
            parts = []
    for token, child in parts:
        yield f"{above}/{token}", child
        yield from pointers(child, f"{above}/{token}")


def changed(value, pointer, new):
    """`value` with what is at the pointer replaced."""
    head, *rest = pointer.removeprefix("/").split("/")
    key = int(head) if isinstance(value, list) else head.replace("~1", "/").replace("~0", "~")
    copy = value.copy()
    copy[key] = changed(value[key], "/" + "/".join(rest), new) if rest else new
    return copy


@given(MANIFESTS)
@settings(max_examples=150, deadline=None)
def test_reading_what_was_written_gives_the_same(value):
    found = read(dump(value).encode(), "f.yaml")
    assert found.findings == ()
    assert json_of(found.root) == value


ONE_LINE = st.text(string.printable, max_size=12) | st.from_regex(r"[-+0-9._:eExT ]{1,12}", fullmatch=True)


@given(ONE_LINE.map(str.strip).filter(lambda text: "\n" not in text))
@settings(max_examples=300, deadline=None)
def test_whatever_a_yaml_1_1_reader_takes_for_no_text_is_ambiguous(text):
    tag = yaml.SafeLoader("").resolve(yaml.ScalarNode, text, (True, False))
    if tag not in {TEXT, NEVER_PLAIN}:
        assert ambiguity(text)
    try:
        meant = core_value(text)
    except ValueError:
        meant = None
    if not isinstance(meant, str):
        assert ambiguity(text)


@given(
    st.binary(max_size=60)
    | YAML_LIKE.map(str.encode)
    | st.text(max_size=40).map(lambda t: t.encode("utf-8", "replace"))
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_end_in_a_tree_or_in_findings_with_a_place(data):
    found = read(data, "f.yaml")
    assert found.root is not None or found.findings
    for finding in found.findings:
        assert finding.place.line >= 1
        assert finding.place.column >= 1
        assert finding.message.endswith(".")
        assert finding.hint


def with_comments(text, line_break):
    """The text with comments and blank lines where they are none of a block scalar's."""
    if "|" not in text:
        text = "".join(f"{line} # why\n\n# next\n" for line in text.splitlines() if line)
    return text.replace("\n", line_break)


@given(MANIFESTS, SCALARS, st.sampled_from(["\n", "\r\n"]), st.data())
@settings(max_examples=100, deadline=None)
def test_a_replacement_changes_its_lines_and_its_value_only(value, new, line_break, data):
    text = with_comments(dump(value), line_break)
    source = read(text.encode(), "f.yaml")
    pointer, node = data.draw(st.sampled_from(list(pointers(source.root))))
    edits = replace_value(source, pointer, new)
    after = apply_edits(text, edits)
    found = read(after.encode(), "f.yaml")
    assert found.findings == ()
    assert json_of(found.root) == changed(value, pointer, new)
    if isinstance(node, Scalar):
        assert after.startswith(text[: node.start.offset])
        assert after.endswith(text[text.find("\n", node.end.offset) :])
    if line_break == "\r\n":
        assert after.count("\n") == after.count("\r\n")


@given(MANIFESTS, TEXTS, VALUES, st.sampled_from(["\n", "\r\n"]), st.data())
@settings(max_examples=80, deadline=None)
def test_an_added_key_leaves_all_else_and_its_removal_restores_the_values(value, key, new, line_break, data):
    text = with_comments(dump(value), line_break)
    source = read(text.encode(), "f.yaml")
    siblings = [pointer for pointer, _ in pointers(source.root) if pointer.count("/") == 1]
    assume(key not in value)
    after = apply_edits(text, insert_after(source, data.draw(st.sampled_from(siblings)), key, new))
    found = read(after.encode(), "f.yaml")
    assert json_of(found.root) == {**value, key: new}
    assert set(text.splitlines()) <= set(after.splitlines())
    pointer = "/" + key.replace("~", "~0").replace("/", "~1")
    assert locate(found.root, pointer) is not None
    restored = apply_edits(after, remove_key(found, pointer))
    assert json_of(read(restored.encode(), "f.yaml").root) == value
