"""The middle of the story: a version is shown requests, met by some callers, and then goes live at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from gradual import WHO, ask, promote, send, to_staging
from shell import expect
from story import MODEL, SETOSA, train

if TYPE_CHECKING:
    from story import Story

EXPERIMENT = f"models/{MODEL}/experiments/production.yaml"
USERS = 200


def show_in_the_shadow(story: Story) -> None:
    """1.3.0 sees all requests, and answers none."""
    story.chapter("In the shadow")
    story.say("1.3.0, a forest of thirty trees, is shown what callers ask. Nobody gets its answers.")
    train(story, "1.3.0", "--flowers 100 --trees 30")
    story.register("1.3.0", "--summary 'Thirty trees' --author github:ana", "1.3.0")
    story.commit(f"Register {MODEL} 1.3.0")
    to_staging(story, "1.3.0")
    _begin(story, "mirror", "Show 1.3.0 what callers ask", 100)
    story.run("modelops apply", "1.3.0 (mirror 100 %)")
    output = send(story, "1.1.0 was asked")
    expect("1.3.0" not in output, "no caller has met 1.3.0")
    story.run("modelops status --env production", "1.1.0", "mirror")
    story.say("The log of predictions has both answers to each request, and what was true:")
    story.run(f"python ../compare.py .modelops/logs/production {MODEL}", "1.1.0", "1.3.0")
    story.run(WHO, "1.1.0 served", "1.3.0 was shown 100 %")
    _end(story, "1.3.0 has been seen enough")
    story.run(f"modelops history {MODEL} --env production", "1.3.0")


def let_some_meet_it(story: Story) -> None:
    """A fifth of the callers meets 1.3.0, always the same ones."""
    story.chapter("A and B")
    story.say(
        "Now every fifth caller gets its answers. A header says who asks, so that everybody always meets the"
        " same version."
    )
    _begin(story, "split", "Let every fifth caller meet 1.3.0", 20, "assign_by: {header: X-User-Id}")
    story.run("modelops apply", "1.3.0 (candidate 20 %)")
    send(story, "1.1.0 was asked", "1.3.0 was asked", more=f" --users {USERS}")
    first = ask(story, SETOSA, more=" --user user-7")
    again = ask(story, SETOSA, more=" --user user-7")
    met = "1.3.0" if "1.3.0 says" in first else "1.1.0"
    expect(f"{met} says" in again, "the same caller meets the same version")
    story.say("Whom a caller met can be told at any time, without having kept who asked:")
    story.run(f"{WHO} --key user-7", f"user-7 met {met}")
    story.run("modelops status --env production", "1.3.0")
    _end(story, "The trial of 1.3.0 is over")
    story.run(f"modelops history {MODEL} --env production", "1.3.0 (candidate 20 %)")


def switch_at_once(story: Story) -> None:
    """1.3.0 beside 1.1.0, looked at, and then all at once."""
    story.chapter("Blue and green")
    story.say("1.3.0 shall go live at once, but be looked at first. It stands beside 1.1.0:")
    promote(story, "1.3.0", "switch", "1.3.0")
    story.run("modelops apply", "1.3.0 (preview 0 %)")
    ask(story, SETOSA, f"{MODEL} 1.1.0 says: setosa")
    ask(story, SETOSA, f"{MODEL} 1.3.0 says: setosa", more=" --preview")
    story.run("modelops status --env production", "waits for somebody")
    story.say("It looks well. Somebody says so, and the switch is made.")
    story.run(f"modelops resume {MODEL} --env production")
    story.run("modelops apply", "1.3.0")
    story.live("production", is_now="1.3.0")
    ask(story, SETOSA, f"{MODEL} 1.3.0 says: setosa")
    story.run(WHO, "1.3.0 served")
    story.run(f"modelops history {MODEL} --env production", "1.3.0", "succeeded")


def _begin(story: Story, kind: str, subject: str, weight: int, *more: str) -> None:
    """Merge an experiment with 1.3.0, for a month."""
    shown = json.loads(story.shell.ask(f"modelops --format json show {MODEL}@1.3.0"))
    until = datetime.now(UTC) + timedelta(days=30)
    candidate = f'{{version: 1.3.0, manifest_digest: "{shown["manifest_digest"]}", weight: {weight}}}'
    lines = [
        "api_version: modelops/v1",
        "kind: Experiment",
        f"model: {MODEL}",
        "environment: production",
        f"type: {kind}",
        f"candidates: [{candidate}]",
        *more,
        f"until: {until:%Y-%m-%d}T00:00:00Z",
    ]
    story.run(f"mkdir -p {EXPERIMENT.rpartition('/')[0]}")
    story.run("\n".join([f"cat > {EXPERIMENT} <<'END'", *lines, "END"]))
    story.commit(subject)


def _end(story: Story, subject: str) -> None:
    """Merge that the experiment is over."""
    story.run(f"git rm --quiet {EXPERIMENT}")
    story.commit(subject)
    story.run("modelops apply", "1.1.0")
    story.live("production", is_now="1.1.0")
