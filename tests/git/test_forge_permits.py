"""What a forge says of a merged pull request decides whether it goes live, whichever way it was merged."""

from __future__ import annotations

import pytest

from desk import Desk
from forgery import github, gitlab

LEADS = {
    "github": {"leads": ["github-team:acme/leads"], "call": ["github:dan"], "ml": []},
    "gitlab": {"leads": ["gitlab-group:acme/leads"], "call": ["gitlab:dan"], "ml": []},
}
RULES = [
    {"action": "promote", "environments": ["production"], "approvals": {"from": ["leads"], "count": 2}},
    {"action": "rollback", "environments": ["production"], "approvals": {"from": ["call"]}},
    {"action": "administer", "approvals": {"from": ["leads"], "count": 1}},
]
PEOPLE = {"ana": ["github:ana", "gitlab:ana", "email:ana@example.com"]}


class Company(Desk):
    """A shop on a forge, where 1.0.0 is live in production since before there were rules."""

    def __init__(self, folder):
        super().__init__(folder)
        self.version("1.0.0")
        self.version("1.1.0", parent="1.0.0")
        self.want("1.0.0")
        self.merge("Begin")
        self.journals("production")
        self.applied()
        self.forge = None

    def on(self, forge):
        """Its repository is on a forge from now on."""
        self.forge, at = forge, {"type": forge.kind, "url": forge.api, "repository": forge.state.repository}
        self.env |= {f"{forge.kind.upper()}_TOKEN": forge.token}
        self.rule(RULES, forge=at)
        forge.team("acme/leads", "bo", "cy")
        return self

    def rule(self, rules, **more):
        more = {"groups": LEADS[self.forge.kind], "people": PEOPLE, "rules": rules, **more}
        self.write("modelops.yaml", {**self.registry("1s"), **more})
        self.merge("Say who may do what")
        self.at = more.get("forge")

    def registry(self, lease):
        at = getattr(self, "at", None)
        return {**super().registry(lease), **({"forge": at} if at else {})}

    def proposed(self, number="1.1.0", branch="go", by="ana"):
        """A pull request that asks for a version in production; its number."""
        self.git("switch", "--quiet", "--force-create", branch, "main")
        self.want(number)
        self.pushed(branch)
        return self.forge.open(branch, by)

    def pushed(self, branch):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", f"Work on {branch}")
        self.git("push", "--quiet", "--force", "origin", branch)

    def merged(self, number, how="merge"):
        self.forge.merge(number, how, "ana")
        self.git("switch", "--quiet", "main")
        self.git("pull", "--quiet", "--ff-only", "origin", "main")

    def applied(self, *words):
        """The exit code of `apply` in production, and what it found."""
        done = self.modelops("--format", "json", "apply", "--env", "production", *words, check=False)
        return done.code, [one["code"] for one in done.data.get("findings", ())]

    def started(self):
        return [one["payload"] for one in self.entries() if one["payload"]["type"] == "RunStarted"][-1]

    def judged(self, number):
        return self.json("authorize", "--pull-request", number)


@pytest.fixture
def company(tmp_path):
    company = Company(tmp_path)
    with github(tmp_path, git=company.remote, pusher="ana") as forge:
        yield company.on(forge)


@pytest.fixture
def on_gitlab(tmp_path):
    company = Company(tmp_path)
    with gitlab(tmp_path, git=company.remote, pusher="ana") as forge:
        yield company.on(forge)


def codes(judged):
    return [one["code"] for one in judged["findings"]]


SLOWER = [pytest.param(how, marks=pytest.mark.slow) for how in ("merge", "rebase", "queue-squash")]


@pytest.mark.parametrize("how", ["squash", "queue", *SLOWER])
def test_an_approved_pull_request_goes_live_however_it_was_merged(company, how):
    number = company.proposed()
    company.forge.approve(number, "bo")
    company.forge.approve(number, "Cy")
    company.git("switch", "--quiet", "main")
    company.want("1.0.0", "staging")
    company.merge("Elsewhere")
    assert company.judged(number)["allowed"]
    company.merged(number, how)
    assert company.applied() == (0, [])
    assert company.live() == "1.1.0"
    started = company.started()
    assert started["pull_request"] == f"#{number}"
    assert [(one["by"], one["source"]) for one in started["approvals"]] == [
        ("github:bo", "github"),
        ("github:cy", "github"),
    ]
    assert all(one["at"] for one in started["approvals"])


SLOWER_YET = [pytest.param(how, marks=pytest.mark.slow) for how in ("merge", "squash", "fast-forward")]


