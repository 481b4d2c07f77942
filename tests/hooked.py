"""A server that takes messages as webhooks do, remembers them, and misbehaves where it is told to."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Post:
    """A request as it came."""

    path: str
    headers: dict
    body: bytes

    @property
    def data(self):
        return json.loads(self.body)


@dataclass
class Hook:
    """What the server was sent, and how it answers; may be changed while it runs.

    Attributes:
        answers: Statuses of the next answers; then it is 200.
        always: The status of all answers, where it is not None.
        pause: Seconds before each answer.
        drips: Whether it sends its answer so slowly that it never ends.
        breaks: Whether it ends the connection without an answer.
        location: Where redirects lead.
    """

    url: str = ""
    posts: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    always: int | None = None
    pause: float = 0.0
    drips: bool = False
    breaks: bool = False
    location: str = ""

    def sent(self, path=""):
        """The messages to a path that were taken."""
        return [post for post in self.posts if post.path.startswith(f"/{path}")]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    hook = None
    over = None

    def handle_error(self, *_arguments):
        """A client that went away is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        pass

    def do_POST(self):
        hook = self.server.hook
        body = self.rfile.read(int(self.headers["Content-Length"]))
        hook.posts.append(Post(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        if hook.breaks:
            self.close_connection = True
            return
        if hook.drips:
            self._drip()
            return
        self.server.over.wait(hook.pause)
        status = hook.always or (hook.answers.pop(0) if hook.answers else 200)
        self.send_response(status)
        if hook.location:
            self.send_header("Location", hook.location)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def _drip(self):
        until = time.monotonic() + 60
        while time.monotonic() < until and not self.server.over.wait(0.2):
            self.wfile.write(b"H")
            self.wfile.flush()


@contextmanager
def listening():
    """A server on 127.0.0.1 while the block lasts."""
    server = _Server(("127.0.0.1", 0), Handler)
    server.hook, server.over = Hook(f"http://127.0.0.1:{server.server_port}"), threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.hook
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
