"""Sends flowers to what is live, as callers would, and counts for each version what came of it.

    python traffic.py .modelops/live/production iris-classifier out/1.0.0/holdout.csv 2000

Each flower is answered by one of the versions that the route table names, chosen by weight, and run by
onnxruntime. The counts grow from run to run, in `.modelops/metrics.json` beside the gateway: by the digest of
a version's manifest, how many it was asked, and how many of its answers were wrong.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from predict import quiet

LEAST_SECONDS = 1.2


def main() -> None:
    """Send so many flowers, and print how the versions did."""
    gateway, model, flowers, count = sys.argv[1:]
    began = time.monotonic()
    table = json.loads((Path(gateway) / "routes" / f"{model}.json").read_text())
    routes = [route for route in table["routes"] if route["weight"]]
    measured = Path(gateway).parent.parent / "metrics.json"
    counts = json.loads(measured.read_text()) if measured.exists() else {}
    asked = np.loadtxt(flowers, delimiter=",", dtype=np.float32)
    asked = asked[np.random.default_rng(len(counts)).integers(len(asked), size=int(count))]
    shares = np.cumsum([0, *(route["weight"] for route in routes)]) * len(asked) // 100
    for route, first, last in zip(routes, shares, shares[1:], strict=False):
        wrong = answered_wrongly(files_of(Path(gateway), model, route), asked[first:last])
        known = counts.setdefault(route["digest"], {"requests": 0, "wrong": 0})
        known["requests"] += int(last - first)
        known["wrong"] += wrong
        print(f"{route['version']}: asked {last - first:,} times, wrong {wrong:,} times")
    time.sleep(max(0.0, LEAST_SECONDS - (time.monotonic() - began)))
    counts["at"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    measured.write_text(json.dumps(counts, indent=2))


def files_of(gateway: Path, model: str, route: dict[str, Any]) -> Path:
    """The folder of a version's verified files."""
    digest = route["artifacts"].removeprefix("sha256:")
    return gateway / "files" / model / f"{route['version']}-{digest[:12]}"


def answered_wrongly(folder: Path, flowers: Any) -> int:
    """How many flowers a version takes for another species than they are."""
    session = onnxruntime.InferenceSession(folder / "model.onnx", quiet())
    (asked,) = session.get_inputs()
    labels, _ = session.run(None, {asked.name: flowers[:, :-1]})
    return int((labels != flowers[:, -1]).sum())


if __name__ == "__main__":
    main()
