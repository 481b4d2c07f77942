"""A plan that leaves out what it found to be right says what a plan says that looks at everything."""

from __future__ import annotations

import random
import shutil

import pytest

from modelops_git.core.digests import of_json
from modelops_git.engine import plan as planning

MODELS = ("iris", "team/wine", "team/moon")
VERSIONS = ("1.0.0", "1.1.0", "1.2.0")


def planned(shop, *arguments):
    data = shop.modelops("--format", "json", "plan", *arguments, check=False).data
    return {name: data[name] for name in ("plan", "live", "findings", "failures")}


def memory(shop):
    return shop.clone / ".git" / "modelops" / "planned"


def check_plans(shop):
    """The narrowed plan is the whole one, of what is checked out and of what is merged."""
    for arguments in ((), ("--merged",)):
        narrowed = planned(shop, *arguments)
        kept = memory(shop).rename(memory(shop).with_name("kept")) if memory(shop).exists() else None
        assert planned(shop, *arguments) == narrowed
        if kept:
            shutil.rmtree(memory(shop), ignore_errors=True)
            kept.rename(memory(shop))


def want(shop, chance):
    shop.want(chance.choice(VERSIONS), chance.choice(("staging", "production")), model=chance.choice(MODELS))


def want_nothing(shop, chance):
    path = shop.clone / "models" / chance.choice(MODELS) / "rollouts" / "production.yaml"
    path.unlink(missing_ok=True)


def break_rollout(shop, chance):
    shop.want("1.1.0", model=chance.choice(MODELS), manifest_digest=f"sha256:{'0' * 64}")


def change_registry(shop, chance):
    text = (shop.clone / "modelops.yaml").read_text()
    shop.write("modelops.yaml", f"{text}# {chance.random()}\n")


def forbid(shop, chance):
    written = shop.registry("1s")
    written["environments"][1]["promote_from"] = ["staging"] if chance.random() < 0.7 else []
    shop.write("modelops.yaml", written)


def withdraw(shop, chance):
    model = chance.choice(MODELS)
    notice = {
        "api_version": "modelops/v1",
        "kind": "Notice",
        "model": model,
        "version": "1.1.0",
        "manifest_digest": of_json(shop.read_version(model, "1.1.0")),
        "type": "revoked",
        "reason": "Wrong labels.",
    }
    shop.write(f"models/{model}/notices/1.1.0-1.yaml", notice)


def hold(shop, chance):
    shop.modelops("rollback", chance.choice(MODELS), "--env", "production", "--now", check=False)


def apply(shop, _chance):
    shop.modelops("apply", check=False)


CHANGES = (want, want, want, want_nothing, break_rollout, change_registry, forbid, withdraw)
STEPS = (*CHANGES, hold, apply, apply, apply)


def tell(shop, seed, steps):
    chance = random.Random(seed)
    for model in MODELS:
        for number, parent in zip(VERSIONS, (None, *VERSIONS), strict=False):
            shop.version(number, model=model, parent=parent)
        shop.want("1.0.0", model=model)
    shop.merge()
    shop.modelops("apply")
    check_plans(shop)
    for _ in range(steps):
        step = chance.choice(STEPS)
        step(shop, chance)
        if step in CHANGES and shop.git("status", "--porcelain"):
            shop.merge(step.__name__)
        check_plans(shop)


def test_a_narrowed_plan_is_the_whole_plan_in_a_random_history(shop):
    tell(shop, seed=1, steps=6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_a_narrowed_plan_is_the_whole_plan_in_any_history(shop, seed):
    tell(shop, seed, steps=20)


def seen(shop, monkeypatch):
    """The models that a plan looks at."""
    looked = []
    review = planning.review

    def spied(ground, intent, known):
        looked.extend(known.among)
        return review(ground, intent, known)

    with monkeypatch.context() as patch:
        patch.setattr(planning, "review", spied)
        planned(shop, "--env", "production")
    return looked


def test_what_is_live_as_wanted_is_looked_at_once(live, monkeypatch):
    live.version("1.0.0", model="team/wine")
    live.want("1.0.0", model="team/wine")
    live.merge()
    live.modelops("apply")
    assert seen(live, monkeypatch) == ["iris", "team/wine"]
    assert seen(live, monkeypatch) == []
    live.want("1.1.0")
    live.merge()
    assert seen(live, monkeypatch) == seen(live, monkeypatch) == ["iris"]
    live.modelops("apply")
    assert "iris" in seen(live, monkeypatch)
    assert seen(live, monkeypatch) == []


def test_what_was_refused_stays_in_every_plan(live, monkeypatch):
    live.want("1.1.0", manifest_digest=f"sha256:{'0' * 64}")
    live.merge()
    live.modelops("apply", check=False)
    for _ in range(2):
        assert seen(live, monkeypatch) == ["iris"]
        assert planned(live, "--env", "production")["findings"]


def test_models_within_models_are_all_looked_at(live, monkeypatch):
    live.version("1.0.0", model="iris/small")
    live.want("1.0.0", model="iris/small")
    live.merge()
    live.modelops("apply")
    for _ in range(2):
        assert seen(live, monkeypatch) == ["iris", "iris/small"]
