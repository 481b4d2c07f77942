import pytest
import yaml

from modelops_git.core.manifests import yamltext
from modelops_git.core.manifests.yamltext import ListNode, MapNode, Mark, Scalar, key_at, locate, read


def seen(text):
    data = text if isinstance(text, bytes) else text.encode()
    return [(f.code, f.place.line, f.place.column) for f in read(data, "f.yaml").findings]


def only(text):
    data = text if isinstance(text, bytes) else text.encode()
    [finding] = read(data, "f.yaml").findings
    return finding


def plain(node):
    match node:
        case Scalar():
            return node.value
        case MapNode():
            return {entry.key.value: plain(entry.value) for entry in node.entries}
        case ListNode():
            return [plain(item) for item in node.items]


def leaves(node):
    match node:
        case Scalar():
            yield node
        case MapNode():
            for entry in node.entries:
                yield entry.key
                yield from leaves(entry.value)
        case ListNode():
            for item in node.items:
                yield from leaves(item)


def test_scalars_stay_the_text_that_was_written():
    found = read(b"a: 1.10\nb: on\nc: [012, ~]\nd: {e: 12:30:45}\nf:\n", "f.yaml")
    assert found.findings == ()
    assert plain(found.root) == {
        "a": "1.10",
        "b": "on",
        "c": ["012", "~"],
        "d": {"e": "12:30:45"},
        "f": "",
    }


def test_an_integer_of_6000_digits_is_just_text():
    assert plain(read(b"a: " + b"9" * 6000, "f.yaml").root) == {"a": "9" * 6000}


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("a: b c", "plain", "b c"),
        ("a: 'b''c'", "single", "b'c"),
        (r'a: "b\tc"', "double", "b\tc"),
        ("a: |\n  b\n  c\n", "literal", "b\nc\n"),
        ("a: >\n  b\n  c\n", "folded", "b c\n"),
    ],
)
def test_the_style_of_a_scalar_is_kept(text, style, value):
    scalar = locate(read(text.encode(), "f.yaml").root, "/a")
    assert (scalar.style, scalar.value) == (style, value)


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("accent", ["e", "é", "中", "😀", "a\u0301"])
def test_marks_count_characters_in_any_script_and_with_any_line_break(accent, line_break):
    text = line_break.join(
        [f"{accent}: 😀 x # {accent}", f'b: "{accent}"', "c:", f"  - {accent}d: p", "    e: q", "f: r", ""]
    )
    root = read(text.encode(), "f.yaml").root
    lines = text.split("\n")
    for scalar in leaves(root):
        raw = text[scalar.start.offset : scalar.end.offset]
        assert raw.strip('"') == scalar.value
        assert lines[scalar.start.line - 1][scalar.start.column - 1 :].startswith(raw)
        assert lines[scalar.end.line - 1][: scalar.end.column - 1].endswith(raw)


def test_collections_end_with_their_content_or_their_bracket():
    text = "a:\n  b: 1\n  c: [2, {d: 3} ]\n\n# comment\ne: 4\n"
    root = read(text.encode(), "f.yaml").root
    ends = {pointer: locate(root, pointer).end for pointer in ("", "/a", "/a/c", "/a/c/1")}
    assert text[: ends[""].offset].endswith("e: 4")
    assert text[: ends["/a"].offset].endswith("{d: 3} ]")
    assert ends["/a"] == ends["/a/c"] == Mark(27, 3, 18)
    assert text[: ends["/a/c/1"].offset].endswith("{d: 3}")


def test_nodes_cannot_be_changed():
    root = read(b"a: 1", "f.yaml").root
    with pytest.raises(AttributeError):
        root.entries = ()
    with pytest.raises(AttributeError):
        root.entries[0].value.value = "2"


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/a/b/1", "y"),
        ("/a~1b", "slash"),
        ("/m~0n", "tilde"),
        ("/m~01", "escaped"),
        ("/", "empty"),
        ("/a/b/2", None),
        ("/a/b/01", None),
        ("/a/b/-", None),
        ("/a/b/-1", None),
        ("/a/b/٠", None),
        ("/a/b/" + "9" * 5000, None),
        ("/a/b/1/c", None),
        ("a", None),
        ("/nothing", None),
    ],
)
def test_a_pointer_leads_to_its_node_or_nowhere(pointer, value):
    root = read(b"a: {b: [x, y]}\na/b: slash\nm~n: tilde\nm~1: escaped\n'': empty\n", "f.yaml").root
    node = locate(root, pointer)
    assert (node.value if node else None) == value


