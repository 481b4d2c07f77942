"""A real Prometheus for tests, which begins with samples of the past, so that nobody waits for them."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import NamedTuple

SECONDS = 60
TRIES = 5


class Series(NamedTuple):
    """A series.

    Attributes:
        name: The metric's name, with its labels.
        samples: Pairs of a time, in seconds since 1970, and a value.
    """

    name: str
    samples: list


def growing(name, begin, end, per_second, every=15):
    """A counter that grows evenly from 0; with a scrape every so many seconds."""
    times = range(int(begin), int(end) + 1, every)
    return Series(name, [(at, (at - begin) * per_second) for at in times])


@contextmanager
def prometheus(folder, *series, scraping=""):
    """The address of a server, as long as the block lasts.

    Args:
        folder: An empty folder.
        series: What it has measured already.
        scraping: The host and port of an exporter that it asks ten times a second.
    """
    data = folder / "data"
    data.mkdir(parents=True)
    if series:
        _fill(folder, data, series)
    jobs = {"scrape_configs": [_job(scraping)] if scraping else []}
    (folder / "prometheus.yml").write_text(json.dumps(jobs))
    process, url = _started(folder, data)
    try:
        yield url
    finally:
        process.kill()
        process.wait()


def wait_for(url, query):
    """Wait until a query has a result."""
    until = time.monotonic() + SECONDS
    while not _result(url, query):
        assert time.monotonic() < until, f"{query} has no result in {SECONDS} seconds"
        time.sleep(0.05)


def _result(url, query):
    with urllib.request.urlopen(f"{url}/api/v1/query", f"query={query}".encode()) as answer:  # noqa: S310 - of the server above
        return json.load(answer)["data"]["result"]


def _fill(folder, data, series):
    lines = [f"{name} {value} {at:.3f}\n" for name, samples in series for at, value in samples]
    text = folder / "samples.om"
    text.write_text("".join([*lines, "# EOF\n"]))
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", text, data]
    subprocess.run(command, check=True, capture_output=True)


def _job(target):
    often = {"scrape_interval": "100ms", "scrape_timeout": "100ms"}
    return {"job_name": "exporter", **often, "static_configs": [{"targets": [target]}]}


def _started(folder, data):
    for _ in range(TRIES):  # somebody else may take the port first
        address = f"127.0.0.1:{_free_port()}"
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [
                    "prometheus",
                    f"--config.file={folder / 'prometheus.yml'}",
                    f"--storage.tsdb.path={data}",
                    "--storage.tsdb.retention.time=100y",
                    f"--web.listen-address={address}",
                    "--query.timeout=5s",
                ],
                stdout=log,
                stderr=log,
            )
        if _is_ready(process, f"http://{address}"):
            return process, f"http://{address}"
        process.kill()
        process.wait()
    raise AssertionError((folder / "log").read_text())


def _is_ready(process, url):
    until = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/-/ready"):  # noqa: S310 - of the server above
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    return False


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
