from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from modelops_git.core.errors import StoreError
from modelops_git.core.findings import Severity
from modelops_git.core.manifests.parse import parse_document
from modelops_git.edges.stores.file import FileStore
from modelops_git.engine.stores import Only
from modelops_git.engine.verify import How, Mode, verify_all
from versions import POINTER, codes, document, expected, overwrite, put, stored, verify_version

FILES = {"model.onnx": b"weights" * 1000, "config/labels.json": b"{}", "empty.txt": b""}

LARGE = b"weights" * 10_000


@pytest.fixture
def version(tmp_path):
    return stored(tmp_path / "store", FILES)


def test_a_version_whose_bytes_are_those_of_its_manifest_is_verified(version):
    assert verify_version(*version) == ()


def test_a_flipped_byte_is_found_with_file_digests_and_place(version):
    made, store = version
    data = FILES["model.onnx"]
    overwrite(store, made.key("model.onnx"), b"W" + data[1:])
    (finding,) = verify_version(made, store)
    assert (finding.code, finding.slug, finding.severity) == ("MOG403", "digest-differs", Severity.ERROR)
    assert "model.onnx" in finding.message
    assert made.manifest.artifacts[0].sha256[:12] in finding.message
    assert finding.place.pointer == "/artifacts/0/sha256"
    assert finding.place.path == made.path


@pytest.mark.parametrize("data", [b"weights" * 999, b"weights" * 1001, b""])
def test_a_file_of_another_size_is_found(version, data):
    made, store = version
    overwrite(store, made.key("model.onnx"), data)
    (finding,) = verify_version(made, store)
    assert finding.code == "MOG402"
    assert finding.place.pointer == "/artifacts/0/size"
    assert str(len(data)) in finding.message


def test_a_missing_file_is_found(version):
    made, store = version
    (store.root / made.key("model.onnx")).unlink()
    (finding,) = verify_version(made, store)
    assert finding.code == "MOG401"
    assert finding.place.pointer == "/artifacts/0/path"


def test_an_extra_file_is_found(version):
    made, store = version
    put(store, made.key("config/evil.py"), b"import os")
    (finding,) = verify_version(made, store)
    assert finding.code == "MOG404"
    assert "config/evil.py" in finding.message


def test_an_extra_link_is_found(version, tmp_path):
    made, store = version
    (store.root / made.key("link")).symlink_to(tmp_path)
    assert codes(verify_version(made, store)) == ["MOG404"]


def test_a_renamed_file_is_one_missing_and_one_extra(version):
    made, store = version
    (store.root / made.key("model.onnx")).rename(store.root / made.key("other.onnx"))
    assert sorted(codes(verify_version(made, store))) == ["MOG401", "MOG404"]


def test_files_of_another_version_are_not_extra(version):
    made, store = version
    other, _ = stored(store.root, {"model.onnx": b"other"}, version="1.0.0-rc.1")
    assert verify_version(made, store) == ()
    assert verify_version(other, store) == ()


@pytest.mark.parametrize("files", [{}, {"a": b""}, {"a": b"", "b": b""}])
def test_a_version_without_a_byte_never_passes(tmp_path, files):
    made, store = stored(tmp_path / "store", {"x": b"so that the store is there"})
    empty = document(files)
    assert "MOG405" in codes(verify_version(empty, store))
    assert "MOG405" in codes(verify_version(empty, store, mode=Mode.METADATA))
    assert verify_version(made, store) == ()


@pytest.mark.parametrize("path", ["a/../../x", "/etc/passwd", "a\\b", "a\nb", "", "C:x"])
def test_an_unsafe_path_is_found_and_not_followed(version, path):
    _, store = version
    (finding,) = verify_version(document([(path, b"x")]), store)
    assert finding.code == "MOG406"
    assert "\n" not in finding.message


def test_a_path_that_is_listed_twice_is_refused(version):
    _, store = version
    made = document([("a", b"x"), ("a", b"x")])
    put(store, made.key("a"), b"x")
    (finding,) = verify_version(made, store)
    assert (finding.code, finding.place.pointer) == ("MOG406", "/artifacts/1/path")


