"""A small web server for tests: it has files, shows lists of them, and misbehaves where it is told to."""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote


@dataclass
class Web:
    """What the server has and how it behaves; may be changed while it runs.

    Attributes:
        files: Path without the first slash -> content.
        asked: The method and path of each request, and its Range.
        knows_ranges: Whether parts of files are sent.
        tags: Whether ETags are.
        dates: Whether Last-Modified is.
        breaks_at: Where the connection breaks off: at each of these bytes of a file, once.
        refusals: Statuses that the next requests get.
        headers: Sent with each file.
        lists: Whether lists of folders are shown.
        absent: What is said of a path that is not there: start of the path -> header and value.
    """

    files: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    logins: list = field(default_factory=list)
    knows_ranges: bool = True
    tags: bool = True
    dates: bool = False
    has_length: bool = True
    breaks_at: list = field(default_factory=list)
    refusals: list = field(default_factory=list)
    headers: dict = field(default_factory=dict)
    lists: bool = True
    absent: dict = field(default_factory=dict)
    url: str = ""

    def page(self, folder):
        """The list of a folder as web servers show it; None where nothing lies below."""
        names = set()
        for path in self.files:
            if path.startswith(folder):
                name, slash, _ = path[len(folder) :].partition("/")
                names.add(name + slash)
        if not names:
            return None
        links = "".join(f'<a href="{quote(name)}">{name}</a>\n' for name in sorted(names))
        return f'<a href="../">up</a><a href="?C=M;O=D">by date</a><a href="/">top</a>\n{links}'.encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    web = None

    def handle_error(self, *_arguments):
        """A client that went away is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._serve(with_body=True)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self._serve(with_body=True)

    def do_HEAD(self):
        self._serve(with_body=False)

    def log_message(self, *_arguments):
        pass

    def _serve(self, *, with_body):
        web = self.server.web
        path = unquote(self.path.partition("?")[0])[1:]
        web.asked.append((self.command, path, self.headers.get("Range", "")))
        web.logins.append(self.headers.get("Authorization", ""))
        if web.refusals:
            self._say(web.refusals.pop(0), b"", with_body)
        elif path in web.files:
            self._file(web.files[path], with_body)
        elif web.lists and (path.endswith("/") or not path) and (page := web.page(path)):
            self._say(200, page, with_body, {"Content-Type": "text/html"})
        else:
            said = [header for start, header in web.absent.items() if path.startswith(start)]
            self._say(404, b"", with_body, dict(said))

    def _file(self, content, with_body):
        web = self.server.web
        headers = {"Content-Type": "application/octet-stream", **web.headers}
        if web.tags:
            headers["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        if web.dates:
            headers["Last-Modified"] = "Sat, 21 Nov 2026 20:00:00 GMT"
        start, status, wanted = 0, 200, self.headers.get("Range", "")
        if wanted and web.knows_ranges:
            start, status = int(wanted.removeprefix("bytes=").partition("-")[0]), 206
            if start >= len(content):
                self._say(416, b"", with_body)
                return
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._say(status, content[start:], with_body, headers, start)

    def _say(self, status, body, with_body, headers=None, start=0):
        web = self.server.web
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if web.has_length:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.close_connection = True
        self.end_headers()
        if not with_body:
            return
        for place in web.breaks_at:
            if start <= place < start + len(body):
                web.breaks_at.remove(place)
                self.wfile.write(body[: place - start])
                self.close_connection = True
                return
        self.wfile.write(body)


@contextmanager
def serving(**said):
    """A server of its own port on 127.0.0.1, as long as the block lasts."""
    web = Web(**said)
    server = _Server(("127.0.0.1", 0), Handler)
    server.web = web
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    web.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
