"""Several processes write one log, and are killed: what was written is there, whole and once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from logged import counted, files, until

WRITER = """
import resource, signal, sys, time
from pathlib import Path
from logged import opened, record
root, first, count, limit = Path(sys.argv[1]), *map(int, sys.argv[2:])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
said = []
log = opened(root, said, file_bytes=500_000, pause=0.01, patience=10)
def stop(*_):
    log.close()
    print(*log.counts, flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
number = first
while count == 0 or number < first + count:
    log.write(record(number))
    number += 1
    if number % 100 == 0:
        time.sleep(0.001)
stop()
"""
TESTS = Path(__file__).parents[3]


def writers(root, count, each, limit=0):
    arguments = [[str(root), str(1_000_000 * (one + 1)), str(each), str(limit)] for one in range(count)]
    command = [sys.executable, "-c", WRITER]
    return [
        subprocess.Popen([*command, *one], stdout=subprocess.PIPE, text=True, cwd=TESTS) for one in arguments
    ]


def counts(process):
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    return [int(word) for word in said.split()]


def by_duckdb(root):
    with duckdb.connect() as connection:
        return counted(connection, root)


@pytest.mark.parametrize("each", [5_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_several_processes_lose_nothing(tmp_path, each):
    for process in writers(tmp_path, 4, each):
        assert counts(process) == [each, 0, 0]
    assert by_duckdb(tmp_path) == (4 * each, 4 * each)
    assert len(files(tmp_path)) >= 4


def test_what_waits_is_written_when_a_process_is_told_to_end(tmp_path):
    (process,) = writers(tmp_path, 1, 0)
    until(lambda: files(tmp_path))
    process.send_signal(signal.SIGTERM)
    written, dropped, failed = counts(process)
    assert (dropped, failed) == (0, 0)
    assert by_duckdb(tmp_path) == (written, written)


def test_a_killed_process_leaves_whole_lines_but_the_last(tmp_path):
    processes = writers(tmp_path, 2, 0)
    until(lambda: len(files(tmp_path)) >= 4)
    for process in processes:
        process.kill()
        process.communicate()
    for path in files(tmp_path):
        *lines, torn = path.read_bytes().split(b"\n")
        assert [json.loads(line)["model"] for line in lines] == ["iris"] * len(lines)
        assert torn == b"" or not torn.endswith(b"}")
    rows, different = by_duckdb(tmp_path)
    assert rows == different > 0


def test_a_file_that_may_not_grow_is_followed_by_another(tmp_path):
    (process,) = writers(tmp_path, 1, 1_500, limit=100_000)
    assert counts(process) == [1_500, 0, 0]
    assert by_duckdb(tmp_path) == (1_500, 1_500)
    assert max(path.stat().st_size for path in files(tmp_path)) <= 100_000
