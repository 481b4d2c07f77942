"""Many appliers at once, and appliers that are killed: one effect, one whole journal, nothing twice."""

from __future__ import annotations

import random
import shutil
import signal
import time

import pytest

from modelops_git.edges.targets.gateway import Gateway
from shop import Shop

RUN = ["RunStarted", "ArtifactsVerified", "StepIntent", "StepObserved", "RunEnded"]


def test_eight_processes_that_apply_at_once_have_one_effect(live):
    live.want("1.1.0")
    live.merge()
    clones = [live.new_clone(f"runner{number}") for number in range(8)]
    processes = [live.start("apply", cwd=clone) for clone in clones]
    ends = [(process.communicate(), process.returncode) for process in processes]
    assert [code for _, code in ends] == [0] * 8, ends
    assert live.live() == "1.1.0"
    assert live.types() == RUN * 2
    assert live.is_whole()


def kill_and_converge(shop, number, parent, seconds):
    shop.version(number, parent=parent)
    shop.want(number)
    shop.merge()
    process = shop.start("apply")
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert shop.live() in {parent, number}
    shop.modelops("apply")
    assert shop.live() == number
    assert shop.types().count("RunEnded") == shop.types().count("RunStarted")


def check_whole(shop, runs):
    assert shop.is_whole()
    types = shop.types()
    assert types.count("RunStarted") == types.count("RunEnded") == types.count("StepObserved") == runs


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_apply_is_finished_by_the_next(live, seed):
    chance = random.Random(seed)
    parent = "1.1.0"
    live.want("1.1.0")
    live.merge()
    live.modelops("apply")
    for minor in (2, 3):
        number = f"1.{minor}.0"
        kill_and_converge(live, number, parent, chance.uniform(0.15, 0.7))
        parent = number
    check_whole(live, 4)


@pytest.mark.slow
def test_an_apply_killed_at_twenty_random_instants_always_converges(live):
    chance = random.Random(20)
    parent = "1.0.0"
    for minor in range(2, 22):
        number = f"1.{minor}.0"
        kill_and_converge(live, number, parent, chance.uniform(0.1, 0.9))
        parent = number
    check_whole(live, 21)


PUSHES = """#!/bin/sh
case " $* " in *" push "*/journal/*) echo push >> {log};; esac
exec {git} "$@"
"""


@pytest.mark.slow
def test_eight_processes_with_a_model_each_write_one_journal_in_few_pushes(shop, tmp_path):
    models = [f"model-{number}" for number in range(8)]
    for model in models:
        shop.version("1.0.0", model=model)
        shop.want("1.0.0", model=model)
    shop.merge()
    clones = [shop.new_clone(f"runner-{model}") for model in models]
    log, shim = tmp_path / "pushes", tmp_path / "bin" / "git"
    shim.parent.mkdir()
    shim.write_text(PUSHES.format(log=log, git=shutil.which("git")))
    shim.chmod(0o755)
    shop.env["PATH"] = f"{shim.parent}:{shop.env['PATH']}"
    processes = [shop.start("apply", cwd=clone) for clone in clones]
    ends = [(process.communicate(), process.returncode) for process in processes]
    assert [code for _, code in ends] == [0] * 8, ends
    assert [shop.live(model=model) for model in models] == ["1.0.0"] * 8
    assert shop.is_whole()
    assert [shop.types(model=model) for model in models] == [RUN] * 8
    assert len(log.read_text().split()) < 3 * 8 * len(RUN)


def test_what_was_seen_is_recorded_although_a_newer_commit_was_applied_meanwhile(tmp_path, monkeypatch):
    shop = Shop(tmp_path / "shop", lease="20s")
    shop.journals()
    for model in ("iris", "wine"):
        shop.version("1.0.0", model=model)
    shop.want("1.0.0")
    shop.merge()
    other = shop.new_clone("other")
    change, running = Gateway.apply, []

    def interrupted(gateway, order):
        change(gateway, order)
        shop.want("1.0.0", model="wine")
        shop.merge()
        running.append(shop.start("apply", cwd=other))
        while shop.live(model="wine") is None:
            time.sleep(0.05)

    monkeypatch.setattr(Gateway, "apply", interrupted)
    done = shop.modelops("apply")
    _, complaints = running[0].communicate()
    assert running[0].returncode == 0, complaints
    assert "another apply is at work" not in done.err
    assert shop.types() == shop.types(model="wine") == RUN