def test_a_link_out_of_the_tree_is_not_read(version, tmp_path):
    made, store = version
    outside = tmp_path / "outside"
    outside.write_bytes(FILES["model.onnx"])
    path = store.root / made.key("model.onnx")
    path.unlink()
    path.symlink_to(outside)
    (finding,) = verify_version(made, store)
    assert finding.code == "MOG406"
    assert "symbolic link" in finding.message


def test_a_folder_of_the_version_that_is_a_link_is_not_read(version, tmp_path):
    made, store = version
    folder = (store.root / made.key("model.onnx")).parent
    folder.rename(tmp_path / "moved")
    folder.symlink_to(tmp_path / "moved")
    assert set(codes(verify_version(made, store))) == {"MOG406", "MOG413"}


def test_a_pointer_in_the_place_of_a_file_is_named_as_such(version):
    made, store = version
    overwrite(store, made.key("model.onnx"), POINTER)
    assert codes(verify_version(made, store)) == ["MOG407"]


def test_a_pointer_that_was_registered_itself_is_refused_though_its_digest_matches(tmp_path):
    made, store = stored(tmp_path / "store", {"model.onnx": POINTER})
    assert codes(verify_version(made, store)) == ["MOG407"]


def test_an_artifact_with_its_own_uri_is_not_taken_for_verified(version):
    _, store = version
    made = document({"a": b"x"}, uris={"a": "hf://org/name@0/a"})
    (finding,) = verify_version(made, store)
    assert finding.code == "MOG412"
    assert "hf://org/name" in finding.message
    pinned = document({"a": b"x"}, uris={"a": f"hf://org/name@{'0' * 40}/a"})
    (finding,) = verify_version(pinned, store)
    assert finding.code == "MOG413"
    assert "no store of the Registry covers hf://org/name" in finding.message


def test_a_store_that_is_not_there_could_not_be_verified(tmp_path):
    findings = verify_version(document(FILES), FileStore(tmp_path / "gone", "file:gone"))
    assert set(codes(findings)) == {"MOG413"}
    assert all(finding.severity is Severity.ERROR for finding in findings)


def test_everything_that_is_wrong_is_listed_at_once_and_sorted(version):
    made, store = version
    overwrite(store, made.key("model.onnx"), b"W" + FILES["model.onnx"][1:])
    (store.root / made.key("config/labels.json")).unlink()
    overwrite(store, made.key("empty.txt"), b"x")
    put(store, made.key("extra"), b"x")
    assert codes(verify_version(made, store)) == ["MOG401", "MOG402", "MOG403", "MOG404"]


def test_metadata_mode_compares_sizes_and_reads_nothing(version):
    made, store = version
    overwrite(store, made.key("model.onnx"), b"W" + FILES["model.onnx"][1:])
    seen = []
    assert verify_version(made, store, mode=Mode.METADATA, progress=seen.append) == ()
    assert sum(seen) == sum(map(len, FILES.values()))
    overwrite(store, made.key("model.onnx"), b"short")
    assert codes(verify_version(made, store, mode=Mode.METADATA)) == ["MOG402"]


def test_a_file_that_changes_while_it_is_hashed_could_not_be_verified(tmp_path):
    made, store = stored(tmp_path / "store", {"model.onnx": LARGE})
    path = store.root / made.key("model.onnx")
    path.chmod(0o644)

    def change(_count):
        os.utime(path, (1, 1))

    (finding,) = verify_version(made, store, progress=change)
    assert finding.code == "MOG413"
    assert "changed while it was read" in finding.message


def test_a_file_that_grows_while_it_is_hashed_is_refused(tmp_path):
    made, store = stored(tmp_path / "store", {"model.onnx": LARGE})
    path = store.root / made.key("model.onnx")
    path.chmod(0o644)

    def grow(_count):
        with path.open("ab") as file:
            file.write(b"more")

    assert len(verify_version(made, store, progress=grow)) == 1


