"""Whatever a forge answers, the adapters give what they promise or raise ForgeError."""

import copy
import random

import pytest

from forgery import forge_site, github, gitlab
from forging.github import settings as github_settings
from forging.gitlab import settings as gitlab_settings
from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges import open_forge, web
from modelops_git.edges.forges.base import Proposal, Wanted

ROUNDS = 150
MARKER = "<!-- modelops-git: acme -->"
WANTED = Wanted("main", "modelops/acme/journal/*", ("modelops",), ("production",), reverts=True)
SETTINGS = {"github": github_settings.safe, "gitlab": gitlab_settings.safe}
JUNK = [
    None,
    True,
    -1,
    2**70,
    1.5,
    "",
    "x",
    "\x1b[2J\ud800",
    "9" * 99,
    [],
    [[]],
    [None],
    {},
    {"a": 1},
    [1, "a"],
]


def all_questions(forge, pull):
    team = "github-team:acme/leads" if forge.kind == "github" else "gitlab-group:acme/leads"
    return [
        lambda: forge.pull_request(1),
        lambda: forge.reviews(pull),
        lambda: forge.participants(pull),
        lambda: forge.members(team),
        lambda: forge.brought_by(pull.head),
        lambda: forge.find_open("iris"),
        lambda: forge.propose(Proposal("iris", "main", "T", "B")),
        lambda: forge.comment(1, MARKER, f"{MARKER} new"),
        lambda: forge.guards(WANTED),
    ]


@pytest.fixture(params=["github", "gitlab"])
def answered(request, tmp_path):
    """An adapter, a pull request, and what a forge answers to all that is asked."""
    with {"github": github, "gitlab": gitlab}[request.param](tmp_path) as fake:
        fake.settings = SETTINGS[fake.kind]()
        fake.team("acme/leads", "bo")
        fake.commit("iris", message="Change\n\nCo-authored-by: C <c@nowhere.example>\n")
        number = fake.open("iris")
        fake.approve(number, "bo")
        fake.remark(number, "runner", f"{MARKER} old")
        forge, said = open_forge(fake.kind, forge_site(fake)), {}
        pull = forge.pull_request(number)
        with pytest.MonkeyPatch.context() as patch:
            original = web.Client._reply

            def noting(self, method, ask, body):
                reply = original(self, method, ask, body)
                said[method, ask.path] = reply._replace(headers={})
                return reply

            patch.setattr(web.Client, "_reply", noting)
            for question in all_questions(forge, pull):
                question()
    return forge, pull, said


def spoilt(document, chance):
    """The document with something else in one place."""
    places = list(_places(document))
    if not places or chance.random() < 0.05:
        return chance.choice(JUNK)
    place, key = chance.choice(places)
    place[key] = chance.choice(JUNK)
    return document


def _places(value):
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def test_no_answer_makes_a_traceback(answered, monkeypatch):
    forge, pull, said = answered
    chance = random.Random(7)

    def spoiling(_self, method, ask, _body):
        reply = said.get((method, ask.path), web.Reply(200, None, {}))
        return reply._replace(document=spoilt(copy.deepcopy(reply.document), chance))

    monkeypatch.setattr(web.Client, "_reply", spoiling)
    refused = []
    for _ in range(ROUNDS):
        for question in all_questions(forge, pull):
            try:
                question()
            except ForgeError as error:
                refused.append(error.message)
    assert len(refused) > ROUNDS
    assert all(message.isprintable() for message in refused)
