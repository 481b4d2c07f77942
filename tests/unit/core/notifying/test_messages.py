from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from cloudevents.v1.http import from_http
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from modelops_git.core.journal.listeners import News
from modelops_git.core.manifests.notification import Slack, Webhook
from modelops_git.core.notifying.messages import Message, Place, compose
from modelops_git.core.notifying.signature import secret_in, signed
from modelops_git.core.notifying.slack import escaped
from modelops_git.core.notifying.words import headline
from stories import START, route

EVERY = ("run-ended", "hold-set", "break-glass")
PLACE = Place("acme", "production")
SLACK = (Slack(type="slack", url_env="SLACK_URL", on=EVERY),)
HOOK = (Webhook(type="webhook", url_env="HOOK_URL", on=EVERY),)
SECRET = bytes(range(32))
NEWS = News(
    entry=12,
    id="ab" * 32,
    at=START,
    events=("run-ended", "hold-set"),
    model="iris",
    by="Ana <ana@example.com>",
    owed=(),
    run="production-1",
    action="promote",
    result="aborted",
    version="1.1.0",
    digest=route("1.1.0").digest,
    former="1.0.0",
    routes=(route("1.0.0"),),
    reason="error rate up",
    pull_request="#7",
    approvals=("github:bo",),
)


def told(**changes):
    return NEWS.model_copy(update=changes)


def slack(news):
    return json.loads(compose(news, SLACK, PLACE).body)


def event_of(news, manifests=HOOK):
    message = compose(news, manifests, PLACE)
    return from_http({"Content-Type": message.content_type}, message.body)


def test_a_cloudevent_is_read_by_the_sdk():
    event = event_of(NEWS)
    assert dict(event.get_attributes()) == {
        "specversion": "1.0",
        "id": "ab" * 32,
        "source": "modelops://acme/production",
        "type": "io.modelops.run-ended",
        "subject": "iris",
        "time": "2026-06-01T12:00:00Z",
        "datacontenttype": "application/json",
    }
    assert event.data == {
        "registry": "acme",
        "environment": "production",
        "event": "run-ended",
        "entry": 12,
        "model": "iris",
        "run": "production-1",
        "action": "promote",
        "result": "aborted",
        "version": "1.1.0",
        "digest": route("1.1.0").digest,
        "former_version": "1.0.0",
        "routes": [{"role": "stable", "version": "1.0.0", "digest": route("1.0.0").digest, "weight": 100}],
        "reason": "error rate up",
        "by": "Ana <ana@example.com>",
        "pull_request": "#7",
        "approvals": ["github:bo"],
    }


def test_an_event_about_no_model_has_no_subject():
    event = event_of(told(events=("break-glass",), model=None, ticket="OPS-7", until=START))
    assert "subject" not in event.get_attributes()
    assert (event.data["ticket"], event.data["until"]) == ("OPS-7", "2026-06-01T12:00:00Z")


def test_the_event_is_the_best_of_those_that_are_wanted():
    only = (Webhook(type="webhook", url_env="HOOK_URL", on=("hold-set",)),)
    assert event_of(NEWS, only)["type"] == "io.modelops.hold-set"
    assert event_of(NEWS, (*only, *HOOK))["type"] == "io.modelops.run-ended"


def test_the_same_news_are_the_same_bytes():
    assert compose(NEWS, HOOK, PLACE) == compose(NEWS, HOOK, PLACE)


def test_a_signature_is_verified_by_the_library_of_the_standard():
    message = compose(NEWS, HOOK, PLACE)
    now = int(datetime.now(UTC).timestamp())
    secret = "whsec_" + base64.b64encode(SECRET).decode()
    headers = signed(message, secret_in(secret), now)
    assert Verifier(secret).verify(message.body, headers)["id"] == NEWS.id
    assert (
        Verifier(secret).sign(NEWS.id, datetime.fromtimestamp(now, UTC), message.body.decode())
        == (headers["webhook-signature"])
    )
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(message.body.replace(b"1.1.0", b"9.9.9"), headers)
    other = "whsec_" + base64.b64encode(SECRET[::-1]).decode()
    with pytest.raises(WebhookVerificationError):
        Verifier(other).verify(message.body, headers)
    late = signed(message, SECRET, now - int(timedelta(hours=1).total_seconds()))
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(message.body, late)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "0 bytes"),
        ("whsec_", "0 bytes"),
        ("whsec_not base64!", "no base64"),
        ("whsec_" + "ä" * 40, "no base64"),
        (base64.b64encode(b"x" * 23).decode(), "23 bytes"),
        (base64.b64encode(b"x" * 65).decode(), "65 bytes"),
    ],
)
def test_what_is_no_secret_is_refused(text, problem):
    with pytest.raises(ValueError, match=problem):
        secret_in(text)


