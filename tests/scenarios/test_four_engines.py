"""Four engines in clones of their own, killed at random for a minute while people merge: nothing is lost."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import threading
import time
from collections import Counter

import pytest

from shop import Shop

ENGINES = 4
MODELS = ("iris", "digits")
CANARY = {"type": "canary", "steps": [{"weight": 5, "for": "1s"}, {"weight": 50, "for": "1s"}]}
MOST_ROUNDS = 60


def text_of(routes):
    return json.dumps(routes, sort_keys=True)


class Engine(threading.Thread):
    """Applies again and again in a clone of its own; most of its processes are killed somewhere."""

    def __init__(self, shop, name, stop):
        super().__init__(name=name, daemon=True)
        self.shop = shop
        self.clone = shop.new_clone(name)
        self.ends = Counter()
        self._stop_now = stop
        self._chance = random.Random(name)

    def run(self):
        while not self._stop_now.is_set():
            command = self._chance.choice(["apply", "reconcile"])
            process = self.shop.start(command, "--env", "production", cwd=self.clone)
            try:
                _, said = process.communicate(timeout=self._chance.uniform(0.3, 6))
                self.ends[process.returncode] += 1
                assert b"Traceback" not in said, said.decode()
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                self.ends["killed"] += 1


class Watcher(threading.Thread):
    """Reads the route tables all the time, as a gateway does."""

    def __init__(self, shop, stop):
        super().__init__(daemon=True)
        self.wrong = []
        self.seen = set()
        self.looks = 0
        self._folder = shop.folder / "live/production/routes"
        self._stop_now = stop

    def run(self):
        while not self._stop_now.is_set():
            for model in MODELS:
                self._look(self._folder / f"{model}.json")
            time.sleep(0.002)

    def _look(self, path):
        try:
            text = path.read_text()
        except FileNotFoundError:
            return
        self.looks += 1
        try:
            table = json.loads(text)
            shares = sum(one["weight"] for one in table["routes"])
            stamp = table["stamp"]
            self.seen.add((table["model"], stamp["run"], stamp["sequence"], text_of(table["routes"])))
        except (ValueError, KeyError):
            shares = None
        if shares not in {0, 100}:
            self.wrong.append(text)


@pytest.fixture
def shop(tmp_path):
    shop = Shop(tmp_path / "shop", lease="2s")
    shop.journals("production")
    for model in MODELS:
        shop.version("1.0.0", model=model)
        shop.want("1.0.0", model=model, strategy=CANARY)
    shop.merge()
    return shop


def merge_for(shop, seconds):
    """People merge a new version of either model every few seconds, and once somebody goes back at night."""
    chance, end = random.Random(4), time.monotonic() + seconds
    minors = dict.fromkeys(MODELS, 0)
    while time.monotonic() < end:
        model = chance.choice(MODELS)
        minors[model] += 1
        number, parent = (f"1.{minor}.0" for minor in (minors[model], minors[model] - 1))
        shop.version(number, model=model, parent=parent)
        shop.want(number, model=model, strategy=CANARY)
        shop.merge()
        if minors[model] == 2:
            wish = ("rollback", model, "--env", "production", "--now", "--reason", "it is night")
            shop.modelops(*wish, check=False)
        time.sleep(chance.uniform(1, 5))
    for model, minor in minors.items():
        shop.version(f"2.{minor}.0", model=model, parent=f"1.{minor}.0")
        shop.want(f"2.{minor}.0", model=model, strategy=CANARY)
    shop.merge()
    return {model: f"2.{minor}.0" for model, minor in minors.items()}


def converge(shop, clones, wanted):
    """The engines go on, and nobody kills them any more."""
    for number in range(MOST_ROUNDS):
        shop.modelops("apply", "--env", "production", cwd=clones[number % len(clones)])
        if all(shop.live(model=model) == version for model, version in wanted.items()):
            plan = shop.modelops("plan", "--env", "production", "--detailed-exitcode", check=False)
            if plan.code == 0:
                return
        time.sleep(0.5)
    raise AssertionError(f"it does not converge: {shop.modelops('status').out}")


def check_journal(shop, watcher):
    entries = shop.entries()
    assert [entry["sequence"] for entry in entries] == list(range(len(entries)))
    payloads = [entry["payload"] for entry in entries]
    runs = [one["run"] for one in payloads if one["type"] == "RunStarted"]
    assert len(set(runs)) == len(runs)
    ended = Counter(one["run"] for one in payloads if one["type"] == "RunEnded")
    assert max(ended.values()) == 1
    early = {one["run"] for one in payloads if one["type"] == "StepIntent" and one.get("ends")}
    steps = Counter(
        (one["run"], one["index"])
        for one in payloads
        if one["type"] == "StepObserved" and one["run"] not in early
    )
    assert max(steps.values()) == 1, steps.most_common(3)
    announced = {
        (one["model"], one["run"], entry["sequence"], text_of(one["routes"]))
        for entry, one in zip(entries, payloads, strict=True)
        if one["type"] == "StepIntent"
    }
    announced |= {
        (one["model"], one["stamp"]["run"], one["stamp"]["sequence"], text_of(one["routes"]))
        for one in payloads
        if one["type"] == "HoldSet"
    }
    assert watcher.seen - announced == set()


@pytest.mark.slow
def test_four_engines_that_are_killed_at_random_lose_nothing(shop):
    stop, blind = threading.Event(), threading.Event()
    watcher = Watcher(shop, blind)
    engines = [Engine(shop, f"engine{number}", stop) for number in range(ENGINES)]
    for thread in (watcher, *engines):
        thread.start()
    wanted = merge_for(shop, 60)
    stop.set()
    for engine in engines:
        engine.join()
    assert all(engine.ends["killed"] for engine in engines), [engine.ends for engine in engines]
    converge(shop, [engine.clone for engine in engines], wanted)
    blind.set()
    watcher.join()
    assert (watcher.wrong, watcher.looks > 0) == ([], True)
    for engine in engines:
        shop.modelops("audit", "verify", "--env", "production", cwd=engine.clone)
    check_journal(shop, watcher)
