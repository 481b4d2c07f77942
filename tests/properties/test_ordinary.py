"""The law of the fast reader: it changes nothing. Whatever it reads, the full reader reads alike."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_git.core.manifests.kinds import model_of
from modelops_git.core.manifests.ordinary import read_ordinary
from modelops_git.core.manifests.parse import parse_document, parse_fully
from modelops_git.core.manifests.version import ModelVersion
from modelops_git.core.places import home_of

EXAMPLES = Path(__file__).parents[1] / "unit/core/manifests/examples"
GOOD = {path.relative_to(EXAMPLES).as_posix(): path.read_text() for path in sorted(EXAMPLES.rglob("*.yaml"))}
VERSION = next(text for path, text in GOOD.items() if "/versions/" in path)
PIECES = st.sampled_from(
    [
        *("", " ", "  ", "\n", "\t", "\r\n", "\x85", "\xa0", "\u2028", "é", "😀", "\\", "%", "@", "`"),
        *(
            "- ",
            "-",
            ": ",
            ":",
            "#",
            " #",
            "# c\n",
            "'",
            '"',
            "{",
            "}",
            "[",
            "]",
            ",",
            "? ",
            "|",
            "|\n",
            ">\n",
        ),
        *("&a ", "*a", "!t ", "<<", "=", "~", "null", "no", "on", "true", "True", "...", "---", "--- "),
        *("1.10", "012", "0x1f", "1e5", "1_000", ".5", "5.", "-1", "-0", "1.0", ".nan", ".inf", "12:30"),
        *("2026-01-01", "1.2.3", "9007199254740993", "1e400", "a: b", "a:b", "a #b", "a#b", "- - a"),
        *("- a\n", "  - a\n", "a:\n", "    a: 1\n", "[]", "{}", "''", '""', "{a: b}", "[1, 2]", "[a,b]"),
        *("{a: }", "{a}", "[a: b]", "{a: b, a: c}", '"a" : b', '{"a": 1}', "[-1, -a, - b]", "[a b , c]"),
    ]
)
VALUES = st.recursive(
    st.sampled_from(
        ["a", "b c", "1", "1.0", "-2", "true", "null", '"x: y"', "'z'", "1e3", "no", "a:b", ".5"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(st.sampled_from(["a", '"b"', "c-d", "on"]), inner), max_size=3).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
        )
    ),
    max_leaves=6,
)


def assert_alike(path, text):
    """Both readers give the same: types, order and all. Whether the fast one was used."""
    data = text.encode()
    short, full = parse_document(path, data), parse_fully(path, home_of(path), data)
    assert short.findings == full.findings
    assert (short.document is None) == (full.document is None)
    if short.document is not None:
        # `repr` tells 1 from 1.0 and True, and one order of keys from another.
        assert repr(short.document.written) == repr(full.document.written)
        assert short.document.manifest == full.document.manifest
        assert short.document.text == full.document.text


@settings(max_examples=150)
@given(
    path=st.sampled_from(sorted(GOOD)),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 5), PIECES), min_size=1, max_size=4),
)
def test_a_manifest_with_pieces_exchanged(path, changes):
    text = GOOD[path]
    for where, removed, piece in changes:
        at = int(where * len(text))
        text = text[:at] + piece + text[at + removed :]
    assert_alike(path, text)


@settings(max_examples=150)
@given(
    path=st.sampled_from(sorted(GOOD)),
    moves=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.integers(-4, 4)), min_size=1, max_size=3),
)
def test_a_manifest_with_lines_moved_and_indented(path, moves):
    lines = GOOD[path].splitlines(keepends=True)
    for source, target, indent in moves:
        line = lines[int(source * (len(lines) - 1))]
        moved = (
            " " * indent + line if indent >= 0 else line[min(-indent, len(line) - len(line.lstrip(" "))) :]
        )
        lines.insert(int(target * len(lines)), moved)
    assert_alike(path, "".join(lines))


@settings(max_examples=150)
@given(value=VALUES, comment=st.sampled_from(["", "  ", " # why", "#no"]))
def test_values_of_every_sort(value, comment):
    head, _, rest = VERSION.partition("  hyperparameters:")
    tail = rest.partition("\n")[2]
    path = "models/iris-classifier/versions/1.2.0.yaml"
    for written in (f" {{x: {value}}}{comment}", f"\n    x: {value}{comment}", f"\n    - {value}{comment}"):
        assert_alike(path, f"{head}  hyperparameters:{written}\n{tail}")


def test_most_examples_are_ordinary():
    read = [path for path, text in GOOD.items() if _is_ordinary(path, text)]
    assert len(read) > len(GOOD) / 2


def _is_ordinary(path, text):
    return read_ordinary(text, model_of(home_of(path).kind)) is not None


def test_what_was_read_once_is_shared():
    first, second = (read_ordinary(VERSION, ModelVersion) for _ in range(2))
    assert first == second
    assert first["interface"] is second["interface"]
