"""The gateway beside MLServer and beside what the framework takes without us: same model, machine, client."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NamedTuple

import gateway_costs
import gateway_switching
import served
import wrk
from loads import Where, measured, ours, rows
from peers import PROJECT
from servers import BODY, Server, free_port
from tables import Amount, Beside, Section, microseconds
from timing import Times

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from loads import Seen

TITLE = "The gateway: answers over HTTP, beside MLServer and the bare framework"
AIM_OVERHEAD = 0.001
"""Seconds that half of the answers may take longer than those of the bare framework."""
AIM_BESIDE_MLSERVER = 1.0
OURS, LOGGING = "`modelops serve --logs none`", "`modelops serve`, all predictions logged"
LOOP = "`modelops serve --logs none --threads 0`"
INLINE, POOLED = "bare framework, inline", "bare framework, in a pool of threads"
MLSERVER, WORKER = "MLServer, in one process", "MLServer as it comes, with a worker process"

WHAT = """\
A request is one instance of nine numbers as JSON of the Open Inference Protocol; the model is a random
forest of {trees} trees as ONNX, run by onnxruntime on one thread everywhere. wrk sends the same request
again over so many connections, from the machine of the server; one server runs at a time, and all take
turns in each round. Figures are medians of the rounds; CPU is that of all processes of the server for
each request. *Failed* are requests without an answer, or with a status of 400 or more, in all rounds."""
PEERS = """\
The bare framework is Starlette on uvicorn with httptools and uvloop, orjson and onnxruntime, as the
gateway uses them, and nothing else: it checks, counts and logs nothing, and serves one file for ever.
Inline and with `--threads 0` the model runs in the thread that reads requests, as it does in MLServer's
one process. MLServer comes with no runtime for ONNX; the one here decodes, runs and encodes with
MLServer's own codecs. MLServer has httptools and uvloop too, writes no log of requests, and counts them
as it does by default."""


class Amounts(NamedTuple):
    """How much is measured.

    Attributes:
        connections: How many at once.
        rounds: In each of which every server has its turn.
        seconds: Of each turn.
        changes: How often the routes change while requests come.
    """

    connections: Sequence[int] = (1, 8)
    rounds: int = 5
    seconds: float = 4.0
    changes: int = 50


QUICK = Amounts(rounds=1, seconds=1.0, changes=5)


def measure(folder: Path, where: Where, amounts: Amounts) -> Iterator[Section]:
    """Send requests to all of them.

    Raises:
        CalledProcessError: Something cannot be made, or the client fails.
        RuntimeError: A server does not answer.
    """
    asking = wrk.client(folder / "client", BODY)
    if asking is None:
        yield Section(TITLE, Amount(microseconds), (), (), ["Not measured: wrk is not installed."])
        return
    made = served.place(folder / "place", where.modelops, where.env)
    servers = [
        ours(where, made, OURS, "--logs", "none"),
        ours(where, made, LOGGING),
        ours(where, made, LOOP, "--logs", "none", "--threads", "0"),
        _bare(where, made, INLINE, "inline"),
        _bare(where, made, POOLED, "pooled"),
        _mlserver(where, made, folder / "mlserver-0", MLSERVER),
        _mlserver(where, made, folder / "mlserver-1", WORKER),
    ]
    seen = measured(asking, servers, folder, amounts)
    yield Section(TITLE, Amount(microseconds), (), list(_beside(seen, amounts)), [rows(seen), *_notes()])
    yield gateway_costs.measure(asking, made, where, folder, amounts)
    yield gateway_switching.measure(asking, made, where, folder, amounts)


def _beside(seen: Sequence[Seen], amounts: Amounts) -> Iterator[Beside]:
    found = {(one.name, one.connections): one for one in seen}
    for count in amounts.connections:
        many = "1 connection" if count == 1 else f"{count} connections"
        for name in (OURS, LOGGING, LOOP):
            own = found[name, count].times
            for peer, aim in ((MLSERVER, AIM_BESIDE_MLSERVER), (WORKER, AIM_BESIDE_MLSERVER), (POOLED, None)):
                yield Beside(f"{name} beside {peer}, {many}: p50", own, found[peer, count].times, aim)
            bare = found[INLINE, count].times
            more = Times("", [own.median - bare.median], [own.median_cpu - bare.median_cpu])
            limit = Times("", [AIM_OVERHEAD], [AIM_OVERHEAD])
            yield Beside(f"{name}, p50 above {INLINE}, {many}, beside the aim", more, limit, 1.0)


def _notes() -> list[str]:
    return [WHAT.format(trees=served.TREES), PEERS]


def _bare(where: Where, made: served.Place, name: str, variant: str) -> Server:
    port = free_port()
    options = ["--no-access-log", "--http", "httptools", "--loop", "uvloop", "--log-level", "warning"]
    words: list[str | Path] = [where.python, "-m", "uvicorn", f"bare_server:{variant}", *options]
    words += ["--port", str(port), "--app-dir", PROJECT / "benchmarks"]
    env = {**where.env, "SERVED_MODEL": served.MODEL, "SERVED_FILE": os.fspath(made.file)}
    return Server(name, words, made.root, env, port)


def _mlserver(where: Where, made: served.Place, folder: Path, name: str) -> Server:
    folder.mkdir(parents=True)
    port = free_port()
    settings = {
        "debug": False,
        "host": "127.0.0.1",
        "http_port": port,
        "grpc_port": free_port(),
        "metrics_port": free_port(),
        "parallel_workers": 1 if name == WORKER else 0,
    }
    model = {
        "name": served.MODEL,
        "implementation": "mlserver_runtime.Onnx",
        "parameters": {"uri": os.fspath(made.file), "version": "1.0.0"},
    }
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "model-settings.json").write_text(json.dumps(model), encoding="utf-8")
    env = {**where.env, "PYTHONPATH": os.fspath(PROJECT / "benchmarks")}
    return Server(name, [where.mlserver, "start", folder], folder, env, port)
