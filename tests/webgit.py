"""A plain git server: `git http-backend` behind basic authentication, as a web server would run it."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PASSWORD = "open sesame"  # noqa: S105 - of a server that lives for one test
HOOK = """\
#!/bin/sh
exec "{python}" -m modelops_git pre-receive {words}
"""


def install_hook(repository, words=""):
    """Have a bare repository call the tool before it takes a push."""
    hook = repository / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(HOOK.format(python=sys.executable, words=words))
    hook.chmod(0o755)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self._run(b"")

    def do_POST(self):
        length = self.headers.get("Content-Length")
        self._run(self.rfile.read(int(length)) if length else b"".join(self._chunks()))

    def _chunks(self):
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _run(self, body):
        user = self._user()
        if user is None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.end_headers()
            return
        about = self._about(user, len(body))
        command = ["git", "http-backend"]
        done = subprocess.run(command, input=body, env=about, capture_output=True, check=True)
        self._answer(done.stdout)

    def _about(self, user, length):
        """The environment of a CGI program: nothing else of this process is in it."""
        path, _, query = self.path.partition("?")
        return {
            **self.server.env,
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REMOTE_USER": user,
        }

    def _user(self):
        given = self.headers.get("Authorization", "").removeprefix("Basic ")
        user, _, password = base64.b64decode(given).decode().partition(":")
        return user if user and password == PASSWORD else None

    def _answer(self, output):
        head, _, body = output.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(fields.pop("Status", "200 OK").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: a test that fails shows what git said."""


@contextmanager
def served(root, home):
    """Serve the repositories below `root` to whoever knows the password; where, without a user."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.env = {"GIT_PROJECT_ROOT": str(root), "PATH": os.environ["PATH"], "HOME": str(home)}
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
