"""A real PostgreSQL for tests, in a folder of its own, on 127.0.0.1; it refuses to be root, so it is not."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

SECONDS = 60
TRIES = 5


def programs():
    """Where its programs are; None where it is not installed. Debian keeps them off the path."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((one for one in reversed(folders) if (one / "postgres").exists()), None)


@contextmanager
def running(bin_folder):
    """The URL of a server's database, by its superuser, while it runs."""
    folder = Path(tempfile.mkdtemp(prefix="modelops-postgres-"))
    user = _user()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    password = secrets.token_hex(8)
    try:
        _make(bin_folder, folder, password, user)
        process, port = _start(bin_folder, folder, user)
        try:
            yield f"postgres://owner:{password}@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)  # at once, whoever is connected
            process.wait(SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user():
    """Whom the server runs as, where that is not who runs the tests."""
    if os.geteuid() != 0:
        return None
    names = [one.pw_name for one in pwd.getpwall()]
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def _as(user):
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _make(bin_folder, folder, password, user):
    secret = folder / "password"
    secret.write_text(password)
    secret.chmod(0o644)
    options = [
        "--auth=scram-sha-256",
        f"--pwfile={secret}",
        "--username=owner",
        "--no-sync",
        "--encoding=UTF8",
    ]
    command = [bin_folder / "initdb", *options, "--locale=C", f"--pgdata={folder}/data"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, **_as(user))


def _start(bin_folder, folder, user):
    for _ in range(TRIES):  # somebody else may take the port first
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [bin_folder / "postgres", "-D", folder / "data", "-k", folder, "-p", str(port)]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **_as(user))
        if _is_ready(process, port):
            return process, port
    raise RuntimeError((folder / "log").read_text())


def _is_ready(process, port):
    until = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
