"""The fake's side of a connection: bytes in, bytes out, and what goes wrong on the way."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from objectstore import bodies, faults, serving
from objectstore.requests import Seen, request_of

DOMAIN = "localhost"
AT_ONCE = 128


class Listener:
    """Listens on a free port of 127.0.0.1, in a thread of its own."""

    def __init__(self, server, certificate):
        handler = type("_Handler", (_Handler,), {"fake": server})
        self._http = _Server(("127.0.0.1", 0), handler)
        self._http.context = certificate.context() if certificate else None
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self):
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = AT_ONCE
    context = None

    def finish_request(self, request, client_address):
        # In the connection's own thread: a client that is slow to greet keeps nobody waiting.
        wrapped = self.context.wrap_socket(request, server_side=True) if self.context else request
        try:
            super().finish_request(wrapped, client_address)
        finally:
            if wrapped is not request:
                self.shutdown_request(wrapped)

    def handle_error(self, request, client_address):
        """A client that goes away in the middle is no news; all else is an error of the fake."""
        import sys

        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _GoneError(Exception):
    """The connection is of no more use."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "FakeS3"
    sys_version = ""
    disable_nagle_algorithm = True
    fake = None

    def log_message(self, *_):
        pass

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except _GoneError:
            self.close_connection = True

    def serve(self):
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = request_of(self.command, self.path, headers, DOMAIN)
        request.operation = serving.operation_of(request)
        action = self.fake.strike(request.operation, request.key)
        answer, raw = None, b""
        try:
            raw = self._received(headers, action)
            answer = serving.answer(self.fake, request, raw, action)
        finally:  # before it is sent: who has the answer finds the request among those that were seen
            status = 0 if answer is None or _is_silent(action) else answer.status
            sent = len(_body(request, answer, action)) if status else 0
            seen = Seen(request.operation, request.key, headers, request.query, status, len(raw), sent)
            with self.fake.lock:
                self.fake.seen.append(seen)
        self._send(request, answer, action)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = serve  # noqa: N815 - the base class calls them so

    def _received(self, headers, action):
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return b"".join(bodies.unchunked(self.rfile))
        said = headers.get("content-length", "0")
        if not said.isdecimal():
            raise _GoneError
        length = int(said)
        if isinstance(action, faults.Reset) and length:
            self.rfile.read(int(length * action.at))
            self._reset()
        data = self.rfile.read(length)
        if len(data) < length:
            raise _GoneError
        return data

    def _send(self, request, answer, action):
        """Send an answer, as wrong as it is meant to be."""
        if isinstance(action, faults.Lost):
            self._reset()
        if _is_silent(action):
            self._stall()
        self._send_head(answer, action)
        self.wfile.write(_body(request, answer, action))
        self.wfile.flush()
        self._after(action)

    def _send_head(self, answer, action):
        length = len(answer.body) + (action.by if isinstance(action, faults.Length) else 0)
        headers = {"Content-Length": str(length), "x-amz-request-id": "0123456789ABCDEF", **answer.headers}
        self.send_response(answer.status)
        for name, value in headers.items():
            if value is not None and not (answer.status == 204 and name == "Content-Length"):
                self.send_header(name, str(value).encode().decode("latin-1"))
        self.end_headers()

    def _after(self, action):
        if isinstance(action, faults.Stall):
            self._stall()
        if isinstance(action, faults.Reset):
            self._reset()
        if isinstance(action, (faults.Truncate, faults.Length)):
            raise _GoneError

    def _reset(self):
        """End the connection so that the other side gets a reset and not an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.rfile.close()
        with suppress(OSError, ValueError):
            self.wfile.close()
        raise _GoneError

    def _stall(self):
        self.fake.stopped.wait(120)
        raise _GoneError


_CUTS = (faults.Truncate, faults.Reset, faults.Stall)


def _is_silent(action):
    """Whether nothing at all is said."""
    return isinstance(action, faults.Lost) or (isinstance(action, faults.Stall) and action.at == 0)


def _body(request, answer, action):
    """What of a body is really sent."""
    body = b"" if request.method == "HEAD" or answer.status in {204, 304} else answer.body
    return body[: int(len(body) * action.at)] if isinstance(action, _CUTS) else body