def test_a_secret_may_lack_its_prefix_and_end_in_a_line_feed():
    assert secret_in(base64.b64encode(SECRET).decode() + "\n") == SECRET


def test_a_message_for_people_says_what_why_and_by_whom():
    message = slack(NEWS)
    assert message["text"] == (
        "production: the rollout of iris 1.1.0 was aborted; 1.0.0 serves: error rate up"
    )
    first, last = message["blocks"]
    assert first["text"]["text"] == (
        "*production: the rollout of iris 1.1.0 was aborted; 1.0.0 serves*\n>error rate up"
    )
    (about,) = last["elements"]
    assert about["text"] == (
        "by Ana &lt;ana@\u200bexample.com&gt; · serves 1.0.0 100 % · reviewed in #7 · approved by github:bo"
        " · entry 12, 2026-06-01T12:00:00Z"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel> & <@U123>", "&lt;!channel&gt; &amp; &lt;@\u200bU123&gt;"),
        ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
        ("@channel, @here and @everyone", "@\u200bchannel, @\u200bhere and @\u200beveryone"),
        ("[win](http://evil.example)", "[win]\u200b(http://evil.example)"),
        ("two\nlines\r\nand\ttabs", "two lines and tabs"),
        ("\u202eevil\u0000", "\\u202eevil\\x00"),
    ],
)
def test_what_people_wrote_mentions_nobody_and_links_nowhere(text, shown):
    assert escaped(text) == shown


@given(st.text(max_size=600))
def test_no_text_at_all_makes_a_mention_or_a_tag(text):
    message = slack(told(reason=text or "r", by=text, approvals=(text,), ticket=text, pull_request=text))
    for shown in [
        message["text"],
        message["blocks"][0]["text"]["text"].removeprefix("*").replace("\n>", "\n"),
        message["blocks"][1]["elements"][0]["text"],
    ]:
        assert not re.search(r"<|>|@\w|\]\(|&(?!amp;|lt;|gt;)", shown)
        assert len(shown) <= 3000


@pytest.mark.parametrize(
    ("event", "changes", "said"),
    [
        ("run-started", {}, "production: the rollout of iris 1.1.0 began, where 1.0.0 serves"),
        (
            "run-started",
            {"action": "rollback", "former": None},
            "production: the rollback to iris 1.1.0 began",
        ),
        ("run-started", {"action": "retire"}, "production: iris is being retired"),
        ("run-ended", {"result": "succeeded"}, "production: iris 1.1.0 is live, after 1.0.0"),
        ("run-ended", {"result": "succeeded", "action": "retire"}, "production: iris was retired"),
        (
            "run-ended",
            {"result": "superseded", "former": None},
            "production: the rollout of iris 1.1.0 was superseded",
        ),
        ("deferred", {}, "production: what is wanted of iris waits"),
        ("deferred", {"until": START}, "production: what is wanted of iris waits until 2026-06-01T12:00:00Z"),
        ("deferred", {"refused": True}, "production: what is wanted of iris is refused"),
        (
            "paused",
            {"until": START},
            "production: the rollout of iris 1.1.0 was paused until 2026-06-01T12:00:00Z",
        ),
        ("resumed", {}, "production: the rollout of iris 1.1.0 goes on"),
        ("hold-set", {"version": None}, "production: iris is held at nothing"),
        ("hold-cleared", {}, "production: the hold on iris was lifted"),
        ("retry-granted", {}, "production: what is wanted of iris may be tried again"),
        ("drift-observed", {"drift": "missing"}, "production: the target of iris has drifted (missing)"),
        ("drift-healed", {}, "production: the target of iris 1.1.0 is as it should be again"),
        ("retired", {}, "production: iris is no longer live"),
        ("adopted", {}, "production: iris 1.1.0 was adopted as it is served"),
        (
            "break-glass",
            {"model": None, "version": None},
            "production: somebody went round the rules for everything",
        ),
        ("unheard-of", {}, "production: unheard-of iris 1.1.0"),
    ],
)
def test_each_event_has_its_sentence(event, changes, said):
    assert headline(told(**changes), event, "production") == said


def test_a_message_names_its_entry_and_id():
    message = compose(NEWS, SLACK, PLACE)
    assert isinstance(message, Message)
    assert (message.id, message.entry, message.content_type) == ("ab" * 32, 12, "application/json")
