"""Runs the commands of the demo, shows them as they are typed, and fails where one does not do its work."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from console import Console

PATIENCE = 120
"""Seconds after which a command is taken to hang."""


class MisbehaviourError(Exception):
    """A command did something else than the demo promises."""


@dataclass(slots=True)
class Shell:
    """A shell for the reader: what it runs is shown, with all that it prints.

    Attributes:
        console: Where it is shown.
        env: The environment of the commands.
        folder: Where they run.
    """

    console: Console
    env: dict[str, str]
    folder: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, line: str, *, ends: int = 0) -> str:
        """Run `line`, show it and its output, and return the output; it must end with exit code `ends`."""
        self.console.command(line)
        code, output = self._outcome(line)
        self.console.output(output)
        if code != ends:
            raise MisbehaviourError(f"`{line}` ended with exit code {code} instead of {ends}")
        if ends:
            self.console.output(f"[exit code {code}]")
        return output

    def start(self, line: str, log: Path) -> None:
        """Run `line` in the background, until the demo ends; what it prints goes to the file `log`."""
        self.console.command(f"{line} 2> {log.name} &")
        with log.open("wb") as told:
            self.started.append(
                subprocess.Popen(  # noqa: S603 - the demo's own line
                    shlex.split(line),
                    cwd=self.folder,
                    env=self.env,
                    stdin=subprocess.DEVNULL,
                    stdout=told,
                    stderr=told,
                )
            )

    def stop(self) -> None:
        """End what runs in the background, and wait for it.

        Raises:
            MisbehaviourError: It did not end as it should.
        """
        while self.started:
            process = self.started.pop()
            process.terminate()
            try:
                code = process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                code = None
            expect(code == 0, f"what ran in the background ended well: {code}")

    def ask(self, line: str) -> str:
        """The output of a command that is not part of the story, and not shown."""
        code, output = self._outcome(line)
        if code:
            raise MisbehaviourError(f"`{line}` ended with exit code {code}")
        return output

    def enter(self, name: str) -> None:
        """Go to a folder below."""
        self.console.command(f"cd {name}")
        self.folder /= name

    def _outcome(self, line: str) -> tuple[int, str]:
        try:
            done = subprocess.run(  # noqa: S603 - the demo's own lines, in the shell that the reader has
                ["sh", "-c", line],  # noqa: S607
                cwd=self.folder,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=PATIENCE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise MisbehaviourError(f"`{line}` could not be run: {error}") from error
        return done.returncode, done.stdout.decode(errors="replace")


def expect(holds: object, what: str) -> None:
    """Go on only where it holds that `what`.

    Raises:
        MisbehaviourError: It does not hold.
    """
    if not holds:
        raise MisbehaviourError(f"it is not so that {what}")


def expect_words(output: str, *words: str) -> None:
    """Go on only where a command printed all of `words`.

    Raises:
        MisbehaviourError: One of them is missing.
    """
    for word in words:
        expect(word in output, f"the last command printed {word!r}")
