"""The end of the story: who may do what, and a second pair of eyes, here by SSH keys instead of a forge."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from legacy import OLD_MODEL
from shell import expect

if TYPE_CHECKING:
    from story import Story

BRANCH = f"promote/{OLD_MODEL}-1.0.0-to-staging"
ROLLOUT = f"models/{OLD_MODEL}/rollouts/staging.yaml"
RULES = """\
groups:
  ml-engineers: ["ssh:ana@example.com"]
  reviewers: ["ssh:eve@example.com"]
rules:
  - {action: promote, models: ["legacy/*"], environments: [staging], approvals: {from: [reviewers]}}
  - {action: promote, models: ["iris-*"]}
  - {action: rollback}
  - {action: administer, approvals: {from: [reviewers]}}
"""


def need_a_second_pair_of_eyes(story: Story) -> None:
    """A promotion waits for somebody's signature; a push past the rules gets nowhere."""
    story.chapter("A second pair of eyes")
    if shutil.which("ssh-keygen") is None:
        story.say("This chapter needs ssh-keygen, of OpenSSH, which is not here: it is left out.")
        return
    _write_rules(story)
    _wait_for_somebody(story)
    _push_past_everybody(story)


def _write_rules(story: Story) -> None:
    story.say(
        "Where there is a forge, it says who approved. Here keys do: Ana signs her commits from now on, and"
        " the rules say that Eve must approve what goes live of the old scorer, and any change of the rules."
    )
    for name in ("ana", "eve"):
        story.run(f"ssh-keygen -q -t ed25519 -N '' -C {name}@example.com -f ../{name}")
        story.run(f"sed 's/^/{name}@example.com /' ../{name}.pub >> allowed_signers")
    story.run("git config gpg.format ssh && git config commit.gpgSign true")
    story.run("git config user.signingKey ../ana")
    path = story.place.registry / "modelops.yaml"
    text = path.read_text()
    start = text.index("groups:\n")
    end = text.index("\n\n", start) + 1
    path.write_text(text[:start] + RULES + text[end:])
    story.run("git --no-pager diff --unified=0 modelops.yaml", "+  - {action: rollback}")
    story.commit("Say who may do what")


def _wait_for_somebody(story: Story) -> None:
    story.say("Ana promotes, and the rules of main say what is missing.")
    story.run(f"modelops promote {OLD_MODEL} 1.0.0 --to staging", BRANCH)
    story.run("modelops authorize --signed", "MOG603", "ssh:eve@example.com", ends=1)
    story.say("Eve looks at the branch, and signs what it changes: exactly that, however it is merged then.")
    _as_eve(story, "modelops approve", "Approved as eve@example.com")
    story.run("modelops authorize --signed", "1 of 1 from reviewers: ssh:eve@example.com", "Allowed")
    story.merge(BRANCH, f"Promote {OLD_MODEL} 1.0.0 to staging")
    story.run("modelops apply --env staging", OLD_MODEL, "1.0.0")
    done = story.shell.ask(f"modelops --format json history {OLD_MODEL} --env staging")
    said = [one["by"] for one in json.loads(done)["history"][-1]["approvals"]]
    expect(said == ["ssh:eve@example.com"], f"the journal names who approved: {said}")


def _as_eve(story: Story, line: str, *words: str) -> None:
    """Run a command as Eve would in a clone of hers."""
    story.run("git config user.name 'Eve Example' && git config user.signingKey ../eve")
    story.run(line, *words)
    story.run("git config user.name 'Ana Example' && git config user.signingKey ../ana")


def _push_past_everybody(story: Story) -> None:
    story.say("Somebody takes the scorer off by a push to main. What nobody approved is not done.")
    story.run(f"git rm --quiet {ROLLOUT}")
    story.commit("Take the scorer off")
    story.run("modelops apply --env staging", "MOG609", "MOG603", ends=1)
    story.run("git revert --no-edit HEAD")
    story.run("git push --quiet origin main")
    story.run("modelops apply --env staging", "nothing to do")
    story.run(f"modelops status {OLD_MODEL} --env staging", "live")
