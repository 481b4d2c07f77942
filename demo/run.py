"""The demo: the whole story of modelops-git, on models that it trains, with real commands.

    python demo/run.py [--folder demo-registry]

It prints every command that it runs with all of its output, and checks what each of them must achieve: it
ends with exit code 1 where the tool misbehaves. The folder is left to play with.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from pathlib import Path

import gradual
import legacy
import people
import story
import trials
import trouble
from console import console_on
from place import OccupiedError, environment, make_place
from shell import MisbehaviourError, Shell

HERE = Path(__file__).resolve().parent
CHAPTERS = (
    story.begin,
    story.register_the_first,
    story.promote_the_first,
    gradual.serve_predictions,
    story.retrain,
    gradual.go_live_step_by_step,
    gradual.stop_a_bad_one,
    trials.show_in_the_shadow,
    trials.let_some_meet_it,
    trials.switch_at_once,
    story.break_the_interface,
    legacy.allow_an_exception,
    trouble.tamper_with_bytes,
    trouble.tamper_with_a_manifest,
    trouble.roll_back,
    trouble.audit,
    trouble.roll_back_now,
    people.need_a_second_pair_of_eyes,
)
TO_TRY = (
    f"modelops show {story.MODEL}@2.0.0",
    f"modelops diff {story.MODEL} 1.3.0 2.0.0",
    "modelops audit log --env production",
    "modelops explain MOG305",
    f"modelops rollback {story.MODEL} --env staging",
)


def main() -> int:
    """Tell the story; 0 where all went as it must, 1 where not, 2 where the folder is somebody else's."""
    words = argparse.ArgumentParser(description="Run the whole story of modelops-git on a real model.")
    words.add_argument("--folder", type=Path, default=Path("demo-registry"), help="the folder to make")
    folder = words.parse_args().folder
    console = console_on(sys.stdout)
    try:
        place = make_place(folder, HERE)
    except OccupiedError as error:
        console.failure(f"{error}; name another one with --folder")
        return 2
    told = story.Story(Shell(console, environment(place, os.environ), place.folder), place)
    begun = time.monotonic()
    try:
        _tell(told)
    except MisbehaviourError as error:
        console.failure(f"{error}. What it made is in {folder}")
        return 1
    _take_leave(told, folder, time.monotonic() - begun)
    return 0


def _tell(told: story.Story) -> None:
    """Tell all chapters; what was started in the background ends with them, however they end.

    Raises:
        MisbehaviourError: A command did something else than the demo promises.
    """
    try:
        for chapter in CHAPTERS:
            chapter(told)
    finally:
        told.shell.stop()


def _take_leave(told: story.Story, folder: Path, seconds: float) -> None:
    """Name the folder, and what to try in it."""
    console = told.shell.console
    console.chapter("Now you")
    console.say(f"All of this took {seconds:.0f} seconds. The registry is yours to play with:")
    activate = Path(sys.executable).parent / "activate"
    console.command(shlex.join(["cd", os.fspath(folder / "registry")]))
    if activate.is_file():
        console.command(shlex.join([".", os.path.relpath(activate, told.place.registry)]))
    for line in TO_TRY:
        console.command(line)


if __name__ == "__main__":
    sys.exit(main())
