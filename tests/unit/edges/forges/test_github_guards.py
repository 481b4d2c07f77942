"""What GitHub is set to: rulesets and classic protection together, and whose the token is."""

import pytest

from forgery import forge_site, github
from forging.github import settings as github_settings
from modelops_git.edges.forges import open_forge
from modelops_git.edges.forges.base import Wanted

WANTED = Wanted("main", "modelops/acme/journal/*", ("modelops",), (), reverts=True)


@pytest.fixture
def on_github(tmp_path):
    with github(tmp_path) as server:
        yield server


def guards(fake):
    return {one.name: one for one in open_forge("github", forge_site(fake)).guards(WANTED)}


def test_classic_protection_counts_as_rulesets_do(on_github):
    on_github.settings.protections["main"] = github_settings.protection(on_github)
    found = guards(on_github)
    assert found["main takes approved pull requests only"].state == "ok"
    assert found["nobody goes round the rules"].state == "ok"
    assert found["check modelops is required"].state == "ok"
    on_github.settings.protections["main"] = github_settings.protection(on_github, admins=False, app=None)
    found = guards(on_github)
    assert "administrators" in found["nobody goes round the rules"].message
    assert "anybody" in found["check modelops is required"].message


def test_who_goes_round_a_ruleset_is_said(on_github):
    safe = github_settings.safe()
    pattern, rules, _ = safe.rulesets[0]
    on_github.settings = safe
    for bypass, state in (([], "ok"), (["OrganizationAdmin"], "missing"), (None, "unknown")):
        safe.rulesets[0] = (pattern, rules, bypass)
        assert guards(on_github)["nobody goes round the rules"].state == state


def test_the_token_of_workflows_starts_no_checks_on_reverts(on_github):
    name = "checks run on the reverts that the tool opens"
    for login, state in (("github-actions[bot]", "missing"), ("acme-promoter[bot]", "ok")):
        on_github.bot(login)
        on_github.state.me = login
        found = guards(on_github)[name]
        assert found.state == state
        assert ("GitHub App" in found.hint) == (state == "missing")
