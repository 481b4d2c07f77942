"""The first half of the story: a registry is made, a model goes live, and a better version of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shell import expect, expect_words

if TYPE_CHECKING:
    from place import Place
    from shell import Shell

MODEL = "iris-classifier"
APPROVED = "Approved-by: Eve Example"
"""What a forge adds to the message of a merge; Eve reviews everything here."""
SETOSA = "5.1 3.5 1.4 0.2"
"""Sepal length and width, petal length and width of the first flower of the data, in centimetres."""


@dataclass(slots=True)
class Story:
    """What the chapters share.

    Attributes:
        shell: Runs the commands.
        place: Where everything is.
        noted: What one chapter leaves for a later one.
    """

    shell: Shell
    place: Place
    noted: dict[str, str] = field(default_factory=dict)

    def run(self, line: str, *words: str, ends: int = 0) -> str:
        """Run a command that must end with `ends` and print all of `words`."""
        output = self.shell.run(line, ends=ends)
        expect_words(output, *words)
        return output

    def say(self, text: str) -> None:
        """Explain what comes next."""
        self.shell.console.say(text)

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self.shell.console.chapter(title)

    def number(self) -> str:
        """The number of the next pull request."""
        self.noted["pull request"] = str(int(self.noted.get("pull request", "0")) + 1)
        return f"#{self.noted['pull request']}"

    def live(self, environment: str, *, is_now: str) -> None:
        """The gateway of an environment must serve this version."""
        table = json.loads((self.place.gateway(environment) / "routes" / f"{MODEL}.json").read_text())
        versions = [(route["version"], route["weight"]) for route in table["routes"]]
        expect(versions == [(is_now, 100)], f"{environment} serves {is_now} alone: it serves {versions}")

    def predict(self, environment: str, numbers: str, *words: str, ends: int = 0) -> None:
        """Ask the live version about a flower."""
        gateway = f".modelops/live/{environment}"
        self.run(f"python ../training/predict.py {gateway} {MODEL} {numbers}", *words, ends=ends)

    def commit(self, subject: str) -> None:
        """Commit everything and push it; the hooks run."""
        self.run("git add --all")
        self.run(f"git commit --quiet --message '{subject}'", "modelops validate", "Passed")
        self.run("git push --quiet origin main")

    def merge(self, branch: str, subject: str) -> None:
        """Merge a branch into main as a forge does: with a merge commit that names the pull request."""
        self.run("git switch --quiet main")
        merged = f"Merge pull request {self.number()} from acme/{branch}"
        self.run(
            f"git merge --quiet --no-ff {branch} \\\n"
            f"    --message '{merged}' --message '{subject}' --message '{APPROVED}'",
            "Passed",
        )
        self.run(f"git branch --quiet --delete {branch}")
        self.run("git push --quiet origin main")

    def register(self, number: str, rest: str, *words: str, ends: int = 0) -> str:
        """Register what was trained for version `number`."""
        out = f"../training/out/{number}"
        return self.run(
            f"modelops register {MODEL} {out}/model.onnx \\\n"
            f"    --metadata {out}/metadata.json --data iris={out}/train.csv --code ../training \\\n"
            f"    {rest}",
            *words,
            ends=ends,
        )


def begin(story: Story) -> None:
    """A remote, a clone, a registry in it, hooks, journals."""
    story.chapter("A registry is a git repository")
    story.say("A bare repository stands for the forge. The registry is a clone of it.")
    story.run("git init --quiet --bare --initial-branch main remote.git")
    story.run("git clone --quiet remote.git registry")
    story.shell.enter("registry")
    _introduce(story)
    story.say("`modelops init` writes the rules of the house and a hook that checks every commit.")
    story.run("modelops init", "wrote modelops.yaml")
    story.run("pre-commit install", "pre-commit installed")
    story.commit("Begin the model registry")
    story.say("The record of what was live is a journal for each environment: a branch that only grows.")
    story.run("modelops journal create staging production", "staging", "production")
    story.say(
        "The training code has a repository of its own, so that a version can name the commit it comes from."
    )
    for command in ("init --quiet --initial-branch main", *IDENTITY, *CODE):
        story.run(f"git -C ../training {command}")


IDENTITY = (
    "config user.name 'Ana Example'",
    "config user.email ana@example.com",
    "config commit.gpgSign false",
)
CODE = (
    "remote add origin https://git.example/acme/iris",
    "add --all",
    "commit --quiet --message 'Train a forest'",
)


def _introduce(story: Story) -> None:
    for command in IDENTITY:
        story.run(f"git {command}")


def register_the_first(story: Story) -> None:
    """Train, find out what is missing, register 1.0.0."""
    story.chapter("A first version")
    story.say("A forest of five trees learns from forty flowers, and is exported to ONNX.")
    train(story, "1.0.0", "--flowers 40 --trees 5")
    story.say("What the tool cannot find out it asks for: everything that is missing, at once.")
    story.run(f"modelops register {MODEL} ../training/out/1.0.0/model.onnx", "--description", ends=1)
    story.say(
        "The interface is read from the ONNX graph, digests from the bytes, the commit from the repository."
    )
    story.register(
        "1.0.0",
        "--description 'Names the species of an iris.' --owner ml-engineers --risk low \\\n"
        "    --summary 'A forest of five trees' --author github:ana",
        "1.0.0",
    )
    _check_stored(story, "1.0.0")
    story.run(f"modelops show {MODEL}@1.0.0", "1.0.0", "sha256:")
    story.commit(f"Register {MODEL} 1.0.0")


def train(story: Story, number: str, how: str) -> None:
    """Train what is to be version `number`."""
    story.run(f"python ../training/train.py {how} --to ../training/out/{number}", "accuracy")


def _check_stored(story: Story, number: str) -> None:
    """The store holds the trained bytes, under a name with their digest, and the manifest pins them."""
    trained = (story.place.training / "out" / number / "model.onnx").read_bytes()
    stored = list((story.place.registry / ".modelops/store" / MODEL).glob(f"{number}-*/model.onnx"))
    expect(len(stored) == 1 and stored[0].read_bytes() == trained, f"the store holds the bytes of {number}")
    manifest = story.place.registry / "models" / MODEL / "versions" / f"{number}.yaml"
    digest = hashlib.sha256(trained).hexdigest()
    expect(digest in manifest.read_text(), f"the manifest of {number} pins the SHA-256 of its model")


def promote_the_first(story: Story) -> None:
    """To staging by a merge commit, to production by a squash."""
    story.chapter("A promotion is a reviewed change of one file")
    story.say("`promote` writes the change on a branch. `plan` tells the reviewer what a merge would do.")
    branch = f"promote/{MODEL}-1.0.0-to-staging"
    story.run(f"modelops promote {MODEL} 1.0.0 --to staging", branch)
    story.run("modelops plan --env staging", "create", "1.0.0")
    story.merge(branch, f"Promote {MODEL} 1.0.0 to staging")
    story.say("`apply` verifies the bytes, changes what is live, and writes it into the journal.")
    story.run("modelops apply", "1.0.0")
    story.live("staging", is_now="1.0.0")
    story.run("modelops status", "1.0.0", "staging", "Ana Example")

    story.say("The same for production; this pull request is squashed. It makes no difference.")
    branch = f"promote/{MODEL}-1.0.0-to-production"
    story.run(f"modelops promote {MODEL} 1.0.0 --to production", branch)
    story.run("modelops plan --env production", "create", "1.0.0")
    story.run("git switch --quiet main")
    story.run(f"git merge --quiet --squash {branch}")
    squashed = f"Promote {MODEL} 1.0.0 to production ({story.number()})"
    story.run(f"git commit --quiet --message '{squashed}' --message '{APPROVED}'", "Passed")
    story.run(f"git branch --quiet --delete --force {branch}")
    story.run("git push --quiet origin main")
    story.run("modelops apply", "1.0.0")
    story.live("production", is_now="1.0.0")
    story.run("modelops status", "1.0.0", "production", "live")
    story.run(f"modelops history {MODEL}", "create", "1.0.0")


def retrain(story: Story) -> None:
    """1.1.0: MINOR is proposed, and it goes live in staging."""
    story.chapter("A better version")
    story.say("More flowers, more trees, the same interface: `register` proposes a MINOR version.")
    train(story, "1.1.0", "--flowers 100 --trees 10")
    story.register("1.1.0", "--summary 'A hundred flowers, ten trees' --author github:ana", "1.1.0")
    _check_stored(story, "1.1.0")
    story.commit(f"Register {MODEL} 1.1.0")
    story.run(f"modelops diff {MODEL} 1.0.0 1.1.0", "MINOR", "accuracy")
    story.say("Staging gets it at once: production will only take what has completed there.")
    branch = f"promote/{MODEL}-1.1.0-to-staging"
    story.run(f"modelops promote {MODEL} 1.1.0 --to staging")
    story.merge(branch, f"Promote {MODEL} 1.1.0 to staging")
    story.run("modelops apply", "staging", "1.1.0")
    story.live("staging", is_now="1.1.0")
    story.live("production", is_now="1.0.0")


def break_the_interface(story: Story) -> None:
    """A fifth feature: MINOR is refused with a witness, MAJOR is taken."""
    story.chapter("A change that breaks callers")
    story.say(
        "The petal's area as a fifth number. That breaks all who send four, and so it is no MINOR version."
    )
    train(story, "2.0.0", "--trees 10 --petal-area")
    rest = "--summary 'The area of the petal as a fifth number' --author github:ana"
    story.register("2.0.0", f"--bump minor {rest}", "MOG305", "[", ends=1)
    story.say("The refusal shows a payload that was legal and would not be any more. As a MAJOR it is taken.")
    story.register("2.0.0", f"--bump major {rest}", "2.0.0")
    _check_stored(story, "2.0.0")
    story.commit(f"Register {MODEL} 2.0.0")
