from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.base import Expected, StoreChangedError
from modelops_git.engine.hashing import digest_file, digest_files


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_the_digest_is_that_of_all_bytes_and_progress_adds_up(tmp_path, size):
    data = os.urandom(size)
    (tmp_path / "f").write_bytes(data)
    seen = []
    assert digest_file(tmp_path / "f", seen.append) == Expected(hashlib.sha256(data).hexdigest(), size)
    assert sum(seen) == size


def test_many_files_keep_their_order_in_an_executor(tmp_path):
    paths = [tmp_path / str(number) for number in range(20)]
    for number, path in enumerate(paths):
        path.write_bytes(bytes([number]) * number)
    with ThreadPoolExecutor(4) as pool:
        found = digest_files(paths, pool)
    assert found == digest_files(paths)
    assert [one.size for one in found] == list(range(20))


def test_a_file_that_grows_while_it_is_hashed_is_noticed_and_does_not_run_for_ever(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"x" * 10)

    def grow(_count):
        with path.open("ab") as file:
            file.write(b"more")

    with pytest.raises(StoreChangedError):
        digest_file(path, grow)


def test_a_file_whose_content_changes_while_it_is_hashed_is_noticed(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"x" * 10)

    def change(_count):
        path.write_bytes(b"y" * 10)
        os.utime(path, (1, 1))

    with pytest.raises(StoreChangedError, match="changed while it was read"):
        digest_file(path, change)


def test_a_file_that_claims_to_be_empty_and_is_not_is_refused(tmp_path):
    endless = tmp_path / "f"
    endless.symlink_to("/proc/self/status")
    if os.path.exists(endless):  # noqa: PTH110 - Linux has it; elsewhere the link dangles
        with pytest.raises(StoreChangedError, match="grew"):
            digest_file(endless)
    else:
        with pytest.raises(StoreError):
            digest_file(endless)


def test_what_is_no_regular_file_is_refused_and_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(StoreError, match="no regular file"):
            digest_file(path)
    with pytest.raises(StoreError, match="No such file"):
        digest_file(tmp_path / "nothing")
