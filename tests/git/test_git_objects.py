from __future__ import annotations

import gc
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from modelops_git.core.errors import GitError
from modelops_git.core.snapshot import blob_id
from modelops_git.edges.git.objects import FILE_LIMIT, ObjectReader
from modelops_git.edges.git.plumbing import Git


@pytest.fixture
def reader(clone):
    with ObjectReader(Git(clone.path)) as opened:
        yield opened


def test_objects_are_found_by_any_name(clone, reader):
    assert reader.find("HEAD:modelops.yaml").data == b"kind: Registry\n"
    assert reader.find("main^{commit}").id == clone.head()
    assert reader.find(":README.md").kind == "blob"


@pytest.mark.parametrize("name", ["", "nowhere", "HEAD:no such file", "a\nb", "a\0b", "blob", "--all"])
def test_a_name_of_nothing_is_no_error(reader, name):
    assert reader.find(name) is None
    assert reader.find("HEAD:README.md").data == b"hello\n"


def test_many_objects_come_in_the_order_asked(clone, reader):
    contents = [b"%d\n" % number * number for number in range(500)]
    for number, content in enumerate(contents):
        clone.write(f"models/{number}", content)
    clone.git("add", "--all")
    ids = [blob_id(content) for content in contents]
    assert [one.data for one in reader.read_all(ids)] == contents
    reader.expect(ids)
    assert [reader.read(one).data for one in reversed(ids)] == contents[::-1]
    assert reader.read(ids[7]).data == contents[7]


def test_several_threads_get_their_own_answers(clone, reader):
    contents = [b"content %d\n" % number for number in range(200)]
    for number, content in enumerate(contents):
        clone.write(f"models/{number}", content)
    clone.git("add", "--all")
    ids = [blob_id(content) for content in contents]
    reader.expect(ids[::2])
    with ThreadPoolExecutor(8) as pool:
        assert [one.data for one in pool.map(reader.read, ids)] == contents


def test_a_huge_file_is_cut_and_what_follows_still_comes(clone, reader):
    huge, small = b"0" * (FILE_LIMIT + 1), b"small\n"
    clone.write("models/huge", huge)
    clone.write("models/small", small)
    clone.git("add", "--all")
    first, second = reader.read_all([blob_id(huge), blob_id(small)])
    assert (len(first.data), second.data) == (FILE_LIMIT, small)


def test_a_missing_object_is_an_error(reader):
    with pytest.raises(GitError, match="missing"):
        reader.read("1" * 40)
    with pytest.raises(GitError, match="missing"):
        list(reader.read_all(["1" * 40]))


def test_a_broken_object_is_an_error_that_says_what_git_said(clone, reader):
    broken = blob_id(b"hello\n")
    file = clone.path / ".git/objects" / broken[:2] / broken[2:]
    file.chmod(0o644)
    file.write_bytes(b"rubbish")
    with pytest.raises(GitError, match=r"git cat-file|missing"):
        reader.read(broken)


def test_a_short_id_of_several_objects_is_an_error(clone, reader):
    begins = {}
    for number in range(10_000):
        content = f"{number}"
        twin = begins.setdefault(blob_id(content.encode())[:4], content)
        if twin != content:
            break
    clone.write("models/one", twin)
    clone.write("models/other", content)
    clone.git("add", "--all")
    with pytest.raises(GitError, match="several ids"):
        reader.find(blob_id(content.encode())[:4])
    assert reader.find("HEAD:README.md").data == b"hello\n"


def test_a_process_that_dies_is_an_error_and_the_next_question_starts_another(reader):
    reader.find("HEAD")
    process = reader._running._process
    process.kill()
    process.wait()
    with pytest.raises(GitError, match="cat-file"):
        reader.find("HEAD")
    assert reader.find("HEAD").kind == "commit"


def test_a_reader_that_is_forgotten_ends_its_process(clone):
    reader = ObjectReader(Git(clone.path))
    reader.find("HEAD")
    process = reader._running._process
    del reader
    gc.collect()
    assert process.returncode is not None


def test_a_fork_reads_with_a_process_of_its_own(reader):
    reader.find("HEAD")
    inward, outward = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(outward, reader.find("HEAD:README.md").data)
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(inward, 100) == b"hello\n"
    assert reader.find("HEAD:README.md").data == b"hello\n"
    for descriptor in (inward, outward):
        os.close(descriptor)
