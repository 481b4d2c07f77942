"""Laws of artifacts: a change of any byte is found, and no safe path leads out of its folder."""

from __future__ import annotations

import posixpath
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_git.core import artifacts
from modelops_git.core.digests import of_artifacts, of_json
from versions import codes, overwrite, stored, verify_version

CONTENT = st.binary(min_size=1, max_size=2000).filter(lambda data: not data.startswith(artifacts.LFS_POINTER))


@settings(max_examples=60)
@given(CONTENT, st.data())
def test_any_flipped_bit_is_found(content, data):
    position = data.draw(st.integers(0, len(content) - 1))
    mask = data.draw(st.integers(1, 255))
    changed = bytearray(content)
    changed[position] ^= mask
    with tempfile.TemporaryDirectory() as folder:
        made, store = stored(Path(folder) / "store", {"f": content})
        assert verify_version(made, store) == ()
        overwrite(store, made.key("f"), bytes(changed))
        assert codes(verify_version(made, store)) in (["MOG403"], ["MOG407"])


@settings(max_examples=60)
@given(CONTENT, st.binary(max_size=2000))
def test_any_other_content_is_found(content, other):
    with tempfile.TemporaryDirectory() as folder:
        made, store = stored(Path(folder) / "store", {"f": content})
        overwrite(store, made.key("f"), other)
        assert (verify_version(made, store) == ()) == (content == other)


@settings(max_examples=300)
@given(st.text(alphabet=st.one_of(st.sampled_from("./\\:aC \n"), st.characters()), max_size=30))
def test_a_safe_path_stays_in_its_folder_and_is_written_in_one_way(path):
    if artifacts.unsafe_path(path):
        return
    assert posixpath.normpath(posixpath.join("/root", path)) == f"/root/{path}"
    assert path.encode().decode() == path
    assert artifacts.printable(path) == path


@settings(max_examples=200)
@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join), max_size=8))
def test_paths_clash_exactly_when_no_file_system_could_hold_them(paths):
    files, folders = set(), set()
    for path in paths:
        files.add(path)
        folders.update(str(above) for above in Path(path).parents if str(above) != ".")
    possible = len(files) == len(paths) and not files & folders
    assert (artifacts.clashes(paths) == {}) == possible


@settings(max_examples=200)
@given(st.text(max_size=50))
def test_a_shown_name_can_be_written_to_any_utf8_stream(name):
    shown = artifacts.printable(name)
    assert shown.encode().decode() == shown
    assert shown.isprintable() or "\n" not in shown


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"])),
            st.text("0123456789abcdef", min_size=64, max_size=64),
            st.integers(0, 2**53 - 1),
        )
    )
)
def test_the_artifacts_digest_is_that_of_the_canonical_json(rows):
    listed = [{"path": path, "sha256": sha256, "size": size} for path, sha256, size in sorted(rows)]
    assert of_artifacts(rows) == of_json(listed)