def test_progress_adds_up_to_all_bytes(version):
    seen = []
    verify_version(*version, progress=seen.append)
    assert sum(seen) == sum(len(data) for data in FILES.values())


EXECUTORS = {
    "threads": lambda: ThreadPoolExecutor(4),
    "processes": lambda: ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")),
}


@pytest.mark.parametrize("executor", EXECUTORS.values(), ids=EXECUTORS.keys())
def test_an_executor_finds_the_same(tmp_path, executor):
    files = {f"{number:03}.bin": bytes([number]) * 5000 for number in range(40)}
    made, store = stored(tmp_path / "store", files)
    overwrite(store, made.key("007.bin"), b"x" * 5000)
    (store.root / made.key("008.bin")).unlink()
    with executor() as pool:
        found = verify_version(made, store, executor=pool)
    assert codes(found) == ["MOG401", "MOG403"]
    assert found == verify_version(made, store)


class Deadly(FileStore):
    def open(self, key, version=""):  # noqa: ARG002 - as the protocol says
        os._exit(1)


def test_workers_that_die_are_no_pass(version):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = verify_version(version[0], Deadly(version[1].root, "file:x"), executor=pool)
    assert "MOG413" in codes(found)


def test_so_many_extra_files_that_not_all_are_named(version):
    made, store = version
    folder = (store.root / made.key("model.onnx")).parent
    for number in range(1005):
        (folder / f"extra-{number}").touch()
    found = verify_version(made, store)
    assert len(found) == 1001
    assert sum("more than 1000" in finding.message for finding in found) == 1


def test_an_extra_file_with_a_hostile_name_can_be_shown(version):
    made, store = version
    folder = (store.root / made.key("model.onnx")).parent
    (folder / "a\n\x1b[31mb").touch()
    (finding,) = verify_version(made, store)
    assert "\\n\\x1b[31mb" in finding.message


@pytest.mark.parametrize("workers", [0, 4])
def test_many_versions_are_verified_lazily_and_in_order(tmp_path, workers):
    made, store = stored(tmp_path / "store", {"a": b"x"})
    bad = document({"missing": b"x"})
    read = []

    def endless():
        number = 0
        while True:
            read.append(number)
            yield bad if number % 3 == 0 else made
            number += 1

    pool = ThreadPoolExecutor(workers) if workers else None
    results = verify_all(endless(), Only(store), How(pool))
    found = [len(next(results).findings) for _ in range(400)]
    results.close()
    assert found == [1 if number % 3 == 0 else 0 for number in range(400)]
    assert len(read) <= 400 + 257
    if pool:
        pool.shutdown()


def test_a_version_whose_store_cannot_be_opened_could_not_be_verified(version):
    made, _ = version

    class Closed:
        def of(self, _document):
            raise StoreError("no backend reads it", hint="use another")

    (result,) = verify_all([made], Closed())
    assert codes(result.findings) == ["MOG413"]
    assert result.document is made


MANIFEST = """\
api_version: modelops/v1
kind: ModelVersion
model: iris
version: 1.0.0
summary: The first one.
created_at: 2026-06-02T15:30:00Z
authors: ["github:ana"]
artifacts:
  - path: model.onnx
    role: model
    sha256: {sha256}
    size: 7
interface: {{protocol: json, input: {{type: number}}, output: {{type: number}}}}
"""


def test_a_finding_points_to_the_line_of_a_manifest_that_was_read_from_a_file(tmp_path):
    text = MANIFEST.format(sha256=expected(b"weights").sha256)
    parsed = parse_document("models/iris/versions/1.0.0.yaml", text.encode())
    assert parsed.findings == ()
    _, store = stored(tmp_path / "store", {"model.onnx": b"weights"})
    assert verify_version(parsed.document, store) == ()
    overwrite(store, document({"model.onnx": b"weights"}).key("model.onnx"), b"Weights")
    (finding,) = verify_version(parsed.document, store)
    assert (finding.code, finding.place.line, finding.place.column) == ("MOG403", 11, 13)
