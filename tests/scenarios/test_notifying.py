"""Notifications: who follows is told of what happens, once, whoever ticks and whatever is down."""

from __future__ import annotations

import base64
import time

import pytest
from cloudevents.v1.http import from_http
from standardwebhooks.webhooks import Webhook

from hooked import listening
from modelops_git.core.manifests.parse import parse_document
from shop import Shop

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
EVENTS = ["run-started", "run-ended", "hold-set", "paused", "resumed", "deferred", "retry-granted"]
CANARY = {"type": "canary", "steps": [{"weight": 5, "for": "1h"}]}


@pytest.fixture
def hook():
    with listening() as hook:
        yield hook


@pytest.fixture
def told(shop, hook):
    following(shop, hook, CANARY)
    return shop


def following(shop, hook, canary):
    """The registry tells a channel and a program of what happens in production; iris 1.0.0 is live."""
    registry = parse_document("modelops.yaml", (shop.clone / "modelops.yaml").read_bytes()).document.written
    registry["strategies"]["standard"] = canary
    registry["notifications"] = [
        {"type": "slack", "url_env": "SLACK_URL", "on": EVENTS, "environments": ["production"]},
        {"type": "webhook", "url_env": "HOOK_URL", "secret_env": "HOOK_SECRET", "on": EVENTS},
    ]
    shop.write("modelops.yaml", registry)
    with_variables(shop, hook)
    shop.version("1.0.0")
    shop.version("1.1.0", parent="1.0.0")
    shop.want("1.0.0")
    shop.merge()
    shop.modelops("apply")


def with_variables(shop, hook):
    shop.env |= {"SLACK_URL": f"{hook.url}/slack", "HOOK_URL": f"{hook.url}/hook", "HOOK_SECRET": SECRET}


def texts(hook):
    return [post.data["text"] for post in hook.sent("slack")]


def types(hook):
    return [post.data["type"].removeprefix("io.modelops.") for post in hook.sent("hook")]


def begin_canary(shop):
    shop.want("1.1.0", strategy="standard")
    shop.merge()
    shop.modelops("apply")


@pytest.mark.usefixtures("told")
def test_whoever_follows_is_told_of_the_first_rollout_too(hook):
    assert texts(hook) == ["production: the rollout of iris 1.0.0 began", "production: iris 1.0.0 is live"]
    assert types(hook) == ["run-started", "run-ended"]


@pytest.mark.usefixtures("told")
def test_a_message_is_a_cloudevent_with_a_signature_that_others_verify(hook):
    post = hook.sent("hook")[-1]
    event = from_http(post.headers, post.body)
    assert (event["specversion"], event["source"], event["subject"]) == (
        "1.0",
        "modelops://shop/production",
        "iris",
    )
    assert event["type"] == "io.modelops.run-ended"
    assert (event.data["result"], event.data["version"]) == ("succeeded", "1.0.0")
    assert [(one["version"], one["weight"]) for one in event.data["routes"]] == [("1.0.0", 100)]
    assert Webhook(SECRET).verify(post.body, post.headers)["id"] == event["id"]


def test_nothing_is_told_twice_and_nothing_where_nothing_happens(told, hook):
    before, entries = len(hook.posts), len(told.entries())
    told.modelops("apply")
    told.modelops("reconcile")
    assert (len(hook.posts), len(told.entries())) == (before, entries)
    assert told.is_whole()


def test_three_engines_tell_of_an_abort_once(told, hook):
    begin_canary(told)
    hook.posts.clear()
    others = [told.new_clone(name) for name in ("bo", "ci", "controller")]
    told.modelops("abort", "iris", "--env", "production", "--reason", "errors <!channel> up", cwd=others[0])
    for _ in range(2):
        for clone in others:
            told.modelops("reconcile", cwd=clone)
    assert types(hook) == ["run-ended"]
    (text,) = texts(hook)
    assert text == (
        "production: the rollout of iris 1.1.0 was aborted; 1.0.0 serves: errors &lt;!channel&gt; up"
    )
    assert told.is_whole()


def test_a_machine_without_the_address_leaves_it_to_one_that_has_it(told, hook):
    begin_canary(told)
    hook.posts.clear()
    for name in ("SLACK_URL", "HOOK_URL", "HOOK_SECRET"):
        del told.env[name]
    done = told.modelops("abort", "iris", "--env", "production")
    assert "the environment variable SLACK_URL is not set" in done.err
    assert done.err.count("SLACK_URL") == 1
    assert hook.posts == []
    with_variables(told, hook)
    time.sleep(1.1)  # the lease of whoever wrote the entry
    ci = told.new_clone("ci")
    told.modelops("reconcile", cwd=ci)
    told.modelops("reconcile", cwd=ci)
    assert types(hook) == ["run-ended"]
    assert len(texts(hook)) == 1
    assert told.is_whole()


def test_a_dead_webhook_is_told_later_and_holds_up_nobody(told, hook):
    hook.posts.clear()
    hook.always = 500
    begin_canary(told)
    assert [route["weight"] for route in told.table()["routes"]] == [95, 5]
    said = told.modelops("pause", "iris", "--env", "production").err
    assert "HTTP 500" in said
    assert "127.0.0.1" not in said
    hook.posts.clear()
    hook.always = None
    time.sleep(1.1)
    told.modelops("reconcile")
    assert types(hook) == ["run-started", "paused"]
    assert told.is_whole()


def test_an_old_journal_is_told_of_from_now_on(live, hook):
    """1.0.0 went live before anybody listened."""
    registry = parse_document("modelops.yaml", (live.clone / "modelops.yaml").read_bytes()).document.written
    registry["notifications"] = [{"type": "webhook", "url_env": "HOOK_URL", "on": EVENTS}]
    live.write("modelops.yaml", registry)
    live.env["HOOK_URL"] = f"{hook.url}/hook"
    live.merge()
    live.modelops("reconcile")
    live.modelops("reconcile")
    assert hook.posts == []
    live.want("1.1.0")
    live.merge()
    live.modelops("apply")
    assert types(hook) == ["run-started", "run-ended"]
    assert "webhook-signature" not in hook.posts[0].headers
    assert live.is_whole()


@pytest.mark.slow
def test_three_engines_at_once_tell_of_a_rollout_that_they_abort_once(tmp_path, hook):
    """Its deadline is over, and three processes see that in the same moment."""
    shop = Shop(tmp_path / "shop", lease="30s")
    shop.journals()
    following(shop, hook, CANARY | {"deadline": "1s"})
    begin_canary(shop)
    hook.posts.clear()
    clones = [shop.new_clone(name) for name in ("bo", "ci", "controller")]
    time.sleep(1.1)
    for _ in range(2):
        engines = [shop.start("reconcile", "--env", "production", cwd=clone) for clone in clones]
        said = [engine.communicate()[1].decode() for engine in engines]
        assert not any("Traceback" in one for one in said), said
    assert types(hook) == ["run-ended"]
    assert len(texts(hook)) == 1
    assert [one["version"] for one in hook.sent("hook")[0].data["data"]["routes"]] == ["1.0.0"]
    assert shop.is_whole()
