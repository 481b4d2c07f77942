"""Every run is triggered by a level, not by an edge: which runs come, when and how often is all one.

A forge drops older runs that wait, starts others late, and repeats some. Each job here is one of `apply.yml`:
a clone of main, some time or other, and `modelops apply`.
"""

import random

import pytest

from modelops_git.engine import apply

MODELS = ("card", "iris", "price")
PLACES = ("staging", "production")


class Jobs:
    """The jobs that merges start, which run when chance says so, in clones of whatever age."""

    def __init__(self, shop, seed):
        self.shop = shop
        self.chance = random.Random(seed)
        self.clones = [shop.new_clone(f"runner {number}") for number in range(3)]
        self.waiting = 0

    def started_by_merge(self):
        """No job, one or two."""
        self.waiting += self.chance.choice((0, 1, 1, 2))

    def run_some(self):
        """None of those that wait, or all, or as many as it happens to be; some of them in an old clone."""
        for _ in range(self.chance.randint(0, self.waiting)):
            self.waiting -= 1
            clone = self.chance.choice(self.clones)
            if self.chance.random() < 0.5:
                self.shop.git("pull", "--quiet", "--ff-only", cwd=clone)
            done = self.shop.modelops("apply", cwd=clone, check=False)
            assert done.code == 0, done


@pytest.fixture
def stocked(shop):
    """Three models, each with three versions."""
    for model in MODELS:
        for number, parent in (("1.0.0", None), ("1.1.0", "1.0.0"), ("1.2.0", "1.1.0")):
            shop.version(number, model=model, parent=parent)
    shop.merge()
    return shop


def merge(shop, chance, wanted):
    """Ask for another version of one or two models somewhere; now and then for what is wanted already."""
    for model in chance.sample(MODELS, chance.randint(1, 2)):
        place, number = chance.choice(PLACES), chance.choice(("1.0.0", "1.1.0", "1.2.0"))
        shop.want(number, place, model=model)
        wanted[place, model] = number
    shop.git("add", "--all")
    shop.git("commit", "--quiet", "--allow-empty", "-m", "merge")
    shop.git("push", "--quiet", "origin", "main")


LONG = [pytest.param(20, seed, marks=pytest.mark.slow) for seed in range(1, 8)]


@pytest.mark.parametrize(("merges", "seed"), [(6, 1), *LONG])
def test_jobs_that_are_dropped_doubled_late_and_in_any_order_change_nothing_in_the_end(stocked, merges, seed):
    jobs = Jobs(stocked, seed)
    wanted = {}
    for _ in range(merges):
        merge(stocked, jobs.chance, wanted)
        jobs.started_by_merge()
        jobs.run_some()
    stocked.modelops("reconcile", cwd=stocked.new_clone("schedule"))  # those that still wait never run
    assert {at: stocked.live(*at) for at in wanted} == wanted
    assert stocked.is_whole()
    for place in PLACES:
        assert stocked.modelops("apply", "--env", place).out.endswith("nothing to do.\n")
        ends = [one["payload"] for one in stocked.entries(place) if one["payload"]["type"] == "RunEnded"]
        assert {one["result"] for one in ends} == {"succeeded"}


def test_a_model_that_fails_keeps_no_other_merge_from_being_applied(stocked):
    broken = stocked.folder / "live" / "staging" / "routes" / "iris.json"
    broken.mkdir(parents=True)
    stocked.want("1.0.0", "staging", model="iris")
    stocked.want("1.0.0", "staging", model="card")
    stocked.merge()
    first = stocked.modelops("apply", check=False)
    assert first.code == 3
    assert "iris" in first.out
    assert stocked.live("staging", "card") == "1.0.0"
    stocked.want("1.1.0", "staging", model="price")
    stocked.merge()
    assert stocked.modelops("apply", check=False).code == 3
    assert stocked.live("staging", "price") == "1.1.0"
    broken.rmdir()
    assert stocked.modelops("apply").code == 0
    assert stocked.live("staging", "iris") == "1.0.0"


def test_a_merge_that_the_journal_does_not_account_for_fails_the_run(stocked, monkeypatch):
    stocked.want("1.0.0", "staging", model="iris")
    stocked.want("1.0.0", "staging", model="card")
    stocked.merge()
    whole = apply.work_of

    def forgetful(ground, intent, models, tools):
        return whole(ground, intent, [model for model in models if model != "iris"], tools)

    with monkeypatch.context() as patch:
        patch.setattr(apply, "work_of", forgetful)
        done = stocked.modelops("apply", "--env", "staging", check=False)
    assert done.code == 1
    assert "staging iris: the journal does not account for what is wanted" in done.out
    assert stocked.live("staging", "card") == "1.0.0"
    stocked.modelops("apply", "--env", "staging")
    assert stocked.live("staging", "iris") == "1.0.0"
