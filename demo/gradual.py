"""The middle of the story: a good version goes live step by step, and a bad one is stopped by its answers."""

from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING

import urllib3
from shell import MisbehaviourError
from story import MODEL, SETOSA, train

if TYPE_CHECKING:
    from story import Story

REQUESTS = 1000
FLOWERS = "../training/out/1.0.0/holdout.csv"
WHO = f"modelops who-served --env production --model {MODEL}"
_READY_SECONDS = 60
_STEP_SECONDS = 1.1


def serve_predictions(story: Story) -> None:
    """The gateway answers callers by what is live in production."""
    story.chapter("Predictions, for real")
    story.say(
        "A server follows what `apply` makes live: it verifies the bytes, loads them in the background, and"
        " switches without a request failing. It speaks the Open Inference Protocol, and a simpler one."
    )
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    story.noted["address"] = address
    story.shell.env["GATEWAY"] = address
    log = story.place.folder / "serve.log"
    story.shell.start(f"modelops serve --env production --port {port}", log)
    _wait_until_ready(address)
    story.shell.console.command(f"export GATEWAY={address}")
    said = ask(story, SETOSA, f"{MODEL} 1.0.0 says: setosa")
    prediction = json.loads(said[said.index("{") :])["prediction_id"]
    story.say("The answer names the version and itself. Its name alone leads to who brought it there:")
    story.run(
        f"modelops who-served --env production --prediction {prediction}",
        "by 1.0.0",
        "pull request #2, approved by Eve Example",
    )
    story.say("What the interface does not allow is refused, with the place in the request.")
    ask(story, "5.1 3.5 1.4", "HTTP 422", "/instance", ends=1)


def go_live_step_by_step(story: Story) -> None:
    """1.1.0 in production: 5, 25, 50, 100 percent of the requests, each step judged."""
    story.chapter("Five percent first")
    story.say(
        "Production shall not get a new version at once. A strategy says in which steps, and an analysis what"
        " must hold: no more errors and no more wrong answers than the live version gives."
    )
    story.run("sed -i '/^  immediate:/r ../careful.yaml' modelops.yaml")
    story.run(
        "mkdir -p analyses && cp ../answers.yaml analyses/ && cat analyses/answers.yaml", "wrong-answers"
    )
    story.commit("Promote step by step, judged by errors and answers")
    promote(story, "1.1.0", "careful", "5 % to 1.1.0", "judged by answers")
    story.say("`apply` takes the first step and comes back; the next one takes the next, when it is due.")
    story.run("modelops apply", "1.1.0 (candidate 5 %)", "step 1 of 4")
    for weight in (25, 50):
        send(story, "1.1.0 was asked")
        story.run("modelops apply", f"1.1.0 (candidate {weight} %)")
    story.run("modelops status --env production", "running", "step 3 of 4")
    story.run(WHO, "1.0.0 served 50 %", "1.1.0 served 50 %")
    send(story, "1.1.0 was asked")
    story.run("modelops apply", "1.1.0")
    story.live("production", is_now="1.1.0")
    ask(story, SETOSA, f"{MODEL} 1.1.0 says: setosa")
    story.run(f"modelops history {MODEL} --env production", "1.1.0", "succeeded")


def stop_a_bad_one(story: Story) -> None:
    """1.2.0 does well on its holdout and badly on what callers send: aborted at 5 percent, held, reverted."""
    story.chapter("Good on paper")
    story.say(
        "Somebody converts the data to millimetres. The accuracy on the holdout, in millimetres too, is fine;"
        " callers go on sending centimetres, and no check of the registry can know that."
    )
    train(story, "1.2.0", "--flowers 100 --trees 10 --millimetres")
    story.register("1.2.0", "--summary 'Data in millimetres' --author github:bo", "1.2.0")
    story.commit(f"Register {MODEL} 1.2.0")
    to_staging(story, "1.2.0")
    promote(story, "1.2.0", "careful", "5 % to 1.2.0")
    story.run("modelops apply", "1.2.0 (candidate 5 %)")
    send(story, "1.2.0 was asked", "failed")
    story.say("The analysis has seen enough. The next `apply` takes all traffic back, and holds 1.2.0 off.")
    branch = f"rollback/{MODEL}-to-1.1.0-in-production"
    story.run("modelops apply", "abort", "held", branch)
    story.live("production", is_now="1.1.0")
    send(story, "1.1.0 was asked")
    story.run("modelops status --env production", "held", "errors")
    story.run(WHO, "1.1.0 served")
    story.run("modelops apply", "nothing to do")
    story.say("main still wants 1.2.0. The hold ends when git follows: the revert is on a branch already.")
    story.merge(branch, f"Roll back {MODEL} to 1.1.0 in production")
    story.run("modelops apply", "ended the hold")
    story.run(f"modelops history {MODEL} --env production", "aborted", "hold")
    story.say("Staging goes back as well.")
    branch = f"rollback/{MODEL}-to-1.1.0-in-staging"
    story.run(f"modelops rollback {MODEL} --env staging", branch)
    story.merge(branch, f"Roll back {MODEL} to 1.1.0 in staging")
    story.run("modelops apply", "rollback", "1.1.0")


def promote(story: Story, number: str, strategy: str, *planned: str) -> None:
    """Merge that a version shall be live in production."""
    branch = f"promote/{MODEL}-{number}-to-production"
    story.run(f"modelops promote {MODEL} {number} --to production --strategy {strategy}")
    story.run("modelops plan --env production", *planned)
    story.merge(branch, f"Promote {MODEL} {number} to production")


def to_staging(story: Story, number: str) -> None:
    """Make a version live in staging, where production takes it from."""
    branch = f"promote/{MODEL}-{number}-to-staging"
    story.run(f"modelops promote {MODEL} {number} --to staging")
    story.merge(branch, f"Promote {MODEL} {number} to staging")
    story.run("modelops apply", "staging", number)


def ask(story: Story, numbers: str, *words: str, more: str = "", ends: int = 0) -> str:
    """Ask the gateway about a flower."""
    return story.run(f"python ../training/caller.py ask $GATEWAY {MODEL} {numbers}{more}", *words, ends=ends)


def send(story: Story, *words: str, more: str = "") -> str:
    """Callers ask about many flowers, and say later what they were; a step of the canary takes a second."""
    began = time.monotonic()
    line = f"python ../training/caller.py send $GATEWAY {MODEL} {FLOWERS} {REQUESTS}{more}"
    output = story.run(line, *words)
    time.sleep(max(0.0, _STEP_SECONDS - (time.monotonic() - began)))
    return output


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(address: str) -> None:
    until = time.monotonic() + _READY_SECONDS
    pool = urllib3.PoolManager(retries=False)
    while time.monotonic() < until:
        try:
            answer = pool.request("GET", f"{address}/v2/health/ready", timeout=5)
        except urllib3.exceptions.HTTPError:
            answer = None
        if answer is not None and answer.json() == {"ready": True}:
            return
        time.sleep(0.05)
    raise MisbehaviourError(f"the gateway at {address} is not ready")
