"""The second half of the story: what is tampered with is found, and what is bad is taken back."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gradual import ask
from shell import expect
from story import MODEL, SETOSA

if TYPE_CHECKING:
    from story import Story

BRANCH = "modelops/registry/journal/production"
MANIFEST = f"models/{MODEL}/versions/1.0.0.yaml"


def tamper_with_bytes(story: Story) -> None:
    """One bit of the stored 2.0.0 is flipped: verify and apply refuse."""
    story.chapter("One bit, flipped")
    story.say("2.0.0 is promoted to staging. It breaks callers, so somebody must say that they are ready.")
    branch = f"promote/{MODEL}-2.0.0-to-staging"
    story.run(f"git switch --quiet --create {branch}")
    story.run(f"modelops promote {MODEL} 2.0.0 --to staging --no-commit", "1.3.0 -> 2.0.0")
    story.run("git commit --all --message 'Promote 2.0.0 to staging'", "MOG513", ends=1)
    _allow_break(story, "staging")
    story.say("Before it is merged and applied, a bit of the stored model flips.")
    stored = _stored(story, "2.0.0")
    story.run(f"python ../tamper.py flip {stored}")
    story.run(f"modelops verify {MODEL}", "MOG403", "model.onnx", ends=1)
    story.merge(branch, f"Promote {MODEL} 2.0.0 to staging")
    story.run("modelops apply", "MOG403", "model.onnx", ends=1)
    story.live("staging", is_now="1.3.0")
    story.say(
        "Nothing changed in staging. With the right byte back in its place, the next `apply` goes through."
    )
    story.run(f"python ../tamper.py flip {stored}")
    story.run("modelops verify", "verified")
    story.run("modelops apply", "2.0.0")
    story.live("staging", is_now="2.0.0")
    story.predict("staging", f"{SETOSA} 0.28", f"{MODEL} 2.0.0 says: setosa")


def _allow_break(story: Story, environment: str) -> None:
    """State in the rollout manifest that callers are ready, and commit it."""
    reason = "allow_interface_break: {reason: All callers send five numbers.}"
    story.run(f"echo '{reason}' >> models/{MODEL}/rollouts/{environment}.yaml")
    story.run(f"git commit --quiet --all --message 'Promote {MODEL} 2.0.0 to {environment}'", "Passed")


def _stored(story: Story, number: str) -> str:
    (path,) = (story.place.registry / ".modelops/store" / MODEL).glob(f"{number}-*/model.onnx")
    return path.relative_to(story.place.registry).as_posix()


def tamper_with_a_manifest(story: Story) -> None:
    """A merged manifest is polished: the hook refuses the commit."""
    story.chapter("A better number, afterwards")
    story.say(
        "A merged version is never changed. Somebody makes its accuracy look better, and the hook refuses."
    )
    metadata = json.loads((story.place.training / "out/1.0.0/metadata.json").read_text())
    accuracy = metadata["evaluations"][0]["metrics"]["accuracy"]
    story.run(f"python ../tamper.py replace {MANIFEST} 'accuracy: {accuracy}' 'accuracy: 0.99'")
    story.run("git commit --all --message 'Correct a typo'", "MOG301", MANIFEST, ends=1)
    story.run(f"git restore --staged --worktree {MANIFEST}")


def roll_back(story: Story) -> None:
    """In calm: production is back at 1.1.0 by a commit; history and who-served tell it."""
    story.chapter("Back, in calm")
    story.say(
        "A rollback is a change of the same file, reviewed like any other, to the last version that was good."
    )
    branch = f"rollback/{MODEL}-to-1.1.0-in-production"
    story.run(f"modelops rollback {MODEL} --env production", "1.3.0 -> 1.1.0", branch)
    story.merge(branch, f"Roll back {MODEL} to 1.1.0 in production")
    story.run("modelops apply", "rollback", "1.1.0")
    story.live("production", is_now="1.1.0")
    story.say(
        "The journal remembers all of it: which version served, from when until when, and by whose change."
    )
    story.run(f"modelops history {MODEL} --env production", "promote", "rollback", "1.3.0")
    moments = _periods(story)
    for moment, version in zip(moments, ("1.0.0", "1.1.0", "1.3.0", "1.1.0"), strict=True):
        ask = f"modelops who-served --env production --model {MODEL} --at {moment}"
        story.run(ask, f"{version} served")


def _periods(story: Story) -> list[str]:
    """A moment within each period of production, to the second."""
    done = story.shell.ask(f"modelops --format json history {MODEL} --env production")
    ends = [
        datetime.fromisoformat(one["ended_at"])
        for one in json.loads(done)["history"]
        if one["result"] == "succeeded" and one["action"] != "update"
    ]
    while int(datetime.now(UTC).timestamp()) < int(ends[-1].timestamp()) + 1:
        time.sleep(0.1)
    return [
        datetime.fromtimestamp(int(end.timestamp()) + 1, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for end in ends
    ]


def audit(story: Story) -> None:
    """Whole; broken where one entry is changed; whole again where all is chained anew, but for the anchor."""
    story.chapter("Is the record whole?")
    story.say("Every entry holds the digest of the one before.")
    output = story.run("modelops audit verify", "staging: ", "production: ", "whole, not anchored")
    tip = _tip(output)
    story.say(
        "A copy of the forge, where somebody else is blamed for one entry: exit code 5 says it is broken."
    )
    _copy(story, "edited", "edit")
    story.run("modelops --repo ../edited audit verify --env production", "broken", ends=5)
    story.say(
        "Who may rewrite the whole branch can compute every digest anew. That shows only to those who noted"
        " a tip before: an anchor."
    )
    _copy(story, "rechained", "rechain")
    story.run("modelops --repo ../rechained audit verify --env production", "whole, not anchored")
    story.run(
        f"modelops --repo ../rechained audit verify --env production --anchor {tip}",
        "broken",
        "anchor",
        ends=5,
    )
    story.run(f"modelops audit verify --env production --anchor {tip}", f"whole, anchored at {tip[:12]}")


def _copy(story: Story, name: str, deed: str) -> None:
    story.run(f"git clone --quiet --mirror ../remote.git ../{name}.git")
    story.run(f"python ../tamper.py {deed} ../{name}.git {BRANCH}", "Mallory")
    story.run(f"git clone --quiet ../{name}.git ../{name}")


def _tip(output: str) -> str:
    """The tip of production that an audit printed."""
    found = re.search(r"^production: .*\n\s*tip ([0-9a-f]{40,64})$", output, re.MULTILINE)
    expect(found, "the audit printed the tip of production")
    return found[1] if found else ""


def roll_back_now(story: Story) -> None:
    """At night, the forge down: the target first, git follows."""
    story.chapter("Three in the morning")
    story.say("2.0.0 goes to production, and it turns out that callers are not ready at all.")
    branch = f"promote/{MODEL}-2.0.0-to-production"
    story.run(f"git switch --quiet --create {branch}")
    story.run(
        f"modelops promote {MODEL} 2.0.0 --to production --strategy immediate --no-commit", "1.1.0 -> 2.0.0"
    )
    _allow_break(story, "production")
    story.merge(branch, f"Promote {MODEL} 2.0.0 to production")
    story.run("modelops apply", "2.0.0")
    story.live("production", is_now="2.0.0")
    ask(story, SETOSA, "HTTP 422", ends=1)
    story.say("And the forge is down. `rollback --now` changes what is live first, and needs nothing else.")
    story.run("mv ../remote.git ../unreachable.git")
    story.run(
        f"modelops rollback {MODEL} --env production --now --reason 'callers send four numbers'", "1.1.0"
    )
    story.live("production", is_now="1.1.0")
    ask(story, SETOSA, f"{MODEL} 1.1.0 says: setosa")
    _expect_waiting(story, 1)
    story.say(
        "The entry waits in an outbox. When the forge is back, `apply` delivers it, and 2.0.0 stays out."
    )
    story.run("mv ../unreachable.git ../remote.git")
    story.run("modelops apply", "hold (journaled)")
    story.live("production", is_now="1.1.0")
    _expect_waiting(story, 0)
    story.run("modelops status", "held", "callers send four numbers")
    _let_git_follow(story)


def _expect_waiting(story: Story, count: int) -> None:
    outbox = story.place.registry / ".git/modelops/outbox/production"
    waiting = list(outbox.iterdir()) if outbox.is_dir() else []
    expect(len(waiting) == count, f"{count} entries wait in the outbox: {waiting}")


def _let_git_follow(story: Story) -> None:
    story.say("The hold ends when the revert, which was prepared on a branch, is merged.")
    story.merge(f"rollback/{MODEL}-to-1.1.0-in-production", f"Roll back {MODEL} in production")
    story.run("modelops apply")
    story.live("production", is_now="1.1.0")
    status = story.run("modelops status", "1.1.0")
    expect("held" not in status, "nothing is held any more")
    story.run(f"modelops history {MODEL} --env production", "hold")
    story.run("modelops audit verify", "whole")