@pytest.mark.parametrize("how", ["train", *SLOWER_YET])
def test_an_approved_merge_request_of_gitlab_goes_live_however_it_was_merged(on_gitlab, how):
    number = on_gitlab.proposed()
    on_gitlab.forge.approve(number, "bo")
    assert codes(on_gitlab.judged(number)) == ["MOG603"]
    on_gitlab.forge.approve(number, "Cy")
    assert on_gitlab.judged(number)["allowed"]
    on_gitlab.merged(number, how)
    assert on_gitlab.applied() == (0, [])
    assert on_gitlab.live() == "1.1.0"
    started = on_gitlab.started()
    assert started["pull_request"] == f"!{number}"
    assert [one["by"] for one in started["approvals"]] == ["gitlab:bo", "gitlab:cy"]


def test_an_approval_on_gitlab_is_one_of_what_was_proposed_then(on_gitlab):
    number = on_gitlab.proposed()
    for by in ("bo", "cy"):
        on_gitlab.forge.approve(number, by)
    on_gitlab.want("1.1.0", "staging")
    on_gitlab.pushed("go")
    assert codes(on_gitlab.judged(number)) == ["MOG603", "MOG605", "MOG605"]


@pytest.mark.slow
def test_several_commits_that_are_rebased_are_one_change(company):
    number = company.proposed("1.1.0")
    company.version("1.2.0", parent="1.1.0")
    company.want("1.2.0")
    company.pushed("go")
    for by in ("bo", "cy"):
        company.forge.approve(number, by)
    company.git("switch", "--quiet", "main")
    company.merged(number, "rebase")
    assert company.applied() == (0, [])
    assert company.live() == "1.2.0"


def test_approvals_outlive_an_update_from_main_and_nothing_else(company):
    number = company.proposed()
    for by in ("bo", "cy"):
        company.forge.approve(number, by)
    company.git("switch", "--quiet", "main")
    company.want("1.0.0", "staging")
    company.merge("Elsewhere")
    company.git("switch", "--quiet", "go")
    company.git("merge", "--quiet", "--no-edit", "main")
    company.git("push", "--quiet", "origin", "go")
    assert company.judged(number)["allowed"]
    company.want("1.1.0", "staging")
    company.pushed("go")
    assert codes(company.judged(number)) == ["MOG603", "MOG605", "MOG605"]


def test_one_approval_of_two_is_named_with_who_could_give_the_other(company):
    number = company.proposed()
    company.forge.approve(number, "bo")
    judged = company.judged(number)
    assert codes(judged) == ["MOG603"]
    (need,) = judged["needs"]
    assert (need["given"], need["candidates"]) == (["github:bo"], ["github:cy"])


@pytest.mark.slow
def test_a_lead_who_pushed_to_it_does_not_count(company):
    number = company.proposed()
    company.forge.commit("go", "bo", files={"README.md": "Mine.\n"})
    company.forge.sync("bo")
    for by in ("bo", "cy"):
        company.forge.approve(number, by)
    assert codes(company.judged(number)) == ["MOG603", "MOG604"]


@pytest.mark.slow
def test_an_approval_that_was_dismissed_is_none(company):
    number = company.proposed()
    for by in ("bo", "cy"):
        company.forge.approve(number, by)
    company.forge.dismiss(number, "cy")
    assert codes(company.judged(number)) == ["MOG603"]


def test_a_merge_past_the_rules_stays_out_until_somebody_approves(company):
    number = company.proposed()
    company.forge.approve(number, "bo")
    company.merged(number)
    assert company.applied() == (1, ["MOG603"])
    assert company.live() == "1.0.0"
    company.forge.approve(number, "cy")
    assert company.applied() == (0, [])
    assert company.live() == "1.1.0"


def test_a_push_to_main_stays_out(company):
    company.want("1.1.0")
    company.merge("Promote")
    assert company.applied() == (1, ["MOG609"])
    assert company.live() == "1.0.0"


def test_who_weakens_the_rules_by_a_push_gets_nothing_from_it(company):
    company.rule(RULES[1:2])
    number = company.proposed()
    company.merged(number)
    assert company.applied() == (1, ["MOG609"])
    assert company.live() == "1.0.0"


