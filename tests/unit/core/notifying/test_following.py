from __future__ import annotations

from types import SimpleNamespace

from modelops_git.core.journal.listeners import Listener, Wants
from modelops_git.core.manifests.notification import Slack, Webhook
from modelops_git.core.notifying.following import changes, followers, wants_of

RUNS = Slack(type="slack", url_env="SLACK_URL", on=("run-ended",))
HOLDS = Slack(type="slack", url_env="SLACK_URL", on=("hold-set",), models=("fraud/*",))
PRODUCTION = Webhook(type="webhook", url_env="HOOK_URL", on=("run-ended",), environments=("production",))
REGISTRY = SimpleNamespace(notifications=(RUNS, HOLDS, PRODUCTION))


def test_what_goes_to_one_address_is_one_follower():
    assert followers(REGISTRY, "production") == {
        "slack:SLACK_URL": (RUNS, HOLDS),
        "webhook:HOOK_URL": (PRODUCTION,),
    }


def test_an_environment_that_is_not_named_is_not_followed():
    assert set(followers(REGISTRY, "staging")) == {"slack:SLACK_URL"}


def test_what_the_journal_knows_is_not_said_again():
    wanted = followers(REGISTRY, "production")
    said = changes(None, wanted)
    assert [(one.key, one.act) for one in said] == [
        ("slack:SLACK_URL", "follows"),
        ("webhook:HOOK_URL", "follows"),
    ]
    known = tuple(Listener(key=one.key, wants=one.wants) for one in said)
    assert changes(known, wanted) == []


def test_who_is_gone_or_wants_something_else_is_said():
    known = (
        Listener(key="slack:SLACK_URL", wants=(Wants(on=("run-ended",), models=("*",)),)),
        Listener(key="webhook:OLD_URL", wants=()),
    )
    first, last = changes(known, {"slack:SLACK_URL": (RUNS, HOLDS)})
    assert (first.key, first.act, first.wants) == ("slack:SLACK_URL", "follows", wants_of((RUNS, HOLDS)))
    assert (last.key, last.act) == ("webhook:OLD_URL", "left")
