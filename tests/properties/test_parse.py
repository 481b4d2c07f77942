"""Laws of reading manifests: any bytes end in a manifest or in findings, and an edit never makes it worse."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import wording
from modelops_git.core import digests
from modelops_git.core.manifests.kinds import KINDS
from modelops_git.core.manifests.parse import MAX_FINDINGS, parse_document
from modelops_git.core.manifests.schema import json_schema

EXAMPLES = Path(__file__).parents[1] / "unit/core/manifests/examples"
GOOD = {path.relative_to(EXAMPLES).as_posix(): path.read_bytes() for path in sorted(EXAMPLES.rglob("*.yaml"))}
WRITTEN = {path: parse_document(path, data).document.written for path, data in GOOD.items()}
VALIDATORS = {kind: Draft202012Validator(json_schema(kind)) for kind in KINDS}
HOSTILE = st.sampled_from(
    [
        b"",
        b"\n",
        b"\t",
        b"- ",
        b": ",
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"'",
        b"&a ",
        b"*a",
        b"!!x ",
        b"<<: ",
        b"\x00",
        b"\xff",
        b"---\n",
        b"~",
        b".nan",
        b"9" * 400,
        b"# ",
        b"no",
        b"type: ",
        b"\xe2\x80\xae",
        b"? ",
        b"| ",
        b"x",
    ]
)
PATHS = st.sampled_from([*GOOD, "models/x.yaml", "models//versions/.yaml", "analyses/.yaml", "x", ""])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


def assert_sound(path, data):
    """A manifest or findings, never both, never more than the limit, each in a place of the text."""
    parsed = parse_document(path, data)
    assert (parsed.document is None) == bool(parsed.findings)
    assert len(parsed.findings) <= MAX_FINDINGS
    lines = data.count(b"\n") + data.count(b"\r") + 2
    for finding in parsed.findings:
        assert finding.place.path == path
        assert 0 <= finding.place.line <= lines
        assert finding.message.endswith((".", "?")), finding.message
        assert "\n" not in finding.message
        assert len(finding.message) < 600
        assert finding.hint
        assert not wording.foreign_words(finding), finding
    return parsed


@given(path=PATHS, data=st.binary(max_size=300))
def test_any_bytes_end_in_findings(path, data):
    assert_sound(path, data)


@given(path=PATHS, text=st.text(max_size=300))
def test_so_does_any_text(path, text):
    assert_sound(path, text.encode("utf-8", "surrogatepass"))


@given(path=st.sampled_from(sorted(GOOD)), at=st.floats(0, 1), length=st.integers(0, 30), new=HOSTILE)
def test_a_good_manifest_with_a_hole_in_it_is_still_read_or_refused(path, at, length, new):
    data = GOOD[path]
    start = int(at * len(data))
    assert_sound(path, data[:start] + new + data[start + length :])


@st.composite
def spoilt(draw):
    """A good manifest as JSON, with another value at a place of one's choice."""
    path = draw(st.sampled_from(sorted(WRITTEN)))
    document = json.loads(json.dumps(WRITTEN[path]))
    spot, steps = document, draw(st.integers(1, 5))
    for _ in range(steps):
        if not isinstance(spot, dict | list) or not spot:
            break
        parent, key = (
            spot,
            draw(st.sampled_from(sorted(spot) if isinstance(spot, dict) else range(len(spot)))),
        )
        spot = spot[key]
    action = draw(st.sampled_from(["replace", "drop", "add"]))
    if action == "replace":
        parent[key] = draw(VALUES)
    elif action == "drop":
        del parent[key]
    elif isinstance(parent, dict):
        parent[draw(st.text(max_size=8))] = draw(VALUES)
    return path, document


@given(spoilt())
def test_what_the_schema_refuses_is_refused(case):
    path, document = case
    parsed = assert_sound(path, json.dumps(document).encode())
    if parsed.document:
        assert VALIDATORS[parsed.document.kind].is_valid(parsed.document.written)
        assert parsed.document.digest == digests.of_json(parsed.document.written)


@given(spoilt())
def test_safe_edits_leave_fewer_findings(case):
    path, document = case
    text = json.dumps(document)
    before = parse_document(path, text.encode()).findings
    edits = sorted(
        {edit for item in before for edit in item.edits if edit.safe}, key=lambda edit: -edit.start
    )
    for edit in edits:
        text = text[: edit.start] + edit.text + text[edit.end :]
    after = parse_document(path, text.encode()).findings
    assert len(after) < len(before) or not edits
