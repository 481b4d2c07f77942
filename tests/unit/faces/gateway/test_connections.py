"""What the head of a request may be, and how long it may take."""

from __future__ import annotations

import socket
import threading
from contextlib import closing, suppress

import pytest
import uvicorn

from fakegateway import eventually
from modelops_git.faces.gateway import connections

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def application(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def connect(monkeypatch):
    """Connects to a server in a thread, which waits 0.2 seconds for a head."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        application,
        http=connections.Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        timeout_keep_alive=60,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    assert eventually(lambda: server.started)
    yield lambda: closing(socket.create_connection(listening.getsockname(), 10))
    server.should_exit = True
    thread.join(10)


def until_closed(connection):
    """What comes before the other side hangs up."""
    said = b""
    with suppress(ConnectionError):
        while some := connection.recv(65536):
            said += some
    return said


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n", b"\r\n"])
def test_a_head_that_is_not_sent_in_time_ends_the_connection(connect, sent):
    with connect() as connection:
        connection.sendall(sent)
        assert until_closed(connection) == b""


@pytest.mark.parametrize("sent", [b"\r\n", b"GET / HTTP/1.1\r\nX: "])
def test_so_does_one_after_an_answer(connect, sent):
    with connect() as connection:
        connection.sendall(GET)
        assert connection.recv(1000).endswith(b"ok")
        connection.sendall(sent)
        assert until_closed(connection) == b""


def test_a_connection_without_a_next_request_is_kept(connect):
    with connect() as connection:
        for _ in range(2):
            connection.sendall(GET)
            assert connection.recv(1000).endswith(b"ok")
            connection.settimeout(0.5)
            with pytest.raises(TimeoutError):
                connection.recv(1)


@pytest.mark.parametrize("begin", [b"GET / HTTP/1.1\r\nX: ", b"GET /"])
def test_a_head_without_end_is_refused(connect, begin):
    with connect() as connection:
        sent = 0
        with suppress(ConnectionError):
            connection.sendall(begin)
            while sent < 64 << 20:
                connection.sendall(b"a" * 65536)
                sent += 65536
        assert sent < 64 << 20


def test_a_head_of_usual_length_in_pieces_is_read(connect):
    with connect() as connection:
        connection.sendall(GET[:-2])
        for number in range(20):
            connection.sendall(b"X-%d: %s\r\n" % (number, b"a" * 1000))
        connection.sendall(b"\r\n")
        assert connection.recv(1000).endswith(b"ok")


def test_connections_leave_files_to_be_opened(connect, monkeypatch):
    monkeypatch.setattr(connections, "most_connections", lambda: 1)
    with connect() as first, connect() as second:
        assert until_closed(second) == b""
        first.sendall(GET)
        assert first.recv(1000).endswith(b"ok")


def read_at_once(connection):
    """What has come when something has."""
    connection.settimeout(10)
    return connection.recv(65536)


def test_head_and_body_of_an_answer_come_together(connect):
    with connect() as connection:
        for _ in range(50):
            connection.sendall(GET)
            answer = read_at_once(connection)
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
            assert answer.endswith(b"\r\n\r\nok")


def test_an_answer_without_a_body_comes_too(connect):
    with connect() as connection:
        for _ in range(2):
            connection.sendall(GET.replace(b"GET", b"HEAD"))
            assert read_at_once(connection).endswith(b"\r\n\r\n")


def test_answers_to_requests_that_were_sent_at_once_come_in_their_order(connect):
    with connect() as connection:
        connection.sendall(GET * 3 + GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        answer = until_closed(connection)
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == answer.count(b"\r\n\r\nok") == 4
