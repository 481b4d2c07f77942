"""The middle of the story: a good version goes live step by step, and a bad one is stopped by its answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from shell import expect
from story import MODEL, SETOSA, train

if TYPE_CHECKING:
    from story import Story

REQUESTS = 4000


def go_live_step_by_step(story: Story) -> None:
    """1.1.0 in production: 5, 25, 50, 100 percent of the requests, each step judged."""
    story.chapter("Five percent first")
    story.say(
        "Production shall not get a new version at once. A strategy says in which steps, and an analysis what"
        " must hold: no more wrong answers than the live version gives."
    )
    story.run("sed -i '/^  immediate:/r ../careful.yaml' modelops.yaml")
    story.run("mkdir -p analyses && cp ../answers.yaml analyses/")
    story.commit("Promote step by step, judged by the answers")
    _promote(story, "1.1.0")
    story.say("`apply` takes the first step and comes back; the next one takes the next, when it is due.")
    story.run("modelops apply", "1.1.0 (candidate 5 %)", "step 1 of 4")
    for weight in (25, 50):
        _send(story)
        story.run("modelops apply", f"1.1.0 (candidate {weight} %)")
    story.run("modelops status", "running", "step 3 of 4")
    _send(story)
    story.run("modelops apply", "1.1.0")
    story.live("production", is_now="1.1.0")
    story.predict("production", SETOSA, f"{MODEL} 1.1.0 says: setosa")


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
    branch = f"promote/{MODEL}-1.2.0-to-staging"
    story.run(f"modelops promote {MODEL} 1.2.0 --to staging")
    story.merge(branch, f"Merge the promotion of {MODEL} 1.2.0 to staging")
    story.run("modelops apply", "staging", "1.2.0")
    _promote(story, "1.2.0")
    story.run("modelops apply", "1.2.0 (candidate 5 %)")
    _send(story)
    story.say("The analysis has seen enough. The next `apply` takes all traffic back, and holds 1.2.0 off.")
    branch = f"rollback/{MODEL}-to-1.1.0-in-production"
    story.run("modelops apply", "abort", "held", branch)
    story.live("production", is_now="1.1.0")
    story.run("modelops status --env production", "held", "wrong-answers")
    story.run("modelops apply", "nothing to do")
    story.say("main still wants 1.2.0. The hold ends when git follows: the revert is on a branch already.")
    story.merge(branch, f"Merge the rollback of {MODEL} to 1.1.0 in production")
    story.run("modelops apply", "ended the hold")
    story.run(f"modelops history {MODEL} --env production", "aborted", "hold")
    story.say("Staging goes back as well.")
    branch = f"rollback/{MODEL}-to-1.1.0-in-staging"
    story.run(f"modelops rollback {MODEL} --env staging", branch)
    story.merge(branch, f"Merge the rollback of {MODEL} to 1.1.0 in staging")
    story.run("modelops apply", "rollback", "1.1.0")


def _promote(story: Story, number: str) -> None:
    branch = f"promote/{MODEL}-{number}-to-production"
    story.run(f"modelops promote {MODEL} {number} --to production --strategy careful")
    story.run("modelops plan --env production", f"5 % to {number}", "judged by answers")
    story.merge(branch, f"Merge the promotion of {MODEL} {number} to production")


def _send(story: Story) -> None:
    """Callers ask about flowers; each version is asked as often as its weight says."""
    flowers = "../training/out/1.0.0/holdout.csv"
    story.run(f"python ../training/traffic.py .modelops/live/production {MODEL} {flowers} {REQUESTS}")
    measured = json.loads((story.place.registry / ".modelops/metrics.json").read_text())
    expect(len(measured) > 1, "the traffic was counted for each version")
