"""How large a manifest may be, and what makes more room in a version."""

from __future__ import annotations

import pytest

from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.manifests.room import MAX_BYTES, MAX_EVENTS, MAX_LINES, MAX_VERSION, USUAL, room_of
from modelops_git.core.manifests.write import dump

PATH = "models/iris/versions/1.0.0.yaml"
ROW = b"  - path: a\n    role: other\n    sha256: " + b"a" * 64 + b"\n    size: 1\n"


def version(count, **more):
    rows = [
        {"path": f"shards/{n:06}.safetensors", "role": "model", "sha256": f"{n:064x}", "size": n + 1}
        for n in range(count)
    ]
    return {
        "api_version": "modelops/v1",
        "kind": "ModelVersion",
        "model": "iris",
        "version": "1.0.0",
        "summary": "Many.",
        "created_at": "2026-05-02T15:30:00Z",
        "authors": ["github:ana"],
        "artifacts": rows,
        "interface": {"protocol": "json", "input": True, "output": True},
        **more,
    }


def parsed(document):
    return parse_document(PATH, dump(document).encode())


def test_a_version_of_10_000_files_is_read_with_the_places_of_its_values():
    found = parsed(version(10_000, limitations=["{"]))
    assert found.findings == ()
    assert len(found.document.manifest.artifacts) == 10_000
    assert found.document.written["artifacts"][9_999]["path"] == "shards/009999.safetensors"
    assert found.document.place("/artifacts/9999/size").line == 10 + 4 * 9_999 + 3


def test_what_is_wrong_among_10_000_files_is_found_where_it_is():
    document = version(10_000)
    document["artifacts"][7_000]["role"] = "modle"
    (finding,) = parsed(document).findings
    assert (finding.code, finding.place.line) == ("MOG115", 10 + 4 * 7_000 + 1)


def test_text_that_is_no_list_of_artifacts_stays_within_a_mebibyte():
    (finding,) = parsed(version(1, limitations=["x" * 1000] * 1100)).findings
    assert finding.code == "MOG108"
    assert "1 MiB beside the list of artifacts is the most" in finding.message


def test_other_kinds_have_no_more_room():
    assert room_of("Model", ROW * 10_000) is USUAL
    (finding,) = parse_document("models/iris/model.yaml", ROW * 10_000).findings
    assert "bytes; 1 MiB is the most" in finding.message


def test_beyond_4_mib_nothing_is_counted():
    row = b"- path: " + b"a" * 1000 + b"\n"
    assert room_of("ModelVersion", row * (MAX_VERSION // len(row) + 1)) is USUAL
    assert room_of("ModelVersion", row * (MAX_VERSION // len(row))).size == MAX_VERSION


@pytest.mark.parametrize(
    "line",
    [
        b"  path: [a]\n",
        b'  path: "\\u0061"\n',
        b"  path: a # why\n",
        b"  path: &a a\n",
        b"  paths: a\n",
        b"  path:\n",
        b"  path: " + b"a" * 2000 + b"\n",
        b"          path: a\n",
        b"- - path: a\n",
        b"{path: a, size: 1}\n",
    ],
)
def test_lines_that_are_more_work_make_no_room(line):
    assert room_of("ModelVersion", line * 10).rows == 0


def test_lines_of_artifacts_make_room_for_themselves_and_no_more():
    room = room_of("ModelVersion", ROW * 100)
    assert room == (MAX_BYTES + len(ROW) * 100, MAX_EVENTS + 10 * 100, len(ROW) * 100)
    line = b"- size: 1\n"
    assert room_of("ModelVersion", line * (MAX_LINES + 9)).rows == MAX_LINES * len(line)
