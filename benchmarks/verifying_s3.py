"""Verifying stored bytes in S3, on a real server on this machine, beside downloads of the same objects.

The server takes its part of the same cores. A download is written to disk and not hashed; we hash and write
nothing. What we are held to is the slower of two: the fastest download, and the hash alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from bytefiles import store_files
from modelops_git.edges.executors import THREADS
from modelops_git.edges.stores.s3.client import Settings
from modelops_git.edges.stores.s3.store import S3Store
from peers import PROJECT
from tables import Amount, Beside, Section, megabytes_per_second
from timing import time_calls
from verifying import openssl, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bytefiles import Shape, Stored
    from timing import Times

AIM = 1.0
MOST_MEMORY = 150
"""MB (of 10^6 bytes)."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the bucket is, and who may read it.

    Attributes:
        endpoint: The server's address.
        bucket: Its name.
        environment: What programs need to reach it.
    """

    endpoint: str
    bucket: str
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Downloader:
    """A program that copies all objects below a prefix to a folder.

    Attributes:
        name: For the table.
        words: Its command, given the server, the prefix and the folder.
    """

    name: str
    words: Callable[[Server, str, Path], list[str]]


def measure(
    folder: Path, programs: Mapping[str, Path], shapes: Sequence[Shape], *, runs: int
) -> Iterator[Section]:
    """Time the verification of each shape in S3, beside each downloader that is among `programs`."""
    sys.path.append(str(PROJECT / "tests"))  # the server is that of the tests
    server_of: Any = import_module("objectstore.seaweed")
    with server_of.SeaweedS3() as running:
        access = running.access
        os.environ |= {"AWS_ACCESS_KEY_ID": access.key, "AWS_SECRET_ACCESS_KEY": access.secret}
        for shape in shapes:
            bucket = running.new_bucket()
            server = Server(access.endpoint, bucket, _environment(folder, access))
            settings = Settings(access.region, access.endpoint, None, "path")
            store = S3Store(bucket, "registry/", f"s3://{bucket}/registry", settings)
            stored = store_files(folder / shape.name, shape, store)
            yield _section(stored, server, _known(programs), folder / "downloads", runs)
            shutil.rmtree(folder / shape.name)


def _section(
    stored: Stored, server: Server, downloaders: Sequence[tuple[Path, Downloader]], folder: Path, runs: int
) -> Section:
    what = f"{stored.shape.words} in S3"
    prefix = f"registry/{stored.prefix}"
    calls: dict[str, Callable[[], None]] = {"modelops, verify_version": lambda: verify(stored, THREADS)}
    for program, downloader in downloaders:
        words = [str(program), *downloader.words(server, prefix, folder)]
        calls[downloader.name] = lambda words=words: _download(words, server, folder)  # type: ignore[misc]
    calls["openssl dgst -sha256, of local copies"] = lambda: openssl(stored.paths, _cores())
    ours, *others = times = time_calls(calls, runs=runs)
    amount = Amount(megabytes_per_second(stored.shape.total), is_speed=True)
    used = memory(stored)
    met = "met" if used < MOST_MEMORY else "**not met**"
    notes = [
        f"{stored.shape.total / 1e6:,.0f} MB in all.",
        f"A process that verified them had {used:,.0f} MB of memory; the aim, {MOST_MEMORY} MB, is {met}.",
    ]
    return Section(f"Verifying {what}", amount, times, _beside(what, ours, others), notes)


def _beside(what: str, ours: Times, others: Sequence[Times]) -> list[Beside]:
    *downloads, hashed = others
    rows = [Beside(f"{what} beside {one.name}", ours, one) for one in others]
    if not downloads:
        return [Beside(what, ours, "no downloader is installed", AIM), *rows]
    fastest = min(downloads, key=lambda one: one.median)
    slower = max(fastest, hashed, key=lambda one: one.median)
    return [Beside(f"{what} beside the slower of {fastest.name} and the hash", ours, slower, AIM), *rows]


def memory(stored: Stored) -> float:
    """The most memory of a process that verifies a version, in MB."""
    import pickle

    case = stored.paths[0].parents[1] / "case.pickle"
    case.write_bytes(pickle.dumps((stored.document, stored.store)))
    script = str(PROJECT / "benchmarks" / "verify_once.py")
    done = subprocess.run([sys.executable, script, str(case)], check=True, capture_output=True)
    return float(json.loads(done.stdout)["kilobytes"]) * 1024 / 1e6


def _download(words: Sequence[str], server: Server, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(
        words, env=server.environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def _known(programs: Mapping[str, Path]) -> list[tuple[Path, Downloader]]:
    return [(programs[one.name], one) for one in DOWNLOADERS if one.name in programs]


def _environment(folder: Path, access: Any) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AWS_ACCESS_KEY_ID": access.key,
        "AWS_SECRET_ACCESS_KEY": access.secret,
        "AWS_DEFAULT_REGION": access.region,
        "RCLONE_CONFIG_PEER_TYPE": "s3",
        "RCLONE_CONFIG_PEER_PROVIDER": "Other",
        "RCLONE_CONFIG_PEER_ENV_AUTH": "true",
        "RCLONE_CONFIG_PEER_ENDPOINT": access.endpoint,
    }


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _aws(server: Server, prefix: str, folder: Path) -> list[str]:
    where = f"s3://{server.bucket}/{prefix}"
    return ["--endpoint-url", server.endpoint, "s3", "cp", "--quiet", "--recursive", where, str(folder)]


def _s5cmd(server: Server, prefix: str, folder: Path) -> list[str]:
    return ["--endpoint-url", server.endpoint, "cp", f"s3://{server.bucket}/{prefix}*", f"{folder}/"]


def _rclone(server: Server, prefix: str, folder: Path) -> list[str]:
    return ["copy", "--transfers", "16", f"peer:{server.bucket}/{prefix}", str(folder)]


DOWNLOADERS = (Downloader("aws", _aws), Downloader("s5cmd", _s5cmd), Downloader("rclone", _rclone))
