"""The middle of the story: a model in a format that can run code, which the rules allow for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shell import expect

if TYPE_CHECKING:
    from story import Story

OLD_MODEL = "legacy/iris-scorer"
OUT = "../training/out/legacy"


def allow_an_exception(story: Story) -> None:
    """A joblib model is refused, until the registry has an exception for it."""
    story.chapter("A model that could run code")
    story.say(
        "An old scorer loads only what joblib writes: a pickle, which can run any code when it is loaded."
        " Content decides what a file is, and no name hides it."
    )
    story.run(f"python ../training/train_legacy.py --to {OUT}", "accuracy")
    _register(story, "MOG408", "joblib", ends=1)
    story.say(
        "The reason in its metadata is for the reviewer, and allows nothing. Who may change the rules makes"
        " an exception: for these models, this format, until that day. It is merged before it is used."
    )
    until = datetime.now(UTC).date() + timedelta(days=90)
    exception = f'{{models: ["legacy/*"], formats: [joblib], until: {until}, reason: The branch offices}}'
    story.run(f"echo 'formats: {{exceptions: [{exception}]}}' >> modelops.yaml")
    story.commit("Allow joblib for the models of the branch offices")
    _register(story, "1.0.0")
    story.run(f"modelops verify {OLD_MODEL}", "1 file", "verified")
    story.commit(f"Register {OLD_MODEL} 1.0.0")
    manifest = story.place.registry / "models" / OLD_MODEL / "versions" / "1.0.0.yaml"
    expect("format: joblib" in manifest.read_text(), "the manifest says what the file is")


def _register(story: Story, *words: str, ends: int = 0) -> None:
    story.run(
        f"modelops register {OLD_MODEL} {OUT}/model.joblib \\\n"
        f"    --metadata {OUT}/metadata.json --data iris={OUT}/train.csv --code ../training \\\n"
        "    --description 'Names the species, for the scorer.' --owner ml-engineers --risk low \\\n"
        "    --summary 'What the branch offices run' --author github:ana",
        *words,
        ends=ends,
    )
