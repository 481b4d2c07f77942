"""Several engines tell what happens, die anywhere, and lose races: nothing is lost, doubles have one id."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelops_git.core.errors import JournalError, LostRaceError
from modelops_git.core.journal import chain
from modelops_git.core.journal.entry import BreakGlass, Genesis
from modelops_git.core.journal.people import Actor
from modelops_git.core.manifests.notification import Slack, Webhook
from modelops_git.edges.git.journal import Tip
from modelops_git.edges.notifying.web import Delivery
from modelops_git.engine.notifying import notify, subscribe
from stories import START

LEASE = timedelta(seconds=60)
EVENTS = ("break-glass",)
SLACK = Slack(type="slack", url_env="SLACK_URL", on=EVENTS)
HOOK = Webhook(type="webhook", url_env="HOOK_URL", on=EVENTS)
CALLS = ("append", "refresh", "post")
FAULTS = ("fails", "dies before", "dies after", "unanswered")


class KilledError(Exception):
    """The process is gone."""


class World:
    """One journal, one web, and a clock."""

    def __init__(self):
        self.now = START
        genesis = Genesis(registry="acme", environment="production")
        self.links = list(chain.extend(None, {}, [genesis], chain.Writer(Actor(name="a"), START, "0.1.0")))
        self.posts = []
        self.accepts = True

    @property
    def tip(self):
        return Tip(str(len(self.links)), self.links[-1].environment)

    def messages(self, name):
        return [(one.id, one.body) for outlet, one in self.posts if outlet == name]

    @property
    def happened(self):
        """The ids of what everybody is to be told."""
        entries = [link.entry for link in self.links]
        return [one.digest[7:] for one in entries if one.payload.type == "BreakGlass"]

    @property
    def owed(self):
        return self.links[-1].environment.news or ()


class Engine:
    """A process with a clone of its own."""

    name = "production"
    lease = LEASE

    def __init__(self, world, name, notifications=(SLACK, HOOK)):
        self.world = world
        self.actor = Actor(name=name)
        self.registry = SimpleNamespace(name="acme", notifications=notifications)
        self.written = set()
        self.said = []
        self.faults = {}
        self.rival = None
        self.journal = self
        self.known = world.tip

    # The environment, and its journal

    def now(self):
        return self.world.now

    def writer(self):
        return chain.Writer(self.actor, self.world.now, "0.1.0")

    def tip(self):
        return self.known

    def refresh(self):
        self.known = self.call("refresh", JournalError, lambda: self.world.tip)
        return self.known

    def append(self, tip, links):
        if self.rival:
            self.rival, rival = None, self.rival
            rival()
        if tip.commit != self.world.tip.commit:
            raise LostRaceError("somebody was faster")
        self.known = self.call(
            "append", JournalError, lambda: self.world.links.extend(links) or self.world.tip
        )
        return self.known

    def post(self, parcels, at):
        assert at == int(self.world.now.timestamp())
        return self.call("post", RuntimeError, lambda: [self._taken(one) for one in parcels])

    def _taken(self, parcel):
        if not self.world.accepts:
            return Delivery([], "it answers HTTP 500")
        self.world.posts += [(parcel.outlet.name, one) for one in parcel.messages]
        return Delivery([one.entry for one in parcel.messages])

    def call(self, name, error, act):
        fault = self.faults.pop(name, "")
        if fault == "dies before":
            raise KilledError(name)
        if fault == "fails" and error is JournalError:
            raise error("down")
        answer = act()
        if fault == "dies after":
            raise KilledError(name)
        if fault == "unanswered" and error is JournalError:
            raise error("no answer")
        return answer

    # What it does

    def happen(self):
        """Something happens, and is journaled by this engine."""
        self.known = self.world.tip
        links = chain.extend(self.known.environment, {}, [BreakGlass(reason="r", ticket="t")], self.writer())
        self.world.links.extend(links)
        self.known = self.world.tip
        self.written.update(link.entry.sequence for link in links)

    def tick(self):
        self.known = self.world.tip
        subscribe(self, self.known, self.said.append)
        return self.tell()

    def tell(self):
        return notify(self, self.said.append, self.post)


@pytest.fixture(autouse=True)
def _addresses(monkeypatch):
    monkeypatch.setenv("SLACK_URL", "https://slack.example/T0")
    monkeypatch.setenv("HOOK_URL", "https://hooks.example/")


@pytest.fixture
def world():
    world = World()
    Engine(world, "first").tick()
    return world


def only_once(world):
    return [
        [one for one, _ in world.messages(name)] == world.happened for name in ("SLACK_URL", "HOOK_URL")
    ] == [True, True]


def test_who_wrote_it_tells_it_in_one_append(world):
    ana = Engine(world, "ana")
    ana.happen()
    before = len(world.links)
    ana.tell()
    assert only_once(world)
    assert [link.entry.payload.act for link in world.links[before:]] == ["sent", "sent"]
    assert (ana.said, ana.written, world.owed) == ([], set(), ())


def test_nothing_is_written_where_nothing_is_owed(world):
    before = len(world.links)
    assert Engine(world, "ana").tick() is None
    assert len(world.links) == before


def test_who_comes_by_at_once_leaves_it_to_who_wrote_it(world):
    ana, bo = Engine(world, "ana"), Engine(world, "bo")
    ana.happen()
    bo.tick()
    assert world.posts == []
    ana.tell()
    assert only_once(world)


def test_of_several_who_find_it_left_behind_one_tells_it(world):
    Engine(world, "ana").happen()
    world.now += LEASE
    bo, cy = Engine(world, "bo"), Engine(world, "cy")
    bo.known = world.tip
    cy.known = world.tip
    bo.rival = cy.tell
    bo.tell()
    assert only_once(world)
    assert bo.said == []


def test_killed_between_sending_and_noting_it_is_sent_again_under_its_id(world):
    ana, bo = Engine(world, "ana"), Engine(world, "bo")
    ana.happen()
    ana.faults = {"post": "dies after"}
    with pytest.raises(KilledError):
        ana.tell()
    world.now += LEASE
    bo.tick()
    first, second = world.messages("HOOK_URL")
    assert first == second
    assert world.owed == ()


def test_a_journal_that_cannot_be_written_is_said_and_does_not_send_for_ever(world):
    ana = Engine(world, "ana")
    ana.happen()
    ana.faults = {"append": "fails"}
    ana.tell()
    assert ana.said == ["production: whom was told what is not journaled, so it may be told again: down"]
    for _ in range(5):
        world.now += LEASE
        ana.faults = {"append": "fails"}
        ana.tick()
    assert len(world.messages("HOOK_URL")) == 1
    world.now += LEASE
    ana.tick()
    assert len(world.messages("HOOK_URL")) == 2
    assert world.owed == ()


def test_a_dead_webhook_is_tried_ever_more_rarely_and_given_up_after_a_day(world):
    ana = Engine(world, "ana")
    world.accepts = False
    ana.happen()
    ana.tell()
    assert ana.said == [
        "production: 1 message to SLACK_URL not sent, and tried again: it answers HTTP 500",
        "production: 1 message to HOOK_URL not sent, and tried again: it answers HTTP 500",
    ]
    for _ in range(25 * 60):
        world.now += timedelta(minutes=1)
        ana.tick()
    acts = [link.entry.payload.act for link in world.links if link.entry.payload.type == "Notified"]
    assert (acts.count("gave-up"), acts.count("sent")) == (2, 0)
    assert 20 <= acts.count("tries") / 2 <= 32
    assert world.owed == ()
    assert world.links[-1].entry.payload.reason == "it answers HTTP 500"


def test_what_another_has_settled_meanwhile_is_not_noted_again(world):
    ana, bo = Engine(world, "ana"), Engine(world, "bo")
    ana.happen()
    world.accepts = False
    world.now += timedelta(days=2)
    bo.known = world.tip
    ana.rival = bo.tell
    ana.tell()
    acts = [link.entry.payload.act for link in world.links if link.entry.payload.type == "Notified"]
    assert acts.count("gave-up") == 2
    assert world.owed == ()


def test_without_the_address_it_is_left_to_others_and_said_once(world, monkeypatch):
    monkeypatch.delenv("SLACK_URL")
    ana, bo = Engine(world, "ana"), Engine(world, "bo")
    for _ in range(3):
        ana.happen()
    ana.tell()
    assert ana.said == [
        "not told from here, but by whoever can: the environment variable SLACK_URL is not set"
    ]
    assert (len(world.messages("HOOK_URL")), world.messages("SLACK_URL")) == (3, [])
    monkeypatch.setenv("SLACK_URL", "https://slack.example/T0")
    world.now += LEASE
    bo.tick()
    assert only_once(world)


def test_a_registry_without_notifications_is_not_looked_at(world):
    ana = Engine(world, "ana", notifications=())
    ana.happen()
    ana.known = None
    assert notify(ana, ana.said.append, ana.post) is None
    assert ana.written == set()


def test_who_is_taken_out_of_the_registry_is_owed_nothing_more(world):
    Engine(world, "ana").happen()
    Engine(world, "bo", notifications=()).tick()
    assert world.links[-1].environment.listeners is None
    assert world.owed == ()


def test_who_is_to_be_told_is_journaled_later_where_it_cannot_be_now():
    world = World()
    ana = Engine(world, "ana")
    ana.faults = {"append": "fails"}
    ana.tick()
    assert ana.said == ["production: who is to be told what happens is not journaled yet: down"]
    ana.tick()
    assert len(world.links[-1].environment.listeners) == 2


def test_many_news_are_sent_a_part_at_a_time(world):
    ana = Engine(world, "ana")
    for _ in range(45):
        ana.happen()
    ana.tell()
    assert len(world.messages("HOOK_URL")) == 20
    for _ in range(2):
        world.now += LEASE
        ana.tick()
    assert only_once(world)


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["happen", "tick", "tell", "later"]),
        st.dictionaries(st.sampled_from(CALLS), st.sampled_from(FAULTS), max_size=2),
        st.booleans(),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_goes_wrong_everybody_is_told_everything_and_doubles_are_the_same(steps, monkeypatch):
    monkeypatch.setenv("SLACK_URL", "https://slack.example/T0")
    world = World()
    Engine(world, "first").tick()
    engines = [Engine(world, name) for name in ("ana", "bo", "cy")]
    for number, verb, faults, accepts in steps:
        engine, world.accepts = engines[number], accepts
        if verb == "later":
            world.now += timedelta(seconds=40)
            continue
        engine.faults = dict(faults)
        try:
            getattr(engine, verb)()
        except KilledError:
            engines[number] = Engine(world, engine.actor.name)
        engines[number].faults = {}
    world.accepts = True
    for _ in range(5):
        world.now += timedelta(hours=1)
        engines[0].tick()
    assert world.owed == ()
    assert list(chain.check(_stored(world))) == []
    for name in ("SLACK_URL", "HOOK_URL"):
        told = dict.fromkeys(world.messages(name))
        assert sorted(one for one, _ in told) == sorted(world.happened)
    if not any(faults for _, _, faults, _ in steps):
        assert len(world.posts) == 2 * len(world.happened)


def _stored(world):
    return [
        chain.Stored(f"{number:040x}", 0 if number == 0 else 1, link.files(), tuple(link.files()))
        for number, link in enumerate(world.links)
    ]