def test_rules_that_are_weak_for_a_moment_let_nothing_through(company):
    number = company.proposed()
    company.forge.approve(number, "bo")
    company.forge.approve(number, "cy")
    company.merged(number)
    assert company.applied() == (0, [])
    company.rule([])
    company.want("1.0.0", first_deployment="strategy")
    company.merge("Promote while nobody has to approve")
    company.git("checkout", "--quiet", "HEAD~2", "--", "modelops.yaml")
    company.merge("As if nothing had been")
    assert company.applied() == (1, ["MOG609"])
    assert company.live() == "1.1.0"


def test_a_rollout_does_not_go_on_under_rules_that_were_pushed_and_can_be_left(company):
    steps = [{"weight": 25, "until": "resumed"}, {"weight": 50, "until": "resumed"}]
    company.git("switch", "--quiet", "--create", "go")
    company.want("1.1.0", strategy={"type": "canary", "steps": steps, "deadline": "24h"})
    company.pushed("go")
    number = company.forge.open("go", "ana")
    company.forge.approve(number, "bo")
    company.forge.approve(number, "cy")
    company.merged(number)
    assert company.applied() == (0, [])
    here, served = company.registry("1s"), company.table()["routes"]
    elsewhere = {**here, "environments": [*here["environments"][:1], moved(here["environments"][1])]}
    company.write("modelops.yaml", {**elsewhere, "groups": LEADS["github"], "people": PEOPLE, "rules": RULES})
    company.merge("Serve it from somewhere else")
    company.modelops("resume", "iris", "--env", "production")
    assert company.applied() == (1, ["MOG609"])
    assert company.table()["routes"] == served
    assert not (company.folder / "live/elsewhere").exists()
    company.git("checkout", "--quiet", "HEAD~1", "--", "modelops.yaml")
    company.merge("As it was")
    assert company.applied() == (0, [])
    assert [one["weight"] for one in company.table()["routes"]] == [50, 50]
    company.rule(RULES[1:2], forge=company.at)
    company.modelops("abort", "iris", "--env", "production")
    assert company.live() == "1.0.0"


def moved(environment):
    """An environment whose target is somewhere else."""
    (target,) = environment["targets"]
    return {**environment, "targets": [{**target, "uri": target["uri"].replace("production", "elsewhere")}]}


@pytest.mark.slow
def test_a_change_of_the_rules_that_was_approved_counts_from_then_on(company):
    company.git("switch", "--quiet", "--create", "rules")
    one = {**RULES[0], "approvals": {"from": ["leads"], "count": 1}}
    more = {"groups": LEADS["github"], "people": PEOPLE, "rules": [one, *RULES[1:]]}
    company.write("modelops.yaml", {**company.registry("1s"), **more})
    company.pushed("rules")
    rules = company.forge.open("rules", "ana")
    company.forge.approve(rules, "cy")
    company.merged(rules, "squash")
    number = company.proposed()
    company.forge.approve(number, "bo")
    company.merged(number)
    assert company.applied() == (0, [])
    assert company.live() == "1.1.0"


def test_a_forge_that_is_down_blocks_promotions_and_no_rollback(company):
    number = company.proposed()
    for by in ("bo", "cy"):
        company.forge.approve(number, by)
    company.merged(number)
    company.env["GITHUB_TOKEN"] = ""
    assert company.applied()[0] == 3
    assert company.live() == "1.0.0"
    company.env["GITHUB_TOKEN"] = company.forge.token
    assert company.applied() == (0, [])
    back = company.proposed("1.0.0", "back")
    company.forge.approve(back, "dan")
    assert company.judged(back)["allowed"]
    company.merged(back)
    company.env["GITHUB_TOKEN"] = ""
    done = company.modelops("apply", "--env", "production")
    assert "was not asked" in done.err
    assert company.live() == "1.0.0"


@pytest.mark.slow
def test_a_rollback_that_the_forge_can_say_nothing_good_of_is_refused(company):
    number = company.proposed()
    for by in ("bo", "cy"):
        company.forge.approve(number, by)
    company.merged(number)
    assert company.applied() == (0, [])
    back = company.proposed("1.0.0", "back")
    company.merged(back)
    assert company.applied() == (1, ["MOG603"])
    assert company.live() == "1.1.0"


def test_on_call_may_operate_and_nobody_else(company):
    rule = {"action": "operate", "environments": ["production"], "authors": ["call", "leads"]}
    company.rule([*RULES, rule])
    asked = ("authorize", "--operate", "production", "--model", "iris", "--author")
    assert company.modelops(*asked, "github:Dan").code == 0
    assert company.modelops(*asked, "github:bo").code == 0
    assert company.modelops(*asked, "github:ana", check=False).code == 1
