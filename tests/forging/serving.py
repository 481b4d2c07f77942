"""The HTTP side of a fake: routes, pages, faults, and a list of what was asked that no forge knows."""

from __future__ import annotations

import json
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

TOKEN = "token-of-the-runner"  # noqa: S105 - of a server in a test
LARGEST_PAGE = 100


class Request(NamedTuple):
    """What was asked: path parameters are unescaped."""

    method: str
    path: str
    query: dict
    body: dict | None
    headers: dict


class Response(NamedTuple):
    """What is answered."""

    status: int
    document: object = None
    headers: dict = {}  # noqa: RUF012 - never changed


class Page(NamedTuple):
    """A list of which a page is given; `by_mark` where pages have marks instead of numbers."""

    items: list
    by_mark: bool = False


@dataclass
class Route:
    """One operation of the API.

    Attributes:
        method: GET, POST and so on.
        template: As the API's description writes it: `/repos/{owner}/{repo}`.
        answer: Gives the answer: (fake, request, *parameters).
        query: The names of parameters after the `?` that it knows.
        body: The names of fields that it knows.
        slashes: The parameters that may have slashes in them.
    """

    method: str
    template: str
    answer: object
    query: tuple = ()
    body: tuple = ()

    def __post_init__(self):
        self.pattern = re.compile(re.sub(r"\{[a-z_]+\}", "([^/]+)", self.template))


@dataclass
class Fault:
    """Something that goes wrong: for requests whose path contains `within`, so many times.

    Attributes:
        kind: `status`, `slow`, `truncated`, `reset`, `text` or `endless`.
        within: Part of the path; any where it is empty.
        times: How often.
        status: For `status`.
        headers: Sent with it.
        document: For `status` and `text`: what is answered.
        method: Only of this kind of request, where it is not empty.
    """

    kind: str
    within: str = ""
    times: int = 1
    status: int = 500
    headers: dict = field(default_factory=dict)
    document: object = None
    method: str = ""


@dataclass
class Fake:
    """A forge's API.

    Attributes:
        kind: Which one: `github` or `gitlab`.
        state: What it knows.
        routes: What can be asked.
        prefix: What its paths begin with: `/api/v4`.
        faults: What goes wrong next.
        asked: (method, path) of each request.
        strange: What was asked that the API does not have; the end of the test fails then.
        hidden: Path parts -> status: what the token may not see.
        settings: How the forge is set.
        log: Each request with its response, for whoever judges them: (route, request, response).
    """

    kind: str
    state: object
    routes: tuple
    prefix: str = ""
    required_headers: dict = field(default_factory=dict)
    token: str = TOKEN
    faults: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    strange: list = field(default_factory=list)
    hidden: dict = field(default_factory=dict)
    settings: object = None
    log: list = field(default_factory=list)
    url: str = ""

    @property
    def api(self):
        """The address that the API begins with."""
        return f"{self.url}{self.prefix}"

    def __getattr__(self, name):
        if name.startswith("_") or name == "state":
            raise AttributeError(name)
        return getattr(self.state, name)

    def fail(self, kind, within="", **said):
        """Let something go wrong."""
        self.faults.append(Fault(kind, within, **said))

    def fault_for(self, request):
        """What goes wrong with this request; None for nothing."""
        for fault in self.faults:
            if fault.times > 0 and fault.within in request.path and fault.method in {"", request.method}:
                fault.times -= 1
                return fault
        return None

    def answer(self, request):
        """What the forge answers."""
        self.state.sync()
        self.asked.append((request.method, request.path))
        if request.headers.get("authorization") not in {None, f"Bearer {self.token}"}:
            return Response(401, {"message": "Bad credentials", "documentation_url": "https://docs.invalid"})
        for part, status in self.hidden.items():
            if part in request.path:
                said = "Not Found" if status == 404 else "Resource not accessible by integration"
                return Response(status, {"message": said, "documentation_url": "https://docs.invalid"})
        return self._routed(request)

    def _routed(self, request):
        path = request.path.removeprefix(self.prefix)
        if path == request.path:  # GraphQL is beside the REST API, not below its version
            path = path.removeprefix(self.prefix.rpartition("/v")[0])
        for route in self.routes:
            found = route.pattern.fullmatch(path)
            if found and route.method == request.method:
                self._require_known(route, request)
                given = route.answer(self, request, *map(unquote, found.groups()))
                response = self._paged(request, given) if isinstance(given, Page) else given
                self.log.append((route, request, response))
                return response
        self.strange.append(f"no route {request.method} {request.path}")
        return Response(404, {"message": "Not Found"})

    def _require_known(self, route, request):
        extra = set(request.query) - {*route.query, "per_page", "page"}
        fields = set(request.body or {}) - set(route.body)
        headers = [
            name for name, value in self.required_headers.items() if request.headers.get(name) != value
        ]
        for wrong in (*extra, *fields, *headers):
            self.strange.append(
                f"{request.method} {request.path} does not know {wrong}, or wants it otherwise"
            )

    def _paged(self, request, page):
        size = min(int(request.query.get("per_page", 30)), LARGEST_PAGE)
        mark = request.query.get("after", "mark-1") if page.by_mark else request.query.get("page", "1")
        number = int(mark.removeprefix("mark-"))
        rest = page.items[number * size :]
        headers = {}
        if rest:
            name, value = ("after", f"mark-{number + 1}") if page.by_mark else ("page", str(number + 1))
            query = urlencode({**request.query, name: value})
            headers["Link"] = f'<{self.url}{request.path}?{query}>; rel="next"'
            headers["X-Next-Page"] = "" if page.by_mark else str(number + 1)
        return Response(200, page.items[(number - 1) * size : number * size], headers)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    fake = None

    def handle_error(self, *_arguments):
        """A client that went away is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    """Reads a request, has the fake answer it, and does what goes wrong."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # otherwise each answer waits for 40 ms
    locks = threading.Lock()

    def do_GET(self):
        self._serve()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - named by http.server

    def log_message(self, *_arguments):
        pass

    def _serve(self):
        parts = urlsplit(self.path)
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.loads(data) if data else None
        request = Request(self.command, parts.path, dict(parse_qsl(parts.query)), body, headers)
        with self.locks:
            fault = self.server.fake.fault_for(request)
            if fault and fault.kind == "status":
                self.server.fake.asked.append((request.method, request.path))
                response = Response(fault.status, fault.document, fault.headers)
            else:
                response = self._answered(request)
        self._say(request, response, fault)

    def _answered(self, request):
        try:
            return self.server.fake.answer(request)
        except Exception as error:  # a mistake in the fake must be seen by the test
            self.server.fake.strange.append(f"{request.method} {request.path}: {error!r}")
            raise

    def _say(self, request, response, fault):
        data = b"" if response.document is None else json.dumps(response.document).encode()
        headers = dict(response.headers)
        kind = fault.kind if fault else ""
        if kind == "reset":
            self.close_connection = True
            return
        if kind == "slow":
            time.sleep(fault.status)
        if kind == "text":
            data = fault.document
        if kind == "endless":
            headers["Link"] = f'<{self.server.fake.url}{request.path}?page=2>; rel="next"'
            fault.times += 1
        self.send_response(response.status)
        for name, value in {"Content-Type": "application/json; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if kind == "truncated" else data)
        if kind == "truncated":
            self.close_connection = True


@contextmanager
def serving(fake):
    """Have a fake answer at a port of its own on 127.0.0.1, as long as the block lasts."""
    server = _Server(("127.0.0.1", 0), Handler)
    server.fake = fake
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert not fake.strange, fake.strange
