from __future__ import annotations

import socket
import time

import pytest

from hooked import listening
from modelops_git.core.notifying.messages import Message
from modelops_git.edges.notifying.outlets import Outlet
from modelops_git.edges.notifying.web import Parcel, deliver

SECRET = b"s" * 32


@pytest.fixture
def hook():
    with listening() as hook:
        yield hook


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def message(entry):
    return Message(f"id-{entry}", entry, "application/json", b'{"entry": %d}' % entry)


def parcel(url, *entries, secret=None):
    return Parcel(Outlet("HOOK_URL", url, secret), [message(entry) for entry in entries])


def test_messages_are_posted_in_order_each_with_its_headers(hook):
    (done,) = deliver([parcel(hook.url + "/hook?x=1", 3, 5, secret=SECRET)], 1_700_000_000)
    assert (done.sent, done.problem) == ([3, 5], "")
    assert [post.data["entry"] for post in hook.posts] == [3, 5]
    first = hook.posts[0]
    assert first.path == "/hook?x=1"
    assert first.headers["content-type"] == "application/json; charset=utf-8"
    assert first.headers["user-agent"].startswith("modelops-git/")
    assert (first.headers["webhook-id"], first.headers["webhook-timestamp"]) == ("id-3", "1700000000")


def test_without_a_secret_nothing_is_signed(hook):
    deliver([parcel(hook.url, 1)], 0)
    assert not any(name.startswith("webhook-") for name in hook.posts[0].headers)


@pytest.mark.parametrize("status", [400, 404, 410, 500, 502])
def test_a_refusal_ends_the_parcel(hook, status):
    hook.answers = [200, status]
    (done,) = deliver([parcel(hook.url, 1, 2, 3)], 0)
    assert (done.sent, done.problem) == ([1], f"it answers HTTP {status}")
    assert len(hook.posts) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_says_later_is_asked_once_more(hook, status):
    hook.answers = [status]
    assert deliver([parcel(hook.url, 1)], 0)[0].sent == [1]
    hook.always = status
    assert deliver([parcel(hook.url, 1)], 0)[0].problem == f"it answers HTTP {status}"
    assert len(hook.posts) == 4


def test_a_connection_that_breaks_off_is_not_tried_again(hook):
    hook.breaks = True
    (done,) = deliver([parcel(hook.url, 1)], 0)
    assert done.problem == "it breaks off the connection"
    assert len(hook.posts) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(hook, status):
    with listening() as other:
        hook.always, hook.location = status, other.url
        (done,) = deliver([parcel(hook.url, 1)], 0)
        assert done.problem == f"it answers with another address (HTTP {status}), which is not followed"
        assert other.posts == []


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_what_cannot_be_reached_is_said_without_the_address(hook, caplog):
    dead = [f"http://127.0.0.1:{free_port()}/T0/secret", "http://nowhere.invalid/T0/secret"]
    secure = hook.url.replace("http:", "https:") + "/T0/secret"
    said = [one.problem for one in deliver([parcel(url, 1) for url in [*dead, secure]], 0)]
    assert said[0] == "it cannot be reached"
    assert said[1] == "its name cannot be resolved"
    assert said[2].startswith(("its certificate", "it fails with"))
    assert not any("secret" in one or "127.0.0.1" in one for one in [*said, caplog.text])


def test_a_slow_server_holds_up_neither_the_caller_nor_the_others(hook):
    with listening() as slow:
        slow.drips = True
        begun = time.monotonic()
        stuck, fine = deliver([parcel(slow.url, 1), parcel(hook.url, 1, 2)], 0, 1.0)
    assert time.monotonic() - begun < 10
    assert (stuck.sent, stuck.problem) == ([], "it took more than 1 seconds")
    assert (fine.sent, fine.problem) == ([1, 2], "")


def test_what_is_sent_after_the_time_counts_as_not_sent(hook):
    hook.pause = 0.7
    (done,) = deliver([parcel(hook.url, 1, 2, 3, 4, 5)], 0, 2)
    assert 1 <= len(done.sent) < 5
    assert done.problem in {"it took more than 2 seconds", "it does not answer in time"}


def test_a_proxy_of_the_environment_is_used(hook, monkeypatch):
    monkeypatch.setenv("http_proxy", hook.url)
    (done,) = deliver([parcel("http://hooks.example/T0", 1)], 0)
    assert done.sent == [1]
    assert hook.posts[0].path == "http://hooks.example/T0"


def test_nothing_to_send_is_nothing_done():
    assert deliver([], 0) == []