def test_only_entries_have_keys():
    root = read(b"a: [x]\n", "f.yaml").root
    assert locate(root, "") is root
    assert key_at(root, "/a").start == Mark(0, 1, 1)
    assert [key_at(root, pointer) for pointer in ("", "/a/0", "/b", "/a/0/c")] == [None] * 4


@pytest.mark.parametrize(
    ("data", "line", "column", "word"),
    [
        (b"\xef\xbb\xbfa: 1", 1, 1, "byte order mark"),
        ("a: 1".encode("utf-16"), 1, 1, "UTF-16"),
        (b"\xfe\xff\x00a", 1, 1, "UTF-16"),
        ("é: 1\né: ".encode() + b"\xe9", 2, 4, "0xE9"),
        (b"a: \xed\xa0\x80", 1, 4, "0xED"),
        (b"a: \xc0\x80", 1, 4, "0xC0"),
    ],
)
def test_what_is_not_utf8_is_refused(data, line, column, word):
    finding = only(data)
    assert (finding.code, finding.place.line, finding.place.column) == ("MOG101", line, column)
    assert word in finding.message
    assert read(data, "f.yaml").root is None


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a:\n\tb: 1", 2, 1, "tab"),
        ("a: 1\n\tb: 2", 2, 1, "tab"),
        ("a: |\n\tb", 2, 1, "tab"),
        ("k: 1\na:1\nb: 2", 2, 3, "space is missing after the colon of 'a'"),
        ("a: 1\nb:2\nc: 3", 2, 3, "space is missing after the colon of 'b'"),
        ("a: b: c", 1, 5, "second `: `"),
        ("a: 1\n  b: 2", 2, 3, "has a value already"),
        ('a: "x\nb: 2\n', 1, 4, "not closed"),
        ("a: 'it's", 1, 8, "follows the end of this value"),
        ("a:\n    b: 1\n  c: 2", 3, 3, "indentation"),
        ("a: [1, 2\nb: 3", 1, 4, "`[` is not closed"),
        ("a: {b: 1\nc: 2", 1, 4, "`{` is not closed"),
        ("a: @x", 1, 4, "cannot begin with '@'"),
        ("a: 1\nb\nc: 2", 2, 1, "no `key: value`"),
        ("a: 1\n- b", 2, 1, "list item"),
        ("a:\n- b\n-c\nd: 1", 3, 1, "no `key: value`"),
        ("a: - b", 1, 4, "list item"),
        (r'a: "C:\Users"', 1, 7, r"`\U` begins no escape"),
        (r'a: "\ud800"', 1, 5, r"`\u` begins no escape"),
        ("a: |x\n", 1, 5, "line must end"),
        ("a: ]", 1, 4, "no value before ']'"),
        ("a: [", 1, 5, "file ends"),
        ("{a: 1}}", 1, 7, "end of the document"),
        ("%YAML 1.1\n---\na: 1", 1, 1, "directive"),
        ("? [a]\n: b", 1, 3, "key must be a text"),
        ("", 1, 1, "empty"),
        ("# only a comment\n", 1, 1, "empty"),
        ("- a", 1, 1, "a list, not a mapping"),
        ("a:b", 1, 1, "a text, not a mapping"),
    ],
)
def test_bad_syntax_is_told_in_plain_words_where_a_person_would_mend_it(text, line, column, words):
    finding = only(text)
    assert (finding.code, finding.place.line, finding.place.column) == ("MOG102", line, column)
    assert words in finding.message
    assert finding.hint
    assert read(text.encode(), "f.yaml").root is None


def test_both_places_of_a_duplicate_key_are_named_and_the_first_counts():
    found = read(b'a: 1\nb: {c: 1, "c": 2}\na: 2\n', "f.yaml")
    assert [(f.code, f.place.line, f.place.column) for f in found.findings] == [
        ("MOG103", 2, 11),
        ("MOG103", 3, 1),
    ]
    assert "in line 2" in found.findings[0].message
    assert "lines 1 and 3" in found.findings[1].message
    assert plain(found.root) == {"a": "1", "b": {"c": "1"}}


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("a: &x 1\nb: *x", [("MOG104", 1, 4), ("MOG104", 2, 4)]),
        ("a: &x [1]", [("MOG104", 1, 4)]),
        ("*x : 1", [("MOG104", 1, 1)]),
        ("a: [*]", [("MOG104", 1, 5)]),
        ("a: *y", [("MOG104", 1, 4)]),
        ("a: {<<: {b: 1}}", [("MOG105", 1, 5)]),
        ("a: !!str 1\nb: !x {}\nc: ! d", [("MOG106", 1, 4), ("MOG106", 2, 4), ("MOG106", 3, 4)]),
        ("a: !!python/object/apply:os.system [ls]", [("MOG106", 1, 4)]),
        ("a: !x!y z", [("MOG106", 1, 4)]),
        ("a: 1\n---\nb: 2", [("MOG107", 2, 1)]),
    ],
)
def test_what_manifests_do_not_have_is_refused_where_it_is(text, findings):
    assert seen(text) == findings
    assert read(text.encode(), "f.yaml").root is None


