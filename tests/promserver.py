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
EVERY = 15


class Series(NamedTuple):
    """A series.

    Attributes:
        name: The metric's name, with its labels.
        samples: Pairs of a time, in seconds since 1970, and a value.
    """

    name: str
    samples: list


def growing(name, began, ended, per_second):
    """A counter that grows evenly from 0, scraped every 15 seconds."""
    times = range(int(began), int(ended) + 1, EVERY)
    return Series(name, [(at, (at - began) * per_second) for at in times])


class Server:
    """A server, which may be stopped and started again.

    Attributes:
        url: Its address.
    """

    def __init__(self, folder):
        self._folder, self._process, self.url = folder, None, ""

    def fill(self, series):
        """Give it samples before it starts."""
        lines = [f"{name} {value} {at:.3f}\n" for name, samples in series for at, value in samples]
        text = self._folder / "samples.om"
        text.write_text("".join([*lines, "# EOF\n"]))
        command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", text, self._data]
        subprocess.run(command, check=True, capture_output=True)

    def start(self, scraping=""):
        """Start it, always at the same address, and wait until it answers."""
        jobs = {"scrape_configs": [_job(scraping)] if scraping else []}
        (self._folder / "prometheus.yml").write_text(json.dumps(jobs))
        for _ in range(TRIES):  # somebody else may take the port first
            self._launch(self.url or f"http://127.0.0.1:{_free_port()}")
            if self._is_ready():
                return
            self.stop()
        raise AssertionError((self._folder / "log").read_text())

    def stop(self):
        """Stop it as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def wait_for(self, query):
        """Wait until a query has a result."""
        until = time.monotonic() + SECONDS
        while not self.result(query):
            assert time.monotonic() < until, f"{query} has no result in {SECONDS} seconds"
            time.sleep(0.05)

    def result(self, query):
        """What the server says to a query now."""
        with _opened(f"{self.url}/api/v1/query", f"query={query}".encode()) as answer:
            return json.load(answer)["data"]["result"]

    @property
    def _data(self):
        return self._folder / "data"

    def _launch(self, url):
        command = [
            "prometheus",
            f"--config.file={self._folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._data}",
            "--storage.tsdb.retention.time=100y",
            f"--web.listen-address={url.removeprefix('http://')}",
        ]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._tried = url

    def _is_ready(self):
        until = time.monotonic() + SECONDS
        while self._process.poll() is None and time.monotonic() < until:
            try:
                with _opened(f"{self._tried}/-/ready"):
                    self.url = self._tried
                    return True
            except OSError:
                time.sleep(0.02)
        return False


@contextmanager
def prometheus(folder, *series, scraping=""):
    """A server, as long as the block lasts.

    Args:
        folder: An empty folder.
        series: What it has measured already.
        scraping: The host and port of an exporter that it asks ten times a second.
    """
    server = Server(folder)
    if series:
        server.fill(series)
    server.start(scraping)
    try:
        yield server
    finally:
        server.stop()


def _job(target):
    often = {"scrape_interval": "100ms", "scrape_timeout": "100ms"}
    return {"job_name": "exporter", **often, "static_configs": [{"targets": [target]}]}


def _opened(url, data=None):
    try:
        return urllib.request.urlopen(url, data, SECONDS)  # noqa: S310 - of the server above
    except urllib.error.HTTPError as error:
        error.close()
        raise


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
