"""What is merged goes live only on the word of those whom the rules ask, whichever way it was merged."""

from __future__ import annotations

import pytest

from approvers import BO, RULE, Office, new_key

BREAK = ("--model", "iris", "--break-glass", "wrong prices", "--ticket", "INC-7")


class Guarded(Office):
    """An office where 1.0.0 is live in production since before there were rules."""

    def __init__(self, folder):
        super().__init__(folder, lease="1s")
        self.journals("staging", "production")

    def more(self):
        """Rules about the rules as well."""
        return {"rules": [RULE, {"action": "administer", "approvals": {"from": ["leads"]}}]}

    def push(self):
        self.git("push", "--quiet", "--force-with-lease", "origin", "main")
        return self

    def applied(self, *words):
        """The exit code of `apply` in production, and what it found."""
        done = self.modelops("--format", "json", "apply", "--env", "production", *words, check=False)
        return done.code, [one["code"] for one in done.data.get("findings", ())]

    def start(self):
        return [one["payload"] for one in self.entries() if one["payload"]["type"] == "RunStarted"][-1]


@pytest.fixture
def office(tmp_path):
    office = Guarded(tmp_path)
    assert office.applied(*BREAK) == (0, [])
    return office


def merged(office):
    office.git("switch", "--quiet", "main")
    office.as_("cy").git("merge", "--quiet", "--no-ff", "--no-edit", "go")


def squashed(office):
    office.git("switch", "--quiet", "main")
    office.as_("ana").git("merge", "--quiet", "--squash", "go")
    office.commit("Promote iris 1.1.0")


def rebased(office):
    office.as_("ana").git("rebase", "--quiet", "main", "go")
    office.git("switch", "--quiet", "main")
    office.git("merge", "--quiet", "--ff-only", "go")


def elsewhere(office):
    """Somebody else merges something that has nothing to do with it."""
    office.git("switch", "--quiet", "main")
    office.as_("cy").want("1.0.0", "staging")
    office.commit("Elsewhere")
    office.git("switch", "--quiet", "go")


@pytest.mark.parametrize(
    "bring", [rebased, *(pytest.param(one, marks=pytest.mark.slow) for one in (merged, squashed))]
)
def test_an_approved_change_goes_live_however_it_was_merged(office, bring):
    office.proposed().approved("bo")
    elsewhere(office)
    bring(office)
    office.push()
    assert office.applied() == (0, [])
    assert office.live() == "1.1.0"
    assert [(one["by"], one["source"]) for one in office.start()["approvals"]] == [(f"ssh:{BO}", "ssh")]
    assert "glass" not in office.start()


def test_what_nobody_approved_stays_out_until_somebody_does(office):
    office.proposed()
    merged(office)
    office.push()
    assert office.applied() == (1, ["MOG609", "MOG603"])
    assert office.live() == "1.0.0"
    assert "BreakGlass" not in office.types()[2:]


@pytest.mark.slow
def test_what_was_changed_after_the_approval_stays_out(office):
    office.version("1.2.0", parent="1.1.0")
    office.as_("ana").commit("Register")
    office.proposed().approved("bo")
    office.as_("ana").want("1.2.0")
    office.commit("One more thing")
    merged(office)
    office.push()
    assert office.applied() == (1, ["MOG609", "MOG603", "MOG605"])
    assert office.live() == "1.0.0"


def test_a_push_past_everybody_is_refused(office):
    office.as_("bo").want("1.1.0")
    office.commit("Promote iris 1.1.0")
    office.push()
    code, found = office.applied()
    assert (code, found) == (1, ["MOG609", "MOG603"])
    assert office.live() == "1.0.0"


def test_who_weakens_the_rules_first_gets_nothing_from_it(office):
    office.as_("bo").write("modelops.yaml", {**office.registry("1s"), "rules": []})
    office.commit("Trust everybody")
    office.push()
    office.proposed()
    merged(office)
    office.push()
    assert office.applied() == (1, ["MOG609", "MOG603"])
    assert office.live() == "1.0.0"


def test_the_glass_can_be_broken_and_everybody_sees_that_it_was(office):
    office.as_("bo").want("1.1.0")
    office.commit("Promote iris 1.1.0")
    office.push()
    assert office.applied(*BREAK) == (0, [])
    assert office.live() == "1.1.0"
    glass = {"reason": "wrong prices", "ticket": "INC-7"}
    assert office.start()["glass"] == glass
    assert [one["payload"] for one in office.entries() if one["payload"]["type"] == "BreakGlass"][-1] == {
        "type": "BreakGlass",
        "model": "iris",
        **glass,
    }
    (line,) = [
        one for one in office.json("history", "iris")["history"] if one["after"][0]["version"] == "1.1.0"
    ]
    assert line["break_glass"] == "wrong prices (INC-7)"
    (row,) = [one for one in office.json("status")["rows"] if one["environment"] == "production"]
    assert row["break_glass"] == "wrong prices (INC-7)"


def test_the_glass_is_broken_for_one_model_with_a_reason_and_a_ticket(office):
    for words in (BREAK[:2], BREAK[:4], BREAK[2:]):
        assert office.modelops("apply", "--env", "production", *words, check=False).code == 2
    office.as_("bo").want("1.1.0")
    office.commit("Promote iris 1.1.0")
    office.push()
    other = ("--model", "wine", *BREAK[2:])
    assert office.applied(*other) == (1, ["MOG609", "MOG603"])


def test_a_key_that_counts_for_a_moment_only_lets_nothing_through(office, tmp_path):
    kept = office.signers()
    office.keys["bo"] = new_key(tmp_path, "mallory")
    office.write("allowed_signers", office.signers())
    office.commit("A key for bo")
    office.push()
    office.proposed().approved("bo")
    merged(office)
    office.write("allowed_signers", kept)
    office.commit("As if nothing had been")
    office.push()
    assert office.applied() == (1, ["MOG609", "MOG603"])
    assert office.live() == "1.0.0"


@pytest.mark.slow
def test_what_was_approved_needs_no_broken_glass(office):
    office.proposed().approved("bo")
    merged(office)
    office.push()
    assert office.applied(*BREAK) == (0, [])
    assert "glass" not in office.start()
    assert [one["by"] for one in office.start()["approvals"]] == [f"ssh:{BO}"]


@pytest.mark.slow
def test_a_rollback_needs_what_its_own_rule_says(tmp_path):
    class Caller(Guarded):
        def more(self):
            lead = {"action": "promote", "environments": ["production"], "approvals": {"from": ["leads"]}}
            call = {"action": "rollback", "environments": ["production"], "authors": ["leads"]}
            return {"rules": [lead, call]}

    office = Caller(tmp_path)
    assert office.applied(*BREAK) == (0, [])
    office.proposed().approved("bo")
    merged(office)
    office.push()
    assert office.applied() == (0, [])
    office.as_("ana").branch("back")
    office.want("1.0.0")
    office.commit("Roll back")
    office.git("switch", "--quiet", "main")
    office.git("merge", "--quiet", "--ff-only", "back")
    office.push()
    assert office.applied() == (0, [])
    assert office.live() == "1.0.0"
    assert office.start()["action"] == "rollback"
