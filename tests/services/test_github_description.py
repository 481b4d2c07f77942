"""Requests to GitHub and the answers of the fake, judged by the description that GitHub publishes."""

import pytest

from forgery import forge_site, github
from forging.bare import Signature
from forging.description import Description
from forging.github import settings
from forging.github.routes import ROUTES
from modelops_git.edges.forges import open_forge
from modelops_git.edges.forges.base import Proposal, Wanted

MARKER = "<!-- modelops-git: acme -->"
WANTED = Wanted("main", "modelops/acme/journal/*", ("modelops",), ("production",), reverts=True)
NOT_IN_REST = {"/graphql"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def description(github_description):
    return Description(github_description)


def a_day_at(fake, forge):
    """Everything that the adapter asks, at a forge where everything happens."""
    people(fake)
    pull = forge.pull_request(1)
    forge.reviews(pull)
    forge.participants(pull)
    forge.members("github-team:acme/leads")
    fake.merge(1, "squash", "cy")
    forge.brought_by(fake.git.tip("main"))
    fake.commit("iris-3")
    forge.propose(Proposal("iris-3", "main", "Promote iris", "Because."))
    forge.comment(1, MARKER, f"{MARKER}\nNone.")
    for text in ("One.", "Two."):
        fake.remark(2, "runner", f"{MARKER} once more")
        forge.comment(2, MARKER, f"{MARKER}\n{text}")
    for setting in (settings.Settings(), settings.safe()):
        fake.settings = setting
        fake.settings.protections = {"main": settings.protection(fake)} if setting.rulesets else {}
        forge.guards(WANTED)


def people(fake):
    message = "Change\n\nCo-authored-by: Cy <cy@example.com>\n"
    fake.bot("renovate[bot]")
    fake.team("acme/leads", "bo", "cy")
    fake.commit("iris", "renovate[bot]", message=message, author=Signature("Who", "who@nowhere.example"))
    fake.verified.add(fake.commit("iris", "ana"))
    fake.open("iris", "renovate[bot]", assignees=["ana"], fork="eve/models")
    for by, state in (("bo", "approved"), ("cy", "changes_requested"), ("di", "commented")):
        fake.say(1, by, state)
    fake.dismiss(1, "bo")


def problems_of(fake, description):
    return sorted({one for entry in fake.log for one in description.problems(*entry)})


def test_all_that_is_asked_and_answered_is_as_github_describes_it(tmp_path, description):
    with github(tmp_path) as fake:
        forge = open_forge("github", forge_site(fake))
        a_day_at(fake, forge)
        fake.hidden["/activity"] = 404
        forge.participants(forge.pull_request(1))
        fake.log = [entry for entry in fake.log if entry[0].template not in NOT_IN_REST]
        assert problems_of(fake, description) == []
        known = {(route.method, route.template) for route, _, _ in fake.log}
        not_asked = {(one.method, one.template) for one in ROUTES} - known
        assert {template for _, template in not_asked} <= {*NOT_IN_REST, "/repos/{owner}/{repo}"}


def test_what_is_not_as_described_is_found(tmp_path, description):
    with github(tmp_path) as fake:
        fake.commit("iris")
        fake.open("iris")
        open_forge("github", forge_site(fake)).pull_request(1)
        route, request, response = fake.log[0]
        del response.document["head"]
        response.document["number"] = "1"
        found = description.problems(route, request._replace(query={"colour": "red"}), response)
        assert {one.partition(": ")[2] for one in found} == {
            "there is no parameter colour",
            "$: 'head' is a required property",
            "$.number: '1' is not of type 'integer'",
        }
