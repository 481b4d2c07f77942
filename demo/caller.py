"""Asks the gateway about flowers, as callers do, over HTTP.

    python caller.py ask ADDRESS MODEL 5.1 3.5 1.4 0.2 [--preview] [--user ana]
    python caller.py send ADDRESS MODEL out/1.0.0/holdout.csv 1000 [--users 100]

`send` tells the gateway afterwards which species each flower was: that is how wrong answers become known.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import urllib3

SPECIES = ("setosa", "versicolor", "virginica")
OK = 200
THREADS = 4


def main() -> int:
    """Ask, or send; 1 where a question that was asked alone has no answer."""
    words = argparse.ArgumentParser(description="Ask the gateway about flowers.")
    kinds = words.add_subparsers(required=True)
    ask = kinds.add_parser("ask", help="about one flower")
    ask.add_argument("address")
    ask.add_argument("model")
    ask.add_argument("numbers", type=float, nargs="+")
    ask.add_argument("--preview", action="store_true")
    ask.add_argument("--user", default="")
    ask.set_defaults(call=asked)
    send = kinds.add_parser("send", help="many of a table, chosen by chance")
    send.add_argument("address")
    send.add_argument("model")
    send.add_argument("table", type=Path)
    send.add_argument("count", type=int)
    send.add_argument("--users", type=int, default=0)
    send.set_defaults(call=sent)
    given = words.parse_args()
    return int(given.call(Caller(given.address, given.model), given))


class Caller:
    """Somebody who asks about flowers."""

    def __init__(self, address: str, model: str) -> None:
        self._pool = urllib3.PoolManager(maxsize=THREADS, timeout=30, retries=False)
        self._models = f"{address}/models/{model}"

    def ask(self, flower: list[float], headers: dict[str, str]) -> tuple[int, Any]:
        """The status of the answer, and what it says."""
        answer = self._pool.request(
            "POST", f"{self._models}/predict", json={"instance": flower}, headers=headers
        )
        return answer.status, answer.json()

    def tell(self, prediction: str, species: int) -> None:
        """Say what a flower was."""
        truth = {"prediction_id": prediction, "truth": species}
        self._pool.request("POST", f"{self._models}/feedback", json=truth)


def asked(caller: Caller, given: argparse.Namespace) -> int:
    """Ask about one flower, and print the answer."""
    headers = {"Modelops-Preview": "true"} if given.preview else {}
    status, said = caller.ask(given.numbers, headers | _user(given.user))
    if status != OK:
        print(f"HTTP {status}: {said['error']} (at {said.get('pointer', '/')})")
        return 1
    label, probabilities = said["prediction"]["label"], said["prediction"]["probabilities"]
    print(f"{given.model} {said['version']} says: {SPECIES[label]} (probability {max(probabilities):.2f})")
    print(json.dumps({name: said[name] for name in ("digest", "role", "prediction_id")}, indent=2))
    return 0


def sent(caller: Caller, given: argparse.Namespace) -> int:
    """Ask about many flowers, tell what they were, and print how the versions did."""
    table = np.loadtxt(given.table, delimiter=",")
    chance = np.random.default_rng()
    flowers = table[chance.integers(len(table), size=given.count)]
    users = [f"user-{n % given.users}" if given.users else "" for n in range(given.count)]

    def one(flower: Any, user: str) -> tuple[str, str]:
        status, said = caller.ask(flower[:-1].tolist(), _user(user))
        if "prediction_id" in said:
            caller.tell(said["prediction_id"], int(flower[-1]))
        if status != OK:
            return said["version"], "failed"
        return said["version"], "right" if said["prediction"]["label"] == int(flower[-1]) else "wrong"

    with ThreadPoolExecutor(THREADS) as threads:
        counts = Counter(threads.map(one, flowers, users))
    for version in sorted({version for version, _ in counts}):
        results = {result: counts[version, result] for result in ("right", "wrong", "failed")}
        total = sum(results.values())
        told = ", ".join(f"{result} {count}" for result, count in results.items() if count)
        print(f"{version} was asked {total:,} times: {told}")
    return 0


def _user(name: str) -> dict[str, str]:
    return {"X-User-Id": name} if name else {}


if __name__ == "__main__":
    sys.exit(main())