def test_a_quoted_merge_key_is_a_key_and_a_single_document_may_be_marked():
    assert plain(read(b'---\n"<<": 1\n...\n', "f.yaml").root) == {"<<": "1"}


def test_an_alias_bomb_is_a_few_findings():
    rows = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    findings = seen("\n".join(rows))
    assert len(findings) == 20
    assert {code for code, _, _ in findings} == {"MOG104"}


@pytest.mark.parametrize("opening", ["[", "{a: ", "{", "- ", "? ", "[{a: "])
def test_100_000_levels_are_refused_at_the_65th(opening):
    finding = only(opening * 100_000)
    assert finding.code in {"MOG102", "MOG108"}
    if opening in {"[", "- "}:
        assert (finding.code, finding.place.column) == ("MOG108", 64 * len(opening) + 1)


def test_64_levels_are_fine():
    assert seen("a: " + "[" * 63 + "]" * 63) == []
    assert seen("a: " + "[" * 64 + "]" * 64) == [("MOG108", 1, 67)]


def test_one_byte_beyond_a_mebibyte_is_refused_before_it_is_decoded():
    fits = b"a: " + b"x" * (2**20 - 3)
    assert read(fits, "f.yaml").findings == ()
    assert only(fits + b"x").code == "MOG108"
    assert only(b"\xff" * (2**20 + 1)).code == "MOG108"


def test_a_mebibyte_of_empty_lists_is_refused():
    assert only("a: [" + "[]," * 340_000 + "]").code == "MOG108"


@pytest.mark.parametrize(
    "character",
    ["\0", "\x08", "\x1b", "\x7f", "\x85", "\u200b", "\u202e", "\u2066", "\u2028", "\ufeff", "\U000e0041"],
)
def test_hidden_characters_are_refused_raw_and_escaped(character):
    raw = only(f"é: 1\nb: x{character}y # z")
    assert (raw.code, raw.place.line, raw.place.column) == ("MOG110", 2, 5)
    assert f"U+{ord(character):04X}" in raw.message
    escaped = only(f'a: ["\\U{ord(character):08x}"]')
    assert (escaped.code, escaped.place.column) == ("MOG110", 5)


def test_a_lone_carriage_return_is_refused_and_crlf_is_fine():
    assert seen("a: 1\rb: 2\r\n") == [("MOG110", 1, 5)]
    assert seen("a: 1\r\nb: 2\r\n") == []
    assert seen(r'a: "\r"') == [("MOG110", 1, 4)]
    assert seen(r'a: "\t\n"') == []


def test_emoji_accents_and_ideographs_are_no_hidden_characters():
    assert seen("a: ❤\ufe0f é 中文 עברית नमस्ते") == []


def test_no_more_than_20_findings_are_told():
    assert len(seen("\0" * 5000)) == 20
    assert len(seen("a: 1\n" * 5000)) == 20


def test_without_libyaml_the_same_is_found(monkeypatch):
    texts = [
        "é: [😀, {b: 'c'}]\r\nd: |\r\n  e\r\n",
        "a: 1\na: 2",
        "a: &x 1\nb: *x",
        "a: b: c",
        'a: "b',
        "[" * 9999,
    ]
    fast = [(seen(text), plain(read(text.encode(), "f").root)) for text in texts]
    monkeypatch.setattr(yamltext, "_parser", lambda: yaml.BaseLoader)
    assert [(seen(text), plain(read(text.encode(), "f").root)) for text in texts] == fast


def test_a_key_of_1025_characters_is_refused_since_every_pointer_below_it_would_hold_it():
    assert read(b"? " + b"k" * 1024 + b"\n: 1\n", "f").findings == ()
    assert (only(b"? " + b"k" * 1025 + b"\n: 1\n").code) == "MOG108"


def test_a_thousand_directives_are_refused_at_the_first_without_parsing_them():
    finding = only("# first\n" + "".join(f"%TAG !a{number}! b\n" for number in range(1000)))
    assert (finding.code, finding.place.line) == ("MOG102", 2)
    assert "directive" in finding.message
