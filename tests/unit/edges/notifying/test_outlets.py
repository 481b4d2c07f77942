from __future__ import annotations

import base64

import pytest

from modelops_git.core.errors import UsageError
from modelops_git.core.manifests.notification import Slack, Webhook
from modelops_git.edges.notifying.outlets import outlet_of

SLACK = (Slack(type="slack", url_env="SLACK_URL", on=("run-ended",)),)
SIGNED = {"type": "webhook", "url_env": "HOOK_URL", "secret_env": "HOOK_SECRET", "on": ("run-ended",)}
HOOK = (Webhook(**SIGNED),)
SECRET = base64.b64encode(b"s" * 32).decode()


def test_address_and_secret_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("HOOK_URL", " https://hooks.example/T0/B0\n")
    monkeypatch.setenv("HOOK_SECRET", f"whsec_{SECRET}")
    outlet = outlet_of(HOOK)
    assert (outlet.url, outlet.secret) == ("https://hooks.example/T0/B0", b"s" * 32)


def test_neither_is_shown(monkeypatch):
    monkeypatch.setenv("HOOK_URL", "https://hooks.example/T0/B0")
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    outlet = outlet_of(HOOK)
    for shown in (repr(outlet), str(outlet), f"{[outlet]}"):
        assert "hooks.example" not in shown
        assert "ssss" not in shown


def test_what_is_not_set_is_named(monkeypatch):
    monkeypatch.delenv("SLACK_URL", raising=False)
    with pytest.raises(UsageError, match="SLACK_URL is not set"):
        outlet_of(SLACK)
    monkeypatch.setenv("HOOK_URL", "https://hooks.example/")
    monkeypatch.setenv("HOOK_SECRET", "")
    with pytest.raises(UsageError, match="HOOK_SECRET is not set"):
        outlet_of(HOOK)


@pytest.mark.parametrize(
    "url",
    [
        "hooks.example/secret",
        "ftp://hooks.example/secret",
        "file:///etc/secret",
        "https:///secret",
        "https://[secret",
        "https://hooks.example:99999/secret",
        "https://hooks.example/sec ret",
        "https://hooks.example/secr\u00e9t",
        "https://hooks.example/" + "secret" * 1000,
    ],
)
def test_what_is_no_address_is_refused_and_not_shown(url, monkeypatch):
    monkeypatch.setenv("SLACK_URL", url)
    with pytest.raises(UsageError, match="SLACK_URL holds no address") as refused:
        outlet_of(SLACK)
    assert "sec" not in refused.value.message


def test_what_is_no_secret_is_refused_and_not_shown(monkeypatch):
    monkeypatch.setenv("HOOK_URL", "https://hooks.example/")
    monkeypatch.setenv("HOOK_SECRET", "whsec_hunter2")
    with pytest.raises(UsageError, match="HOOK_SECRET holds no whsec_") as refused:
        outlet_of(HOOK)
    assert "hunter2" not in refused.value.message
